import { SaxesParser } from "saxes";
import { ExtractFailure } from "../failure.ts";
import type { ExtractLimits } from "../limits.ts";

/** Attributes under their names as written (with prefix); read them with `readAttribute`. */
export type XmlAttributes = Record<string, string>;

/** Names come without their namespace prefix: prefixes differ between writers, local names do not. */
export type XmlHandler = {
  open?(name: string, attributes: XmlAttributes): void;
  close?(name: string): void;
  text?(text: string): void;
};

export type XmlLimits = Pick<ExtractLimits, "xmlDepth" | "xmlNodes"> & {
  /** Passes over a document type without definitions of its own, which older EPUB and OpenDocument files have. */
  allowsDoctype?: boolean;
};

/**
 * Streams XML through a handler without building a tree.
 * A document type is refused, so entities cannot expand and nothing outside is fetched.
 * Throws ExtractFailure: `corrupt` (not well-formed, has a DTD), `too_complex` (deeper than xmlDepth, more elements than xmlNodes).
 */
export async function parseXml(
  source: Uint8Array | AsyncIterable<Uint8Array>,
  handler: XmlHandler,
  limits: XmlLimits,
): Promise<void> {
  const parser = createParser(handler, limits);
  let decoder: TextDecoder | undefined;
  const chunks = source instanceof Uint8Array ? [source] : source;
  for await (const chunk of chunks) {
    decoder ??= new TextDecoder(detectXmlEncoding(chunk));
    parser.write(decoder.decode(chunk, { stream: true }));
  }
  parser.write(decoder?.decode() ?? "").close();
}

/** Attribute by local name: the one without prefix, else the first with any prefix. */
export function readAttribute(attributes: XmlAttributes, name: string): string | undefined {
  const plain = attributes[name];
  return plain === undefined ? readPrefixedAttribute(attributes, name) : plain;
}

/** Attribute by local name that must have a prefix: tells `r:id` from `id`. */
export function readPrefixedAttribute(attributes: XmlAttributes, name: string): string | undefined {
  for (const key in attributes) {
    const colon = key.length - name.length - 1;
    if (colon > 0 && key.charCodeAt(colon) === 58 && key.endsWith(name)) return attributes[key];
  }
  return undefined;
}

/** Attribute as a whole number, or the fallback if it is absent or not a number. */
export function readIntegerAttribute(attributes: XmlAttributes, name: string, fallback: number): number {
  const value = Number.parseInt(readAttribute(attributes, name) ?? "", 10);
  return Number.isFinite(value) ? value : fallback;
}

/** On/off attributes of OOXML: absent value, "1", "true" and "on" mean on (ECMA-376 ST_OnOff). */
export function isOn(value: string | undefined): boolean {
  return value === undefined || value === "1" || value === "true" || value === "on";
}

function createParser(handler: XmlHandler, limits: XmlLimits): SaxesParser {
  const parser = new SaxesParser({ xmlns: false, fragment: false, position: false });
  const localNames = new Map<string, string>();
  let depth = 0;
  let nodes = 0;
  const readLocalName = (name: string): string => {
    let local = localNames.get(name);
    if (local === undefined) {
      local = name.slice(name.indexOf(":") + 1);
      if (localNames.size < 10_000) localNames.set(name, local);
    }
    return local;
  };
  parser.on("error", (error) => {
    throw new ExtractFailure("corrupt", `a part of the file is not well-formed XML: ${error.message}`);
  });
  parser.on("doctype", (doctype) => {
    if (limits.allowsDoctype && !doctype.includes("[")) return;
    throw new ExtractFailure(
      "corrupt",
      "a part of the file declares a document type (DTD), which no such file may have",
      { suspicious: true },
    );
  });
  parser.on("opentag", (tag) => {
    if (++depth > limits.xmlDepth) {
      throw new ExtractFailure("too_complex", `elements are nested deeper than ${limits.xmlDepth} levels`, {
        suspicious: true,
      });
    }
    if (++nodes > limits.xmlNodes) {
      throw new ExtractFailure("too_complex", `a part of the file has more than ${limits.xmlNodes} elements`);
    }
    handler.open?.(readLocalName(tag.name), tag.attributes);
  });
  parser.on("closetag", (tag) => {
    depth--;
    handler.close?.(readLocalName(tag.name));
  });
  if (handler.text) {
    const text = handler.text.bind(handler);
    parser.on("text", text);
    parser.on("cdata", text);
  }
  return parser;
}

function detectXmlEncoding(head: Uint8Array): string {
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0x3c && head[1] === 0)) return "utf-16le";
  if ((head[0] === 0xfe && head[1] === 0xff) || (head[0] === 0 && head[1] === 0x3c)) return "utf-16be";
  const declaration = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 200)).toString("latin1");
  const label =
    /^(?:\u00ef\u00bb\u00bf)?<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(declaration)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return "utf-8";
  }
}

import { createBlockBuilder } from "../block-builder.ts";
import { decodeText } from "../encoding.ts";
import { ExtractFailure } from "../failure.ts";
import type { Reader } from "../reader.ts";
import { readHtmlContent } from "../web/html.ts";
import { parsePart, readProperties, type XmlPackage } from "./ooxml.ts";
import { addPieces, type Piece } from "./pieces.ts";
import { readAttribute } from "./xml.ts";
import { openZip } from "./zip.ts";

type Epub = XmlPackage;
type SpineItem = { part: string; mediaType: string };

const bookProperties: Record<string, string> = {
  title: "title",
  creator: "author",
  language: "language",
  publisher: "publisher",
  date: "created",
  description: "description",
  subject: "subject",
};

/**
 * Reads an EPUB (2 and 3) in the order of its spine; every chapter with text is a page under its highest heading.
 * A book locked by its seller ends as `encrypted`; locked fonts do no harm.
 */
export const readEpub: Reader = async (input) => {
  const epub: Epub = {
    zip: await openZip(input.bytes, input.limits),
    limits: { ...input.limits, allowsDoctype: true },
  };
  const packagePart = await findPackagePart(epub);
  const spine = await readSpine(epub, packagePart);
  const locked = await listLockedParts(epub);
  const properties = await readProperties(epub, packagePart, bookProperties);
  const builder = createBlockBuilder(input.limits);
  for (const { part, mediaType } of spine) {
    if (!/html|xml$/.test(mediaType) || /svg|ncx/.test(mediaType)) continue;
    if (locked.has(part)) throw new ExtractFailure("encrypted", "the book is locked by copy protection (DRM)");
    const bytes = await epub.zip.read(part);
    if (!bytes) {
      input.warn(`The chapter "${part}" is missing from the file.`);
      continue;
    }
    const { text } = decodeText(bytes, { markup: true });
    const { pieces, title } = readHtmlContent(text, input.limits, { isXhtml: true });
    if (pieces.length === 0) continue;
    builder.page((findTopHeading(pieces) ?? title)?.slice(0, 200));
    addPieces(builder, pieces);
  }
  const built = builder.result();
  if (built.blocks.length === 0) throw new ExtractFailure("empty", "no chapter of the book has text");
  return { ...built, title: properties.title, language: properties.language, properties };
};

async function findPackagePart(epub: Epub): Promise<string> {
  let found: string | undefined;
  await parsePart(epub, "META-INF/container.xml", {
    open(name, attributes) {
      if (name === "rootfile") found ??= attributes["full-path"];
    },
  });
  if (!found || !epub.zip.has(found)) {
    throw new ExtractFailure("corrupt", "the book names no table of its parts (META-INF/container.xml)");
  }
  return found;
}

async function readSpine(epub: Epub, packagePart: string): Promise<SpineItem[]> {
  const items = new Map<string, SpineItem>();
  const order: string[] = [];
  await parsePart(epub, packagePart, {
    open(name, attributes) {
      if (name === "item" && attributes.id && attributes.href !== undefined) {
        const part = resolvePart(packagePart, attributes.href);
        if (part) items.set(attributes.id, { part, mediaType: (attributes["media-type"] ?? "").toLowerCase() });
      } else if (name === "itemref" && attributes.idref) order.push(attributes.idref);
    },
  });
  return order.flatMap((id) => items.get(id) ?? []);
}

/** Parts the container says are encrypted. */
async function listLockedParts(epub: Epub): Promise<Set<string>> {
  const locked = new Set<string>();
  await parsePart(epub, "META-INF/encryption.xml", {
    open(name, attributes) {
      const part = name === "CipherReference" ? resolvePart("", readAttribute(attributes, "URI") ?? "") : undefined;
      if (part) locked.add(part);
    },
  });
  return locked;
}

function findTopHeading(pieces: Piece[]): string | undefined {
  let top: { level: number; text: string } | undefined;
  for (const piece of pieces) if (piece.type === "heading" && piece.level < (top?.level ?? 7)) top = piece;
  return top?.text;
}

function resolvePart(base: string, href: string): string | undefined {
  try {
    return decodeURIComponent(new URL(href, `part:///${base}`).pathname.slice(1));
  } catch {
    return undefined;
  }
}

import { ExtractFailure } from "../failure.ts";
import type { ExtractLimits } from "../limits.ts";
import { parseXml, readAttribute, type XmlHandler, type XmlLimits } from "./xml.ts";
import { openZip, type ZipPackage } from "./zip.ts";

/** Target is a part name inside the package; `type` is the last segment of the relationship's type URI. */
export type Relationship = { type: string; target: string };
export type Relationships = Map<string, Relationship>;

/** A package whose parts are XML, and the limits they are read under. */
export type XmlPackage = { zip: ZipPackage; limits: ExtractLimits & Pick<XmlLimits, "allowsDoctype"> };

export type OoxmlPackage = XmlPackage & {
  mainPart: string;
  mainRelationships: Relationships;
};

const rootRelationshipsPart = "_rels/.rels";
/** For packages whose relationships name the main part wrongly. */
const usualMainParts = ["word/document.xml", "xl/workbook.xml", "ppt/presentation.xml"];

/**
 * Opens an Office Open XML package (ECMA-376 part 2) and finds its main part by relationship, as its name is free.
 * Throws ExtractFailure: those of openZip, and `corrupt` if there is no main part.
 */
export async function openOoxml(bytes: Uint8Array, limits: ExtractLimits): Promise<OoxmlPackage> {
  const zip = await openZip(bytes, limits);
  if (zip.has("EncryptedPackage")) throw new ExtractFailure("encrypted", "the document is locked with a password");
  const rootRelationships = await readRelationships(zip, "", limits);
  const named = findRelated(rootRelationships, "officeDocument");
  const mainPart = named && zip.has(named) ? named : usualMainParts.find((part) => zip.has(part));
  if (!mainPart || !zip.has(rootRelationshipsPart)) {
    throw new ExtractFailure("corrupt", "the package names no document part, so it is not a complete Office file");
  }
  return { zip, limits, mainPart, mainRelationships: await readRelationships(zip, mainPart, limits) };
}

/** Relationships of a part ("" for those of the package). Links to the outside are left out. */
export async function readRelationships(zip: ZipPackage, part: string, limits: ExtractLimits): Promise<Relationships> {
  const folder = part.slice(0, part.lastIndexOf("/") + 1);
  const name = `${folder}_rels/${part.slice(folder.length)}.rels`;
  const relationships: Relationships = new Map();
  if (!zip.has(name)) return relationships;
  await parseXml(
    zip.stream(name),
    {
      open(element, attributes) {
        if (element !== "Relationship" || attributes.TargetMode === "External") return;
        const { Id: id, Type: type, Target: target } = attributes;
        const resolved = target === undefined ? undefined : resolvePartName(folder, target);
        if (id && type && resolved)
          relationships.set(id, { type: type.slice(type.lastIndexOf("/") + 1), target: resolved });
      },
    },
    limits,
  );
  return relationships;
}

/** First relationship target of a type, or undefined. */
export function findRelated(relationships: Relationships, type: string): string | undefined {
  for (const relationship of relationships.values()) if (relationship.type === type) return relationship.target;
  return undefined;
}

/** Streams one part through a handler; false if the package has no such part. */
export async function parsePart(office: XmlPackage, part: string | undefined, handler: XmlHandler): Promise<boolean> {
  if (part === undefined || !office.zip.has(part)) return false;
  await parseXml(office.zip.stream(part), handler, office.limits);
  return true;
}

/**
 * Reads something a document can do without. A broken part becomes a warning in plain words;
 * limits and passwords still end the reading.
 */
export async function readOptional<T>(
  what: string,
  warn: (text: string) => void,
  read: () => Promise<T>,
  fallback: T,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ExtractFailure) || error.code !== "corrupt") throw error;
    warn(`${what} could not be read: ${error.detail}`);
    return fallback;
  }
}

const coreProperties: Record<string, string> = {
  title: "title",
  subject: "subject",
  creator: "author",
  keywords: "keywords",
  description: "description",
  category: "category",
  created: "created",
  modified: "modified",
  language: "language",
};

/** Metadata of docProps/core.xml (Dublin Core names; `creator` becomes `author`). */
export async function readCoreProperties(office: OoxmlPackage): Promise<Record<string, string>> {
  const rootRelationships = await readRelationships(office.zip, "", office.limits);
  const part = findRelated(rootRelationships, "core-properties") ?? "docProps/core.xml";
  return readProperties(office, part, coreProperties);
}

/** Titles programs put in by themselves say nothing about a document. */
const automaticTitle =
  /^(?:power ?point[- ]presentation|presentation(?: title)?|untitled\b.*|document ?\d*|microsoft (?:word|powerpoint|excel) - .*|title)$/i;

/** The title somebody gave a document, if any. */
export function pickTitle({ title }: Record<string, string>): string | undefined {
  return title === undefined || automaticTitle.test(title) ? undefined : title;
}

/** Says that files embedded in a part are not read along with it. */
export function warnAboutEmbedded(relationships: Relationships, warn: (text: string) => void): void {
  for (const { type } of relationships.values()) {
    if (type !== "package" && type !== "oleObject" && type !== "subDocument") continue;
    warn("Files embedded in this document were not read. Upload them on their own to search them.");
    return;
  }
}

/** Text of the elements named in `names`, under the name they map to. The first of a kind counts. */
export async function readProperties(
  office: XmlPackage,
  part: string,
  names: Record<string, string>,
): Promise<Record<string, string>> {
  const properties: Record<string, string> = {};
  let current: string | undefined;
  let value = "";
  await parsePart(office, part, {
    open(element) {
      current = Object.hasOwn(names, element) ? names[element] : undefined;
      value = "";
    },
    text(text) {
      if (current && value.length < 10_000) value += text;
    },
    close() {
      if (current && value.trim()) properties[current] ??= value.trim();
      current = undefined;
    },
  });
  return properties;
}

/** Resolves a relationship target against the folder of its part; undefined if it is no usable name. */
function resolvePartName(folder: string, target: string): string | undefined {
  try {
    const url = new URL(target.replaceAll("\\", "/"), `part:///${folder}`);
    return url.protocol === "part:" ? decodeURIComponent(url.pathname.slice(1)) : undefined;
  } catch {
    return undefined;
  }
}

/** Value of the `val` attribute nearly every WordprocessingML and DrawingML property has. */
export function readVal(attributes: Record<string, string>): string | undefined {
  return readAttribute(attributes, "val");
}

import { XMLParser } from "fast-xml-parser";
import { AwsError } from "../kernel/errors.ts";

export type XmlValue = string | number | boolean | undefined | null | XmlObject | XmlValue[];
export type XmlObject = { [name: string]: XmlValue };

/** Text of an element; characters that XML would change or forbid become references. */
function escapeXml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: keys may hold control characters, which S3 answers as references
  return text.replace(/[<>&"'\u0000-\u001f]/g, (c) => `&#${c.charCodeAt(0)};`);
}

function renderElement(name: string, value: XmlValue): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map((item) => renderElement(name, item)).join("");
  if (typeof value === "object") return `<${name}>${renderChildren(value)}</${name}>`;
  return `<${name}>${escapeXml(String(value))}</${name}>`;
}

const renderChildren = (object: XmlObject): string =>
  Object.entries(object)
    .map(([name, value]) => renderElement(name, value))
    .join("");

/** A document of the S3 namespace; undefined members are left out, arrays repeat their element. */
export function renderXml(root: string, object: XmlObject): string {
  const namespace = root === "Error" ? "" : ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${namespace}>${renderChildren(object)}</${root}>`;
}

/** What the parser gives: text, nested elements, or lists of repeated ones. */
export type ParsedXml = string | undefined | { [name: string]: ParsedXml } | ParsedXml[];

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  isArray: () => false,
});

/**
 * Parses a request document and answers its root element's content.
 * @throws AwsError `MalformedXML`
 */
export function parseXml(text: string, root: string): ParsedXml {
  let document: ParsedXml;
  try {
    document = parser.parse(text, true) as ParsedXml;
  } catch {
    throw new AwsError("MalformedXML", "The XML you provided was not well-formed.");
  }
  if (typeof document !== "object" || Array.isArray(document) || document[root] === undefined)
    throw new AwsError("MalformedXML", `The XML you provided does not have the root element ${root}.`);
  return document[root];
}

export function getXml(value: ParsedXml, name: string): ParsedXml {
  return typeof value === "object" && !Array.isArray(value) ? value[name] : undefined;
}

/** Text of a child element, undefined when absent. */
export function getXmlText(value: ParsedXml, name: string): string | undefined {
  const child = getXml(value, name);
  return typeof child === "string" ? child : undefined;
}

/** Repeated child elements as a list, whatever their number. */
export function getXmlList(value: ParsedXml, name: string): ParsedXml[] {
  const child = getXml(value, name);
  if (child === undefined) return [];
  return Array.isArray(child) ? child : [child];
}

export function getXmlTexts(value: ParsedXml, name: string): string[] {
  return getXmlList(value, name).filter((item): item is string => typeof item === "string");
}

export function getXmlNames(value: ParsedXml): string[] {
  return typeof value === "object" && !Array.isArray(value)
    ? Object.keys(value).filter((name) => name !== "#text")
    : [];
}

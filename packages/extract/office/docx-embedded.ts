import { decodeText } from "../encoding.ts";
import type { ReaderInput } from "../reader.ts";
import { readMailBody } from "../web/email.ts";
import { readHtmlContent } from "../web/html.ts";
import { type OoxmlPackage, openOoxml } from "./ooxml.ts";
import type { Piece } from "./pieces.ts";
import { parseRtf } from "./rtf-parser.ts";

/**
 * Reads a document imported by reference (altChunk), which Word would take in on opening: HTML, web archive, RTF,
 * plain text, or WordprocessingML through `readPackage`. Other kinds become a warning.
 */
export async function readEmbedded(
  office: OoxmlPackage,
  input: ReaderInput,
  part: string,
  readPackage: ((embedded: OoxmlPackage) => Promise<Piece[]>) | undefined,
): Promise<Piece[]> {
  const bytes = await office.zip.read(part);
  if (!bytes) return [];
  const extension = part.slice(part.lastIndexOf(".") + 1).toLowerCase();
  const isPackage = bytes.subarray(0, 2).toString("latin1") === "PK";
  if (isPackage && readPackage) return readPackage(await openOoxml(bytes, input.limits));
  if (!isPackage && ["htm", "html", "xhtml"].includes(extension)) {
    return readHtmlContent(decodeText(bytes, { markup: true }).text, input.limits).pieces;
  }
  if (!isPackage && (extension === "mht" || extension === "mhtml")) return readMailBody(bytes, input);
  if (!isPackage && extension === "rtf") return parseRtf(bytes, input.limits).pieces;
  if (!isPackage && extension === "txt") {
    const paragraphs = decodeText(bytes).text.split(/\r?\n\s*\n/);
    return paragraphs.map((text) => ({ type: "paragraph", text }));
  }
  input.warn(`The embedded document "${part}" was not read.`);
  return [];
}

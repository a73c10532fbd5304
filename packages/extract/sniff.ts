import type { DocumentKind } from "@samla/contracts/extraction";
import { fileTypeFromBuffer } from "file-type";
import { decodeText } from "./encoding.ts";
import { ExtractFailure } from "./failure.ts";
import { findCodeLanguage } from "./text/languages.ts";

export type SniffedType = { kind: DocumentKind; mediaType: string };

const openXml = "application/vnd.openxmlformats-officedocument.";
const openDocument = "application/vnd.oasis.opendocument.";

const mediaTypes: Record<DocumentKind, string> = {
  pdf: "application/pdf",
  docx: `${openXml}wordprocessingml.document`,
  pptx: `${openXml}presentationml.presentation`,
  xlsx: `${openXml}spreadsheetml.sheet`,
  odt: `${openDocument}text`,
  ods: `${openDocument}spreadsheet`,
  odp: `${openDocument}presentation`,
  html: "text/html",
  markdown: "text/markdown",
  text: "text/plain",
  csv: "text/csv",
  tsv: "text/tab-separated-values",
  json: "application/json",
  jsonl: "application/jsonl",
  rtf: "application/rtf",
  epub: "application/epub+zip",
  email: "message/rfc822",
  code: "text/plain",
  image: "application/octet-stream",
};

/** What the bytes say (names of file-type) against what we read. */
const kindOfDetected = new Map<string, DocumentKind>(
  Object.entries({
    pdf: "pdf",
    docx: "docx",
    dotx: "docx",
    docm: "docx",
    dotm: "docx",
    pptx: "pptx",
    potx: "pptx",
    pptm: "pptx",
    potm: "pptx",
    ppsx: "pptx",
    ppsm: "pptx",
    xlsx: "xlsx",
    xltx: "xlsx",
    xlsm: "xlsx",
    xltm: "xlsx",
    odt: "odt",
    ott: "odt",
    ods: "ods",
    ots: "ods",
    odp: "odp",
    otp: "odp",
    epub: "epub",
    rtf: "rtf",
    png: "image",
    jpg: "image",
    tif: "image",
    webp: "image",
    bmp: "image",
    gif: "image",
  } as const),
);

const kindOfExtension = new Map<string, DocumentKind>(
  Object.entries({
    txt: "text",
    text: "text",
    log: "text",
    md: "markdown",
    markdown: "markdown",
    mkd: "markdown",
    mdown: "markdown",
    csv: "csv",
    tsv: "tsv",
    tab: "tsv",
    json: "json",
    geojson: "json",
    jsonl: "jsonl",
    ndjson: "jsonl",
    html: "html",
    htm: "html",
    xhtml: "html",
    mht: "email",
    mhtml: "email",
    eml: "email",
    rtf: "rtf",
    rst: "text",
    tex: "text",
  } as const),
);

/** Text in the eyes of file-type's signatures: their content is decided by name and first characters. */
const textLikeDetections = new Set(["xml", "ics", "vcf", "eml", "ps", "eps", "srt", "vtt", "reg"]);

const binaryExtensions = new Set<string>([
  "pdf",
  "docx",
  "pptx",
  "xlsx",
  "odt",
  "ods",
  "odp",
  "epub",
  "png",
  "jpg",
  "jpeg",
  "tif",
  "tiff",
]);

/** The last extension of a name in lower case, without the dot; "" when there is none. */
export function readExtension(name: string): string {
  const base = name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1);
  const dot = base.lastIndexOf(".");
  return dot > 0 ? base.slice(dot + 1).toLowerCase() : "";
}

function typed(kind: DocumentKind, mediaType: string = mediaTypes[kind]): SniffedType {
  return { kind, mediaType };
}

/** OLE containers: an encrypted OOXML package, or an Office file of before 2007. */
function refuseCompoundFile(bytes: Buffer): never {
  if (bytes.includes(Buffer.from("EncryptedPackage", "utf16le"))) {
    throw new ExtractFailure("encrypted", "the Office file is encrypted");
  }
  throw new ExtractFailure(
    "unsupported",
    "Office files from before 2007 (.doc, .xls, .ppt) and Outlook .msg are not read",
  );
}

/** Share of control characters no text has; UTF-16 and UTF-32 are left to the decoder. */
function looksBinary(bytes: Buffer): boolean {
  const head = bytes.subarray(0, 65_536);
  let zeros = 0;
  let controls = 0;
  for (const byte of head) {
    if (byte === 0) zeros++;
    if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) controls++;
  }
  const marked = (head[0] ?? 0) >= 0xfe || (head[0] === 0 && head[1] === 0 && head[2] === 0xfe);
  if (marked || zeros > head.length * 0.3) return false;
  return controls > head.length * 0.1;
}

function sniffText(bytes: Buffer, extension: string): SniffedType {
  if (looksBinary(bytes)) throw new ExtractFailure("unsupported", "the file holds binary data of an unknown type");
  const named = kindOfExtension.get(extension);
  const head = decodeText(bytes.subarray(0, 4096)).text.trimStart();
  const isHtml = /^(<!--[\s\S]{0,2000}?-->\s*|<\?xml[^>]{0,200}\?>\s*)*<(!doctype\s+html|html[\s>])/i.test(head);
  if (isHtml && (named === undefined || named === "text")) return typed("html");
  if (named) return typed(named);
  if (findCodeLanguage(extension)) return typed("code");
  if (binaryExtensions.has(extension))
    throw new ExtractFailure("corrupt", `the content is not that of a .${extension} file`);
  return typed("text");
}

/**
 * Finds what a file is from its bytes; the name decides only between kinds of text. A name that does not fit
 * the bytes is no error as long as the bytes are of a kind we read.
 * @throws ExtractFailure `empty` (no bytes), `encrypted`, `unsupported`, `corrupt` (not what its name says).
 */
export async function sniffType(bytes: Buffer, name: string): Promise<SniffedType> {
  if (bytes.length === 0) throw new ExtractFailure("empty", "the file has 0 bytes");
  const extension = readExtension(name);
  // file-type may throw on damaged containers: then the bytes are judged as unknown.
  const detected = await fileTypeFromBuffer(bytes).catch(() => undefined);
  if (detected?.ext === "cfb") refuseCompoundFile(bytes);
  const kind = detected ? kindOfDetected.get(detected.ext) : undefined;
  if (kind) return typed(kind, kind === "image" ? detected?.mime : undefined);
  const marker = bytes.subarray(0, 1024).indexOf("%PDF-");
  if (marker >= 0) return typed("pdf");
  if (detected?.ext === "zip") {
    const named = kindOfDetected.get(extension);
    if (named && named !== "image" && named !== "pdf" && named !== "rtf") return typed(named);
    throw new ExtractFailure("unsupported", "zip archives are not unpacked");
  }
  if (detected && !textLikeDetections.has(detected.ext)) {
    throw new ExtractFailure("unsupported", `the content is of type ${detected.mime}`);
  }
  if (!detected && binaryExtensions.has(extension)) {
    throw new ExtractFailure("corrupt", `the content is not that of a .${extension} file`);
  }
  return sniffText(bytes, extension);
}

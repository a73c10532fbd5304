import { readFile, stat } from "node:fs/promises";
import type { DocumentKind, Extraction } from "@samla/contracts/extraction";
import { ExtractFailure } from "./failure.ts";
import type { ExtractLimits } from "./limits.ts";
import type { AssetPaths, ExtractProgress, OcrSettings, Reader } from "./reader.ts";
import { sniffType } from "./sniff.ts";

/** Loaded on demand: a text file must not pay for the PDF engine. */
const loaders: Record<DocumentKind, () => Promise<Reader>> = {
  odt: async () => (await import("./office/odf.ts")).readOdf,
  ods: async () => (await import("./office/odf.ts")).readOdf,
  odp: async () => (await import("./office/odf.ts")).readOdf,
  rtf: async () => (await import("./office/rtf.ts")).readRtf,
  docx: async () => (await import("./office/docx.ts")).readDocx,
  pptx: async () => (await import("./office/pptx.ts")).readPptx,
  xlsx: async () => (await import("./office/xlsx.ts")).readXlsx,
  epub: async () => (await import("./office/epub.ts")).readEpub,
  email: async () => (await import("./web/email.ts")).readEmail,
  html: async () => (await import("./web/html.ts")).readHtml,
  pdf: async () => (await import("./pdf/pdf.ts")).readPdf,
  image: async () => (await import("./ocr/image.ts")).readImage,
  text: async () => (await import("./text/plain.ts")).readPlainText,
  code: async () => (await import("./text/plain.ts")).readCode,
  markdown: async () => (await import("./text/markdown.ts")).readMarkdown,
  csv: async () => (await import("./text/csv.ts")).readCsv,
  tsv: async () => (await import("./text/csv.ts")).readTsv,
  json: async () => (await import("./text/json.ts")).readJson,
  jsonl: async () => (await import("./text/json.ts")).readJsonLines,
};

export type ReadRequest = {
  path: string;
  name: string;
  limits: ExtractLimits;
  ocr?: OcrSettings;
  assets?: AssetPaths;
};

const warningsKept = 100;

function formatMegabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function assertSize(sizeBytes: number, maxBytes: number | undefined): void {
  if (maxBytes === undefined || sizeBytes <= maxBytes) return;
  throw new ExtractFailure(
    "too_large",
    `${formatMegabytes(sizeBytes)}; at most ${formatMegabytes(maxBytes)} of this type are read`,
  );
}

/**
 * Reads one file in this process. Only for code that is itself isolated (the child) and for tests:
 * a hostile file can exhaust the process it is read in. Use `extractFile` elsewhere.
 * @throws ExtractFailure
 */
export async function readDocument(
  request: ReadRequest,
  onProgress?: (progress: ExtractProgress) => void,
): Promise<Extraction> {
  const { path, name, limits } = request;
  const { size } = await stat(path);
  const perKind = Object.values(limits.uploadBytesByKind);
  assertSize(size, perKind.length > 0 ? Math.max(...perKind) : undefined);
  const bytes = await readFile(path);
  const { kind, mediaType } = await sniffType(bytes, name);
  assertSize(size, limits.uploadBytesByKind[kind]);
  const warnings: string[] = [];
  const warn = (text: string) => {
    if (warnings.length < warningsKept && !warnings.includes(text)) warnings.push(text);
  };
  const read = await loaders[kind]();
  const result = await read({ path, bytes, name, limits, warn, ocr: request.ocr, assets: request.assets, onProgress });
  if (result.text.trim() === "") throw new ExtractFailure("empty", "no text was found");
  const extraction: Extraction = {
    kind,
    mediaType,
    text: result.text,
    blocks: result.blocks,
    pages: result.pages,
    warnings,
    ocrPages: result.ocrPages ?? 0,
    properties: result.properties ?? {},
  };
  const title = result.title?.trim().slice(0, 300);
  if (title) extraction.title = title;
  if (result.language) extraction.language = result.language;
  if (result.encoding) extraction.encoding = result.encoding;
  return extraction;
}

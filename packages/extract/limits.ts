import type { DocumentKind } from "@samla/contracts/extraction";

/**
 * Every limit a reader obeys. The values below were set from measurements over 443 real and 30 hostile files:
 * each is several times what the largest honest file needed.
 */
export type ExtractLimits = {
  /** Largest file per kind. A kind that is not named has no limit of its own. */
  uploadBytesByKind: Partial<Record<DocumentKind, number>>;
  /** Characters of canonical text a document may yield. */
  outputChars: number;

  /** Entries of a zip container. */
  zipEntries: number;
  /** All inflated bytes of a container together ... */
  zipInflatedBytes: number;
  /** ... and no more than this many times the file's size ... */
  zipRatio: number;
  /** ... unless less than this was inflated. */
  zipRatioFreeBytes: number;
  /** Nesting of XML elements. */
  xmlDepth: number;
  /** XML elements of one part; a sheet may have more. */
  xmlNodes: number;
  sheetXmlNodes: number;
  /** Cells with a value, all sheets together. */
  sheetCells: number;

  htmlDepth: number;
  rtfDepth: number;
  mimeDepth: number;
  markdownDepth: number;

  pdfPages: number;
  pdfTextItems: number;
  pdfTextItemsOfPage: number;

  /** Pages of one document that are sent to OCR; the rest is named in a warning. */
  ocrPages: number;
  ocrPageTimeoutMs: number;
  imagePixels: number;

  /** Wall time of one child without OCR; OCR adds its own time per page. */
  childTimeoutMs: number;
  childStartTimeoutMs: number;
  /** V8 heap of the child, and the resident memory at which it is killed. */
  childHeapMegabytes: number;
  childRssBytes: number;
  /** A child serves further files until it has served this many or holds this much memory. */
  childReuseFiles: number;
  childReuseRssBytes: number;
};

const megabyte = 1024 * 1024;

export const defaultLimits: ExtractLimits = {
  uploadBytesByKind: {},
  outputChars: 30_000_000,

  zipEntries: 5_000,
  zipInflatedBytes: 256 * megabyte,
  zipRatio: 200,
  zipRatioFreeBytes: 32 * megabyte,
  xmlDepth: 256,
  xmlNodes: 5_000_000,
  sheetXmlNodes: 20_000_000,
  sheetCells: 2_000_000,

  htmlDepth: 20_000,
  rtfDepth: 2_000,
  mimeDepth: 256,
  markdownDepth: 100,

  pdfPages: 3_000,
  pdfTextItems: 2_000_000,
  pdfTextItemsOfPage: 200_000,

  ocrPages: 200,
  ocrPageTimeoutMs: 45_000,
  imagePixels: 40_000_000,

  childTimeoutMs: 60_000,
  childStartTimeoutMs: 10_000,
  childHeapMegabytes: 768,
  childRssBytes: 1_200 * megabyte,
  childReuseFiles: 50,
  childReuseRssBytes: 250 * megabyte,
};

import { z } from "zod";
import { blockTypes, documentKinds } from "./plain/kinds.ts";

export * from "./plain/kinds.ts";

export const DocumentKind = z.enum(documentKinds);
export type DocumentKind = z.infer<typeof DocumentKind>;

/** A rectangle on a page: [x, y, width, height] in the page's own units at scale 1 (PDF points after rotation; pixels for images). */
export const Rect = z.tuple([z.number(), z.number(), z.number(), z.number()]);
export type Rect = z.infer<typeof Rect>;

export const PageRects = z.object({ page: z.int().positive(), rects: z.array(Rect) });
export type PageRects = z.infer<typeof PageRects>;

/**
 * One block of a document's canonical text. `text.slice(start, end)` is the block's text; blocks are joined by "\n\n".
 * A table's text has one row a line, cells joined by " | "; `cells` keeps the rows for display.
 */
export const Block = z.object({
  type: z.enum(blockTypes),
  start: z.int().nonnegative(),
  end: z.int().nonnegative(),
  /** Heading level 1 to 6 (headings only). */
  level: z.int().min(1).max(6).optional(),
  /** 1-based page, slide or sheet number. */
  page: z.int().positive().optional(),
  /** Where the block is drawn (PDF and scans). */
  rects: z.array(PageRects).optional(),
  /** Character ranges [start, end) of the canonical text with their rectangle: lets a passage light up exact lines. */
  lines: z.array(z.object({ start: z.int(), end: z.int(), page: z.int(), rect: Rect })).optional(),
  /** Rows of cells (tables only). */
  cells: z.array(z.array(z.string())).optional(),
  /** Number of leading header rows in `cells`. */
  headerRows: z.int().nonnegative().optional(),
  /** Language of a code block. */
  language: z.string().optional(),
});
export type Block = z.infer<typeof Block>;

export const PageInfo = z.object({
  number: z.int().positive(),
  width: z.number().optional(),
  height: z.number().optional(),
  /** Sheet or slide name, chapter title. */
  label: z.string().optional(),
  /** Text of this page came from OCR. */
  ocr: z.boolean().optional(),
});

export type PageInfo = z.infer<typeof PageInfo>;

/** What extraction yields: stored as `extracted.json` beside the source. */
export const Extraction = z.object({
  kind: DocumentKind,
  mediaType: z.string(),
  /** Title found in the document itself, if any. */
  title: z.string().optional(),
  language: z.string().optional(),
  encoding: z.string().optional(),
  text: z.string(),
  blocks: z.array(Block),
  pages: z.array(PageInfo),
  /** What a reader should know: unreadable pages, dropped parts. */
  warnings: z.array(z.string()),
  ocrPages: z.int().nonnegative(),
  /** Metadata found inside (author, created, subject, from, to ...), values as plain text. */
  properties: z.record(z.string(), z.string()),
});
export type Extraction = z.infer<typeof Extraction>;

/** A passage: `extraction.text.slice(start, end) === text`. */
export const PassageDraft = z.object({
  n: z.int().nonnegative(),
  start: z.int().nonnegative(),
  end: z.int().nonnegative(),
  text: z.string(),
  headingPath: z.array(z.string()),
  page: z.int().positive().optional(),
  rects: z.array(PageRects).optional(),
  /** Header row repeated for a piece of a long table; embedded with the text, never part of it. */
  tableHeader: z.string().optional(),
  tokensEstimated: z.int().nonnegative(),
});
export type PassageDraft = z.infer<typeof PassageDraft>;

import type { BuiltBlocks } from "./block-builder.ts";
import type { ExtractLimits } from "./limits.ts";

export type ReaderInput = {
  /** The file on disk under our own temporary name. */
  path: string;
  bytes: Buffer;
  /** The name the file was uploaded under: a hint, never a path. */
  name: string;
  limits: ExtractLimits;
  /** Tells the reader of the document about a part that could not be read. Shown, so in plain words. */
  warn(text: string): void;
};

/** What a reader yields. `properties` holds metadata found inside (author, created, subject ...), as plain text. */
export type ReaderResult = BuiltBlocks & {
  title?: string;
  language?: string;
  encoding?: string;
  properties?: Record<string, string>;
  /** Pages whose text came from OCR. */
  ocrPages?: number;
};

/**
 * Turns one file into blocks.
 * @throws ExtractFailure with the reason when there is nothing to yield or a limit is passed.
 */
export type Reader = (input: ReaderInput) => Promise<ReaderResult>;

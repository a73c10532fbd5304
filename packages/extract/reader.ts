import type { BuiltBlocks } from "./block-builder.ts";
import type { ExtractLimits } from "./limits.ts";

export type ExtractProgress = { step: "extract" | "ocr"; page: number; pages: number };

/** How pages without text are read. `dataPath` is a folder with `<language>.traineddata` files. */
export type OcrSettings = { enabled: boolean; language?: string; dataPath?: string; cachePath?: string };

/** Folders of data files, for when the code runs from a bundle. Without them they are found in node_modules. */
export type AssetPaths = { pdfjsPath?: string };

export type ReaderInput = {
  /** The file on disk under our own temporary name. */
  path: string;
  bytes: Buffer;
  /** The name the file was uploaded under: a hint, never a path. */
  name: string;
  limits: ExtractLimits;
  /** Tells the reader of the document about a part that could not be read. Shown, so in plain words. */
  warn(text: string): void;
  /** The rest is for readers of pages. */
  ocr?: OcrSettings;
  assets?: AssetPaths;
  onProgress?(progress: ExtractProgress): void;
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

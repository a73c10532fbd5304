import type { BuildConfig, ExtractFailureCode, Extraction, PassageDraft } from "@samla/contracts";

export type ExtractProgress = { step: "extract" | "ocr"; page: number; pages: number };

/** How extraction ends without text; by `code`, so that copies of the class in two bundles do no harm. */
export type ExtractProblem = Error & { code: ExtractFailureCode; detail: string };

/** How a text is cut into passages; a build's configuration holds it. */
export type SplitOptions = Pick<BuildConfig, "targetTokens" | "overlapTokens" | "splitBy">;

/** Bytes to structured text, in a process of its own with limits on time and memory. */
export interface Extractor {
  /** Throws an `ExtractProblem`. `signal` ends the work within a second. */
  extract(input: {
    filePath: string;
    name: string;
    /** Whether pages without text are recognised. */
    ocr: BuildConfig["ocr"];
    signal: AbortSignal;
    onProgress: (progress: ExtractProgress) => void;
  }): Promise<Extraction>;
  split(extraction: Extraction, options: SplitOptions): PassageDraft[];
}

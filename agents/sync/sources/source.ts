/** One thing of a source: a file, an object, a page. */
export type SourceEntry = {
  /** What names it in the source, and in reports. Unique. */
  key: string;
  /** Folders and name that it has as a document, before they are made to fit. */
  segments: string[];
  /** Changes whenever the content may have; empty when the source cannot tell without asking. */
  stamp: string;
  sizeBytes?: number;
  /** How the source itself finds it again. */
  handle?: unknown;
};

export type Found =
  | { kind: "entry"; entry: SourceEntry }
  /** Left out on purpose, such as a symbolic link; a document of this key goes. */
  | { kind: "skipped"; key: string; reason: string }
  /** Could not be looked at: what lies below `segments` may be there or not, so nothing below is deleted. */
  | { kind: "unknown"; key: string; segments: string[]; reason: string };

export type Read =
  | { kind: "content"; sha256: string; sizeBytes: number; file: string; stamp: string }
  /** The source says that it is what `knownStamp` named. */
  | { kind: "same"; stamp: string }
  /** It vanished since it was listed. */
  | { kind: "gone"; reason: string };

/** What a document index is kept equal to. */
export interface Source {
  /** Everything there is, in any order. */
  list(signal: AbortSignal): AsyncIterable<Found>;
  /**
   * The content, put into `file` with its hash. Throws `SourceError` for what cannot be read now; the document then
   * stays as it is.
   */
  read(
    entry: SourceEntry,
    options: { file: string; knownStamp?: string; maxBytes: number; signal: AbortSignal },
  ): Promise<Read>;
}

/** Something of the source that could not be read; the message is for the report. */
export class SourceError extends Error {}

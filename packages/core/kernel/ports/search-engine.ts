/** A value of a filterable field. */
export type FieldValue = string | number | boolean;

/** Filter over a passage's fields; every door compiles its access rules into one of these. */
export type Filter =
  | { eq: [field: string, value: FieldValue] }
  | { in: [field: string, values: FieldValue[]] }
  | { range: [field: string, range: { gte?: number | string; lt?: number | string }] }
  /** The field is a list that holds at least one of the values. */
  | { hasAny: [field: string, values: string[]] }
  | { startsWith: [field: string, prefix: string] }
  | { and: Filter[] }
  | { or: Filter[] }
  | { not: Filter };

/** How lexical and vector legs are joined. It belongs to the embedder: a weak one must not outvote words. */
export type Fusion =
  | {
      kind: "weighted";
      vectorWeight: number;
      /** Hybrid only: the query vector moves towards the best `passages` by words before the vector leg runs. */
      feedback?: { passages: number; weight: number };
    }
  | { kind: "rrf"; k: number; lexicalWeight: number; vectorWeight: number };

/** Immutable configuration of one build's table. */
export type TableSpec = {
  /** Path below the engine's root, such as `manual/bld_01…`; made of slugs and ids only. */
  table: string;
  /** 0: no vectors. */
  dimensions: number;
  language: string;
  fusion: Fusion;
};

/** One passage as the engine keeps it. Field names are the engine's columns, so they are snake_case. */
export type EnginePassage = {
  id: string;
  document_id: string;
  version_id: string;
  n: number;
  title: string;
  /** Heading path joined by " › ". */
  section: string;
  text: string;
  page: number | null;
  kind: string;
  tags: string[];
  /** Source path (folder and name). */
  path: string;
  /** Milliseconds since the epoch: when the version was made. */
  updated_at: number;
  /** Principals that may read it: `everyone`, `group:x`, `user:x`. */
  readers: string[];
  /** Absent: not embedded yet; found by its words only. */
  vector?: Float32Array;
};

export type SearchMode = "lexical" | "vector" | "hybrid";

export type EngineQuery = {
  text?: string;
  vector?: Float32Array;
  mode: SearchMode;
  filter?: Filter;
  limit: number;
  offset: number;
  sort: "relevance" | "newest" | "oldest" | "title";
  facets?: { field: "kind" | "tags" | "path"; size: number }[];
  /** Marks in hit texts and a short fragment. */
  highlight: boolean;
  /** Score parts per hit. */
  explain: boolean;
  /** At most this many passages of one document in the result; 0: no limit. */
  perDocumentMax: number;
  fusion?: Fusion;
};

export type Mark = [start: number, end: number];

export type EngineHit = {
  passage: Omit<EnginePassage, "vector" | "readers">;
  score: number;
  /** Ranges in `passage.text` that match the query. */
  marks: Mark[];
  /** A window of `passage.text` around the densest marks, with its own marks. */
  fragment: { start: number; end: number; marks: Mark[] };
  titleMarks: Mark[];
  parts?: {
    lexical: number | null;
    lexicalNormalised: number | null;
    vector: number | null;
    vectorNormalised: number | null;
    formula: string;
  };
};

export type EngineAnswer = {
  hits: EngineHit[];
  /** Matches counted up to a bound; `exact` false means "at least". */
  total: { value: number; exact: boolean };
  facets: Record<string, { value: string; count: number }[]>;
  /** Set when spelling was relaxed because nothing matched as typed. */
  correctedText?: string;
  timings: { lexicalMs: number; vectorMs: number; fetchMs: number; totalMs: number };
  tableVersion: number;
  /** Raw word score of the best match, which makes scores of two tables comparable; null without one. */
  bestLexical: number | null;
  /** Cosine similarity of the most similar passage; null when similarity was not asked. */
  bestSimilarity: number | null;
};

export type TableStats = {
  passages: number;
  documents: number;
  passagesWithVectors: number;
  sizeBytes: number;
  unindexedRows: number;
  tableVersion: number;
};

/** The searchable data of builds. One writer a table; any number of readers. */
export interface SearchEngine {
  createTable(spec: TableSpec): Promise<void>;
  dropTable(table: string): Promise<void>;
  listTables(): Promise<string[]>;
  /** Replaces all passages of the documents in one atomic commit; an empty list removes a document. */
  replaceDocuments(
    table: string,
    documents: { documentId: string; passages: EnginePassage[] }[],
  ): Promise<{ tableVersion: number }>;
  search(table: string, query: EngineQuery, signal?: AbortSignal): Promise<EngineAnswer>;
  /** Completions for what is being typed, from titles and headings. */
  suggest(
    table: string,
    prefix: string,
    filter: Filter | undefined,
    limit: number,
  ): Promise<{ text: string; documentId: string }[]>;
  /** All passages of a document in order, without vectors. */
  listPassages(table: string, documentId: string): Promise<Omit<EnginePassage, "vector">[]>;
  stats(table: string): Promise<TableStats>;
  /** Compacts and folds new rows into the indices; safe beside readers, called by the table's writer. */
  maintain(table: string): Promise<{ before: TableStats; after: TableStats }>;
  close(): Promise<void>;
}

/** Text to vectors of unit length. */
export interface Embedder {
  /** Names model and configuration: vectors of two ids are never mixed. */
  readonly id: string;
  readonly dimensions: number;
  readonly fusion: Fusion;
  /** Longest text it reads, in characters; the rest is cut by the embedder itself. */
  readonly maxCharacters: number;
  /** Works in this process at some thousand passages a second, so the index writer waits for it. */
  readonly instant: boolean;
  embed(texts: string[], purpose: "passage" | "query", signal?: AbortSignal): Promise<Float32Array[]>;
}

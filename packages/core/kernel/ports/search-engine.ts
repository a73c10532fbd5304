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
  /** Whether forms of a word are one word; absent: they are. */
  stem?: boolean;
  /** How often a passage's title and headings count against its text once; absent: `defaultFieldWeights`. */
  fieldWeights?: FieldWeights;
};

export type FieldWeights = { title: number; section: number };
export const defaultFieldWeights: FieldWeights = { title: 3, section: 1 };

/** Words that a query passes by while it has others: those of the language, none, or the language's and these. */
export type StopWords = { kind: "language" } | { kind: "none" } | { kind: "custom"; words: string[] };

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
  /** Instead of the table's. */
  fusion?: Fusion;
  /** Absent: those of the language. */
  stopWords?: StopWords;
  /** Groups of words or phrases that stand for each other. */
  synonyms?: string[][];
  /** Documents to show first, in this order, by relevance and as far as the filter lets them through. */
  pinned?: string[];
  /** Documents to leave out. */
  buried?: string[];
  /** What each query word adds to the word score of a hit; costs a look-up a word. */
  explainTerms?: boolean;
};

/** How much one query word in one field adds to a hit's word score. */
export type TermPart = { term: string; field: "title" | "section" | "text"; occurrences: number; score: number };

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
  terms?: TermPart[];
  /** Why it stands where it does, when that is not its score. */
  rule?: "pinned";
};

export type EngineAnswer = {
  hits: EngineHit[];
  /** Matches counted up to a bound; `exact` false means "at least". */
  total: { value: number; exact: boolean };
  facets: Record<string, { value: string; count: number }[]>;
  /** Set when spelling was relaxed because nothing matched as typed. */
  correctedText?: string;
  /** What became of the query's words: searched, left out as stop words, added as synonyms. */
  words: { used: string[]; left: string[]; added: string[] };
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

/** What a table holds of one document. */
export type TableDocument = {
  versionIds: string[];
  /** Rows, and how many of them have an id of their own: fewer when some are there twice. */
  passages: number;
  distinct: number;
  readers: string[];
  tags: string[];
  path: string;
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
  /** What the table holds of each of these documents; those it does not hold are left out. */
  describeDocuments(table: string, documentIds: string[]): Promise<Map<string, TableDocument>>;
  /** The first `limit` ids after `after` of documents in the table, in order. */
  listDocumentIds(table: string, after: string | undefined, limit: number): Promise<string[]>;
  /** With a filter, passages and documents are counted as far as it lets them through; sizes are of the whole table. */
  stats(table: string, filter?: Filter): Promise<TableStats>;
  /** Compacts and folds new rows into the indices; safe beside readers, called by the table's writer. */
  maintain(table: string): Promise<{ before: TableStats; after: TableStats }>;
  close(): Promise<void>;
}

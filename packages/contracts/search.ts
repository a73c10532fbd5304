import { z } from "zod";
import { Tag } from "./documents.ts";
import { DocumentKind, PageRects } from "./extraction.ts";
import { BuildId, DocumentId, IndexSlug, PassageId, QueryId, VersionId } from "./ids.ts";
import { limits } from "./limits.ts";
import { Timestamp } from "./pagination.ts";
import { searchModes, searchSorts } from "./plain/choices.ts";

export { searchModes, searchSorts };

/** Repeated query parameters arrive as lists; one alone as a string. */
const listOf = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(item).max(50)).default([]);

export const SearchQuery = z.object({
  q: z
    .string()
    .trim()
    .min(1, "type something to search for")
    .max(limits.queryLengthMax, `use at most ${limits.queryLengthMax} characters`),
  /** Indexes to search; none means all that you may read. */
  index: listOf(IndexSlug),
  kind: listOf(DocumentKind),
  tag: listOf(Tag),
  documentId: DocumentId.optional(),
  /** Documents whose folder or name begins with this. */
  path: z.string().max(limits.pathLengthMax).optional(),
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  mode: z.enum(searchModes).default("hybrid"),
  sort: z.enum(searchSorts).default("relevance"),
  limit: z.coerce.number("use a whole number").int().min(1).max(limits.searchPageSizeMax).default(20),
  offset: z.coerce.number("use a whole number").int().min(0).max(limits.searchOffsetMax).default(0),
  /** Passages of one document in the result at most; 0 for no limit. */
  perDocument: z.coerce.number("use a whole number").int().min(0).max(20).default(3),
  explain: z.stringbool().default(false),
  facets: z.stringbool().default(true),
});
export type SearchQuery = z.infer<typeof SearchQuery>;

const Mark = z.tuple([z.int(), z.int()]);

export const ScoreParts = z.object({
  lexical: z.number().nullable(),
  lexicalNormalised: z.number().nullable(),
  vector: z.number().nullable(),
  vectorNormalised: z.number().nullable(),
  formula: z.string(),
});

export const SearchHit = z.object({
  passageId: PassageId,
  documentId: DocumentId,
  versionId: VersionId,
  index: IndexSlug,
  buildId: BuildId,
  n: z.int().nonnegative(),
  name: z.string(),
  title: z.string(),
  titleMarks: z.array(Mark),
  path: z.string(),
  kind: DocumentKind,
  tags: z.array(z.string()),
  updatedAt: Timestamp,
  headingPath: z.array(z.string()),
  page: z.int().positive().optional(),
  rects: z.array(PageRects).optional(),
  text: z.string(),
  marks: z.array(Mark),
  fragment: z.object({ start: z.int(), end: z.int(), marks: z.array(Mark) }),
  score: z.number(),
  parts: ScoreParts.optional(),
});
export type SearchHit = z.infer<typeof SearchHit>;

export const Facet = z.array(z.object({ value: z.string(), count: z.int().nonnegative() }));

export const SearchResult = z.object({
  queryId: QueryId,
  q: z.string(),
  /** Set when nothing matched as typed and spelling was relaxed. */
  correctedText: z.string().optional(),
  hits: z.array(SearchHit),
  total: z.object({ value: z.int().nonnegative(), exact: z.boolean() }),
  facets: z.object({ kind: Facet, tags: Facet, index: Facet }),
  indexes: z.array(z.object({ slug: IndexSlug, name: z.string(), buildId: BuildId, tableVersion: z.int() })),
  /** Indexes that did not answer in time; the rest is shown. */
  missing: z.array(z.object({ slug: IndexSlug, reason: z.string() })),
  /** Indexes that were searched by words although similarity was asked for; absent when there are none. */
  wordsOnly: z.array(z.object({ slug: IndexSlug, reason: z.string() })).optional(),
  timings: z.object({ accessMs: z.number(), embedMs: z.number(), engineMs: z.number(), totalMs: z.number() }),
});
export type SearchResult = z.infer<typeof SearchResult>;

export const SuggestQuery = z.object({
  q: z.string().trim().min(1).max(200),
  index: listOf(IndexSlug),
  limit: z.coerce.number("use a whole number").int().min(1).max(10).default(6),
});
export const SuggestResult = z.object({
  suggestions: z.array(z.object({ text: z.string(), documentId: DocumentId, index: IndexSlug })),
});

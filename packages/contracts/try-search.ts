import { z } from "zod";
import { BuildConfig } from "./build-config.ts";
import { BuildId, DocumentId, PassageId } from "./ids.ts";
import { limits } from "./limits.ts";
import { Principal } from "./roles.ts";
import { SearchHit, searchModes } from "./search.ts";

const { stopWords, synonyms, fusion, pinned, buried } = BuildConfig.shape;

/**
 * Settings that take effect at the query, so that they can be tried on a build without making its data again. One that is
 * absent is the build's own, so none has a default here.
 */
export const QuerySettings = z.strictObject({
  stopWords: stopWords.unwrap().optional(),
  synonyms: synonyms.unwrap().optional(),
  fusion: fusion.optional(),
  pinned: pinned.unwrap().optional(),
  buried: buried.unwrap().optional(),
});
export type QuerySettings = z.infer<typeof QuerySettings>;

/** One side of the test bench: a query on one build of an index, with other settings or as somebody else if wished. */
export const TrySearchBody = z.strictObject({
  q: z.string().trim().min(1, "type something to search for").max(limits.queryLengthMax),
  buildId: BuildId,
  mode: z.enum(searchModes).default("hybrid"),
  limit: z.int().min(1).max(50).default(10),
  settings: QuerySettings.optional(),
  /** Searches with the rights of these principals (and everyone's) instead of the caller's own. */
  as: z.array(Principal).max(50).optional(),
});
export type TrySearchBody = z.infer<typeof TrySearchBody>;

/** How much one query word in one field adds to a hit's word score. */
export const TermScore = z.object({
  term: z.string(),
  field: z.enum(["title", "section", "text"]),
  occurrences: z.int().nonnegative(),
  score: z.number(),
});

export const TriedHit = SearchHit.extend({
  rank: z.int().positive(),
  terms: z.array(TermScore),
  /** Set when a rule of the build put it here. */
  rule: z.enum(["pinned"]).optional(),
});
export type TriedHit = z.infer<typeof TriedHit>;

export const TrySearchResult = z.object({
  buildId: BuildId,
  hits: z.array(TriedHit),
  total: z.object({ value: z.int().nonnegative(), exact: z.boolean() }),
  /** What became of the query: words left out, words added by synonyms, spelling relaxed. */
  words: z.object({
    used: z.array(z.string()),
    left: z.array(z.string()),
    added: z.array(z.string()),
    corrected: z.string().optional(),
  }),
  timings: z.object({ embedMs: z.number(), engineMs: z.number(), totalMs: z.number() }),
  /** With `as`: documents the caller would have been shown and the others are not, each with the reason. */
  hidden: z.array(
    z.object({ documentId: DocumentId, passageId: PassageId, name: z.string(), rank: z.int(), reason: z.string() }),
  ),
});
export type TrySearchResult = z.infer<typeof TrySearchResult>;

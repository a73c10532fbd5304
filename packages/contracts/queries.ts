import { z } from "zod";
import { BuildId, DocumentId, IndexSlug, PassageId, QueryId, VersionId } from "./ids.ts";
import { cursorQuery, pageOf, Timestamp } from "./pagination.ts";
import { queryViews } from "./plain/choices.ts";

export { queryViews };

const Count = z.int().nonnegative();

/** One hit as it was shown: enough to say later what became of it. */
export const QueryHit = z.object({
  passageId: PassageId,
  documentId: DocumentId,
  versionId: VersionId,
  name: z.string(),
  score: z.number(),
});
export type QueryHit = z.infer<typeof QueryHit>;

/** One search of one index as it happened. */
export const QueryRecord = z.object({
  id: QueryId,
  index: IndexSlug,
  at: Timestamp,
  /** Absent where the index keeps its log anonymous. */
  actor: z.object({ id: z.string(), name: z.string() }).optional(),
  text: z.string(),
  correctedText: z.string().optional(),
  mode: z.enum(["hybrid", "lexical", "vector"]),
  /** Filters and order as asked, plain values; `indexes` is how many were searched together, when several were. */
  filters: z.record(z.string(), z.unknown()),
  buildId: BuildId,
  tableVersion: Count,
  total: Count,
  hits: z.array(QueryHit),
  timings: z.object({ embedMs: z.number(), engineMs: z.number(), totalMs: z.number() }),
  clicks: z.array(z.object({ passageId: PassageId, rank: z.int().positive(), at: Timestamp })),
  thumbs: z.array(z.object({ passageId: PassageId, value: z.enum(["up", "down"]), at: Timestamp })),
});
export type QueryRecord = z.infer<typeof QueryRecord>;

export const ListQueriesQuery = z.object({
  view: z.enum(queryViews).default("recent"),
  /** Also searches that were only on the way to the next one, as letters were typed. */
  typed: z.stringbool().default(false),
  q: z.string().trim().max(200).optional(),
  ...cursorQuery,
});
export const QueryPage = pageOf(QueryRecord);

export const QueryReportQuery = z.object({ days: z.coerce.number().int().min(1).max(90).default(7) });
/** What people ask of an index. */
export const QueryReport = z.object({
  days: z.int(),
  searches: Count,
  people: Count.nullable(),
  zeroResults: Count,
  withClick: Count,
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  perDay: z.array(z.object({ day: z.iso.date(), searches: Count, zeroResults: Count })),
  top: z.array(z.object({ text: z.string(), searches: Count, zeroResults: Count, clicks: Count })),
  zero: z.array(z.object({ text: z.string(), searches: Count })),
  slow: z.array(z.object({ id: QueryId, text: z.string(), totalMs: z.number(), at: Timestamp })),
  /** False when there were more searches than a report reads. */
  complete: z.boolean(),
});
export type QueryReport = z.infer<typeof QueryReport>;

export const feedbackKinds = ["click", "up", "down", "none"] as const;
/** A click on a hit, or a thumb; `none` takes the thumb back. */
export const FeedbackBody = z.strictObject({
  index: IndexSlug,
  passageId: PassageId,
  kind: z.enum(feedbackKinds),
  rank: z.int().positive().max(1000).optional(),
});

export const missingCauses = [
  "document-deleted",
  "document-purged",
  "version-replaced",
  "access-changed",
  "build-deleted",
  "other-order",
] as const;
export const ReplayBody = z.strictObject({ index: IndexSlug });
/** The search again on the build it ran on. */
export const ReplayResult = z.object({
  query: QueryRecord,
  same: z.boolean(),
  /** Why nothing could be run, when the build's data is gone. */
  notRun: z.string().optional(),
  hits: z.array(QueryHit.extend({ before: z.int().nullable(), after: z.int().nullable() })),
  /** Hits of then that are not there now, each with what became of it. */
  gone: z.array(QueryHit.extend({ cause: z.enum(missingCauses), explanation: z.string() })),
});
export type ReplayResult = z.infer<typeof ReplayResult>;

import { z } from "zod";
import { BuildId, IndexSlug } from "./ids.ts";
import { Timestamp } from "./pagination.ts";

const Count = z.int().nonnegative();

/** What the auditor can find wrong between the catalog's rows, the stored objects and the builds' tables. */
export const findingKinds = [
  "passages-missing",
  "passages-orphaned",
  "passages-stale",
  "passages-doubled",
  "objects-missing",
  "objects-orphaned",
  "counts-wrong",
  "table-missing",
  "table-orphaned",
] as const;
export const FindingKind = z.enum(findingKinds);
export type FindingKind = z.infer<typeof FindingKind>;

export const AuditFinding = z.object({
  kind: FindingKind,
  count: Count,
  /** Up to ten ids or keys of it. */
  samples: z.array(z.string()),
  buildId: BuildId.optional(),
  /** What was done about it, or will be at the next check. */
  repair: z.string(),
});
export type AuditFinding = z.infer<typeof AuditFinding>;

/** One check of an index: how much was compared, what was found, what was repaired. */
export const Audit = z.object({
  index: IndexSlug,
  at: Timestamp,
  tookMs: z.number(),
  by: z.string(),
  checked: z.object({
    documents: Count,
    /** Documents that were left to the next check, as they changed just before. */
    settling: Count.optional(),
    versions: Count,
    objects: Count,
    passages: Count,
    builds: Count,
  }),
  /** Differences found: the one number. Work under way is not a difference. */
  differences: Count,
  repaired: Count,
  findings: z.array(AuditFinding),
  complete: z.boolean(),
});
export type Audit = z.infer<typeof Audit>;

/** One run of compaction over a build's table. */
export const Upkeep = z.object({
  buildId: BuildId,
  at: Timestamp,
  tookMs: z.number(),
  sizeBytesBefore: Count,
  sizeBytesAfter: Count,
  unindexedBefore: Count,
  unindexedAfter: Count,
});
export type Upkeep = z.infer<typeof Upkeep>;

export const CareReport = z.object({
  index: IndexSlug,
  audits: z.array(Audit),
  upkeep: z.array(Upkeep),
  storage: z.array(z.object({ buildId: BuildId, status: z.string(), sizeBytes: Count, passages: Count })),
  /** Bytes of sources and what was read from them; null until counted. */
  documentsBytes: Count.nullable(),
  /** Time from the arrival of bytes until searches find them, over the newest documents; null when none tells. */
  freshness: z.object({ documents: Count, p50Ms: z.number(), p95Ms: z.number() }).nullable().default(null),
});
export type CareReport = z.infer<typeof CareReport>;

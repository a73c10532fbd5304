import { z } from "zod";
import { BuildConfig, BuildStage } from "./build-config.ts";
import { Figures } from "./figures.ts";
import { BuildId, DocumentId, EvaluationId, IndexSlug, VersionId } from "./ids.ts";
import { limits } from "./limits.ts";
import { cursorQuery, pageOf, Timestamp } from "./pagination.ts";
import { BuildStatus, FillState } from "./statuses.ts";

const Count = z.int().nonnegative();

/** How far the data of a candidate is. */
export const BuildFill = z.object({
  state: FillState,
  startedAt: Timestamp,
  endedAt: Timestamp.optional(),
  /** Documents that were there when it began; later ones come by themselves. */
  total: Count,
  done: Count,
  failed: Count,
  /** Of the documents done, how many took this from what an earlier build had made, and how many made it anew. */
  reused: z.object({ extract: Count, split: Count, embed: Count }),
  made: z.object({ extract: Count, split: Count, embed: Count }),
  /** Over the last minute; absent until there is something to measure. */
  documentsPerSecond: z.number().nonnegative().optional(),
  secondsLeft: z.number().nonnegative().optional(),
});
export type BuildFill = z.infer<typeof BuildFill>;

export const Build = z.object({
  id: BuildId,
  index: IndexSlug,
  status: BuildStatus,
  config: BuildConfig,
  note: z.string().default(""),
  createdAt: Timestamp,
  createdBy: z.string(),
  fill: BuildFill.optional(),
  /** Why it failed. */
  failure: z.object({ cause: z.string(), nextStep: z.string() }).optional(),
  promotedAt: Timestamp.optional(),
  supersededAt: Timestamp.optional(),
  /** Set while it is out because somebody went back from it. */
  rolledBack: z.object({ at: Timestamp, by: z.string(), reason: z.string(), toBuildId: BuildId }).optional(),
  revision: z.int().positive().default(1),
});
export type Build = z.infer<typeof Build>;

export const TableStatistics = z.object({
  documents: Count,
  passages: Count,
  vectors: Count,
  sizeBytes: Count,
  unindexedRows: Count,
  tableVersion: Count,
});
export type TableStatistics = z.infer<typeof TableStatistics>;

/** One difference of two configurations; `path` such as `fieldWeights.title`. */
export const ConfigChange = z.object({
  path: z.string(),
  /** Absent where the part is not there on that side. */
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  stage: BuildStage,
});
export type ConfigChange = z.infer<typeof ConfigChange>;

export const BuildDetail = Build.extend({
  statistics: TableStatistics.optional(),
  /** Against the live build; empty for the live build itself. */
  changes: z.array(ConfigChange),
  /** Newest finished evaluation of this build. */
  evaluationId: EvaluationId.optional(),
});
export type BuildDetail = z.infer<typeof BuildDetail>;

export const ListBuildsQuery = z.object({ ...cursorQuery });
export const BuildPage = pageOf(BuildDetail);
export type BuildPage = z.infer<typeof BuildPage>;

export const PlanBuildBody = z.strictObject({ config: BuildConfig });

/** What a build would change, redo, cost and take, before anything starts. Rates are measured ones; null: nothing measured yet. */
export const BuildPlan = z.object({
  liveBuildId: BuildId,
  changes: z.array(ConfigChange),
  /** Stages that run again for every document. */
  stages: z.array(BuildStage),
  estimate: z.object({
    documents: Count,
    passages: Count,
    seconds: z.number().nullable(),
    sizeBytes: Count,
    /** US dollars at most for the functions and the embedder; null: the time or the price is not known. */
    usd: z.number().nullable(),
    /** What the figures are made from, in a sentence. */
    basis: z.string(),
  }),
  warnings: z.array(z.string()),
});
export type BuildPlan = z.infer<typeof BuildPlan>;

export const CreateBuildBody = z.strictObject({
  config: BuildConfig,
  note: z.string().trim().max(500).default(""),
});

export const ListBuildDocumentsQuery = z.object({
  outcome: z.enum(["done", "failed"]).optional(),
  ...cursorQuery,
});
/** What became of one document in a candidate. */
export const BuildDocument = z.object({
  documentId: DocumentId,
  versionId: VersionId.optional(),
  name: z.string(),
  outcome: z.enum(["done", "failed"]),
  reason: z.string().optional(),
  nextStep: z.string().optional(),
  passages: Count,
  at: Timestamp,
});
export type BuildDocument = z.infer<typeof BuildDocument>;
export const BuildDocumentPage = pageOf(BuildDocument);

/** When a promotion is refused. Drops are absolute, of figures between 0 and 1. */
export const PromotionGate = z.object({
  evaluationRequired: z.boolean().default(true),
  ndcg10DropMax: z.number().min(0).max(1).default(0.01),
  recall10DropMax: z.number().min(0).max(1).default(0.02),
  zeroResultRiseMax: z.number().min(0).max(1).default(0.02),
  /** Largest share of the index's documents that may be missing, because they failed or are still on their way. */
  failedShareMax: z.number().min(0).max(1).default(0.05),
});
export type PromotionGate = z.infer<typeof PromotionGate>;

export const gateRules = ["evaluation", "ndcg10", "recall10", "zeroResultRate", "failedDocuments", "status"] as const;

/** What a promotion changes and whether the gate lets it through. */
export const PromotionPlan = z.object({
  liveBuildId: BuildId,
  buildId: BuildId,
  changes: z.array(ConfigChange),
  /** `unread`: documents whose file could not be read; they are in no build. */
  documents: z.object({ live: Count, candidate: Count, failed: Count, unread: Count }),
  /** Both on the same questions; absent without comparable evaluations. */
  metrics: z
    .object({
      questions: Count,
      live: Figures,
      candidate: Figures,
      liveEvaluationId: EvaluationId,
      candidateEvaluationId: EvaluationId,
    })
    .optional(),
  gate: PromotionGate,
  allowed: z.boolean(),
  /** One a rule that stands in the way. `overridable`: an administrator may pass it with a reason. */
  obstacles: z.array(
    z.object({ rule: z.enum(gateRules), message: z.string(), nextStep: z.string(), overridable: z.boolean() }),
  ),
});
export type PromotionPlan = z.infer<typeof PromotionPlan>;

const Reason = z.string().trim().min(3, "say why in a few words").max(500);
/** Of a protected index: its short name, typed by hand. */
const confirm = { confirmName: z.string().max(100).optional() };

export const PromoteBuildBody = z.strictObject({
  /** The live build the caller looked at; another one by now is a conflict. */
  expectedLiveBuildId: BuildId,
  reason: Reason,
  /** Passes the gate in spite of its obstacles. */
  override: z.strictObject({ reason: Reason }).optional(),
  ...confirm,
});
export const RollBackIndexBody = z.strictObject({
  expectedLiveBuildId: BuildId,
  toBuildId: BuildId,
  reason: Reason,
  ...confirm,
});

/** One change of the live build. */
export const Promotion = z.object({
  at: Timestamp,
  by: z.string(),
  kind: z.enum(["created", "promoted", "rolled-back"]),
  fromBuildId: BuildId.optional(),
  toBuildId: BuildId,
  reason: z.string(),
  /** The gate's obstacles that were passed, with the reason given. */
  override: z.object({ reason: z.string(), obstacles: z.array(z.string()) }).optional(),
});
export type Promotion = z.infer<typeof Promotion>;
export const PromotionList = z.object({ items: z.array(Promotion) });

export const Retention = z.object({
  /** Superseded builds that are kept, newest first; they go on being updated, so that each can come back at once. */
  supersededMax: z.int().min(1).max(limits.supersededBuildsMax).default(2),
});

/** An embedder that builds may use. */
export const EmbedderInfo = z.object({
  id: z.string(),
  dimensions: Count,
  /** Runs in SAMLA's own process. */
  local: z.boolean(),
  label: z.string(),
  fusion: BuildConfig.shape.fusion,
});
export type EmbedderInfo = z.infer<typeof EmbedderInfo>;
export const EmbedderList = z.object({ items: z.array(EmbedderInfo) });

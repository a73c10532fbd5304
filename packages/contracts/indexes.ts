import { z } from "zod";
import { IndexLanguage } from "./build-config.ts";
import { Build, PromotionGate, Retention, TableStatistics } from "./builds.ts";
import { BuildId, IndexSlug } from "./ids.ts";
import { limits } from "./limits.ts";
import { cursorQuery, pageOf, Timestamp } from "./pagination.ts";
import { Principal } from "./roles.ts";

/** How long searches of an index are kept, and whether with the person's name. */
export const QueryLogSettings = z.object({
  days: z.int().min(1).max(limits.queryLogDaysMax).default(90),
  anonymous: z.boolean().default(false),
});

/** A protected index is not deleted, and its live build changes only for those who type its short name. */
export const IndexProtection = z.object({ protected: z.boolean().default(false) });

export const IndexSettings = z.object({
  protection: IndexProtection.prefault({}),
  gate: PromotionGate.prefault({}),
  retention: Retention.prefault({}),
  queryLog: QueryLogSettings.prefault({}),
});
export type IndexSettings = z.infer<typeof IndexSettings>;

export const Index = z.object({
  slug: IndexSlug,
  name: z.string(),
  description: z.string(),
  readers: z.array(Principal),
  liveBuildId: BuildId,
  language: IndexLanguage,
  documents: z.int().nonnegative(),
  createdAt: Timestamp,
  createdBy: z.string(),
  updatedAt: Timestamp,
  revision: z.int().positive(),
  settings: IndexSettings.prefault({}),
  /** Set after a roll back until the next promotion. */
  rolledBackFrom: z.object({ buildId: BuildId, at: Timestamp, by: z.string(), reason: z.string() }).optional(),
});
export type Index = z.infer<typeof Index>;

export const IndexDetail = Index.extend({
  build: Build,
  statistics: TableStatistics,
});
export type IndexDetail = z.infer<typeof IndexDetail>;

const DisplayName = z.string().trim().min(1, "give it a name").max(80);

export const CreateIndexBody = z.strictObject({
  slug: IndexSlug,
  name: DisplayName,
  description: z.string().trim().max(500).default(""),
  language: IndexLanguage.default("English"),
  readers: z.array(Principal).min(1, "name at least one reader").max(limits.readersMax).default(["everyone"]),
});
export type CreateIndexBody = z.infer<typeof CreateIndexBody>;

export const PatchIndexBody = z.strictObject({
  name: DisplayName.optional(),
  description: z.string().trim().max(500).optional(),
  readers: z.array(Principal).min(1, "name at least one reader").max(limits.readersMax).optional(),
  settings: z
    .strictObject({
      protection: IndexProtection.optional(),
      gate: PromotionGate.optional(),
      retention: Retention.optional(),
      queryLog: QueryLogSettings.optional(),
    })
    .optional(),
});

export const ListIndexesQuery = z.object({ ...cursorQuery });
export const IndexPage = pageOf(Index);
/** Deleting takes its documents too, so the slug is typed once more. */
export const DeleteIndexQuery = z.object({ confirm: z.string() });

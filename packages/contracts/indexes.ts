import { z } from "zod";
import { BuildId, IndexSlug } from "./ids.ts";
import { cursorQuery, pageOf, Timestamp } from "./pagination.ts";
import { Principal } from "./roles.ts";
import { BuildStatus } from "./statuses.ts";

/** Languages whose words the engine can stem. */
export const indexLanguages = [
  "Arabic",
  "Danish",
  "Dutch",
  "English",
  "Finnish",
  "French",
  "German",
  "Greek",
  "Hungarian",
  "Italian",
  "Norwegian",
  "Portuguese",
  "Romanian",
  "Russian",
  "Spanish",
  "Swedish",
  "Tamil",
  "Turkish",
] as const;
export const IndexLanguage = z.enum(indexLanguages);

/** Immutable configuration of a build. */
export const BuildConfig = z.object({
  language: IndexLanguage,
  targetTokens: z.int().min(50).max(2000),
  embedder: z.string(),
  dimensions: z.int().nonnegative(),
  fusion: z.discriminatedUnion("kind", [
    z.object({
      kind: z.literal("weighted"),
      vectorWeight: z.number().min(0).max(1),
      feedback: z.object({ passages: z.int().positive(), weight: z.number() }).optional(),
    }),
    z.object({ kind: z.literal("rrf"), k: z.int().positive(), lexicalWeight: z.number(), vectorWeight: z.number() }),
  ]),
});
export type BuildConfig = z.infer<typeof BuildConfig>;

export const Build = z.object({
  id: BuildId,
  index: IndexSlug,
  status: BuildStatus,
  config: BuildConfig,
  createdAt: Timestamp,
  createdBy: z.string(),
});
export type Build = z.infer<typeof Build>;

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
});
export type Index = z.infer<typeof Index>;

export const IndexDetail = Index.extend({
  build: Build,
  statistics: z.object({
    documents: z.int().nonnegative(),
    passages: z.int().nonnegative(),
    vectors: z.int().nonnegative(),
    sizeBytes: z.int().nonnegative(),
    unindexedRows: z.int().nonnegative(),
    tableVersion: z.int().nonnegative(),
  }),
});
export type IndexDetail = z.infer<typeof IndexDetail>;

const DisplayName = z.string().trim().min(1, "give it a name").max(80);

export const CreateIndexBody = z.strictObject({
  slug: IndexSlug,
  name: DisplayName,
  description: z.string().trim().max(500).default(""),
  language: IndexLanguage.default("English"),
  readers: z.array(Principal).min(1, "name at least one reader").max(100).default(["everyone"]),
});
export type CreateIndexBody = z.infer<typeof CreateIndexBody>;

export const PatchIndexBody = z.strictObject({
  name: DisplayName.optional(),
  description: z.string().trim().max(500).optional(),
  readers: z.array(Principal).min(1, "name at least one reader").max(100).optional(),
});

export const ListIndexesQuery = z.object({ ...cursorQuery });
export const IndexPage = pageOf(Index);
/** Deleting takes its documents too, so the slug is typed once more. */
export const DeleteIndexQuery = z.object({ confirm: z.string() });

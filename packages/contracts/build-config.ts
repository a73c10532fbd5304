import { z } from "zod";
import { DocumentId } from "./ids.ts";
import { limits } from "./limits.ts";
import { indexLanguages } from "./plain/choices.ts";
import { buildStages } from "./plain/config-changes.ts";

export { buildStages, changesOfConfig, isSameValue, stageOfSetting } from "./plain/config-changes.ts";
export { indexLanguages };

export const IndexLanguage = z.enum(indexLanguages);

export const Fusion = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("weighted"),
    vectorWeight: z.number().min(0).max(1),
    feedback: z.object({ passages: z.int().positive().max(20), weight: z.number().min(0).max(5) }).optional(),
  }),
  z.object({
    kind: z.literal("rrf"),
    k: z.int().positive().max(1000),
    lexicalWeight: z.number().min(0).max(10),
    vectorWeight: z.number().min(0).max(10),
  }),
]);

const Word = z.string().trim().min(1).max(100);
const QueryText = z.string().trim().min(1).max(200);

/** Documents that a query shows first, in this order, or never, when it is typed as written here (case does not matter). */
const QueryRule = z.object({ query: QueryText, documentIds: z.array(DocumentId).min(1).max(10) });

/** Immutable configuration of a build. Absent parts are what builds were made with before the part existed. */
export const BuildConfig = z.object({
  language: IndexLanguage,
  /** Whether pages without text are read by OCR. */
  ocr: z.enum(["auto", "off"]).default("auto"),
  /** `structure` ends passages at headings, paragraphs and sentences; `size` cuts wherever the target is reached. */
  splitBy: z.enum(["structure", "size"]).default("structure"),
  targetTokens: z.int().min(50).max(2000),
  overlapTokens: z.int().min(0).max(200).default(0),
  /** `none`: words only. */
  embedder: z.string().min(1).max(200),
  dimensions: z.int().nonnegative().max(8192),
  stem: z.boolean().default(true),
  /** Words that searches pass by, beside those of the language; `none` keeps every word. */
  stopWords: z
    .discriminatedUnion("kind", [
      z.object({ kind: z.literal("language") }),
      z.object({ kind: z.literal("none") }),
      z.object({ kind: z.literal("custom"), words: z.array(Word).max(limits.stopWordsMax) }),
    ])
    .default({ kind: "language" }),
  /** How many times a passage's words of this field count against one word of its text. */
  fieldWeights: z
    .object({ title: z.int().min(0).max(5), section: z.int().min(0).max(5) })
    .default({ title: 3, section: 1 }),
  /** Groups of words that stand for each other in a query. */
  synonyms: z.array(z.array(Word).min(2).max(20)).max(limits.synonymGroupsMax).default([]),
  fusion: Fusion,
  pinned: z.array(QueryRule).max(limits.queryRulesMax).default([]),
  buried: z.array(QueryRule).max(limits.queryRulesMax).default([]),
});
export type BuildConfig = z.infer<typeof BuildConfig>;

export const BuildStage = z.enum(buildStages);
export type BuildStage = z.infer<typeof BuildStage>;

import { z } from "zod";
import { Fusion } from "./build-config.ts";

const Dimensions = z.int().min(1).max(8192);
const Milliseconds = z.int().min(1).max(600_000);
const prefixes = { passagePrefix: z.string().optional(), queryPrefix: z.string().optional() };

/** Which embedders a deployment offers; strict, so that a misspelt setting is named instead of passed by. */
export const EmbedderSetting = z.discriminatedUnion("kind", [
  /** No vectors: new indexes are searched by words only. */
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({
    kind: z.literal("glove"),
    /** Folder with `model.bin`. Its last part names the embedder. */
    folder: z.string().min(1),
  }),
  z.strictObject({
    kind: z.literal("openai"),
    /** Up to `/v1`, such as `http://127.0.0.1:11434/v1`. */
    baseUrl: z.url({ protocol: /^https?$/, error: "is not an http or https address" }),
    model: z.string().min(1),
    dimensions: Dimensions,
    apiKey: z.string().optional(),
    /** Whether the endpoint accepts the `dimensions` parameter (models that can be shortened). */
    sendDimensions: z.boolean().optional(),
    batchSize: z.int().min(1).max(2048).optional(),
    maxCharacters: z.int().min(1).optional(),
    timeoutMs: Milliseconds.optional(),
    attempts: z.int().min(1).max(10).optional(),
    /** Put before the texts; several open models were trained with one. */
    ...prefixes,
    fusion: Fusion.optional(),
  }),
  z.strictObject({
    kind: z.literal("bedrock"),
    /** Titan Text Embeddings V2 or a later model of the same request shape. */
    model: z.string().min(1).optional(),
    /** Titan v2 knows 256, 512 and 1024. */
    dimensions: Dimensions.optional(),
    region: z.string().min(1).optional(),
    /** Another endpoint than AWS's own, such as a VPC endpoint. */
    endpoint: z.url({ protocol: /^https?$/ }).optional(),
    /** Requests under way at once; Titan takes one text a request. */
    concurrency: z.int().min(1).max(100).optional(),
    attempts: z.int().min(1).max(10).optional(),
    timeoutMs: Milliseconds.optional(),
    fusion: Fusion.optional(),
  }),
  z.strictObject({
    kind: z.literal("transformers"),
    /** Folder that holds the model's folder. Nothing is ever downloaded. */
    modelsFolder: z.string().min(1),
    /** Model folder below it, with config.json, tokenizer.json and onnx/. */
    model: z.string().min(1),
    dimensions: Dimensions,
    dtype: z.enum(["fp32", "fp16", "q8", "q4"]).optional(),
    pooling: z.enum(["mean", "cls"]).optional(),
    batchSize: z.int().min(1).max(256).optional(),
    maxCharacters: z.int().min(1).optional(),
    ...prefixes,
    fusion: Fusion.optional(),
  }),
]);
export type EmbedderSetting = z.infer<typeof EmbedderSetting>;
export type EmbedderSettingOf<Kind extends EmbedderSetting["kind"]> = Omit<
  Extract<EmbedderSetting, { kind: Kind }>,
  "kind"
>;

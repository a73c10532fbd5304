import type { Embedder } from "../../core/kernel/ports/search-engine.ts";
import type { BedrockConfig } from "./bedrock.ts";
import { createGloveEmbedder, type GloveConfig } from "./glove/index.ts";
import { createOpenAiCompatibleEmbedder, type OpenAiCompatibleConfig } from "./openai-compatible.ts";
import { createTransformersEmbedder, type TransformersConfig } from "./transformers.ts";

export { ensureGloveModel } from "./glove/index.ts";

export type EmbedderConfig =
  | ({ kind: "glove" } & GloveConfig)
  | ({ kind: "openai" } & OpenAiCompatibleConfig)
  | ({ kind: "bedrock" } & BedrockConfig)
  | ({ kind: "transformers" } & TransformersConfig);

/** The embedder of a configuration. The AWS client is loaded only when it is asked for, to keep cold starts short. */
export async function createEmbedder(config: EmbedderConfig): Promise<Embedder> {
  switch (config.kind) {
    case "glove":
      return createGloveEmbedder(config);
    case "openai":
      return createOpenAiCompatibleEmbedder(config);
    case "transformers":
      return createTransformersEmbedder(config);
    case "bedrock":
      return (await import("./bedrock.ts")).createBedrockEmbedder(config);
    default:
      throw new Error(
        `Unknown embedder ${JSON.stringify((config as { kind?: unknown }).kind)}. Choose glove, openai, bedrock or transformers.`,
      );
  }
}

import type { EmbedderSetting } from "@samla/contracts";
import { type Embedder, noEmbedder } from "../../core/kernel/ports/embedder.ts";
import { createGloveEmbedder } from "./glove/index.ts";
import { createOpenAiCompatibleEmbedder } from "./openai-compatible.ts";
import { createTransformersEmbedder } from "./transformers.ts";

export { ensureGloveModel, ensureGloveModels } from "./glove/index.ts";

/** The embedder of a setting; `lazy`: what it needs is loaded when it is first asked. The AWS client is loaded only when it is asked for, to keep cold starts short. */
export async function createEmbedder(setting: EmbedderSetting, options: { lazy?: boolean } = {}): Promise<Embedder> {
  switch (setting.kind) {
    case "none":
      return noEmbedder;
    case "glove":
      return createGloveEmbedder(setting, options);
    case "openai":
      return createOpenAiCompatibleEmbedder(setting);
    case "transformers":
      return createTransformersEmbedder(setting);
    case "bedrock":
      return (await import("./bedrock.ts")).createBedrockEmbedder(setting);
    default:
      throw new Error(
        `Unknown embedder ${JSON.stringify((setting as { kind?: unknown }).kind)}. Choose none, glove, openai, bedrock or transformers.`,
      );
  }
}

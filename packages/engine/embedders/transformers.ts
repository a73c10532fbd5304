import { existsSync } from "node:fs";
import path from "node:path";
import type { EmbedderSettingOf } from "@samla/contracts";
import type { Embedder } from "../../core/kernel/ports/embedder.ts";
import { checkVectors, strongModelFusion } from "./check-vectors.ts";

export type TransformersConfig = EmbedderSettingOf<"transformers">;

type FeatureExtraction = (
  texts: string[],
  options: { pooling: string; normalize: boolean },
) => Promise<{ tolist(): number[][] }>;
type TransformersModule = {
  env: { allowRemoteModels: boolean; localModelPath: string };
  pipeline(task: "feature-extraction", model: string, options: { dtype: string }): Promise<FeatureExtraction>;
};

/**
 * An embedder in process by the optional package `@huggingface/transformers` and a model in a local folder.
 * Throws without the model's folder. The package is loaded on first use; without it the error says what to install.
 */
export function createTransformersEmbedder(config: TransformersConfig): Embedder {
  const folder = path.join(config.modelsFolder, config.model);
  if (!existsSync(path.join(folder, "config.json"))) {
    throw new Error(
      `The model folder ${folder} has no config.json. Put the model's files there; nothing is downloaded.`,
    );
  }
  let loading: Promise<FeatureExtraction> | undefined;
  const load = async (): Promise<FeatureExtraction> => {
    const module = await importTransformers();
    module.env.allowRemoteModels = false;
    module.env.localModelPath = config.modelsFolder;
    return module.pipeline("feature-extraction", config.model, { dtype: config.dtype ?? "q8" });
  };
  return {
    id: `transformers:${config.model}:${config.dtype ?? "q8"}:${config.pooling ?? "mean"}:${config.dimensions}`,
    dimensions: config.dimensions,
    fusion: config.fusion ?? strongModelFusion,
    label: `${config.model}, ${config.dimensions} dimensions`,
    local: true,
    instant: false,
    maxCharacters: config.maxCharacters ?? 8_000,
    embed: async (texts, purpose, signal) => {
      loading ??= load();
      loading.catch(() => {
        loading = undefined;
      });
      const extract = await loading;
      const prefix = (purpose === "query" ? config.queryPrefix : config.passagePrefix) ?? "";
      const batchSize = config.batchSize ?? 16;
      const vectors: Float32Array[] = [];
      for (let start = 0; start < texts.length; start += batchSize) {
        signal?.throwIfAborted();
        const part = texts
          .slice(start, start + batchSize)
          .map((text) => prefix + text.slice(0, config.maxCharacters ?? 8_000));
        const output = await extract(part, { pooling: config.pooling ?? "mean", normalize: true });
        vectors.push(
          ...checkVectors(output.tolist(), {
            owner: `The model ${config.model}`,
            dimensions: config.dimensions,
            count: part.length,
          }),
        );
      }
      return vectors;
    },
  };
}

async function importTransformers(): Promise<TransformersModule> {
  // A name in a variable keeps bundlers and the type checker from asking for an optional package.
  const name = "@huggingface/transformers";
  try {
    return (await import(name)) as TransformersModule;
  } catch (cause) {
    throw new Error(`The package ${name} is not installed. Run: npm install ${name} — or choose another embedder.`, {
      cause,
    });
  }
}

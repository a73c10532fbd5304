import type { EmbedderSettingOf } from "@samla/contracts";
import type { Embedder } from "../../core/kernel/ports/embedder.ts";
import { checkVectors, strongModelFusion } from "./check-vectors.ts";
import { retryRequest } from "./retry-request.ts";

export type OpenAiCompatibleConfig = EmbedderSettingOf<"openai">;

/**
 * An embedder behind any endpoint that speaks OpenAI's `POST /embeddings`. Busy and broken answers are tried
 * again; a refusal, a missing vector or one of another size throws and names the endpoint and the next step.
 */
export function createOpenAiCompatibleEmbedder(config: OpenAiCompatibleConfig): Embedder {
  const base = new URL(config.baseUrl);
  if (base.protocol !== "http:" && base.protocol !== "https:")
    throw new Error(`The embedding endpoint ${config.baseUrl} is neither http nor https.`);
  const url = `${config.baseUrl.replace(/\/+$/, "")}/embeddings`;
  const batchSize = config.batchSize ?? 64;
  const maxCharacters = config.maxCharacters ?? 24_000;

  const embedBatch = async (input: string[], signal?: AbortSignal): Promise<Float32Array[]> => {
    const answer = await retryRequest(
      {
        name: `The embedding endpoint ${url}`,
        timeoutMs: config.timeoutMs ?? 30_000,
        attempts: config.attempts ?? 4,
        signal,
      },
      (requestSignal) =>
        fetch(url, {
          method: "POST",
          redirect: "error",
          signal: requestSignal,
          headers: {
            "content-type": "application/json",
            ...(config.apiKey ? { authorization: `Bearer ${config.apiKey}` } : {}),
          },
          body: JSON.stringify({
            model: config.model,
            input,
            encoding_format: "float",
            ...(config.sendDimensions ? { dimensions: config.dimensions } : {}),
          }),
        }),
    );
    const { data } = (answer ?? {}) as { data?: unknown };
    const entries = (Array.isArray(data) ? data : []) as ({ index?: number; embedding?: unknown } | null)[];
    const ordered = entries.sort((left, right) => (left?.index ?? 0) - (right?.index ?? 0));
    return checkVectors(
      ordered.map((entry) => (Array.isArray(entry?.embedding) ? (entry.embedding as number[]) : [])),
      { owner: `The embedding endpoint ${url}`, dimensions: config.dimensions, count: input.length },
    );
  };

  return {
    id: `openai:${base.host}:${config.model}:${config.dimensions}`,
    dimensions: config.dimensions,
    fusion: config.fusion ?? strongModelFusion,
    label: `${config.model} at ${base.host}, ${config.dimensions} dimensions`,
    local: false,
    instant: false,
    maxCharacters,
    embed: async (texts, purpose, signal) => {
      const prefix = (purpose === "query" ? config.queryPrefix : config.passagePrefix) ?? "";
      const vectors: Float32Array[] = [];
      for (let start = 0; start < texts.length; start += batchSize) {
        // An empty input is refused by most endpoints, so a space stands for it.
        const part = texts
          .slice(start, start + batchSize)
          .map((text) => prefix + (text.slice(0, maxCharacters) || " "));
        vectors.push(...(await embedBatch(part, signal)));
      }
      return vectors;
    },
  };
}

import { BedrockRuntimeClient, InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";
import type { EmbedderSettingOf } from "@samla/contracts";
import type { Embedder } from "../../core/kernel/ports/embedder.ts";
import { checkVectors, strongModelFusion } from "./check-vectors.ts";

export type BedrockConfig = EmbedderSettingOf<"bedrock">;

const defaultModel = "amazon.titan-embed-text-v2:0";
/** Titan v2 reads 8,192 tokens and at most 50,000 characters (AWS Bedrock user guide, Titan Text Embeddings V2). */
const maxCharacters = 30_000;

/** Amazon Titan Text Embeddings V2 on Bedrock, with the credentials of the environment. Throttled calls are tried again by the SDK. */
export function createBedrockEmbedder(config: BedrockConfig = {}): Embedder & { close(): void } {
  const model = config.model ?? defaultModel;
  const dimensions = config.dimensions ?? 512;
  const client = new BedrockRuntimeClient({
    ...(config.region ? { region: config.region } : {}),
    ...(config.endpoint ? { endpoint: config.endpoint } : {}),
    maxAttempts: config.attempts ?? 6,
    retryMode: "adaptive",
  });

  const embedOne = async (text: string, signal?: AbortSignal): Promise<Float32Array> => {
    const timeout = AbortSignal.timeout(config.timeoutMs ?? 60_000);
    const answer = await client
      .send(
        new InvokeModelCommand({
          modelId: model,
          contentType: "application/json",
          accept: "application/json",
          body: JSON.stringify({ inputText: text.slice(0, maxCharacters) || " ", dimensions, normalize: true }),
        }),
        { abortSignal: signal ? AbortSignal.any([signal, timeout]) : timeout },
      )
      .catch((cause: unknown) => {
        signal?.throwIfAborted();
        const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
        throw new Error(
          `Bedrock did not embed with ${model}: ${reason}. Check the model access, region and credentials.`,
          { cause },
        );
      });
    const { embedding } = JSON.parse(new TextDecoder().decode(answer.body)) as { embedding?: number[] };
    const [vector] = checkVectors([embedding ?? []], { owner: `The Bedrock model ${model}`, dimensions, count: 1 });
    return vector ?? new Float32Array(dimensions);
  };

  return {
    id: `bedrock:${model}:${dimensions}`,
    dimensions,
    fusion: config.fusion ?? strongModelFusion,
    label: `${model} on Bedrock, ${dimensions} dimensions`,
    local: false,
    instant: false,
    maxCharacters,
    embed: async (texts, _purpose, signal) => {
      const vectors: Float32Array[] = new Array(texts.length);
      let next = 0;
      const work = async () => {
        while (next < texts.length) {
          const index = next++;
          vectors[index] = await embedOne(texts[index] ?? "", signal);
        }
      };
      await Promise.all(Array.from({ length: Math.min(config.concurrency ?? 8, texts.length) }, work));
      return vectors;
    },
    close: () => client.destroy(),
  };
}

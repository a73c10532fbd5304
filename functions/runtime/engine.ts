import type { EngineContext, StorageContext } from "@samla/core/kernel";
import { createEmbedder, type EmbedderConfig } from "@samla/engine/embedders/index";
import { createLanceEngine } from "@samla/engine/lance/index";
import { getParts } from "./compose.ts";
import { createLog } from "./log.ts";

type EngineParts = Pick<EngineContext, "engine" | "embedder">;
let parts: Promise<EngineParts> | undefined;

/** The deployment writes this setting; `createEmbedder` refuses what it does not know. */
const embedderConfigOf = (setting: { kind: string }): EmbedderConfig => setting as EmbedderConfig;

const openParts = async (): Promise<EngineParts> => {
  const { env } = getParts();
  const log = createLog({ function: process.env.AWS_LAMBDA_FUNCTION_NAME });
  const [engine, embedder] = await Promise.all([
    createLanceEngine({
      uri: env.SAMLA_ENGINE_URI,
      // A document is called ready when a search finds it, so a search looks for new commits.
      readConsistencyMs: 0,
      log: ({ level, message, ...fields }) => log(level, message, fields),
    }),
    createEmbedder(embedderConfigOf(env.SAMLA_EMBEDDER)),
  ]);
  return { engine, embedder };
};

/** Adds the search engine and the embedder, opened once per process. */
export const withEngine = async (ctx: StorageContext): Promise<StorageContext & EngineContext> => {
  parts ??= openParts().catch((error: unknown) => {
    parts = undefined;
    throw error;
  });
  return { ...ctx, ...(await parts) };
};

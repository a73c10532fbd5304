import type { Embedder, EngineContext, SearchEngine, StorageContext } from "@samla/core/kernel";
import { createEmbedder, type EmbedderConfig } from "@samla/engine/embedders/index";
import { createLanceEngine } from "@samla/engine/lance/index";
import { getParts } from "./compose.ts";
import { createLog } from "./log.ts";

let engine: Promise<SearchEngine> | undefined;
let embedder: Promise<Embedder> | undefined;

/** The deployment writes this setting; `createEmbedder` refuses what it does not know. */
const embedderConfigOf = (setting: { kind: string }): EmbedderConfig => setting as EmbedderConfig;

const openEngine = (): Promise<SearchEngine> => {
  const log = createLog({ function: process.env.AWS_LAMBDA_FUNCTION_NAME });
  return createLanceEngine({
    uri: getParts().env.SAMLA_ENGINE_URI,
    // A document is called ready when a search finds it, so a search looks for new commits.
    readConsistencyMs: 0,
    log: ({ level, message, ...fields }) => log(level, message, fields),
  });
};

const getEngine = (): Promise<SearchEngine> => {
  engine ??= openEngine().catch((error: unknown) => {
    engine = undefined;
    throw error;
  });
  return engine;
};

const getEmbedder = (): Promise<Embedder> => {
  embedder ??= createEmbedder(embedderConfigOf(getParts().env.SAMLA_EMBEDDER)).catch((error: unknown) => {
    embedder = undefined;
    throw error;
  });
  return embedder;
};

/** Stands in for an embedder that cannot be opened: it makes no vectors, and no build was made with it. */
export const absentEmbedder: Embedder = {
  id: "absent",
  dimensions: 0,
  fusion: { kind: "weighted", vectorWeight: 0 },
  maxCharacters: 0,
  instant: false,
  embed: () => Promise.reject(new Error("the embedder cannot be opened")),
};

/** Adds the search engine and the embedder, opened once per process. Throws when either cannot be opened. */
export const withEngine = async (ctx: StorageContext): Promise<StorageContext & EngineContext> => {
  const [opened, embedding] = await Promise.all([getEngine(), getEmbedder()]);
  return { ...ctx, engine: opened, embedder: embedding };
};

/** The same for work that goes on by words while the embedder cannot be opened, as when its settings or files are damaged. */
export const withEngineByWords = async (ctx: StorageContext): Promise<StorageContext & EngineContext> => {
  const [opened, embedding] = await Promise.all([
    getEngine(),
    getEmbedder().catch((error: unknown) => {
      ctx.log("error", "the embedder cannot be opened", { error: String(error) });
      return absentEmbedder;
    }),
  ]);
  return { ...ctx, engine: opened, embedder: embedding };
};

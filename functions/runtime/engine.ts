import {
  createEmbedderRegistry,
  type EmbedderRegistry,
  type EngineContext,
  type Log,
  noEmbedder,
  type SearchEngine,
  type StorageContext,
} from "@samla/core/kernel";
import { type OpenedEmbedders, openEmbedders } from "@samla/engine/embedders/open-embedders";
import { createLanceEngine } from "@samla/engine/lance/index";
import { getParts } from "./compose.ts";
import { createLog } from "./log.ts";

let engine: Promise<SearchEngine> | undefined;
let embedders: Promise<OpenedEmbedders> | undefined;

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

/** Opened once per process; again at the next call while one of them could not be opened. */
const getEmbedders = async (log: Log): Promise<OpenedEmbedders> => {
  const { env } = getParts();
  embedders ??= openEmbedders({ SAMLA_EMBEDDER: env.SAMLA_EMBEDDER, SAMLA_EMBEDDERS: env.SAMLA_EMBEDDERS });
  const opened = await embedders;
  for (const message of opened.problems) log("error", message);
  if (opened.problems.length > 0) embedders = undefined;
  return opened;
};

/** Stands in for a default embedder that cannot be opened: it makes no vectors, and no build was made with it. */
export const absentEmbedder = { ...noEmbedder, id: "absent", label: "No embedder" };

/** Adds the search engine and the embedders, opened once per process. Throws when the engine or the default embedder cannot be opened. */
export const withEngine = async (ctx: StorageContext): Promise<StorageContext & EngineContext> => {
  const [opened, found] = await Promise.all([getEngine(), getEmbedders(ctx.log)]);
  if (!found.default) throw new Error(found.problems[0]);
  return { ...ctx, engine: opened, embedders: createEmbedderRegistry(found.embedders, found.default) };
};

/** The same for work that goes on by words while the default embedder cannot be opened, as when its settings or files are damaged. */
export const withEngineByWords = async (ctx: StorageContext): Promise<StorageContext & EngineContext> => {
  const [opened, found] = await Promise.all([getEngine(), getEmbedders(ctx.log)]);
  return { ...ctx, engine: opened, embedders: registryByWords(found) };
};

const registryByWords = (found: OpenedEmbedders): EmbedderRegistry =>
  createEmbedderRegistry(found.embedders, found.default ?? absentEmbedder);

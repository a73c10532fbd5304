import type { SearchResult } from "@samla/contracts";
import type { StorageContext } from "@samla/core/kernel";
import { recordSearch } from "@samla/core/queries";
import { listEmbedders, search, suggest, trySearch } from "@samla/core/search";
import { withEngineByWords } from "../runtime/engine.ts";
import { createHttpHandler, type RouteInput } from "../runtime/http.ts";

/** The search and its record read the list of indexes once between them. */
const readingIndexesOnce = (ctx: StorageContext): StorageContext => {
  let indexes: ReturnType<StorageContext["catalog"]["listIndexes"]> | undefined;
  return {
    ...ctx,
    catalog: {
      ...ctx.catalog,
      listIndexes: () => {
        indexes ??= ctx.catalog.listIndexes();
        return indexes;
      },
    },
  };
};

const searchAndRecord = async (given: StorageContext, input: RouteInput<"search.query">): Promise<SearchResult> => {
  const ctx = readingIndexesOnce(given);
  const result = await search(await withEngineByWords(ctx), input);
  // Before the answer: once it is given, the process may be frozen.
  await recordSearch(ctx, input, result);
  return result;
};

export const handler = createHttpHandler({
  "search.query": searchAndRecord,
  "search.suggest": async (ctx, input) => suggest(await withEngineByWords(ctx), input),
  "search.try": async (ctx, input) => trySearch(await withEngineByWords(ctx), input),
  "embedders.list": async (ctx) => listEmbedders(await withEngineByWords(ctx)),
});

import { createIndex, deleteIndex, getIndex, listIndexes, patchIndex } from "@samla/core/indexes";
import { withEngine, withEngineByWords } from "../runtime/engine.ts";
import { createHttpHandler } from "../runtime/http.ts";

export const handler = createHttpHandler({
  "indexes.create": async (ctx, input) => createIndex(await withEngine(ctx), input),
  "indexes.list": (ctx) => listIndexes(ctx),
  "indexes.get": async (ctx, input) => getIndex(await withEngineByWords(ctx), input),
  "indexes.patch": patchIndex,
  "indexes.delete": async (ctx, input) => deleteIndex(await withEngineByWords(ctx), input),
});

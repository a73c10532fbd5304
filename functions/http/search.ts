import { search, suggest } from "@samla/core/search";
import { withEngineByWords } from "../runtime/engine.ts";
import { createHttpHandler } from "../runtime/http.ts";

export const handler = createHttpHandler({
  "search.query": async (ctx, input) => search(await withEngineByWords(ctx), input),
  "search.suggest": async (ctx, input) => suggest(await withEngineByWords(ctx), input),
});

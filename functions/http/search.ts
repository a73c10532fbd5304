import { search, suggest } from "@samla/core/search";
import { withEngine } from "../runtime/engine.ts";
import { createHttpHandler } from "../runtime/http.ts";

export const handler = createHttpHandler({
  "search.query": async (ctx, input) => search(await withEngine(ctx), input),
  "search.suggest": async (ctx, input) => suggest(await withEngine(ctx), input),
});

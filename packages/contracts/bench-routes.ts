import { z } from "zod";
import { EmbedderList } from "./builds.ts";
import { IndexSlug } from "./ids.ts";
import { defineRoute } from "./route.ts";
import { TrySearchBody, TrySearchResult } from "./try-search.ts";

/** The test bench: queries on any build with other settings, and the embedders that builds may use. */
export const benchRoutes = {
  "search.try": defineRoute({
    group: "search",
    summary: "Try a query on any build of an index, with other settings or as somebody else",
    permission: "builds.read",
    params: z.object({ index: IndexSlug }),
    body: TrySearchBody,
    response: TrySearchResult,
    successStatus: 200,
    throttle: { ratePerSecond: 50, burst: 100 },
  }),
  "embedders.list": defineRoute({
    group: "search",
    summary: "List the embedders that builds may use",
    permission: "builds.read",
    response: EmbedderList,
    successStatus: 200,
  }),
} as const;

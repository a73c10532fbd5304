import type { Build, QuerySettings, SearchQuery } from "@samla/contracts";
import { accessFilters, joinFilters } from "../documents/access-filter.ts";
import { type EngineAnswer, type EngineContext, Failure, type Filter, tableOf } from "../kernel/index.ts";
import { settingsOfQuery } from "./build-settings.ts";
import { requireQueryVector } from "./embed-query.ts";

const timeoutMs = 10_000;

export type BuildQuery = {
  build: Build;
  q: string;
  mode: SearchQuery["mode"];
  limit: number;
  offset?: number;
  perDocument: number;
  sort?: SearchQuery["sort"];
  filter?: Filter | undefined;
  /** Who reads; undefined: everything may be seen. */
  principals: string[] | undefined;
  /** Instead of the build's own. */
  settings?: QuerySettings | undefined;
  /** Marks, fragments, score parts and what each word adds. */
  explain?: boolean;
};

export type BuildAnswer = EngineAnswer & {
  /** False: totals may count documents whose readers are being changed. */
  isCounted: boolean;
  embedMs: number;
  engineMs: number;
};

/**
 * Searches one build as the search itself would, whether it is live or not. Throws `unavailable` when its embedder or the
 * engine does not answer: half an answer would be taken for the build's.
 */
export const searchBuild = async (ctx: EngineContext, query: BuildQuery): Promise<BuildAnswer> => {
  const { build } = query;
  const startedAt = performance.now();
  const [vector, access] = await Promise.all([
    requireQueryVector(ctx, build.config, query),
    accessFilters(ctx, query.principals),
  ]);
  const embeddedAt = performance.now();
  const { filter: readable, isExact } = access.of(build.index, build.id);
  const filter = joinFilters(query.filter, readable);
  const { explain = false } = query;
  const answer = await ctx.engine
    .search(
      tableOf(build.index, build.id),
      {
        ...settingsOfQuery(build.config, query.q, query.settings),
        text: query.q,
        mode: vector ? query.mode : "lexical",
        limit: query.limit,
        offset: query.offset ?? 0,
        sort: query.sort ?? "relevance",
        highlight: explain,
        explain,
        explainTerms: explain,
        perDocumentMax: query.perDocument,
        ...(vector ? { vector } : {}),
        ...(filter ? { filter } : {}),
      },
      AbortSignal.timeout(timeoutMs),
    )
    .catch((cause: unknown) => {
      ctx.log("error", "a build did not answer", { build: build.id, error: String(cause) });
      throw new Failure("unavailable", `The build ${build.id} did not answer.`, {
        nextStep: "Try again in a moment; look at its state when that does not help.",
        cause,
      });
    });
  return {
    ...answer,
    isCounted: isExact,
    embedMs: embeddedAt - startedAt,
    engineMs: performance.now() - embeddedAt,
  };
};

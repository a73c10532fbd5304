import type { Build, searchModes, searchSorts } from "@samla/contracts";
import { embedderOf } from "../documents/rules.ts";
import { type EngineContext, type EngineHit, Failure, type Filter, readersFilter, tableOf } from "../kernel/index.ts";

export type BuildQuery = {
  build: Build;
  q: string;
  mode: (typeof searchModes)[number];
  limit: number;
  offset?: number;
  perDocument: number;
  sort?: (typeof searchSorts)[number];
  filter?: Filter | undefined;
  principals: string[] | undefined;
};

const timeoutMs = 10_000;

/** Searches one build, whether it is live or not. Throws `unavailable` when its embedder does not answer. */
export const searchBuild = async (
  ctx: EngineContext,
  query: BuildQuery,
): Promise<{ hits: EngineHit[]; tableVersion: number }> => {
  const { build } = query;
  const signal = AbortSignal.timeout(timeoutMs);
  const asksVectors = query.mode !== "lexical" && build.config.dimensions > 0;
  const embedder = asksVectors ? embedderOf(ctx, build) : undefined;
  if (asksVectors && !embedder)
    throw new Failure("unavailable", `The embedder ${build.config.embedder} of this build is not there.`, {
      nextStep: "Look at its settings, or evaluate by words only.",
    });
  const [vector] = embedder ? await embedder.embed([query.q], "query", signal) : [];
  const filters = [query.filter, readersFilter(query.principals)].filter((one) => one !== undefined);
  return ctx.engine.search(
    tableOf(build.index, build.id),
    {
      text: query.q,
      mode: vector ? query.mode : "lexical",
      limit: query.limit,
      offset: query.offset ?? 0,
      sort: query.sort ?? "relevance",
      highlight: false,
      explain: false,
      perDocumentMax: query.perDocument,
      fusion: build.config.fusion,
      ...(vector ? { vector } : {}),
      ...(filters.length > 0 ? { filter: { and: filters } } : {}),
    },
    signal,
  );
};

import type { BuildConfig, BuildDetail, BuildId, IndexSlug } from "@samla/contracts";
import { infiniteQueryOptions, keepPreviousData, queryOptions, skipToken } from "@tanstack/react-query";
import { callApi } from "../../lib/api.ts";
import { refreshEvery } from "../../lib/builds.ts";
import { buildKeys } from "./keys.ts";

const restingEveryMs = 15_000;

export const buildOptions = (slug: string, buildId: string) =>
  queryOptions({
    queryKey: buildKeys.one(slug, buildId),
    queryFn: ({ signal }): Promise<BuildDetail> =>
      callApi("builds.get", { params: { index: slug as IndexSlug, buildId: buildId as BuildId }, signal }),
    refetchInterval: (query) => refreshEvery(query.state.data && [query.state.data]),
  });

/** What became of the documents; the list of those that failed grows while the build is filled. */
export const buildDocumentsOptions = (slug: string, buildId: string, outcome: "done" | "failed", isFilling: boolean) =>
  infiniteQueryOptions({
    queryKey: buildKeys.documents(slug, buildId, outcome),
    queryFn: ({ signal, pageParam }) =>
      callApi("builds.documents", {
        params: { index: slug as IndexSlug, buildId: buildId as BuildId },
        query: { outcome, limit: 50, ...(pageParam ? { cursor: pageParam } : {}) },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextCursor,
    refetchInterval: isFilling ? 3000 : false,
  });

/** What a configuration would change, redo and take. The plan before stays until the new one is in. */
export const buildPlanOptions = (slug: string, config: BuildConfig | undefined) =>
  queryOptions({
    queryKey: buildKeys.plan(slug, JSON.stringify(config)),
    queryFn: config
      ? ({ signal }) => callApi("builds.plan", { params: { index: slug as IndexSlug }, body: { config }, signal })
      : skipToken,
    placeholderData: keepPreviousData,
    staleTime: 15_000,
  });

export const promotionOptions = (slug: string, buildId: string) =>
  queryOptions({
    queryKey: buildKeys.promotion(slug, buildId),
    queryFn: ({ signal }) =>
      callApi("builds.promotion", { params: { index: slug as IndexSlug, buildId: buildId as BuildId }, signal }),
    staleTime: 0,
  });

export const historyOptions = (slug: string) =>
  queryOptions({
    queryKey: buildKeys.history(slug),
    queryFn: async ({ signal }) =>
      (await callApi("indexes.promotions", { params: { index: slug as IndexSlug }, signal })).items,
    refetchInterval: restingEveryMs,
  });

/** The embedders that builds may use here. */
export const embeddersOptions = () =>
  queryOptions({
    queryKey: ["embedders"],
    queryFn: async ({ signal }) => (await callApi("embedders.list", { signal })).items,
    staleTime: 5 * 60_000,
  });

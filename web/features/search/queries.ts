import { keepPreviousData, queryOptions, skipToken } from "@tanstack/react-query";
import { callApi } from "../../lib/api.ts";
import { searchKeys } from "./keys.ts";
import type { SearchRequest } from "./search-params.ts";

/** Hits of a query; those of the one before stay until the new ones are in, and a call that is overtaken is cancelled. */
export const searchQueryOptions = (request: SearchRequest | undefined) =>
  queryOptions({
    queryKey: searchKeys.results(request),
    queryFn: request
      ? ({ signal }) =>
          callApi("search.query", { query: { ...request, explain: request.explain ? "true" : undefined }, signal })
      : skipToken,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });

/** Documents whose name or title begins as typed. */
export const suggestQueryOptions = (q: string, index: readonly string[]) =>
  queryOptions({
    queryKey: searchKeys.suggestions(q, index),
    queryFn:
      q.length > 1 ? ({ signal }) => callApi("search.suggest", { query: { q, index, limit: 5 }, signal }) : skipToken,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });

/** The indexes a person may search. */
export const searchableIndexesQueryOptions = () =>
  queryOptions({
    queryKey: searchKeys.indexes(),
    queryFn: ({ signal }) => callApi("indexes.list", { query: { limit: 200 }, signal }),
    staleTime: 60_000,
  });

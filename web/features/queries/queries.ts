import type { IndexSlug, QueryId } from "@samla/contracts";
import type { queryViews } from "@samla/contracts/plain";
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { callApi } from "../../lib/api.ts";
import { queryKeys } from "./keys.ts";

const pageSize = 50;

export const reportOptions = (slug: string, days: number) =>
  queryOptions({
    queryKey: queryKeys.report(slug, days),
    queryFn: ({ signal }) =>
      callApi("queries.report", { params: { index: slug as IndexSlug }, query: { days }, signal }),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });

export type QueryView = (typeof queryViews)[number];

/** Searches of the log; `typed` also gives those that were made on the way while somebody typed. */
export const queryListOptions = (slug: string, view: QueryView, q: string, typed: boolean) =>
  infiniteQueryOptions({
    queryKey: queryKeys.list(slug, view, q, typed),
    queryFn: ({ signal, pageParam }) =>
      callApi("queries.list", {
        params: { index: slug as IndexSlug },
        query: {
          view,
          limit: pageSize,
          ...(q ? { q } : {}),
          ...(typed ? { typed: "true" } : {}),
          ...(pageParam ? { cursor: pageParam } : {}),
        },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
  });

export const recordOptions = (slug: string, id: string) =>
  queryOptions({
    queryKey: queryKeys.one(slug, id),
    queryFn: ({ signal }) =>
      callApi("queries.get", { params: { index: slug as IndexSlug, queryId: id as QueryId }, signal }),
  });

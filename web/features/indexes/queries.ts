import { queryOptions } from "@tanstack/react-query";
import { callApi } from "../../lib/api.ts";
import { indexKeys } from "./keys.ts";

/** The indexes that the person may read; there are at most 200, so all come at once. */
export const indexListOptions = () =>
  queryOptions({
    queryKey: indexKeys.list,
    queryFn: async ({ signal }) => (await callApi("indexes.list", { query: { limit: 200 }, signal })).items,
    staleTime: 30_000,
  });

export const indexOptions = (slug: string) =>
  queryOptions({
    queryKey: indexKeys.one(slug),
    queryFn: ({ signal }) => callApi("indexes.get", { params: { index: slug }, signal }),
    refetchInterval: 10_000,
  });

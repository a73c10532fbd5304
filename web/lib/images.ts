import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { callImages } from "./images-api.ts";

/** What `to` changes, seen from `from`. */
export const differencesOptions = (repository: string, from: string, to: string) =>
  queryOptions({
    queryKey: ["images", "of", repository, "differences", from, to],
    queryFn: ({ signal }) =>
      callImages("images.differences", { params: { agent: repository, digest: from }, query: { to }, signal }),
    staleTime: 60_000,
  });

/** The newest images of a repository, to choose one of. */
export const imageChoicesOptions = (repository: string) =>
  queryOptions({
    queryKey: ["images", "choices", repository],
    queryFn: ({ signal }) =>
      callImages("images.list", { params: { agent: repository }, query: { limit: 100 }, signal }),
    staleTime: 10_000,
  });

export const imageOptions = (repository: string, digest: string) =>
  queryOptions({
    queryKey: ["images", "of", repository, "one", digest],
    queryFn: ({ signal }) => callImages("images.get", { params: { agent: repository, digest }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) => (data?.scan.state === "running" ? 1500 : 30_000),
  });

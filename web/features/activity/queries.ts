import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { callApi } from "../../lib/api.ts";
import { type EventFilter, eventQueryOf } from "./filter.ts";
import { activityKeys } from "./keys.ts";

const pageSize = 50;

/** The timeline backwards, newest first. What is newer than its first page comes live. */
export const historyOptions = (filter: EventFilter) =>
  infiniteQueryOptions({
    queryKey: activityKeys.history(filter),
    queryFn: ({ pageParam, signal }) =>
      callApi("events.list", { query: eventQueryOf(filter, pageSize, pageParam), signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor,
    staleTime: 60_000,
    refetchOnWindowFocus: false,
    structuralSharing: false,
  });

export const queuesOptions = () =>
  queryOptions({
    queryKey: activityKeys.queues,
    queryFn: ({ signal }) => callApi("queues.list", { signal }),
    refetchInterval: 5000,
  });

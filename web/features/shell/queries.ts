import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { callAgents } from "../../lib/agents-api.ts";
import { callApi } from "../../lib/api.ts";

/** Documents whose words begin as typed; for the palette. */
export const paletteDocumentsQueryOptions = (q: string) =>
  queryOptions({
    queryKey: ["palette", "documents", q] as const,
    queryFn: ({ signal }) => callApi("search.suggest", { query: { q, index: [], limit: 8 }, signal }),
    enabled: q.length > 0,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });

/** Agents to go to; the panel of agents keeps the same answer. */
export const paletteAgentsQueryOptions = () =>
  queryOptions({
    queryKey: ["agents", "list"] as const,
    queryFn: ({ signal }) => callAgents("agents.list", { signal }),
    staleTime: 30_000,
  });

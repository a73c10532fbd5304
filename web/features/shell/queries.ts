import { keepPreviousData, queryOptions } from "@tanstack/react-query";
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

import type { IndexSlug, TrySearchBody } from "@samla/contracts";
import { keepPreviousData, queryOptions, skipToken } from "@tanstack/react-query";
import { callApi } from "../../lib/api.ts";

export const benchKeys = { of: (slug: string) => ["bench", slug] as const };

/** A search that leaves no trace in the log. The hits before stay until the new ones are in. */
export const tryOptions = (slug: string, body: TrySearchBody | undefined) =>
  queryOptions({
    queryKey: [...benchKeys.of(slug), body],
    queryFn: body
      ? ({ signal }) => callApi("search.try", { params: { index: slug as IndexSlug }, body, signal })
      : skipToken,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });

"use client";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { lazyPart } from "../../ui/lazy-part.tsx";
import { searchableIndexesQueryOptions, searchQueryOptions } from "./queries.ts";
import { SearchBox } from "./search-box.tsx";
import { toggled } from "./search-params.ts";
import { HitSkeletons, StartState } from "./states.tsx";
import { useSearchState } from "./use-search-state.ts";

const loadResults = () => import("./search-results.tsx").then((module) => module.SearchResults);
const SearchResults = lazyPart(loadResults, <HitSkeletons />);

const QueryError = lazyPart(() => import("../../lib/query-error.tsx").then((module) => module.QueryError));

/** Search: the box, and either where to search or the passages found, whose code is loaded with the first key typed. */
export const SearchPanel = () => {
  const { state, setState, request } = useSearchState();
  const indexes = useQuery(searchableIndexesQueryOptions());
  const found = useQuery(searchQueryOptions(request));
  const names = useMemo(
    () => new Map<string, string>(indexes.data?.items.map((index) => [index.slug, index.name])),
    [indexes.data],
  );
  return (
    <div className="mx-auto w-full max-w-6xl px-4 sm:px-6">
      <h1 className="sr-only">Search</h1>
      <div className="sticky top-12 z-20 -mx-4 bg-background px-4 pt-4 pb-2 sm:-mx-6 sm:px-6 lg:top-0 lg:pt-6">
        <SearchBox
          value={state.q}
          busy={found.isFetching}
          onChange={(q) => {
            void loadResults().catch(() => undefined);
            void setState({ q: q || null, page: null });
          }}
        />
      </div>
      {request === undefined ? (
        // Keys of their own: one element that turned into the other would be a layout shift.
        <div key="start" className="mx-auto max-w-3xl py-6">
          {indexes.isError ? (
            <QueryError error={indexes.error} onRetry={() => void indexes.refetch()} retrying={indexes.isFetching} />
          ) : (
            <StartState
              indexes={indexes.data?.items}
              loading={indexes.isPending}
              chosen={state.index}
              onChoose={(slug) => void setState({ index: toggled(state.index, slug), page: null })}
            />
          )}
        </div>
      ) : (
        <SearchResults key="results" state={state} setState={setState} found={found} names={names} />
      )}
    </div>
  );
};

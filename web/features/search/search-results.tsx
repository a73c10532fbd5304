"use client";
import type { SearchResult } from "@samla/contracts";
import type { UseQueryResult } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, SlidersHorizontal } from "lucide-react";
import type { z } from "zod";
import { useCan } from "../../lib/me.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { cn } from "../../ui/cn.ts";
import { lazyPart } from "../../ui/lazy-part.tsx";
import { Facets } from "./facets.tsx";
import { tellOpened } from "./feedback.ts";
import { HitCard } from "./hit-card.tsx";
import { ResultsBar } from "./results-bar.tsx";
import { countFilters, hitsPerPage, pageMax, type SearchState } from "./search-params.ts";
import { HitSkeletons, NoHits } from "./states.tsx";
import { ThumbButtons } from "./thumb-buttons.tsx";
import { useHitKeys } from "./use-hit-keys.ts";
import type { SetSearchState } from "./use-search-state.ts";

// For those who write questions only; others never load it.
const JudgeButtons = lazyPart(() => import("./judge-buttons.tsx").then((module) => module.JudgeButtons));

/** What narrows the search, and the passages found. */
export const SearchResults = ({
  state,
  setState,
  found,
  names,
}: {
  state: SearchState;
  setState: SetSearchState;
  found: UseQueryResult<z.infer<typeof SearchResult>>;
  /** Names of the indexes by slug. */
  names: ReadonlyMap<string, string>;
}) => {
  const result = found.data;
  const mayJudge = useCan("questions.write");
  useHitKeys();
  const filters = countFilters(state);
  const facets = <Facets state={state} setState={setState} result={result} indexNames={names} />;
  return (
    <div className="grid gap-x-8 pt-1 pb-12 xl:grid-cols-[13rem_minmax(0,1fr)]">
      <aside aria-label="Filters" className="hidden pt-3 xl:block">
        {facets}
      </aside>
      <section aria-label="Results" className="min-w-0">
        <details className="mb-1 rounded-lg border open:pb-4 xl:hidden [&>div]:px-4">
          <summary className="flex h-9 items-center gap-2 px-3 font-medium text-sm">
            <SlidersHorizontal className="size-4" aria-hidden /> Filters
            {filters > 0 ? <Badge tone="primary">{filters}</Badge> : null}
          </summary>
          {facets}
        </details>
        <ResultsBar state={state} setState={setState} result={result} />
        {result?.missing.length ? (
          <p role="status" className="my-2 rounded-md bg-warning-soft px-3 py-2 text-sm text-warning">
            Not searched: {result.missing.map((one) => names.get(one.slug) ?? one.slug).join(", ")}. The index did not
            answer; the rest is shown.
          </p>
        ) : null}
        {result?.correctedText ? (
          <p className="my-2 text-sm">
            Nothing matches exactly as typed. Showing hits for{" "}
            <button
              type="button"
              className="font-medium text-link underline underline-offset-4"
              onClick={() => void setState({ q: result.correctedText ?? null, page: null })}
            >
              {result.correctedText}
            </button>
            .
          </p>
        ) : null}
        {found.isError ? (
          <QueryError error={found.error} onRetry={() => void found.refetch()} retrying={found.isFetching} />
        ) : !result ? (
          <HitSkeletons />
        ) : result.hits.length === 0 ? (
          <NoHits state={state} setState={setState} />
        ) : (
          <>
            <ol className={cn("transition-opacity", found.isPlaceholderData && "opacity-70")}>
              {result.hits.map((hit, n) => {
                // Hits of the page before may still be shown; then the log knows better.
                const rank = found.isPlaceholderData ? undefined : (state.page - 1) * hitsPerPage + n + 1;
                return (
                  <li key={hit.passageId}>
                    <HitCard
                      hit={hit}
                      q={result.q}
                      indexName={names.get(hit.index) ?? hit.index}
                      showIndex={result.indexes.length > 1}
                      onOpen={() => tellOpened(result.queryId, hit, rank)}
                      feedback={
                        <>
                          {mayJudge ? (
                            // As wide as what is loaded into it, so that nothing moves.
                            <span className="inline-flex min-w-30 justify-end">
                              <JudgeButtons
                                key={`${result.q} ${hit.passageId}`}
                                hit={hit}
                                q={result.q}
                                queryId={result.queryId}
                              />
                            </span>
                          ) : null}
                          <ThumbButtons key={result.q} q={result.q} hit={hit} queryId={result.queryId} rank={rank} />
                        </>
                      }
                    />
                  </li>
                );
              })}
            </ol>
            <Pager
              page={state.page}
              total={result.total}
              onPage={(page) => {
                void setState({ page }, { history: "push" });
                window.scrollTo({ top: 0 });
              }}
            />
          </>
        )}
      </section>
    </div>
  );
};

const Pager = ({
  page,
  total,
  onPage,
}: {
  page: number;
  total: { value: number; exact: boolean };
  onPage: (page: number) => void;
}) => {
  const last = Math.min(pageMax, Math.ceil(total.value / hitsPerPage));
  if (last <= 1 && page <= 1) return null;
  return (
    <nav aria-label="Pages" className="mt-4 flex items-center justify-center gap-3 text-sm">
      <Button size="sm" disabled={page <= 1} onClick={() => onPage(page - 1)}>
        <ChevronLeft aria-hidden /> Previous
      </Button>
      <span className="text-muted-foreground text-xs tabular-nums">Page {page}</span>
      <Button size="sm" disabled={page >= last} onClick={() => onPage(page + 1)}>
        Next <ChevronRight aria-hidden />
      </Button>
    </nav>
  );
};

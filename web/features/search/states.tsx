"use client";
import type { Index } from "@samla/contracts";
import { FileSearch, Library, SearchX } from "lucide-react";
import Link from "next/link";
import { formatPlural } from "../../lib/format.ts";
import { useCan } from "../../lib/me.ts";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Kbd } from "../../ui/kbd.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { countFilters, noFilters, type SearchState } from "./search-params.ts";
import type { SetSearchState } from "./use-search-state.ts";

const placeholders = ["a", "b", "c", "d", "e"];

export const HitSkeletons = () => (
  <LoadingRegion label="Searching" className="grid gap-2">
    {placeholders.map((key) => (
      <div key={key} className="grid gap-2 py-3">
        <Skeleton className="h-5 w-1/3" />
        <Skeleton className="h-3.5 w-1/5" />
        <Skeleton className="h-12 w-full max-w-[70ch]" />
      </div>
    ))}
  </LoadingRegion>
);

/** Before anything is typed: what can be searched, and how. */
export const StartState = ({
  indexes,
  loading,
  chosen,
  onChoose,
}: {
  indexes: readonly Index[] | undefined;
  loading: boolean;
  chosen: readonly string[];
  onChoose: (slug: string) => void;
}) => {
  const mayWrite = useCan("documents.write");
  const mayCreate = useCan("indexes.write");
  if (loading)
    return (
      <LoadingRegion label="Loading indexes" className="grid gap-2 sm:grid-cols-2">
        {placeholders.slice(0, 4).map((key) => (
          <Skeleton key={key} className="h-18 rounded-lg" />
        ))}
      </LoadingRegion>
    );
  if (!indexes?.length)
    return (
      <EmptyState
        icon={Library}
        title="There is nothing to search yet"
        actions={
          mayCreate ? (
            <Button asChild variant="primary">
              <Link href="/indexes">Create an index</Link>
            </Button>
          ) : null
        }
      >
        {mayCreate
          ? "Documents live in indexes. Create one, then bring in files."
          : "No index has been opened to you. Ask your administrator which one you should read."}
      </EmptyState>
    );
  const isEmpty = indexes.every((index) => index.documents === 0);
  return (
    <section aria-label="Indexes">
      <h2 className="mb-2 font-medium text-muted-foreground text-xs">Where to search</h2>
      <ul className="grid gap-2 sm:grid-cols-2">
        {indexes.map((index) => (
          <li key={index.slug}>
            <button
              type="button"
              aria-pressed={chosen.includes(index.slug)}
              onClick={() => onChoose(index.slug)}
              className="flex h-full w-full flex-col rounded-lg border bg-card px-4 py-3 text-left shadow-xs transition-colors hover:border-border-strong hover:bg-surface aria-pressed:border-primary aria-pressed:bg-primary-soft"
            >
              <span className="flex w-full items-baseline justify-between gap-3">
                <span className="truncate font-medium">{index.name}</span>
                <span className="shrink-0 text-muted-foreground text-xs tabular-nums">
                  {formatPlural(index.documents, "document")}
                </span>
              </span>
              <span className="mt-0.5 line-clamp-2 block text-muted-foreground text-sm">
                {index.description || index.slug}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {isEmpty && mayWrite ? (
        <EmptyState
          icon={FileSearch}
          title="No documents yet"
          actions={
            <Button asChild variant="primary">
              <Link href="/documents">Bring in documents</Link>
            </Button>
          }
        >
          Upload files or a whole folder. Each one can be found by its words as soon as it has been read.
        </EmptyState>
      ) : (
        <ul className="mt-6 grid gap-1.5 text-muted-foreground text-sm">
          <li>
            Put words in <span className="font-medium text-foreground">“quotation marks”</span> to find them side by
            side.
          </li>
          <li>
            <Kbd>↓</Kbd> walks through the hits, <Kbd>Enter</Kbd> opens the source at the passage, <Kbd>?</Kbd> shows
            all shortcuts.
          </li>
        </ul>
      )}
    </section>
  );
};

/** Nothing found: what may be in the way, each with the button that takes it away. */
export const NoHits = ({ state, setState }: { state: SearchState; setState: SetSearchState }) => {
  const filters = countFilters(state);
  return (
    <EmptyState
      icon={SearchX}
      title={`Nothing found for “${state.q.trim()}”`}
      actions={
        <>
          {state.page > 1 ? (
            <Button onClick={() => void setState({ page: null })}>Back to the first page</Button>
          ) : null}
          {filters > 0 ? (
            <Button variant="primary" onClick={() => void setState(noFilters)}>
              Search without the {filters === 1 ? "filter" : `${filters} filters`}
            </Button>
          ) : null}
          {state.mode === "hybrid" ? null : (
            <Button onClick={() => void setState({ mode: null, page: null })}>Search by words and meaning</Button>
          )}
        </>
      }
    >
      {filters > 0
        ? "The filters on this search may hide what you are after."
        : "Try fewer or other words, or check their spelling. New files can be found as soon as they are ready."}
    </EmptyState>
  );
};

"use client";
import type { QueryRecord } from "@samla/contracts";
import { queryViews } from "@samla/contracts/plain";
import { useInfiniteQuery } from "@tanstack/react-query";
import { MousePointerClick, RotateCw, ScanSearch, SearchX, ThumbsDown, ThumbsUp } from "lucide-react";
import Link from "next/link";
import { formatCount, formatDuration } from "../../lib/format.ts";
import { queryPath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { useDebounced } from "../../lib/use-debounced.ts";
import { Button } from "../../ui/button.tsx";
import { cn } from "../../ui/cn.ts";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Input } from "../../ui/input.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { type QueryView, queryListOptions } from "./queries.ts";
import { QueryActions } from "./query-actions.tsx";

const viewLabels: Record<QueryView, string> = {
  recent: "All searches",
  "zero-results": "Without a hit",
  slow: "Slow ones",
  "with-thumbs": "With thumbs",
};
const typingDelayMs = 200;

type State = { view: QueryView; q: string; typed: boolean };

/** Every search that is kept, newest first. */
export const QueryLog = ({
  slug,
  view,
  q,
  typed,
  onChange,
}: { slug: string; onChange: (change: { [Name in keyof State]?: State[Name] | null }) => void } & State) => {
  const queries = useInfiniteQuery(queryListOptions(slug, view, useDebounced(q.trim(), typingDelayMs), typed));
  const rows = queries.data?.pages.flatMap((page) => page.items);
  const isNarrowed = view !== "recent" || q.trim() !== "";
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <Input
          type="search"
          aria-label="Find searches by their words"
          placeholder="Find searches by their words"
          className="w-64 max-w-full"
          maxLength={200}
          value={q}
          onChange={(event) => onChange({ q: event.target.value || null })}
        />
        <NativeSelect
          aria-label="Which searches"
          className="[&_select]:h-8"
          options={queryViews.map((value) => ({ value, label: viewLabels[value] }))}
          value={view}
          onChange={(event) => onChange({ view: queryViews.find((one) => one === event.target.value) ?? null })}
        />
        {view === "recent" ? (
          <label className="inline-flex items-center gap-2 text-sm">
            <input
              type="checkbox"
              className="size-4 accent-primary"
              checked={typed}
              onChange={(event) => onChange({ typed: event.target.checked || null })}
            />
            with those made while typing
          </label>
        ) : null}
        <Button
          size="icon"
          variant="ghost"
          aria-label="Load newer searches"
          title="Load newer searches"
          className="ml-auto"
          onClick={() => void queries.refetch()}
        >
          <RotateCw className={cn(queries.isFetching && "animate-spin")} aria-hidden />
        </Button>
      </div>
      {queries.isError && !rows ? (
        <QueryError error={queries.error} onRetry={() => void queries.refetch()} retrying={queries.isFetching} />
      ) : !rows ? (
        <LoadingRegion label="Loading searches" className="grid gap-2">
          {["a", "b", "c", "d", "e"].map((key) => (
            <Skeleton key={key} className="h-12 w-full" />
          ))}
        </LoadingRegion>
      ) : rows.length === 0 && !queries.hasNextPage ? (
        isNarrowed ? (
          <EmptyState
            icon={SearchX}
            title="No search fits"
            actions={<Button onClick={() => onChange({ view: null, q: null })}>Show all searches</Button>}
          >
            Look for other words, or at all searches.
          </EmptyState>
        ) : (
          <EmptyState icon={ScanSearch} title="Nobody has searched yet">
            A search is kept here once it was answered, for as long as the settings of the index say.
          </EmptyState>
        )
      ) : (
        <ul
          aria-label="Searches"
          className={cn("divide-y rounded-lg border bg-card", queries.isPlaceholderData && "opacity-60")}
        >
          {rows.map((query) => (
            <QueryLine key={query.id} query={query} />
          ))}
        </ul>
      )}
      {queries.hasNextPage ? (
        <div className="mt-3 flex justify-center">
          <Button onClick={() => void queries.fetchNextPage()} busy={queries.isFetchingNextPage}>
            Show more
          </Button>
        </div>
      ) : null}
    </>
  );
};

const QueryLine = ({ query }: { query: QueryRecord }) => {
  const count = (value: "up" | "down") => query.thumbs.filter((thumb) => thumb.value === value).length;
  return (
    <li className="flex items-center gap-3 px-4 py-2 text-sm transition-colors hover:bg-surface">
      <div className="min-w-0 flex-1">
        <Link
          href={queryPath(query.index, query.id)}
          prefetch={false}
          className="block truncate py-0.5 font-medium hover:underline"
        >
          {query.text}
        </Link>
        <p className="flex flex-wrap gap-x-3 text-muted-foreground text-xs tabular-nums">
          <RelativeTime at={query.at} />
          <span>{query.actor?.name ?? "somebody"}</span>
          {query.total === 0 ? (
            <span className="text-destructive">nothing found</span>
          ) : (
            <span>{formatCount(query.total)} found</span>
          )}
          <span>{formatDuration(query.timings.totalMs)}</span>
          {query.correctedText ? <span>read as “{query.correctedText}”</span> : null}
        </p>
      </div>
      <span className="flex shrink-0 items-center gap-2.5 text-xs tabular-nums">
        <Sign icon={MousePointerClick} count={query.clicks.length} label="clicks" />
        <Sign icon={ThumbsUp} count={count("up")} label="thumbs up" className="text-success" />
        <Sign icon={ThumbsDown} count={count("down")} label="thumbs down" className="text-destructive" />
      </span>
      <QueryActions query={query} />
    </li>
  );
};

const Sign = ({
  icon: Icon,
  count,
  label,
  className = "text-muted-foreground",
}: {
  icon: typeof ThumbsUp;
  count: number;
  label: string;
  className?: string;
}) =>
  count === 0 ? null : (
    <span className={cn("inline-flex items-center gap-1", className)} title={`${formatCount(count)} ${label}`}>
      <Icon className="size-3" aria-hidden /> {formatCount(count)}
      <span className="sr-only"> {label}</span>
    </span>
  );

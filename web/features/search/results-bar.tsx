"use client";
import type { SearchResult } from "@samla/contracts";
import type { z } from "zod";
import { formatCount, formatDuration } from "../../lib/format.ts";
import { Button } from "../../ui/button.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import type { SearchState } from "./search-params.ts";
import { Suggestions } from "./suggestions.tsx";
import type { SetSearchState } from "./use-search-state.ts";

const sortOptions = [
  { value: "relevance", label: "Best first" },
  { value: "newest", label: "Newest first" },
  { value: "oldest", label: "Oldest first" },
  { value: "title", label: "By title" },
];
const modeOptions = [
  { value: "hybrid", label: "Words and meaning" },
  { value: "lexical", label: "Words only" },
  { value: "vector", label: "Meaning only" },
];

/** How many hits, how long it took, and how they are ordered. */
export const ResultsBar = ({
  state,
  setState,
  result,
}: {
  state: SearchState;
  setState: SetSearchState;
  result: z.infer<typeof SearchResult> | undefined;
}) => (
  <div className="flex min-h-8 flex-wrap items-center gap-x-2 gap-y-1.5 text-xs">
    <p aria-live="polite" className="whitespace-nowrap text-muted-foreground tabular-nums max-md:mr-auto">
      {result ? (
        <>
          {result.total.exact ? "" : "more than "}
          {formatCount(result.total.value)} {result.total.value === 1 ? "passage" : "passages"}
          <span
            className="ml-1.5"
            title={`access ${formatDuration(result.timings.accessMs)}, embedding ${formatDuration(result.timings.embedMs)}, engine ${formatDuration(result.timings.engineMs)}`}
          >
            in {formatDuration(result.timings.totalMs)}
          </span>
        </>
      ) : (
        " "
      )}
    </p>
    <Suggestions q={state.q.trim()} index={state.index} />
    <Button
      size="sm"
      variant="ghost"
      aria-pressed={state.explain}
      className="aria-pressed:bg-primary-soft aria-pressed:text-primary"
      onClick={() => void setState({ explain: state.explain ? null : true })}
    >
      Explain
    </Button>
    <NativeSelect
      aria-label="Match by"
      options={modeOptions}
      value={state.mode}
      onChange={(event) => void setState({ mode: event.target.value as SearchState["mode"], page: null })}
    />
    <NativeSelect
      aria-label="Order"
      options={sortOptions}
      value={state.sort}
      onChange={(event) => void setState({ sort: event.target.value as SearchState["sort"], page: null })}
    />
  </div>
);

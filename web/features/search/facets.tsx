"use client";
import type { DocumentKind, SearchResult } from "@samla/contracts";
import { useId, useState } from "react";
import type { z } from "zod";
import { formatCount, formatCountShort } from "../../lib/format.ts";
import { kindLabel } from "../../lib/kinds.ts";
import { Button } from "../../ui/button.tsx";
import { countFilters, noFilters, type SearchState, toggled } from "./search-params.ts";
import type { SetSearchState } from "./use-search-state.ts";

type Result = z.infer<typeof SearchResult>;
type FacetValue = { value: string; label: string; count: number | undefined };

const shownAtFirst = 8;

/** The facet's values, with chosen ones that have no hits any more at the end, so that they can be taken back. */
export const valuesWithChosen = (
  facet: readonly { value: string; count: number }[],
  chosen: readonly string[],
  labelOf: (value: string) => string,
): FacetValue[] => [
  ...facet.map(({ value, count }) => ({ value, label: labelOf(value), count })),
  ...chosen
    .filter((value) => !facet.some((one) => one.value === value))
    .map((value) => ({ value, label: labelOf(value), count: undefined })),
];

/** Everything that narrows a search. */
export const Facets = ({
  state,
  setState,
  result,
  indexNames,
}: {
  state: SearchState;
  setState: SetSearchState;
  result: Result | undefined;
  indexNames: ReadonlyMap<string, string>;
}) => {
  const facets = result?.facets ?? { kind: [], tags: [], index: [] };
  const toggle = (field: "index" | "kind" | "tag") => (value: string) =>
    void setState({ [field]: toggled(state[field], value), page: null });
  const count = countFilters(state);
  return (
    <div className="grid gap-5 text-sm">
      <fieldset className="grid gap-1.5">
        <legend className="mb-1.5 font-medium text-muted-foreground text-xs">Changed</legend>
        <DayField label="From" value={state.from} onChange={(from) => void setState({ from, page: null })} />
        <DayField label="To" value={state.to} onChange={(to) => void setState({ to, page: null })} />
      </fieldset>
      <label className="grid gap-1.5">
        <span className="font-medium text-muted-foreground text-xs">Folder or file begins with</span>
        <input
          value={state.path}
          onChange={(event) => void setState({ path: event.target.value || null, page: null })}
          placeholder="contracts/2026"
          spellCheck={false}
          className="h-7 w-full rounded-md border border-input bg-card px-2 text-xs placeholder:text-muted-foreground"
        />
      </label>
      <Button
        size="sm"
        variant="ghost"
        className="-mt-2"
        disabled={count === 0}
        onClick={() => void setState(noFilters)}
      >
        Clear filters
      </Button>
      <FacetGroup
        title="Index"
        values={valuesWithChosen(facets.index, state.index, (slug) => indexNames.get(slug) ?? slug)}
        chosen={state.index}
        onToggle={toggle("index")}
      />
      <FacetGroup
        title="Kind"
        values={valuesWithChosen(facets.kind, state.kind, (kind) => kindLabel(kind as DocumentKind))}
        chosen={state.kind}
        onToggle={toggle("kind")}
      />
      <FacetGroup
        title="Tag"
        values={valuesWithChosen(facets.tags, state.tag, (tag) => tag)}
        chosen={state.tag}
        onToggle={toggle("tag")}
      />
    </div>
  );
};

const FacetGroup = ({
  title,
  values,
  chosen,
  onToggle,
}: {
  title: string;
  values: FacetValue[];
  chosen: readonly string[];
  onToggle: (value: string) => void;
}) => {
  const [all, setAll] = useState(false);
  if (values.length === 0) return null;
  const shown = all ? values : values.slice(0, shownAtFirst);
  return (
    <fieldset>
      <legend className="mb-1 font-medium text-muted-foreground text-xs">{title}</legend>
      {shown.map(({ value, label, count }) => (
        <label
          key={value}
          className="-mx-1.5 flex min-h-7 cursor-pointer items-center gap-2 rounded-sm px-1.5 transition-colors hover:bg-accent"
        >
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={() => onToggle(value)}
            className="size-3.5 shrink-0 accent-primary"
          />
          <span className="min-w-0 flex-1 truncate" title={label}>
            {label}
          </span>
          {count === undefined ? null : (
            <span className="text-muted-foreground text-xs tabular-nums" title={`${formatCount(count)} passages`}>
              {formatCountShort(count)}
            </span>
          )}
        </label>
      ))}
      {values.length > shownAtFirst ? (
        <button type="button" className="mt-1 text-link text-xs hover:underline" onClick={() => setAll(!all)}>
          {all ? "Show fewer" : `Show all ${values.length}`}
        </button>
      ) : null}
    </fieldset>
  );
};

const DayField = ({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string | null;
  onChange: (value: string | null) => void;
}) => {
  const id = useId();
  return (
    <div className="flex items-center gap-2">
      <label htmlFor={id} className="w-9 text-xs">
        {label}
      </label>
      <input
        id={id}
        type="date"
        value={value ?? ""}
        onChange={(event) => onChange(event.target.value || null)}
        className="h-7 min-w-0 flex-1 rounded-md border border-input bg-card px-2 text-xs"
      />
    </div>
  );
};

"use client";
import { useState } from "react";
import { formatCount } from "../../lib/format.ts";
import { cn } from "../../ui/cn.ts";
import { HitList, PassageEntries } from "./hit-list.tsx";
import { hitsMax } from "./queries.ts";
import type { Source } from "./use-source.ts";

/** Hits of the words in the document, and all its passages. */
export const SidePanel = ({
  source,
  onSelect,
  className,
}: {
  source: Source;
  onSelect: (passageId: string) => void;
  className?: string;
}) => {
  const [tab, setTab] = useState<"hits" | "passages">(source.q ? "hits" : "passages");
  const shown = source.q ? tab : "passages";
  const tabs = [
    ...(source.q ? [{ id: "hits" as const, label: "Hits", count: source.hits.length }] : []),
    { id: "passages" as const, label: "Passages", count: source.passagesTotal },
  ];
  const more = source.hitsTotal && source.hitsTotal.value > hitsMax;
  return (
    <div className={cn("flex min-h-0 flex-col", className)}>
      <div className="flex h-9 shrink-0 items-stretch gap-4 border-b px-3">
        {tabs.map(({ id, label, count }) => (
          <button
            key={id}
            type="button"
            aria-pressed={shown === id}
            onClick={() => setTab(id)}
            className="-mb-px border-transparent border-b-2 font-medium text-muted-foreground text-sm aria-pressed:border-primary aria-pressed:text-foreground"
          >
            {label}
            {count === undefined ? null : (
              <span className="ml-1.5 text-muted-foreground text-xs tabular-nums">{formatCount(count)}</span>
            )}
          </button>
        ))}
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {shown === "hits" ? (
          <>
            <HitList source={source} onSelect={(hit) => onSelect(hit.passageId)} />
            {more ? (
              <p className="px-3 py-2 text-muted-foreground text-xs">
                The best {hitsMax} of {formatCount(source.hitsTotal?.value ?? 0)} hits.
              </p>
            ) : null}
          </>
        ) : (
          <PassageEntries source={source} onSelect={(passage) => onSelect(passage.id)} />
        )}
      </div>
    </div>
  );
};

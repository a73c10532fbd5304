"use client";
import type { TriedHit } from "@samla/contracts";
import { Pin, X } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { MarkedText } from "../../lib/marked-text.tsx";
import { moveText, type RankMove, RankMoves } from "../../lib/rank-moves.tsx";
import { Button } from "../../ui/button.tsx";
import { cn } from "../../ui/cn.ts";
import { EmptyState } from "../../ui/empty-state.tsx";
import { HitDetail } from "./hit-detail.tsx";

const rowPx = 46;

type Hits = Record<"before" | "after", ReadonlyMap<string, TriedHit | undefined>>;

/** The hits of both sides with lines between them; the chosen one is taken apart below, on both sides. */
export const BenchHits = ({
  q,
  moves,
  hits,
  isSingle,
}: {
  q: string;
  moves: readonly RankMove[];
  hits: Hits;
  isSingle: boolean;
}) => {
  const [chosen, setChosen] = useState<string>();
  const move = moves.find((one) => one.id === chosen);
  const taken = useRef<HTMLElement>(null);
  useEffect(() => {
    if (chosen) taken.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  if (moves.length === 0)
    return (
      <EmptyState title={isSingle ? "Nothing found" : "Nothing found on either side"}>Try other words.</EmptyState>
    );
  const row = (id: string, side: "before" | "after"): ReactNode => {
    const hit = hits[side].get(id);
    return hit ? (
      <HitButton
        hit={hit}
        isChosen={id === chosen}
        onClick={() => setChosen((before) => (before === id ? undefined : id))}
      />
    ) : null;
  };
  return (
    <>
      {isSingle ? (
        <ol aria-label="Hits" className="text-xs">
          {moves.map((one) => (
            <li key={one.id} style={{ height: rowPx }} className="flex min-w-0 items-center gap-1.5">
              <span className="w-4 shrink-0 text-right text-muted-foreground tabular-nums">{one.before}</span>
              {row(one.id, "before")}
            </li>
          ))}
        </ol>
      ) : (
        <RankMoves moves={moves} rowPx={rowPx} beforeLabel="Left" afterLabel="Right">
          {row}
        </RankMoves>
      )}
      {move ? (
        <section ref={taken} aria-label="The hit taken apart" className="rounded-lg border bg-surface p-4">
          <div className="mb-3 flex items-center justify-between gap-3">
            <h3 className="font-medium text-sm">
              {isSingle ? `Hit ${move.before}` : `Left to right: ${moveText(move)}`}
            </h3>
            <Button variant="ghost" size="icon-sm" aria-label="Close the hit" onClick={() => setChosen(undefined)}>
              <X aria-hidden />
            </Button>
          </div>
          <div
            className={cn(
              "grid grid-cols-[minmax(0,1fr)] gap-6",
              !isSingle && "md:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]",
            )}
          >
            <Taken hit={hits.before.get(move.id)} q={q} side="Left" />
            {isSingle ? null : <Taken hit={hits.after.get(move.id)} q={q} side="Right" />}
          </div>
        </section>
      ) : (
        <p className="text-muted-foreground text-xs">Choose a hit to take its score apart.</p>
      )}
    </>
  );
};

const Taken = ({ hit, q, side }: { hit: TriedHit | undefined; q: string; side: string }) =>
  hit ? (
    <HitDetail hit={hit} q={q} />
  ) : (
    <p className="rounded-md border border-dashed px-3 py-6 text-center text-muted-foreground text-sm">
      {side}: not among the first ten.
    </p>
  );

/** One hit in a line: its title, its passage with the words found, its score. */
const HitButton = ({ hit, isChosen, onClick }: { hit: TriedHit; isChosen: boolean; onClick: () => void }) => (
  <button
    type="button"
    aria-expanded={isChosen}
    onClick={onClick}
    className={cn(
      "flex h-10 min-w-0 flex-1 items-center gap-2 rounded-md px-1.5 text-left hover:bg-accent focus-visible:outline-offset-[-2px]",
      isChosen && "bg-primary-soft hover:bg-primary-soft",
    )}
  >
    {hit.rule ? <Pin className="size-3 shrink-0 text-primary" aria-label="put here by a rule" role="img" /> : null}
    <span className="min-w-0 flex-1">
      <span className="block truncate font-medium text-sm">
        <MarkedText text={hit.title} marks={hit.titleMarks} />
      </span>
      <span className="block truncate text-muted-foreground">
        <MarkedText text={hit.text} marks={hit.marks} start={hit.fragment.start} end={hit.fragment.end} />
      </span>
    </span>
    <span className="hidden shrink-0 text-muted-foreground tabular-nums sm:inline">{hit.score.toFixed(3)}</span>
  </button>
);

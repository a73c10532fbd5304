import type { ReactNode } from "react";
import { cn } from "../ui/cn.ts";

export type RankMove = {
  id: string;
  /** Places, from 1; null: not among those shown. */
  before: number | null;
  after: number | null;
  /** Whether its going up is good (`rise`), bad (`fall`), or neither. */
  wish?: "rise" | "fall";
};

const usualRowPx = 30;

/** Up, down, new or gone, in the words of a place. */
export const moveText = ({ before, after }: Pick<RankMove, "before" | "after">): string => {
  if (before === null) return `new at ${after}`;
  if (after === null) return `was ${before}, gone`;
  if (before === after) return `stays at ${after}`;
  return `${before} to ${after}`;
};

/** Whether a move is for the better, given what is wished; undefined when nothing is wished or nothing moved. */
export const isGoodMove = ({ before, after, wish }: Omit<RankMove, "id">): boolean | undefined => {
  if (!wish || before === after) return undefined;
  const place = (rank: number | null) => rank ?? Number.POSITIVE_INFINITY;
  return place(after) < place(before) === (wish === "rise");
};

const lineClass = (move: RankMove): string => {
  const isGood = isGoodMove(move);
  if (isGood !== undefined) return isGood ? "stroke-success" : "stroke-destructive";
  return move.before === move.after ? "stroke-border-strong" : "stroke-muted-foreground";
};

/** Two rankings beside each other, the same thing joined by a line; what is on one side only is tinted. */
export const RankMoves = ({
  moves,
  beforeLabel,
  afterLabel,
  rowPx = usualRowPx,
  children,
}: {
  moves: readonly RankMove[];
  beforeLabel: ReactNode;
  afterLabel: ReactNode;
  rowPx?: number;
  /** Draws one entry of a side. */
  children: (id: string, side: "before" | "after") => ReactNode;
}) => {
  const rows = Math.max(1, ...moves.flatMap((move) => [move.before ?? 0, move.after ?? 0]));
  const y = (rank: number) => (rank - 0.5) * rowPx;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_2.5rem_minmax(0,1fr)] text-xs sm:grid-cols-[minmax(0,1fr)_5rem_minmax(0,1fr)]">
      <p className="pb-1 text-muted-foreground">{beforeLabel}</p>
      <span />
      <p className="pb-1 text-muted-foreground">{afterLabel}</p>
      <Side moves={moves} side="before" rows={rows} rowPx={rowPx}>
        {children}
      </Side>
      <svg
        aria-hidden
        className="w-full"
        height={rows * rowPx}
        viewBox={`0 0 100 ${rows * rowPx}`}
        preserveAspectRatio="none"
      >
        {moves.map((move) =>
          move.before !== null && move.after !== null ? (
            <path
              key={move.id}
              d={`M0 ${y(move.before)} C50 ${y(move.before)} 50 ${y(move.after)} 100 ${y(move.after)}`}
              className={cn("fill-none", lineClass(move))}
              strokeWidth={move.before === move.after ? 1 : 2}
              vectorEffect="non-scaling-stroke"
            />
          ) : null,
        )}
      </svg>
      <Side moves={moves} side="after" rows={rows} rowPx={rowPx}>
        {children}
      </Side>
    </div>
  );
};

const Side = ({
  moves,
  side,
  rows,
  rowPx,
  children,
}: {
  moves: readonly RankMove[];
  side: "before" | "after";
  rows: number;
  rowPx: number;
  children: (id: string, side: "before" | "after") => ReactNode;
}) => (
  <ol>
    {Array.from({ length: rows }, (_, i) => i + 1).map((rank) => {
      const move = moves.find((one) => one[side] === rank);
      const isAlone = move && move[side === "before" ? "after" : "before"] === null;
      return (
        <li
          key={rank}
          style={{ height: rowPx }}
          className={cn(
            "flex min-w-0 items-center gap-1.5 rounded-sm px-1.5",
            isAlone && (side === "before" ? "bg-destructive-soft" : "bg-success-soft"),
          )}
        >
          <span className="w-4 shrink-0 text-right text-muted-foreground tabular-nums">{move ? rank : ""}</span>
          {move ? children(move.id, side) : null}
          {move ? <span className="sr-only">, {moveText(move)}</span> : null}
        </li>
      );
    })}
  </ol>
);

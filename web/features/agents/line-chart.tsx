"use client";
import { type PointerEvent, type ReactNode, useState } from "react";
import { cn } from "../../ui/cn.ts";
import { formatMoment } from "../../ui/time.ts";
import { type ChartPoint, linePath, nearestPoint, niceMax, xOf, yOf } from "./chart.ts";

export type ChartLine = { label: string; points: readonly ChartPoint[]; tone: "primary" | "info" | "danger" | "muted" };
export type ChartMark = { at: string; label: string; isBad: boolean };

const tones = {
  primary: { stroke: "stroke-primary", swatch: "bg-primary" },
  info: { stroke: "stroke-info", swatch: "bg-info" },
  danger: { stroke: "stroke-destructive", swatch: "bg-destructive" },
  muted: { stroke: "stroke-muted-foreground", swatch: "bg-muted-foreground" },
} as const;

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/**
 * Lines over time, with what happened meanwhile as marks. The values under the pointer are said beside the names.
 * Drawn by hand: a chart library weighs more than the page.
 */
export const LineChart = ({
  title,
  lines,
  from,
  to,
  periodSeconds,
  format,
  max,
  limit,
  marks = [],
  aside,
  className,
}: {
  title: string;
  lines: readonly ChartLine[];
  /** ISO 8601. */
  from: string;
  to: string;
  periodSeconds: number;
  format: (value: number) => string;
  /** Top of the scale; absent: a round number over the highest value. */
  max?: number | undefined;
  /** A line not to be crossed, such as the memory a task has. */
  limit?: { value: number; label: string } | undefined;
  marks?: readonly ChartMark[];
  aside?: ReactNode;
  className?: string;
}) => {
  const [share, setShare] = useState<number>();
  const values = lines.flatMap(({ points }) => points.map(({ value }) => value));
  const highest = Math.max(limit?.value ?? 0, 0, ...values);
  const frame = { fromMs: Date.parse(from), toMs: Date.parse(to), max: max ?? niceMax(highest) };
  const gapMs = Math.max(1, periodSeconds) * 2500;
  const follow = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    setShare(Math.min(1, Math.max(0, (event.clientX - box.left) / Math.max(1, box.width))));
  };
  const shown = lines.map((line) => ({
    ...line,
    point: share === undefined ? line.points.at(-1) : nearestPoint(line.points, frame, share),
  }));
  const at = share === undefined ? undefined : shown.find(({ point }) => point)?.point?.at;
  const spoken = lines
    .map(({ label, points }) => {
      const last = points.at(-1);
      if (!last) return `${label}: no data`;
      return `${label}: ${format(last.value)} at last, at most ${format(Math.max(...points.map(({ value }) => value)))}`;
    })
    .join("; ");
  return (
    <figure className={cn("min-w-0 rounded-lg border bg-card px-4 pt-3 pb-2", className)}>
      <figcaption className="mb-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-xs">
        <span className="font-medium">{title}</span>
        {shown.map(({ label, tone, point }) => (
          <span key={label} className="inline-flex items-center gap-1.5 text-muted-foreground tabular-nums">
            <span className={cn("size-2 rounded-xs", tones[tone].swatch)} aria-hidden />
            {lines.length > 1 ? label : null} {point ? format(point.value) : "no data"}
          </span>
        ))}
        <span className="ml-auto text-muted-foreground tabular-nums">{at ? clock.format(new Date(at)) : aside}</span>
      </figcaption>
      <div className="relative">
        <svg
          role="img"
          aria-label={`${title}. ${spoken}`}
          className="block h-28 w-full touch-pan-y overflow-visible"
          viewBox="0 0 1000 100"
          preserveAspectRatio="none"
          onPointerMove={follow}
          onPointerLeave={() => setShare(undefined)}
        >
          <rect width="1000" height="100" fillOpacity={0} />
          {[0, 50, 100].map((y) => (
            <line
              key={y}
              x1="0"
              x2="1000"
              y1={y}
              y2={y}
              className={y === 100 ? "stroke-border-strong" : "stroke-border"}
              vectorEffect="non-scaling-stroke"
            />
          ))}
          {marks.map((mark) => (
            <line
              key={`${mark.at} ${mark.label}`}
              x1={xOf(mark.at, frame)}
              x2={xOf(mark.at, frame)}
              y1="0"
              y2="100"
              className={mark.isBad ? "stroke-destructive" : "stroke-border-strong"}
              strokeDasharray="3 3"
              vectorEffect="non-scaling-stroke"
            >
              <title>{`${mark.label}, ${formatMoment(new Date(mark.at))}`}</title>
            </line>
          ))}
          {limit ? (
            <line
              x1="0"
              x2="1000"
              y1={yOf(limit.value, frame)}
              y2={yOf(limit.value, frame)}
              className="stroke-destructive"
              strokeDasharray="6 4"
              vectorEffect="non-scaling-stroke"
            >
              <title>{limit.label}</title>
            </line>
          ) : null}
          {lines.map(({ label, points, tone }) => (
            <path
              key={label}
              d={linePath(points, frame, gapMs)}
              fill="none"
              strokeWidth="1.75"
              strokeLinejoin="round"
              strokeLinecap="round"
              className={tones[tone].stroke}
              vectorEffect="non-scaling-stroke"
            />
          ))}
          {at ? (
            <line
              x1={xOf(at, frame)}
              x2={xOf(at, frame)}
              y1="0"
              y2="100"
              className="stroke-foreground/40"
              vectorEffect="non-scaling-stroke"
            />
          ) : null}
        </svg>
        <span
          aria-hidden
          className="absolute -top-0.5 right-0 rounded-xs bg-card px-0.5 text-2xs text-muted-foreground"
        >
          {format(frame.max)}
        </span>
      </div>
      <p className="mt-1 flex justify-between text-2xs text-muted-foreground" aria-hidden>
        <span>{formatMoment(new Date(from))}</span>
        <span>{formatMoment(new Date(to))}</span>
      </p>
    </figure>
  );
};

import type { QueryReport } from "@samla/contracts";
import { formatCount, formatPlural } from "../../lib/format.ts";
import { barsOf } from "./bars.ts";

const dayFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const dayText = (day: string): string => dayFormat.format(new Date(`${day}T00:00:00Z`));
const sentenceOf = ({ day, searches, zeroResults }: QueryReport["perDay"][number]): string =>
  `${dayText(day)}: ${formatPlural(searches, "search", "searches")}, ${formatCount(zeroResults)} without a hit`;

/** Searches a day as bars, with the share that found nothing. Drawn by hand: a chart library weighs more than the page. */
export const DayChart = ({ perDay }: { perDay: QueryReport["perDay"] }) => {
  const bars = barsOf(perDay);
  const most = Math.max(0, ...perDay.map((day) => day.searches));
  const [first, last] = [perDay[0], perDay.at(-1)];
  return (
    <figure className="rounded-lg border bg-card px-4 pt-3 pb-2">
      <figcaption className="mb-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-muted-foreground text-xs">
        <span className="font-medium text-foreground">Searches a day</span>
        <span className="inline-flex items-center gap-1.5">
          <span className="size-2 rounded-xs bg-primary" aria-hidden /> with hits
        </span>
        <span className="inline-flex items-center gap-1.5">
          <span className="size-2 rounded-xs bg-destructive" aria-hidden /> without a hit
        </span>
        <span className="ml-auto tabular-nums">most in a day: {formatCount(most)}</span>
      </figcaption>
      <svg
        role="img"
        aria-label={`Searches a day: ${perDay.map(sentenceOf).join("; ")}`}
        className="block h-28 w-full"
        viewBox="0 0 100 100"
        preserveAspectRatio="none"
      >
        <line x1="0" x2="100" y1="100" y2="100" className="stroke-border-strong" vectorEffect="non-scaling-stroke" />
        {bars.map((bar, n) => {
          const day = perDay[n];
          const gap = bar.width * 0.12;
          return (
            <g key={bar.day} className="hover:opacity-75">
              <title>{day ? sentenceOf(day) : bar.day}</title>
              <rect x={bar.x} y={0} width={bar.width} height={100} fillOpacity={0} />
              <rect
                x={bar.x + gap}
                y={100 - bar.height}
                width={bar.width - 2 * gap}
                height={bar.height}
                className="fill-primary"
              />
              <rect
                x={bar.x + gap}
                y={100 - bar.zeroHeight}
                width={bar.width - 2 * gap}
                height={bar.zeroHeight}
                className="fill-destructive"
              />
            </g>
          );
        })}
      </svg>
      <p className="mt-1 flex justify-between text-2xs text-muted-foreground" aria-hidden>
        <span>{first ? dayText(first.day) : ""}</span>
        <span>{last && last !== first ? dayText(last.day) : ""}</span>
      </p>
    </figure>
  );
};

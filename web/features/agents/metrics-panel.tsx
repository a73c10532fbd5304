"use client";
import type { AgentMetricsResult } from "@samla/contracts";
import { type AgentMetric, type MetricRange, metricRanges } from "@samla/contracts/plain";
import { useQuery } from "@tanstack/react-query";
import { ChartLine as ChartIcon } from "lucide-react";
import Link from "next/link";
import { formatCount, formatDuration, formatSeconds } from "../../lib/format.ts";
import { releasePath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { oneOfParam, useUrlState } from "../../lib/url-state.ts";
import { EmptyState } from "../../ui/empty-state.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { type ChartLine, LineChart } from "./line-chart.tsx";
import { Part, StateBadge } from "./parts.tsx";
import { metricsOptions } from "./queries.ts";
import { releaseTitle, stateOfLine } from "./words.ts";

const rangeLabels: Record<MetricRange, string> = {
  "1h": "Last hour",
  "6h": "Last 6 hours",
  "24h": "Last 24 hours",
  "7d": "Last 7 days",
  "30d": "Last 30 days",
};

const percent = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} %`;
const count = (value: number): string => (value % 1 === 0 ? formatCount(value) : value.toFixed(1));

const charts: readonly {
  title: string;
  format: (value: number) => string;
  isPercent?: boolean;
  lines: readonly { name: AgentMetric; label: string; tone: ChartLine["tone"] }[];
}[] = [
  { title: "CPU", format: percent, isPercent: true, lines: [{ name: "cpu", label: "CPU", tone: "primary" }] },
  { title: "Memory", format: percent, isPercent: true, lines: [{ name: "memory", label: "Memory", tone: "primary" }] },
  {
    title: "Requests and errors",
    format: count,
    lines: [
      { name: "requests", label: "requests", tone: "primary" },
      { name: "faults", label: "errors", tone: "danger" },
    ],
  },
  {
    title: "Time to answer",
    format: formatDuration,
    lines: [
      { name: "latencyP50", label: "half within", tone: "primary" },
      { name: "latencyP95", label: "95 % within", tone: "info" },
    ],
  },
  {
    title: "Tasks",
    format: count,
    lines: [
      { name: "running", label: "running", tone: "primary" },
      { name: "desired", label: "wanted", tone: "muted" },
    ],
  },
];

/** How the agent did over time, with its releases as marks. */
export const MetricsPanel = ({ agent }: { agent: string }) => {
  const [range, setRange] = useUrlState("range", oneOfParam(metricRanges).withDefault("1h"));
  const metrics = useQuery(metricsOptions(agent, range));
  const picker = (
    <NativeSelect
      aria-label="Time shown"
      options={metricRanges.map((one) => ({ value: one, label: rangeLabels[one] }))}
      value={range}
      onChange={(event) => setRange(metricRanges.find((one) => one === event.target.value) ?? "1h")}
    />
  );
  if (metrics.isError && !metrics.data)
    return <QueryError error={metrics.error} onRetry={() => void metrics.refetch()} retrying={metrics.isFetching} />;
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-2">
        <p className="text-muted-foreground text-sm">
          Averages{metrics.data ? ` over ${formatSeconds(metrics.data.periodSeconds)} each` : ""}; dashed lines are
          releases.
        </p>
        {picker}
      </div>
      {metrics.data ? (
        metrics.data.series.every(({ points }) => points.length === 0) ? (
          <EmptyState icon={ChartIcon} title="Nothing was measured in this time">
            Figures come once tasks run, about a minute after they start.
          </EmptyState>
        ) : (
          <Charts agent={agent} metrics={metrics.data} isStale={metrics.isPlaceholderData} />
        )
      ) : (
        <LoadingRegion label="Loading figures" className="grid gap-4 lg:grid-cols-2">
          {charts.map(({ title }) => (
            <Skeleton key={title} className="h-46 w-full rounded-lg" />
          ))}
        </LoadingRegion>
      )}
    </>
  );
};

const Charts = ({ agent, metrics, isStale }: { agent: string; metrics: AgentMetricsResult; isStale: boolean }) => {
  const marks = metrics.marks.map((line) => ({
    at: line.at,
    label: `${releaseTitle(line)}: ${stateOfLine(line).label}`,
    isBad: line.ok === false,
  }));
  return (
    <div className={isStale ? "opacity-60" : undefined}>
      <div className="grid gap-4 lg:grid-cols-2">
        {charts.map(({ title, format, isPercent, lines }) => (
          <LineChart
            key={title}
            title={title}
            from={metrics.from}
            to={metrics.to}
            periodSeconds={metrics.periodSeconds}
            format={format}
            max={isPercent ? 100 : undefined}
            marks={marks}
            lines={lines.map(({ name, label, tone }) => ({
              label,
              tone,
              points: metrics.series.find((one) => one.name === name)?.points ?? [],
            }))}
          />
        ))}
      </div>
      {metrics.marks.length > 0 ? (
        <Part title="Releases of this time" className="mt-6">
          <ul className="divide-y rounded-lg border bg-card text-sm">
            {metrics.marks.map((line) => (
              <li key={line.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
                <Link href={releasePath(agent, line.id)} className="font-medium hover:underline">
                  {releaseTitle(line)}
                </Link>
                <StateBadge state={stateOfLine(line)} />
                <span className="min-w-0 flex-1 truncate text-muted-foreground text-xs">{line.sentence}</span>
                <RelativeTime at={line.at} className="text-muted-foreground text-xs" />
              </li>
            ))}
          </ul>
        </Part>
      ) : null}
    </div>
  );
};

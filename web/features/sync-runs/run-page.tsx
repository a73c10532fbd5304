"use client";
import type { SyncRunReport } from "@samla/contracts";
import { formatBytes } from "@samla/contracts/plain";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { formatCount, formatDuration } from "../../lib/format.ts";
import { agentPath, logsPath } from "../../lib/paths.ts";
import { Button } from "../../ui/button.tsx";
import { cn } from "../../ui/cn.ts";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { BrakeCard } from "./brake-card.tsx";
import { runOptions, runsOptions, syncAgentName } from "./queries.ts";
import { ReportRows } from "./report-rows.tsx";
import { RunBadges, RunProgress } from "./run-parts.tsx";
import { CancelButton, StartButtons } from "./start-buttons.tsx";
import { SyncAway } from "./sync-away.tsx";
import { durationText, triggerText } from "./words.ts";

/** One run: how it ended and why, what it did in figures, and file by file; while it goes on, live. */
export const RunPage = ({ runId }: { runId: string }) => {
  const run = useQuery(runOptions(runId));
  const { data: runs } = useInfiniteQuery(runsOptions());
  const newest = runs?.pages[0]?.items[0];
  if (run.isError && !run.data)
    return (
      <SyncAway
        error={run.error}
        onRetry={() => void run.refetch()}
        retrying={run.isFetching}
        actions={
          <Button asChild>
            <Link href={agentPath(syncAgentName, "runs")}>All runs</Link>
          </Button>
        }
      />
    );
  if (!run.data)
    return (
      <LoadingRegion label="Loading the run" className="grid gap-4">
        <Skeleton className="h-7 w-72 max-w-full" />
        <Skeleton className="h-20 w-full rounded-lg" />
        <Skeleton className="h-64 w-full rounded-lg" />
      </LoadingRegion>
    );
  const { data } = run;
  const isRunning = data.status === "running";
  return (
    <>
      <PageHeader
        className="pb-4"
        level={2}
        breadcrumb={
          <Link href={agentPath(syncAgentName, "runs")} className="hover:text-foreground hover:underline">
            Runs
          </Link>
        }
        title={
          <>
            {data.dryRun ? "Dry run" : "Run"}, <RelativeTime at={data.startedAt} />
          </>
        }
        meta={
          <>
            <RunBadges run={data} />
            <CopyableId id={data.id} label="run id" />
            <span className="text-muted-foreground">
              started {triggerText(data)}, {isRunning ? "so far" : "took"} {durationText(data, Date.now())}
            </span>
            {data.source ? <span className="wrap-anywhere font-mono text-muted-foreground">{data.source}</span> : null}
            <Link
              href={logsPath(syncAgentName, { at: data.endedAt ?? data.startedAt })}
              className="text-link underline"
            >
              its log
            </Link>
          </>
        }
        actions={
          isRunning ? <CancelButton run={data} /> : newest?.id === data.id ? <StartButtons running={undefined} /> : null
        }
      />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
        {isRunning ? <RunProgress run={data} /> : null}
        {data.brake ? <BrakeCard run={data} isNewest={newest?.id === data.id} /> : <Trouble run={data} />}
        <RunFigures run={data} />
        <ReportRows run={data} />
      </div>
    </>
  );
};

const Trouble = ({ run }: { run: SyncRunReport }) => {
  if (!run.problem) return null;
  const isOurs = run.status === "failed" || run.status === "lost";
  return (
    <section
      aria-label="Why it ended"
      className={cn(
        "wrap-anywhere rounded-lg border p-4 text-sm",
        isOurs ? "border-destructive bg-destructive-soft" : "bg-card",
      )}
    >
      <p className="font-semibold text-base">{run.problem.detail}</p>
      <p className="mt-1">{run.problem.nextStep}</p>
    </section>
  );
};

const RunFigures = ({ run }: { run: SyncRunReport }) => {
  const { counts, sentBytes, tookMs, dryRun } = run;
  const figures = [
    { label: "In the source", value: counts.found },
    { label: dryRun ? "To add" : "Added", value: counts.added },
    { label: dryRun ? "To change" : "Changed", value: counts.changed },
    { label: dryRun ? "To remove" : "Removed", value: counts.deleted },
    { label: "Unchanged", value: counts.unchanged },
    { label: "Left out", value: counts.skipped },
    { label: "Kept for now", value: counts.held, tone: "text-warning" },
    { label: "Failed", value: counts.failed, tone: "text-destructive" },
  ];
  return (
    <section aria-label="Figures">
      <dl className="grid grid-cols-2 overflow-hidden rounded-lg border bg-card sm:grid-cols-4 lg:grid-cols-8">
        {figures.map(({ label, value, tone }) => (
          <div key={label} className="-mt-px -ml-px border-t border-l px-4 py-2">
            <dt className="text-muted-foreground text-xs">{label}</dt>
            <dd className={cn("font-semibold text-lg tabular-nums", value > 0 ? tone : "text-muted-foreground")}>
              {formatCount(value)}
            </dd>
          </div>
        ))}
      </dl>
      <p className="mt-1.5 text-muted-foreground text-xs tabular-nums">
        {formatBytes(sentBytes)} sent. Reading the list took {formatDuration(tookMs.list)}, comparing{" "}
        {formatDuration(tookMs.compare)}, removing {formatDuration(tookMs.delete)}.
      </p>
    </section>
  );
};

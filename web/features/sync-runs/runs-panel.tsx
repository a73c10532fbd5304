"use client";
import type { SyncRun, SyncRunPage, SyncSetup } from "@samla/contracts";
import { useInfiniteQuery } from "@tanstack/react-query";
import { FolderSync } from "lucide-react";
import Link from "next/link";
import { formatPlural } from "../../lib/format.ts";
import { useCan } from "../../lib/me.ts";
import { indexPath, newReleasePath, runPath } from "../../lib/paths.ts";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { runsOptions, syncAgentName } from "./queries.ts";
import { RunBadges, RunProgress } from "./run-parts.tsx";
import { StartButtons } from "./start-buttons.tsx";
import { SyncAway } from "./sync-away.tsx";
import { countsText, durationText, scheduleText, triggerText } from "./words.ts";

/** What is kept equal to what, and all runs of the last 400 days, the newest first. */
export const RunsPanel = () => {
  const runs = useInfiniteQuery(runsOptions());
  const first = runs.data?.pages[0];
  if (runs.isError && !first)
    return <SyncAway error={runs.error} onRetry={() => void runs.refetch()} retrying={runs.isFetching} />;
  if (!first)
    return (
      <LoadingRegion label="Loading runs" className="grid gap-3">
        <Skeleton className="h-16 w-full rounded-lg" />
        {["a", "b", "c"].map((key) => (
          <Skeleton key={key} className="h-16 w-full" />
        ))}
      </LoadingRegion>
    );
  const items = runs.data?.pages.flatMap((page) => page.items) ?? [];
  const running = items.find(({ status }) => status === "running");
  return (
    <>
      <Setup page={first} running={running} />
      {items.length === 0 ? (
        <NoRuns setup={first.setup} />
      ) : (
        <>
          <ol aria-label="Runs" className="divide-y rounded-lg border bg-card">
            {items.map((run) => (
              <RunRow key={run.id} run={run} source={first.setup.source} />
            ))}
          </ol>
          {runs.hasNextPage ? (
            <Button className="mt-3" busy={runs.isFetchingNextPage} onClick={() => void runs.fetchNextPage()}>
              Show older
            </Button>
          ) : null}
        </>
      )}
    </>
  );
};

const Setup = ({ page: { setup, nextAt }, running }: { page: SyncRunPage; running: SyncRun | undefined }) => (
  <section
    aria-label="What is kept equal"
    className="mb-4 flex flex-wrap items-center justify-between gap-x-6 gap-y-3 rounded-lg border bg-card px-4 py-3 text-sm"
  >
    <div className="min-w-0 flex-1 basis-80">
      <p className="wrap-anywhere">
        <span className="text-muted-foreground">From</span> <span className="font-mono text-xs">{setup.source}</span>{" "}
        <span className="text-muted-foreground">into</span>{" "}
        <Link href={indexPath(setup.index)} className="font-medium text-link underline">
          {setup.index}
        </Link>
        {setup.into ? <span className="font-mono text-xs"> / {setup.into}</span> : null}
      </p>
      <p className="mt-0.5 text-muted-foreground text-xs">
        It runs {scheduleText(setup)}
        {nextAt && !running ? (
          <>
            , next <RelativeTime at={nextAt} />
          </>
        ) : null}
        . One run removes at most {formatPlural(setup.brake.deletesMax, "document")} and {setup.brake.deletesPercentMax}{" "}
        % of them.{" "}
        <Link
          href={`/documents?${new URLSearchParams({ index: setup.index, tag: `source:${setup.label}` })}`}
          className="text-link underline"
        >
          Its documents
        </Link>
      </p>
    </div>
    <div className="flex flex-wrap gap-2">
      <StartButtons running={running} />
    </div>
  </section>
);

const NoRuns = ({ setup }: { setup: SyncSetup }) => {
  const mayRelease = useCan("agents.release");
  return (
    <EmptyState
      icon={FolderSync}
      title="It has never run"
      actions={
        mayRelease ? (
          <Button asChild>
            <Link href={newReleasePath(syncAgentName)}>Change source or schedule…</Link>
          </Button>
        ) : null
      }
    >
      <p>
        A run makes the index equal to its source: new and changed files come in, vanished ones go. Start with a dry
        run, which says what would happen and changes nothing.
      </p>
      <p className="mt-2">
        The source is now <span className="wrap-anywhere font-mono text-xs">{setup.source}</span>. A folder, an S3
        prefix or a web site, and the minutes between runs, are settings of a release.
      </p>
    </EmptyState>
  );
};

const RunRow = ({ run, source }: { run: SyncRun; source: string }) => (
  <li
    data-run={run.id}
    className="grid gap-x-5 gap-y-1 px-4 py-2.5 text-sm transition-colors hover:bg-surface md:grid-cols-[minmax(0,15rem)_minmax(0,1fr)_minmax(0,11rem)]"
  >
    <p className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-0.5">
      <Link
        href={runPath(syncAgentName, run.id)}
        className="inline-flex min-h-6 items-center whitespace-nowrap font-medium hover:underline"
      >
        <RelativeTime at={run.startedAt} />
      </Link>
      <RunBadges run={run} />
    </p>
    <div className="min-w-0 text-xs">
      {run.status === "running" ? (
        <RunProgress run={run} />
      ) : (
        <p className="wrap-anywhere leading-6">{run.brake ? run.brake.sentence : countsText(run)}</p>
      )}
      {run.problem && !run.brake ? <p className="wrap-anywhere text-muted-foreground">{run.problem.detail}</p> : null}
      {run.source && run.source !== source ? (
        <p className="wrap-anywhere font-mono text-muted-foreground">{run.source}</p>
      ) : null}
    </div>
    <p className="text-muted-foreground text-xs leading-6 tabular-nums md:text-right">
      {durationText(run, Date.now())}, {triggerText(run)}
    </p>
  </li>
);

"use client";
import type { AgentTask } from "@samla/contracts";
import { causeLabels, verdictCauses } from "@samla/contracts/plain";
import { useInfiniteQuery } from "@tanstack/react-query";
import { ServerOff } from "lucide-react";
import Link from "next/link";
import { formatSeconds } from "../../lib/format.ts";
import { ImageId } from "../../lib/image-id.tsx";
import { releasePath, taskPath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { oneOfParam, textParam, useUrlStates } from "../../lib/url-state.ts";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Meter } from "../../ui/meter.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { StateBadge } from "./parts.tsx";
import { tasksOptions } from "./queries.ts";
import { taskState } from "./words.ts";

const states = ["running", "stopped"] as const;
const params = {
  state: oneOfParam(states).withDefault("running"),
  release: textParam,
  cause: oneOfParam(verdictCauses),
};

/** The tasks that run, and those that stopped within 400 days with why they did. */
export const TasksPanel = ({ agent }: { agent: string }) => {
  const [filter, setFilter] = useUrlStates(params);
  const tasks = useInfiniteQuery(
    tasksOptions(agent, { state: filter.state, releaseId: filter.release, cause: filter.cause }),
  );
  const items = tasks.data?.pages.flatMap((page) => page.items);
  const isNarrowed = filter.release !== null || filter.cause !== null;
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <fieldset className="flex rounded-md border border-border-strong p-0.5">
          <legend className="sr-only">Which tasks</legend>
          {states.map((state) => (
            <button
              key={state}
              type="button"
              aria-pressed={filter.state === state}
              onClick={() => setFilter({ state, cause: null })}
              className="h-6.5 rounded-sm px-2.5 font-medium text-muted-foreground text-xs capitalize aria-pressed:bg-accent aria-pressed:text-foreground"
            >
              {state}
            </button>
          ))}
        </fieldset>
        {filter.state === "stopped" ? (
          <NativeSelect
            aria-label="Why they stopped"
            options={[
              { value: "", label: "Any reason" },
              ...verdictCauses.map((cause) => ({ value: cause, label: causeLabels[cause] })),
            ]}
            value={filter.cause ?? ""}
            onChange={(event) => setFilter({ cause: verdictCauses.find((one) => one === event.target.value) ?? null })}
          />
        ) : null}
        {filter.release ? (
          <Button size="sm" onClick={() => setFilter({ release: null })}>
            of one release; show all
          </Button>
        ) : null}
        <span className="ml-auto text-muted-foreground text-xs">
          {filter.state === "stopped" ? "Kept for 400 days with their last 200 lines." : null}
        </span>
      </div>
      {tasks.isError && !items ? (
        <QueryError error={tasks.error} onRetry={() => void tasks.refetch()} retrying={tasks.isFetching} />
      ) : !items ? (
        <LoadingRegion label="Loading tasks" className="grid gap-px">
          {["a", "b", "c"].map((key) => (
            <Skeleton key={key} className="h-16 w-full" />
          ))}
        </LoadingRegion>
      ) : items.length === 0 ? (
        <EmptyState
          icon={ServerOff}
          title={filter.state === "running" ? "No task runs" : "No task has stopped"}
          actions={
            isNarrowed ? <Button onClick={() => setFilter({ release: null, cause: null })}>Show all</Button> : undefined
          }
        >
          {filter.state === "running"
            ? "Nobody gets an answer from this agent now. Release or resume it, or look at why its tasks stopped."
            : "Every task that stops is kept here: why, with which exit code, its last lines and its memory."}
        </EmptyState>
      ) : (
        <>
          <ul aria-label="Tasks" className="divide-y rounded-lg border bg-card">
            {items.map((task) => (
              <TaskRow key={task.id} agent={agent} task={task} />
            ))}
          </ul>
          {tasks.hasNextPage ? (
            <Button className="mt-3" busy={tasks.isFetchingNextPage} onClick={() => void tasks.fetchNextPage()}>
              Show older
            </Button>
          ) : null}
        </>
      )}
    </>
  );
};

/** How long it ran, or runs. */
const uptimeOf = ({ startedAt, stoppedAt }: Pick<AgentTask, "startedAt" | "stoppedAt">, now: number): string =>
  startedAt ? formatSeconds(((stoppedAt ? Date.parse(stoppedAt) : now) - Date.parse(startedAt)) / 1000) : "";

/** "up 3 min", "ran 20 s", or that it never did. */
export const uptimeText = (task: AgentTask): string => {
  const time = uptimeOf(task, Date.now());
  if (task.state === "stopped") return time ? `ran ${time}` : "never ran";
  return time ? `up ${time}` : "not up yet";
};

const TaskRow = ({ agent, task }: { agent: string; task: AgentTask }) => {
  const isStopped = task.state === "stopped";
  return (
    <li
      data-task={task.id}
      className="grid gap-x-5 gap-y-1.5 px-4 py-2.5 text-sm transition-colors hover:bg-surface md:grid-cols-[minmax(0,12rem)_minmax(0,1fr)_minmax(0,13rem)]"
    >
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
          <Link href={taskPath(agent, task.id)} className="font-medium font-mono text-xs hover:underline">
            {task.id.slice(0, 12)}
          </Link>
          <StateBadge state={taskState(task)} />
        </p>
        <p className="mt-1 text-muted-foreground text-xs">
          {uptimeText(task)}
          {task.placement.zone ? `, ${task.placement.zone}` : ""}
        </p>
      </div>
      <div className="min-w-0 text-xs">
        {isStopped ? (
          <>
            <p className="wrap-anywhere line-clamp-2" title={task.sentence ?? task.stopReason}>
              {task.sentence ?? task.stopReason ?? "It stopped."}
            </p>
            <p className="mt-0.5 text-muted-foreground">
              {task.exitCode === undefined ? "no exit code" : `exit code ${task.exitCode}`}
              {task.stopCode ? `, ${task.stopCode}` : ""}
              {task.stoppedAt ? (
                <>
                  , <RelativeTime at={task.stoppedAt} />
                </>
              ) : null}
            </p>
          </>
        ) : (
          <p className="flex flex-wrap gap-x-4 gap-y-1 text-muted-foreground">
            <span className="inline-flex items-center gap-1.5">
              CPU <Meter label="CPU" percent={task.cpuPercent} />
            </span>
            <span className="inline-flex items-center gap-1.5">
              Mem <Meter label="Memory" percent={task.memoryPercent} />
            </span>
            {task.target ? <span>balancer: {task.target.state}</span> : null}
          </p>
        )}
      </div>
      <div className="min-w-0 text-xs">
        {task.image ? <ImageId repository={agent} image={task.image} /> : null}
        {task.releaseId ? (
          <p className="mt-0.5">
            <Link
              href={releasePath(agent, task.releaseId)}
              className="inline-flex min-h-6 items-center text-muted-foreground hover:underline"
            >
              its release
            </Link>
          </p>
        ) : null}
      </div>
    </li>
  );
};

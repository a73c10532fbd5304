"use client";
import type { AgentTaskDetail } from "@samla/contracts";
import { formatBytes } from "@samla/contracts/plain";
import { useQuery } from "@tanstack/react-query";
import { OctagonX } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { AnswersLink } from "../../lib/answers-link.tsx";
import { ChainList } from "../../lib/chain-list.tsx";
import { ImageId } from "../../lib/image-id.tsx";
import { useCan } from "../../lib/me.ts";
import { agentPath, logsPath, releasePath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { toast } from "../../ui/toast.ts";
import { ActDialog } from "./act-dialog.tsx";
import { exitCodeText } from "./exit-code.ts";
import { LineChart } from "./line-chart.tsx";
import { LogLines } from "./log-lines.tsx";
import { useAgentVerb } from "./mutations.ts";
import { Part, StateBadge } from "./parts.tsx";
import { agentOptions, chainOptions, taskOptions } from "./queries.ts";
import { uptimeText } from "./tasks-panel.tsx";
import { taskState } from "./words.ts";

const mebibyte = 1024 * 1024;
const samplePeriodSeconds = 60;

/** One task, also long after it stopped: where it ran, how it ended, its last lines, its memory. */
export const TaskPage = ({ agent, taskId }: { agent: string; taskId: string }) => {
  const task = useQuery(taskOptions(agent, taskId));
  const chain = useQuery(chainOptions(agent, { taskId }));
  if (task.isError && !task.data)
    return (
      <QueryError
        error={task.error}
        onRetry={() => void task.refetch()}
        retrying={task.isFetching}
        actions={
          <Button asChild>
            <Link href={agentPath(agent, "tasks")}>All tasks</Link>
          </Button>
        }
      />
    );
  if (!task.data)
    return (
      <LoadingRegion label="Loading the task" className="grid gap-4">
        <Skeleton className="h-7 w-72" />
        <Skeleton className="h-48 w-full rounded-lg" />
      </LoadingRegion>
    );
  const { data } = task;
  const isStopped = data.state === "stopped";
  return (
    <>
      <PageHeader
        className="pb-4"
        level={2}
        breadcrumb={
          <Link href={agentPath(agent, "tasks")} className="hover:text-foreground hover:underline">
            Tasks
          </Link>
        }
        title={<span className="font-mono">{data.id.slice(0, 12)}</span>}
        meta={
          <>
            <StateBadge state={taskState(data)} />
            <CopyableId id={data.id} label="task id" />
            {data.image ? <ImageId repository={agent} image={data.image} /> : null}
            {data.releaseId ? (
              <Link href={releasePath(agent, data.releaseId)} className="text-link hover:underline">
                its release
              </Link>
            ) : null}
            <span className="text-muted-foreground">{uptimeText(data)}</span>
            <AnswersLink of={{ task: data.id }} />
          </>
        }
        actions={isStopped ? null : <StopTaskButton agent={agent} taskId={taskId} />}
      />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
        {isStopped ? <Ending task={data} /> : null}
        <div className="grid items-start gap-6 lg:grid-cols-2">
          <Placement task={data} />
          <Curves task={data} />
        </div>
        <Part
          title={isStopped ? "Its last lines" : "Its lines now"}
          aside={<LogLink agent={agent} taskId={taskId} at={isStopped ? data.stoppedAt : undefined} />}
        >
          {data.lines.length > 0 ? (
            <LogLines lines={data.lines} className="max-h-112" />
          ) : (
            <p className="rounded-lg border border-dashed px-4 py-3 text-muted-foreground text-sm">
              It wrote nothing{isStopped ? " before it stopped" : " yet"}.
            </p>
          )}
        </Part>
        {chain.data && chain.data.nodes.length > 0 ? (
          <Part title="What it hangs together with">
            <ChainList chain={chain.data} />
          </Part>
        ) : null}
      </div>
    </>
  );
};

const LogLink = ({ agent, taskId, at }: { agent: string; taskId: string; at: string | undefined }) =>
  useCan("agents.logs") ? (
    <Link
      href={logsPath(agent, { task: taskId, ...(at ? { at } : {}) })}
      className="text-link text-xs underline underline-offset-2"
    >
      {at ? "The log around its end" : "Follow its log"}
    </Link>
  ) : null;

const Ending = ({ task }: { task: AgentTaskDetail }) => {
  const isPlanned = task.cause === "none" || task.cause === "stopped_by_person";
  return (
    <section
      aria-label="Why it stopped"
      className={
        isPlanned
          ? "rounded-lg border bg-card p-4 text-sm"
          : "rounded-lg border border-destructive bg-destructive-soft p-4 text-sm"
      }
    >
      <p className="wrap-anywhere font-semibold text-base">{task.sentence ?? task.stopReason ?? "It stopped."}</p>
      <dl className="mt-2 grid gap-1 text-xs">
        {[
          ["Exit code", task.exitCode === undefined ? undefined : exitCodeText(task.exitCode)],
          ["Stop code", task.stopCode],
          ["ECS says", task.stopReason],
          ["The container", task.containerReason],
        ].map(([label, value]) =>
          value ? (
            <div key={label} className="flex gap-3">
              <dt className="w-24 shrink-0 text-muted-foreground">{label}</dt>
              <dd className="wrap-anywhere min-w-0">{value}</dd>
            </div>
          ) : null,
        )}
        {task.stoppedAt ? (
          <div className="flex gap-3">
            <dt className="w-24 shrink-0 text-muted-foreground">Stopped</dt>
            <dd>
              <RelativeTime at={task.stoppedAt} />
            </dd>
          </div>
        ) : null}
      </dl>
    </section>
  );
};

const Placement = ({ task }: { task: AgentTaskDetail }) => {
  const { zone, address, platform, cpu, memory } = task.placement;
  const rows = [
    { label: "Zone", value: zone },
    { label: "Address", value: address },
    { label: "Platform", value: platform },
    { label: "Size", value: memory ? `${(cpu ?? 0) / 1024} CPU, ${formatBytes(memory * mebibyte)}` : undefined },
    { label: "Definition", value: task.definition },
    {
      label: "Balancer",
      value: task.target ? `${task.target.state}${task.target.reason ? `: ${task.target.reason}` : ""}` : undefined,
    },
  ];
  const times = [
    { label: "Made", at: task.createdAt },
    { label: "Started", at: task.startedAt },
    { label: "Stopping", at: task.stoppingAt },
    { label: "Stopped", at: task.stoppedAt },
  ];
  return (
    <Part title="Placement">
      <dl className="grid gap-1.5 rounded-lg border bg-card px-4 py-3 text-xs">
        {rows.map(({ label, value }) =>
          value ? (
            <div key={label} className="flex gap-3">
              <dt className="w-20 shrink-0 text-muted-foreground">{label}</dt>
              <dd className="wrap-anywhere min-w-0">{value}</dd>
            </div>
          ) : null,
        )}
        {times.map(({ label, at }) =>
          at ? (
            <div key={label} className="flex gap-3">
              <dt className="w-20 shrink-0 text-muted-foreground">{label}</dt>
              <dd>
                <RelativeTime at={at} />
              </dd>
            </div>
          ) : null,
        )}
      </dl>
    </Part>
  );
};

/** Its memory against what it may have, and its CPU. */
const Curves = ({ task }: { task: AgentTaskDetail }) => {
  const points = [...task.memory, ...task.cpu].map(({ at }) => at).sort();
  const [from, to] = [points[0], points.at(-1)];
  if (!from || !to)
    return (
      <Part title="Memory">
        <p className="rounded-lg border border-dashed px-4 py-3 text-muted-foreground text-sm">
          Not measured: it ran for less than a minute, or its figures are not in yet.
        </p>
      </Part>
    );
  const { memory } = task.placement;
  const isPercent = task.memory.every(({ value }) => value <= 100) || !memory;
  return (
    <div className="grid gap-3">
      <LineChart
        title="Memory"
        from={from}
        to={to}
        periodSeconds={samplePeriodSeconds}
        format={(value) => (isPercent ? `${value.toFixed(0)} %` : formatBytes(value * mebibyte))}
        max={isPercent ? 100 : undefined}
        limit={isPercent ? undefined : { value: memory ?? 0, label: "All the memory it may have" }}
        lines={[{ label: "Memory", points: task.memory, tone: "primary" }]}
      />
      {task.cpu.length > 0 ? (
        <LineChart
          title="CPU"
          from={from}
          to={to}
          periodSeconds={samplePeriodSeconds}
          format={(value) => `${value.toFixed(0)} %`}
          max={100}
          lines={[{ label: "CPU", points: task.cpu, tone: "info" }]}
        />
      ) : null}
    </div>
  );
};

const StopTaskButton = ({ agent, taskId }: { agent: string; taskId: string }) => {
  const may = useCan("agents.scale");
  const detail = useQuery(agentOptions(agent));
  const verb = useAgentVerb("agents.stopTask");
  const [isOpen, setOpen] = useState(false);
  if (!may || !detail.data) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <OctagonX aria-hidden /> Stop it…
      </Button>
      <ActDialog
        agent={detail.data}
        open={isOpen}
        onOpenChange={setOpen}
        title="Stop this task?"
        description="It finishes what it does and stops; the service starts another one in its place."
        reasonLabel="Why stop it?"
        confirmLabel="Stop it"
        destructive
        onAct={async (body) => {
          await verb.mutateAsync({ params: { agent, taskId }, body });
          toast.success("Stopping the task");
        }}
      />
    </>
  );
};

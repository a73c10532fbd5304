"use client";
import type { AgentItem } from "@samla/contracts";
import { useQuery } from "@tanstack/react-query";
import { Bot, TriangleAlert } from "lucide-react";
import Link from "next/link";
import { formatCount, formatDuration } from "../../lib/format.ts";
import { ImageId } from "../../lib/image-id.tsx";
import { agentPath, releasePath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Meter } from "../../ui/meter.tsx";
import { PageBody, PageHeader } from "../../ui/page-header.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { HealthBadge, IndexUse, PinText, ProtectedMark, ReleaseLineView } from "./parts.tsx";
import { agentListOptions } from "./queries.ts";

/** All agents: how they are, which image runs, how busy they are, and how the last release ended. */
export const AgentsPanel = () => {
  const agents = useQuery(agentListOptions());
  return (
    <PageBody className="max-w-7xl">
      <PageHeader
        title="Agents"
        description="Programs that answer, search and fetch for people, each in tasks of its own from an image in the registry."
      />
      {agents.isPending ? (
        <LoadingRegion label="Loading agents" className="grid gap-3">
          {["a", "b", "c"].map((key) => (
            <Skeleton key={key} className="h-24 w-full rounded-lg" />
          ))}
        </LoadingRegion>
      ) : agents.isError && !agents.data ? (
        <QueryError error={agents.error} onRetry={() => void agents.refetch()} retrying={agents.isFetching} />
      ) : (
        <>
          <Problems problems={agents.data.problems} />
          {agents.data.items.length === 0 ? (
            <EmptyState icon={Bot} title="There are no agents yet">
              An agent is a folder in <code>agents/</code> with an <code>agent.json</code>. Build its image with{" "}
              <code>npm run image -- &lt;agent&gt; --push</code>, and it appears here, ready for its first release.
            </EmptyState>
          ) : (
            <AgentList agents={agents.data.items} />
          )}
        </>
      )}
    </PageBody>
  );
};

/** Parts of AWS that did not answer: what is missing here is not known, which is not the same as nothing. */
export const Problems = ({ problems }: { problems: readonly string[] }) =>
  problems.length === 0 ? null : (
    <div role="status" className="mb-3 rounded-lg border border-warning bg-warning-soft px-4 py-2.5 text-sm">
      <p className="flex items-center gap-2 font-medium">
        <TriangleAlert className="size-4 shrink-0 text-warning" aria-hidden /> Not everything could be asked
      </p>
      <ul className="mt-1 list-disc pl-10 text-xs">
        {problems.map((problem) => (
          <li key={problem} className="wrap-anywhere">
            {problem}
          </li>
        ))}
      </ul>
    </div>
  );

const columns =
  "lg:grid-cols-[minmax(8rem,1.1fr)_minmax(9rem,1.1fr)_minmax(10rem,1.2fr)_minmax(6rem,0.7fr)_minmax(11rem,1.6fr)_minmax(6rem,0.8fr)]";
const heads = ["Agent", "Version", "Tasks", "Traffic", "Last release", "Reads"];

const AgentList = ({ agents }: { agents: readonly AgentItem[] }) => (
  <div className="rounded-lg border bg-card">
    <div
      aria-hidden
      className={`hidden gap-x-5 border-b px-4 py-2 font-medium text-muted-foreground text-xs lg:grid ${columns}`}
    >
      {heads.map((head) => (
        <span key={head}>{head}</span>
      ))}
    </div>
    <ul aria-label="Agents" className="divide-y">
      {agents.map((agent) => (
        <AgentRow key={agent.name} agent={agent} />
      ))}
    </ul>
  </div>
);

const AgentRow = ({ agent }: { agent: AgentItem }) => (
  <li data-agent={agent.name} className="px-4 py-3 text-sm transition-colors hover:bg-surface">
    <div className={`grid grid-cols-2 gap-x-5 gap-y-3 ${columns}`}>
      <div className="col-span-2 min-w-0 lg:col-span-1">
        <p className="flex items-center gap-1.5">
          <Link href={agentPath(agent.name)} className="truncate py-0.5 font-medium hover:underline">
            {agent.name}
          </Link>
          {agent.protected ? <ProtectedMark /> : null}
        </p>
        <p className="mt-0.5">
          <HealthBadge agent={agent} />
        </p>
        <p className="mt-1 line-clamp-2 text-muted-foreground text-xs" title={agent.description}>
          {agent.health === "healthy" ? agent.description : agent.healthReason}
        </p>
      </div>
      <Cell label="Version">
        {agent.image ? (
          <ImageId repository={agent.name} image={agent.image} />
        ) : (
          <span className="text-muted-foreground text-xs">nothing released</span>
        )}
      </Cell>
      <Cell label="Tasks">
        <TaskCounts agent={agent} />
        <p className="mt-1 flex flex-wrap gap-x-3 gap-y-1">
          <span className="inline-flex items-center gap-1.5 text-muted-foreground text-xs">
            <span className="w-7">CPU</span> <Meter label="CPU" percent={agent.figures.cpuPercent} />
          </span>
          <span className="inline-flex items-center gap-1.5 text-muted-foreground text-xs">
            <span className="w-7">Mem</span> <Meter label="Memory" percent={agent.figures.memoryPercent} />
          </span>
        </p>
      </Cell>
      <Cell label="Traffic">
        <Traffic agent={agent} />
      </Cell>
      <Cell label="Last release" className="col-span-2 lg:col-span-1">
        {agent.lastRelease ? (
          <ReleaseLineView agent={agent.name} line={agent.lastRelease} />
        ) : (
          <span className="text-muted-foreground text-xs">none yet</span>
        )}
      </Cell>
      <Cell label="Reads">
        <IndexUse agent={agent} />
      </Cell>
    </div>
    {agent.pin ? (
      <p className="mt-2 rounded-md bg-warning-soft px-3 py-1.5 text-xs">
        <strong className="font-medium">Pinned.</strong> <PinText agent={agent.name} pin={agent.pin} />
      </p>
    ) : null}
    {agent.busy ? (
      <p className="mt-2 rounded-md bg-info-soft px-3 py-1.5 text-xs">
        <Link href={releasePath(agent.name, agent.busy.releaseId)} className="font-medium underline underline-offset-2">
          Release {agent.busy.n}
        </Link>{" "}
        by {agent.busy.by.name} is on its way since <RelativeTime at={agent.busy.at} />.
      </p>
    ) : null}
  </li>
);

const Cell = ({
  label,
  className = "",
  children,
}: {
  label: string;
  className?: string;
  children: React.ReactNode;
}) => (
  <div className={`min-w-0 ${className}`}>
    <p className="mb-0.5 text-muted-foreground text-xs lg:sr-only">{label}</p>
    {children}
  </div>
);

const TaskCounts = ({ agent }: { agent: AgentItem }) => {
  const { desired, running, pending } = agent.tasks;
  return (
    <p className="text-xs tabular-nums">
      <span className={running < desired ? "font-medium text-warning" : "font-medium"}>{formatCount(running)}</span> of{" "}
      {formatCount(desired)} running
      {pending > 0 ? <span className="text-info">, {formatCount(pending)} starting</span> : null}
    </p>
  );
};

const perMinute = (value: number | undefined): string =>
  value === undefined ? "–" : value < 10 && value % 1 !== 0 ? value.toFixed(1) : formatCount(Math.round(value));

const Traffic = ({ agent: { figures } }: { agent: AgentItem }) => (
  <div className="text-xs tabular-nums" title="Of the last five minutes">
    <p>{perMinute(figures.requestsPerMinute)} requests/min</p>
    <p className={figures.faultsPerMinute ? "font-medium text-destructive" : "text-muted-foreground"}>
      {perMinute(figures.faultsPerMinute)} errors/min
    </p>
    {figures.latencyP95Ms === undefined ? null : (
      <p className="text-muted-foreground">p95 {formatDuration(figures.latencyP95Ms)}</p>
    )}
  </div>
);

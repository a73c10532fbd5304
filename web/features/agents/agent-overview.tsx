"use client";
import type { AgentDetail } from "@samla/contracts";
import { useQuery } from "@tanstack/react-query";
import { Rocket } from "lucide-react";
import Link from "next/link";
import { ChainList } from "../../lib/chain-list.tsx";
import { formatCount, formatDuration } from "../../lib/format.ts";
import { useCan } from "../../lib/me.ts";
import { agentPath, indexPath, newReleasePath, releasePath, taskPath } from "../../lib/paths.ts";
import { Badge, type BadgeTone } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { ManifestCard } from "./manifest-card.tsx";
import { Figures, Part, ReleaseLineView, StateBadge, VerdictCard } from "./parts.tsx";
import { agentOptions, chainOptions, releaseOptions } from "./queries.ts";
import { releaseTitle, stateOfLine } from "./words.ts";

/** How the agent is and how its last release ended; the way in, what stands behind it, and what it is. */
export const AgentOverview = ({ agent }: { agent: string }) => {
  const { data } = useQuery(agentOptions(agent));
  const mayRelease = useCan("agents.release");
  if (!data)
    return (
      <LoadingRegion label="Loading the overview" className="grid gap-4">
        <Skeleton className="h-28 w-full rounded-lg" />
        <Skeleton className="h-16 w-full rounded-lg" />
        <Skeleton className="h-40 w-full rounded-lg" />
      </LoadingRegion>
    );
  return (
    <div className="grid gap-6">
      {data.lastRelease ? (
        <LastRelease agent={data} />
      ) : (
        <EmptyState
          icon={Rocket}
          title="It was never released"
          className="py-8"
          actions={
            mayRelease ? (
              <Button asChild variant="primary">
                <Link href={newReleasePath(agent)}>Release it…</Link>
              </Button>
            ) : null
          }
        >
          Choose an image and settings. You see what will change before anything does.
        </EmptyState>
      )}
      <Proposed agent={data} />
      <Figures items={figuresOf(data)} />
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <WayIn agent={data} />
        <ManifestCard manifest={data.manifest} needs={data} />
      </div>
      {data.liveReleaseId ? <LiveChain agent={agent} releaseId={data.liveReleaseId} /> : null}
      <Alarms agent={data} />
      <ServiceEvents agent={data} />
    </div>
  );
};

const figuresOf = ({ tasks, figures }: AgentDetail) => [
  {
    label: "Tasks",
    value: `${formatCount(tasks.running)} of ${formatCount(tasks.desired)}`,
    hint: "Running, of those wanted",
  },
  { label: "CPU", value: figures.cpuPercent === undefined ? "–" : `${figures.cpuPercent.toFixed(0)} %` },
  { label: "Memory", value: figures.memoryPercent === undefined ? "–" : `${figures.memoryPercent.toFixed(0)} %` },
  { label: "Requests a minute", value: perMinute(figures.requestsPerMinute) },
  { label: "Errors a minute", value: perMinute(figures.faultsPerMinute) },
  { label: "95 % within", value: figures.latencyP95Ms === undefined ? "–" : formatDuration(figures.latencyP95Ms) },
];
const perMinute = (value: number | undefined): string =>
  value === undefined ? "–" : value < 10 && value % 1 !== 0 ? value.toFixed(1) : formatCount(Math.round(value));

const LastRelease = ({ agent }: { agent: AgentDetail }) => {
  const line = agent.lastRelease;
  const release = useQuery({ ...releaseOptions(agent.name, line?.id ?? ""), enabled: line !== undefined });
  if (!line) return null;
  const verdict = release.data?.verdict;
  return verdict ? (
    <VerdictCard
      agent={agent.name}
      verdict={verdict}
      title={`${releaseTitle(line)}, ${stateOfLine(line).label.toLowerCase()}`}
    >
      <Button asChild size="sm">
        <Link href={releasePath(agent.name, line.id)}>Open the release</Link>
      </Button>
      <span className="self-center text-muted-foreground text-xs">
        by {line.by} <RelativeTime at={line.at} />
        {release.data ? `: ${release.data.reason}` : ""}
      </span>
    </VerdictCard>
  ) : (
    <Part title="Last release">
      <div className="rounded-lg border bg-card p-4">
        <ReleaseLineView agent={agent.name} line={line} />
      </div>
    </Part>
  );
};

const Proposed = ({ agent }: { agent: AgentDetail }) =>
  agent.proposed.length === 0 ? null : (
    <Part title="Proposed, not executed">
      <ul className="divide-y rounded-lg border bg-card">
        {agent.proposed.map((line) => (
          <li key={line.id} className="px-4 py-2.5">
            <ReleaseLineView agent={agent.name} line={line} />
          </li>
        ))}
      </ul>
    </Part>
  );

const targetTones: Record<AgentDetail["endpoint"]["targets"][number]["state"], BadgeTone> = {
  initial: "info",
  healthy: "success",
  unhealthy: "danger",
  draining: "warning",
  unused: "neutral",
  unavailable: "danger",
};

/** The address for everyone, the name inside, and each task behind the balancer with its health. */
const WayIn = ({ agent }: { agent: AgentDetail }) => (
  <Part title="Endpoint">
    <div className="rounded-lg border bg-card text-sm">
      <dl className="grid gap-1.5 px-4 py-3">
        <div className="flex min-w-0 flex-wrap items-center gap-x-3">
          <dt className="w-24 shrink-0 text-muted-foreground text-xs">Address</dt>
          <dd className="min-w-0 flex-1">
            <CopyableId id={agent.endpoint.url} label="address" full className="-ml-1" />
          </dd>
        </div>
        {agent.endpoint.discoveryName ? (
          <div className="flex min-w-0 flex-wrap items-center gap-x-3">
            <dt className="w-24 shrink-0 text-muted-foreground text-xs">Name inside</dt>
            <dd className="min-w-0 flex-1">
              <CopyableId id={agent.endpoint.discoveryName} label="service name" full className="-ml-1" />
            </dd>
          </div>
        ) : null}
        {agent.index ? (
          <div className="flex min-w-0 flex-wrap items-center gap-x-3">
            <dt className="w-24 shrink-0 text-muted-foreground text-xs">Index</dt>
            <dd className="min-w-0 flex-1">
              <Link
                href={indexPath(agent.index)}
                className="inline-flex min-h-6 min-w-6 items-center text-link hover:underline"
              >
                {agent.index}
              </Link>
              {agent.embedder ? (
                <span className="text-muted-foreground text-xs">, embedder {agent.embedder}</span>
              ) : null}
            </dd>
          </div>
        ) : null}
      </dl>
      <ul aria-label="Targets" className="divide-y border-t">
        {agent.endpoint.targets.map((target) => (
          <li key={target.taskId ?? target.address} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
            <Badge tone={targetTones[target.state]} className="capitalize">
              {target.state}
            </Badge>
            {target.taskId ? (
              <Link href={taskPath(agent.name, target.taskId)} className="font-mono text-xs hover:underline">
                {target.taskId.slice(0, 12)}
              </Link>
            ) : null}
            <span className="font-mono text-muted-foreground text-xs">{target.address}</span>
            {target.reason ? (
              <span className="wrap-anywhere basis-full text-muted-foreground text-xs">{target.reason}</span>
            ) : null}
          </li>
        ))}
        {agent.endpoint.targets.length === 0 ? (
          <li className="px-4 py-2 text-muted-foreground text-xs">
            No task is behind the balancer: nobody gets an answer.
          </li>
        ) : null}
      </ul>
    </div>
  </Part>
);

const LiveChain = ({ agent, releaseId }: { agent: string; releaseId: string }) => {
  const chain = useQuery(chainOptions(agent, { releaseId }));
  return chain.data && chain.data.nodes.length > 0 ? (
    <Part
      title="What it hangs together with"
      aside={
        <Link href={agentPath(agent, "releases")} className="text-link text-xs hover:underline">
          All releases
        </Link>
      }
    >
      <ChainList chain={chain.data} />
    </Part>
  ) : null;
};

const Alarms = ({ agent }: { agent: AgentDetail }) =>
  agent.alarms.length === 0 ? null : (
    <Part title="Alarms">
      <ul className="divide-y rounded-lg border bg-card text-sm">
        {agent.alarms.map((alarm) => (
          <li key={alarm.name} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
            <StateBadge
              state={
                alarm.state === "firing"
                  ? { label: "Firing", tone: "danger" }
                  : alarm.state === "ok"
                    ? { label: "Quiet", tone: "success" }
                    : { label: "No data", tone: "neutral" }
              }
            />
            <span className="font-mono text-xs">{alarm.name}</span>
            <span className="wrap-anywhere min-w-0 flex-1 basis-64 text-muted-foreground text-xs">{alarm.reason}</span>
          </li>
        ))}
      </ul>
    </Part>
  );

const ServiceEvents = ({ agent }: { agent: AgentDetail }) =>
  agent.serviceEvents.length === 0 ? null : (
    <details className="rounded-lg border bg-card">
      <summary className="px-4 py-2 font-medium text-sm">What ECS said lately ({agent.serviceEvents.length})</summary>
      <ol className="divide-y border-t text-xs">
        {agent.serviceEvents.map((event) => (
          <li key={`${event.at} ${event.message}`} className="flex gap-3 px-4 py-1.5">
            <span className="wrap-anywhere min-w-0 flex-1">{event.message}</span>
            <RelativeTime at={event.at} className="shrink-0 text-muted-foreground" />
          </li>
        ))}
      </ol>
    </details>
  );

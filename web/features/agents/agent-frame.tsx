"use client";
import type { AgentDetail } from "@samla/contracts";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { type ReactNode, useEffect, useRef } from "react";
import { ImageId } from "../../lib/image-id.tsx";
import { can, useMe } from "../../lib/me.ts";
import { agentPath, agentsPath, releasePath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { Button } from "../../ui/button.tsx";
import { cn } from "../../ui/cn.ts";
import { PageBody, PageHeader } from "../../ui/page-header.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { AgentButtons, ResumeButton, UnpinButton } from "./agent-buttons.tsx";
import { agentParts, partOf } from "./agent-parts.ts";
import { Problems } from "./agents-panel.tsx";
import { AgentBanner, busyIcon, HealthBadge, PinText, ProtectedMark, pauseIcon, pinIcon } from "./parts.tsx";
import { agentOptions } from "./queries.ts";

/** What all pages of an agent share: its state, what everybody must know, what can be done, and the way to its parts. */
export const AgentFrame = ({ name, children }: { name: string; children: ReactNode }) => {
  const agent = useQuery(agentOptions(name));
  if (agent.isError && !agent.data)
    return (
      <PageBody>
        <QueryError
          error={agent.error}
          onRetry={() => void agent.refetch()}
          retrying={agent.isFetching}
          actions={
            <Button asChild>
              <Link href={agentsPath}>All agents</Link>
            </Button>
          }
        />
      </PageBody>
    );
  const { data } = agent;
  return (
    <PageBody>
      {data ? (
        <PageHeader
          className="pb-3"
          breadcrumb={
            <Link href={agentsPath} className="hover:text-foreground hover:underline">
              Agents
            </Link>
          }
          title={
            <span className="inline-flex items-center gap-2">
              {data.name} {data.protected ? <ProtectedMark /> : null}
            </span>
          }
          description={data.description}
          meta={
            <>
              <HealthBadge agent={data} />
              {data.image ? <ImageId repository={data.name} image={data.image} /> : null}
              <span className="text-muted-foreground tabular-nums">
                {data.tasks.running} of {data.tasks.desired} tasks run
                {data.tasks.pending > 0 ? `, ${data.tasks.pending} starting` : ""}
              </span>
              {data.health === "healthy" ? null : <span className="text-muted-foreground">{data.healthReason}</span>}
            </>
          }
          actions={<AgentButtons agent={data} />}
        />
      ) : (
        <LoadingRegion label="Loading the agent" className="grid gap-3 pb-5">
          <Skeleton className="h-7 w-64" />
          <Skeleton className="h-5 w-96 max-w-full" />
        </LoadingRegion>
      )}
      {data ? <Banners agent={data} /> : null}
      <Parts name={name} />
      <div className="pt-5">{children}</div>
    </PageBody>
  );
};

const Banners = ({ agent }: { agent: AgentDetail }) => (
  <>
    <Problems problems={agent.problems} />
    {agent.busy ? (
      <AgentBanner
        label="On its way"
        tone="info"
        icon={busyIcon}
        actions={
          <Link href={releasePath(agent.name, agent.busy.releaseId)} className="font-medium text-link hover:underline">
            Watch it
          </Link>
        }
      >
        <strong className="font-medium">Release {agent.busy.n} is on its way.</strong> {agent.busy.by.name} started it{" "}
        <RelativeTime at={agent.busy.at} />; nobody else can release until it ends.
      </AgentBanner>
    ) : null}
    {agent.pin ? (
      <AgentBanner label="Pinned" tone="warning" icon={pinIcon} actions={<UnpinButton agent={agent} />}>
        <strong className="font-medium">This agent is pinned.</strong> <PinText agent={agent.name} pin={agent.pin} />.
        No other release goes out until somebody unpins it.
      </AgentBanner>
    ) : null}
    {agent.paused ? (
      <AgentBanner label="Paused" tone="warning" icon={pauseIcon} actions={<ResumeButton agent={agent} />}>
        <strong className="font-medium">This agent is paused.</strong> It runs no tasks and answers nobody until it is
        resumed.
      </AgentBanner>
    ) : null}
  </>
);

const Parts = ({ name }: { name: string }) => {
  const { data: me } = useMe();
  const current = partOf(name, usePathname());
  const list = useRef<HTMLElement>(null);
  // On a narrow screen the part one is in may lie outside.
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked for anew whenever the part changes
  useEffect(() => {
    list.current?.querySelector("[aria-current=page]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [current]);
  return (
    <nav ref={list} aria-label="Parts of the agent" className="flex gap-4 overflow-x-auto border-b">
      {agentParts
        .filter((part) => can(me, part.permission) && (part.only ?? name) === name)
        .map((part) => (
          <Link
            key={part.path}
            href={agentPath(name, part.path)}
            aria-current={part.path === current ? "page" : undefined}
            className={cn(
              "-mb-px inline-flex h-9 items-center whitespace-nowrap border-b-2 px-0.5 font-medium text-sm transition-colors focus-visible:outline-offset-[-2px]",
              part.path === current
                ? "border-primary text-foreground"
                : "border-transparent text-muted-foreground hover:text-foreground",
            )}
          >
            {part.label}
          </Link>
        ))}
    </nav>
  );
};

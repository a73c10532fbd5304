"use client";
import type { AgentDetail } from "@samla/contracts";
import { useQuery } from "@tanstack/react-query";
import { Scaling } from "lucide-react";
import { QueryError } from "../../lib/query-error.tsx";
import { cn } from "../../ui/cn.ts";
import { EmptyState } from "../../ui/empty-state.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { ScaleButton } from "./agent-buttons.tsx";
import { Figures, Part } from "./parts.tsx";
import { agentOptions, scalingOptions } from "./queries.ts";

/** How many tasks may run, what they aim at, and what scaling did so far. */
export const ScalingPanel = ({ agent }: { agent: string }) => {
  const scaling = useQuery(scalingOptions(agent));
  const detail = useQuery(agentOptions(agent));
  if (scaling.isError && !scaling.data)
    return <QueryError error={scaling.error} onRetry={() => void scaling.refetch()} retrying={scaling.isFetching} />;
  if (!scaling.data)
    return (
      <LoadingRegion label="Loading the scaling" className="grid gap-4">
        <Skeleton className="h-16 w-full rounded-lg" />
        <Skeleton className="h-32 w-full rounded-lg" />
      </LoadingRegion>
    );
  const { data } = scaling;
  return (
    <div className="grid gap-6">
      <Part title="Now" aside={detail.data ? <ScaleButton agent={detail.data} /> : null}>
        <Figures
          items={[
            { label: "At least", value: data.minTasks },
            { label: "At most", value: data.maxTasks },
            { label: "CPU target", value: `${data.cpuTarget} %`, hint: "Average CPU that scaling aims at" },
            { label: "Wanted", value: data.desired },
            { label: "Running", value: data.running },
            { label: "CPU", value: cpuText(detail.data), hint: "Of the last five minutes" },
          ]}
        />
        <p className="mt-2 text-muted-foreground text-xs">
          {data.paused
            ? "It is paused: no task runs, and scaling starts none."
            : `Tasks are added within a minute when the average CPU stays over ${data.cpuTarget} %, and taken away after five minutes under it.`}
        </p>
      </Part>
      <Part title="What scaling did">
        {data.acts.length === 0 ? (
          <EmptyState icon={Scaling} title="Scaling has not acted yet" className="py-8">
            Each time tasks are added or taken away by load, it is written here with its cause.
          </EmptyState>
        ) : (
          <ol className="divide-y rounded-lg border bg-card text-sm">
            {data.acts.map((act) => (
              <li key={act.id} className="flex gap-3 px-3 py-2.5">
                <div className="min-w-0 flex-1">
                  <p className={cn("wrap-anywhere", act.failed && "text-destructive")}>{act.description}</p>
                  <p className="wrap-anywhere mt-0.5 text-muted-foreground text-xs">
                    {act.cause} {act.failed ? act.status : null}
                  </p>
                </div>
                <RelativeTime at={act.at} className="shrink-0 whitespace-nowrap text-muted-foreground text-xs" />
              </li>
            ))}
          </ol>
        )}
      </Part>
    </div>
  );
};

const cpuText = (agent: AgentDetail | undefined): string =>
  agent?.figures.cpuPercent === undefined ? "–" : `${agent.figures.cpuPercent.toFixed(0)} %`;

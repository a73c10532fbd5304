"use client";
import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { Part } from "./parts.tsx";
import { agentOptions } from "./queries.ts";

/** What a task is started with. A secret is named and never read. */
export const EnvironmentPanel = ({ agent }: { agent: string }) => {
  const { data } = useQuery(agentOptions(agent));
  if (!data) return <Skeleton className="h-48 w-full rounded-lg" />;
  return (
    <div className="grid gap-6">
      <Part title="Variables">
        {data.environment.length === 0 ? (
          <EmptyState title="No variables" className="py-8">
            They come with the first release.
          </EmptyState>
        ) : (
          <dl className="divide-y rounded-lg border bg-card text-sm">
            {data.environment.map((variable) => (
              <div key={variable.name} className="grid gap-x-4 gap-y-0.5 px-3 py-2 sm:grid-cols-[14rem_1fr]">
                <dt className="wrap-anywhere font-mono text-xs leading-5">{variable.name}</dt>
                <dd className="min-w-0">
                  {variable.secret === undefined ? (
                    <Value text={variable.value ?? ""} />
                  ) : (
                    <span className="inline-flex max-w-full items-center gap-1.5 text-muted-foreground text-xs">
                      <KeyRound className="size-3.5 shrink-0" aria-hidden /> secret, read by the task alone:{" "}
                      <CopyableId id={variable.secret} label="address of the secret" />
                    </span>
                  )}
                </dd>
              </div>
            ))}
          </dl>
        )}
      </Part>
      <Part title="Where it lies in AWS">
        <dl className="divide-y rounded-lg border bg-card text-sm">
          {[
            { label: "Stack", value: data.stack.name, aside: data.stack.status },
            { label: "Task definition", value: data.taskDefinition },
            { label: "Log group", value: data.logGroup },
            { label: "Service name", value: data.endpoint.discoveryName },
          ]
            .filter(({ value }) => value)
            .map(({ label, value, aside }) => (
              <div key={label} className="grid gap-x-4 gap-y-0.5 px-3 py-2 sm:grid-cols-[14rem_1fr]">
                <dt className="text-muted-foreground text-xs leading-5">{label}</dt>
                <dd className="flex min-w-0 flex-wrap items-center gap-x-2">
                  <CopyableId id={value ?? ""} label={label.toLowerCase()} full className="-ml-1" />
                  {aside ? <span className="text-muted-foreground text-xs">{aside}</span> : null}
                </dd>
              </div>
            ))}
        </dl>
      </Part>
    </div>
  );
};

/** JSON is laid out, so that settings can be read. */
const Value = ({ text }: { text: string }) => {
  let laidOut = text;
  if (/^[{[]/.test(text))
    try {
      laidOut = JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      laidOut = text;
    }
  return <pre className="wrap-anywhere whitespace-pre-wrap font-mono text-xs leading-5">{laidOut || "(empty)"}</pre>;
};

"use client";
import type { Build } from "@samla/contracts";
import { queryOptions } from "@tanstack/react-query";
import { Bot, TriangleAlert } from "lucide-react";
import Link from "next/link";
import { callAgents } from "../../lib/agents-api.ts";
import { agentPath } from "../../lib/paths.ts";
import { Checkbox } from "../../ui/checkbox.tsx";
import { Label } from "../../ui/input.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { type AgentUse, useOfIndex } from "./agents-of-index.ts";
import { buildKeys } from "./keys.ts";

/** The agents that search this build's index, with what of their contracts the build would not keep. */
export const agentUsesOptions = (build: Build) =>
  queryOptions({
    queryKey: buildKeys.agents(build.index, build.id),
    queryFn: async ({ signal }): Promise<AgentUse[]> => {
      const { items } = await callAgents("agents.list", { signal });
      const details = await Promise.all(
        items.map(({ name }) => callAgents("agents.get", { params: { agent: name }, signal })),
      );
      return details.flatMap((agent) => useOfIndex(agent, build.index, build.config) ?? []);
    },
    staleTime: 15_000,
  });

/** Who else meets the build when it is live. A contract that would break has to be taken on by hand. */
export const AgentsPart = ({
  uses,
  error,
  isTaken,
  onTaken,
}: {
  uses: readonly AgentUse[] | undefined;
  error: unknown;
  isTaken: boolean;
  onTaken: (isTaken: boolean) => void;
}) => (
  <section aria-label="Agents">
    <h3 className="mb-1.5 font-medium text-sm">Agents that use the index</h3>
    {uses ? (
      uses.length === 0 ? (
        <p className="text-muted-foreground text-sm">No live agent searches it.</p>
      ) : (
        <ul className="divide-y rounded-lg border text-sm">
          {uses.map((use) => (
            <li key={use.name} className="flex flex-wrap items-center gap-x-3 gap-y-0.5 px-3 py-1.5">
              <Bot className="size-4 shrink-0 text-muted-foreground" aria-hidden />
              <Link href={agentPath(use.name)} className="font-medium hover:underline">
                {use.title}
              </Link>
              <span className="text-muted-foreground text-xs">
                {use.isEvery ? "searches every index its callers may read" : "names this index"}
              </span>
              {use.broken ? (
                <span className="flex basis-full items-start gap-1.5 text-destructive text-xs">
                  <TriangleAlert className="mt-0.5 size-3.5 shrink-0" aria-hidden /> {use.broken}
                </span>
              ) : null}
            </li>
          ))}
        </ul>
      )
    ) : error ? (
      <p className="text-sm text-warning">
        The agents could not be asked, so nobody knows here which of them use the index.
      </p>
    ) : (
      <Skeleton className="h-9 w-full" />
    )}
    {uses?.some((use) => use.broken) ? (
      <div className="mt-2 flex items-center gap-2">
        <Checkbox id="promote-agents" checked={isTaken} onCheckedChange={(checked) => onTaken(checked === true)} />
        <Label htmlFor="promote-agents">Promote it although it breaks what these agents were released for</Label>
      </div>
    ) : null}
  </section>
);

import { isFailure } from "../kernel/index.ts";
import type { AgentContext } from "./context.ts";
import { recordTasks } from "./record-tasks.ts";
import { settleRelease } from "./settle-release.ts";

export type Watched = { tasks: number; releases: number; failed: string[] };

/** Keeps the stopped tasks of an agent and moves its release on. Idempotent; any number may run at once. */
export const watchAgent = async (ctx: AgentContext, agent: string): Promise<{ tasks: number; ended: boolean }> => {
  const tasks = await recordTasks(ctx, agent);
  return { tasks, ended: await settleRelease(ctx, agent) };
};

/** The same for all agents: the truth after a crash, and when an event was lost. One that fails keeps none back. */
export const watchAgents = async (ctx: AgentContext): Promise<Watched> => {
  const done: Watched = { tasks: 0, releases: 0, failed: [] };
  for (const { name } of await ctx.agents.listAgents())
    try {
      const { tasks, ended } = await watchAgent(ctx, name);
      done.tasks += tasks;
      if (ended) done.releases += 1;
    } catch (error) {
      done.failed.push(name);
      ctx.log("error", "an agent could not be watched", {
        agent: name,
        error: isFailure(error) ? error.message : String(error),
      });
    }
  return done;
};

/** Agents that an event of ECS or CloudFormation may be about, by the names in its resources. */
export const agentsOfEvent = (
  stage: string,
  event: { resources?: readonly string[] | undefined; detail?: unknown },
): string[] => {
  const text = `${(event.resources ?? []).join(" ")} ${JSON.stringify(event.detail ?? {})}`;
  const found = new Set<string>();
  for (const [, name = ""] of text.matchAll(new RegExp(`samla-${stage}-agent-([a-z][a-z0-9-]*?)(?=["/: ]|$)`, "g")))
    found.add(name);
  for (const [, name = ""] of text.matchAll(new RegExp(`[:/]samla-${stage}-([a-z][a-z0-9-]*?)(?=["/: ]|$)`, "g")))
    if (!name.startsWith("agent-") && name !== "agents") found.add(name);
  return [...found];
};

import type { Differences, Release, ReleaseKind } from "@samla/contracts";
import { type Page, requirePermission } from "../kernel/index.ts";
import { type AgentContext, requireAgent, requireRelease } from "./context.ts";
import { differencesOf } from "./differences.ts";

/** All releases of an agent for ever, newest first. */
export const listReleases = async (
  ctx: AgentContext,
  input: { agent: string; kind?: ReleaseKind | undefined; cursor?: string | undefined; limit: number },
): Promise<Page<Release>> => {
  requirePermission(ctx, "agents.read");
  await requireAgent(ctx, input.agent);
  return ctx.agents.listReleases(input.agent, input);
};

/** What one release changes against any other. */
export const diffReleases = async (
  ctx: AgentContext,
  input: { agent: string; releaseId: string; to: string },
): Promise<Differences> => {
  requirePermission(ctx, "agents.read");
  const [from, to] = await Promise.all([
    requireRelease(ctx, input.agent, input.releaseId),
    requireRelease(ctx, input.agent, input.to),
  ]);
  return { from, to, changes: differencesOf(from, to) };
};

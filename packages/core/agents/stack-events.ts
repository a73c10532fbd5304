import type { Release } from "@samla/contracts";
import type { StackEvent } from "../kernel/index.ts";
import { type AgentContext, stackNameOf, tokenOf } from "./context.ts";

/** Clocks of AWS and ours differ a little. */
const skewMs = 5_000;

/** From when on what AWS says is about this release; ISO 8601. */
export const since = (release: Release): string =>
  new Date(Date.parse(release.executedAt ?? release.createdAt) - skewMs).toISOString();

/** What CloudFormation said of this release, newest first; empty until it has begun. */
export const eventsOf = async (ctx: AgentContext, release: Release): Promise<StackEvent[]> => {
  const events = await ctx.stacks.listEvents(stackNameOf(ctx, release.agent), since(release));
  const token = tokenOf(release.id);
  const first = events.findLastIndex((event) => event.token?.startsWith(token) ?? false);
  return first === -1 ? [] : events.slice(0, first + 1);
};

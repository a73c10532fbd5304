import type { Release } from "@samla/contracts";
import { timestamp } from "../kernel/index.ts";
import { type AgentContext, actorOf, requireAgent } from "./context.ts";

/** Ends a release that never began. */
export const giveUp = async (ctx: AgentContext, rolling: Release, why: string): Promise<void> => {
  const agent = await requireAgent(ctx, rolling.agent);
  if (agent.busy?.releaseId !== rolling.id) return;
  await ctx.agents.write(
    {
      agent: {
        ...agent,
        busy: undefined,
        pin: agent.pin?.releaseId === rolling.id ? undefined : agent.pin,
        revision: agent.revision + 1,
      },
      releases: [
        {
          ...rolling,
          status: "failed",
          endedAt: timestamp(ctx),
          verdict: {
            ok: false,
            cause: "stack_refused",
            sentence: `Release ${rolling.n} never began: ${why}`,
            evidence: [{ kind: "stack", text: why }],
            nextStep: "Propose it again; it will show what changes now.",
            at: timestamp(ctx),
          },
          revision: rolling.revision + 1,
        },
      ],
      events: [
        {
          action: "agent.failed",
          outcome: "failed",
          agent: agent.name,
          releaseId: rolling.id,
          summary: `release ${rolling.n} of ${agent.name} never began: ${why}`,
        },
      ],
    },
    actorOf(ctx),
  );
};

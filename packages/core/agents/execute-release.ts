import type { Pin, Release, ReleaseDetail } from "@samla/contracts";
import { Failure, isFailure, requirePermission, timestamp } from "../kernel/index.ts";
import {
  type AgentContext,
  actorOf,
  requireAgent,
  requireConfirmation,
  requireFree,
  requireRelease,
  somebodyWasFaster,
  tokenOf,
} from "./context.ts";
import { giveUp } from "./give-up.ts";
import { obstaclesOf } from "./obstacles.ts";
import { releaseDetail } from "./release-detail.ts";

const verbs: Record<Release["kind"], string> = {
  release: "began release",
  "roll-back": "began to roll back with release",
  restart: "began to restart, release",
  scale: "began to scale, release",
  pause: "began to pause, release",
  resume: "began to resume, release",
};

/** Carries a proposal out, whatever its kind. One release at a time: whoever writes the agent's row first has it. */
export const executeChange = async (
  ctx: AgentContext,
  input: { agent: string; releaseId: string; reason?: string | undefined; confirmName?: string | undefined },
): Promise<Release> => {
  const [agent, release] = await Promise.all([
    requireAgent(ctx, input.agent),
    requireRelease(ctx, input.agent, input.releaseId),
  ]);
  requireConfirmation(agent, input.confirmName);
  requireFree(agent);
  if (release.status !== "proposed")
    throw new Failure("conflict", `Release ${release.n} is ${release.status}; only a proposal can be carried out.`, {
      nextStep: "Propose it again.",
    });
  if (release.baseId !== agent.liveReleaseId)
    throw new Failure("conflict", `${agent.name} was changed since release ${release.n} was proposed.`, {
      nextStep: "Propose it again; it will show what changes now.",
    });
  // Asked again, as a waiver may have ended and a finding may be new.
  const gate = release.kind === "release" ? await ctx.images.gate(agent.name, release.image.digest) : release.gate;
  const obstacles = obstaclesOf({ ...release, gate });
  if (obstacles.length || !release.changeSet)
    throw new Failure(
      "conflict",
      `Release ${release.n} may not go out: ${obstacles.join(" ") || "it has no change set"}`,
      {
        nextStep: gate?.nextStep ?? "Put right what is named, and propose again.",
      },
    );
  await ctx.images.protect?.(agent.name, release.image.digest);
  const at = timestamp(ctx);
  const by = actorOf(ctx);
  const of = release.ofId ? await ctx.agents.getRelease(agent.name, release.ofId) : undefined;
  const pin: Pin | undefined =
    release.kind === "roll-back"
      ? { releaseId: release.id, n: of?.n ?? release.n, by, at, reason: release.reason }
      : agent.pin;
  const rolling: Release = {
    ...release,
    status: "rolling",
    executedAt: at,
    executedBy: by,
    reason: input.reason ?? release.reason,
    ...(gate ? { gate } : {}),
    revision: release.revision + 1,
  };
  const written = await ctx.agents.write(
    {
      agent: {
        ...agent,
        busy: { releaseId: release.id, n: release.n, by, at },
        pin,
        revision: agent.revision + 1,
      },
      releases: [rolling],
      events: [
        {
          action:
            release.kind === "scale" || release.kind === "pause" || release.kind === "resume"
              ? "agent.scaled"
              : "agent.released",
          outcome: "ok",
          agent: agent.name,
          releaseId: release.id,
          imageDigest: release.image.digest,
          reason: rolling.reason,
          summary: `${verbs[release.kind]} ${release.n} of ${agent.name}`,
          data: { changes: release.changes },
        },
      ],
    },
    by,
  );
  if (!written) {
    requireFree(await requireAgent(ctx, agent.name));
    throw somebodyWasFaster(agent.name);
  }
  try {
    await ctx.stacks.execute(release.changeSet.changeSetId, release.changeSet.stackName, tokenOf(release.id));
  } catch (error) {
    // Refused for good: nothing has begun, so the agent is free again. A lost answer is settled by the recorder.
    if (isFailure(error) && (error.code === "conflict" || error.code === "gone" || error.code === "invalid_request"))
      await giveUp(ctx, rolling, error.message);
    throw error;
  }
  return rolling;
};

/** Carries a proposed release out. A protected agent asks for its name; a release that rolls already is a conflict. */
export const executeRelease = async (
  ctx: AgentContext,
  input: { agent: string; releaseId: string; reason?: string | undefined; confirmName?: string | undefined },
): Promise<ReleaseDetail> => {
  requirePermission(ctx, "agents.release");
  return releaseDetail(ctx, await executeChange(ctx, input));
};

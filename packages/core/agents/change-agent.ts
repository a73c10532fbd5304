import type { Release, ReleaseConfig, ReleaseDetail } from "@samla/contracts";
import { canRollBackToRelease } from "@samla/contracts";
import { type AgentRecord, Failure, requirePermission, timestamp } from "../kernel/index.ts";
import {
  type AgentContext,
  actorOf,
  isPaused,
  liveReleaseOf,
  requireAgent,
  requireConfirmation,
  requireFree,
  requireRelease,
  somebodyWasFaster,
  stackNameOf,
  tokenOf,
} from "./context.ts";
import type { Proposal } from "./propose-release.ts";
import { releaseDetail } from "./release-detail.ts";
import { changeNow } from "./release-now.ts";

type Act = { agent: string; reason: string; confirmName?: string | undefined };

const requireLive = async (ctx: AgentContext, agent: AgentRecord): Promise<Release> => {
  const live = await liveReleaseOf(ctx, agent);
  if (live) return live;
  throw new Failure("conflict", `${agent.name} has never been released.`, { nextStep: "Release it first." });
};

/** A change that keeps the image: whoever makes it confirms before anything is prepared. */
const change = async (
  ctx: AgentContext,
  { agent: name, reason, confirmName }: Act,
  decide: (live: Release, agent: AgentRecord) => Pick<Proposal, "kind" | "config">,
): Promise<ReleaseDetail> => {
  const agent = await requireAgent(ctx, name);
  requireConfirmation(agent, confirmName);
  requireFree(agent);
  const live = await requireLive(ctx, agent);
  const release = await changeNow(
    ctx,
    { agent: name, reason, digest: live.image.digest, ...decide(live, agent) },
    confirmName,
  );
  return releaseDetail(ctx, release);
};

/**
 * Starts all tasks anew, new ones first: a change set with a new release id makes a new task definition, so ECS rolls with
 * its breaker and no request fails. StopTask one by one would leave an agent of one task without any for a while.
 */
export const restartAgent = (ctx: AgentContext, input: Act): Promise<ReleaseDetail> => {
  requirePermission(ctx, "agents.scale");
  return change(ctx, input, (live) => ({ kind: "restart", config: live.config }));
};

/** Changes how many tasks run; those that run stay. */
export const scaleAgent = (
  ctx: AgentContext,
  input: Act & Pick<ReleaseConfig, "minTasks" | "maxTasks" | "cpuTarget">,
): Promise<ReleaseDetail> => {
  requirePermission(ctx, "agents.scale");
  const { minTasks, maxTasks, cpuTarget } = input;
  if (minTasks > maxTasks)
    throw new Failure("invalid_request", "The fewest tasks are more than the most.", {
      errors: [{ field: "maxTasks", message: `must be at least ${minTasks}` }],
      nextStep: "Raise the most, or lower the fewest.",
    });
  if (minTasks === 0)
    throw new Failure("invalid_request", "An agent without tasks is paused.", {
      errors: [{ field: "minTasks", message: "must be at least 1" }],
      nextStep: "Pause it; that remembers how it was scaled.",
    });
  return change(ctx, input, (live) => ({ kind: "scale", config: { ...live.config, minTasks, maxTasks, cpuTarget } }));
};

/** Lets no task run, and remembers how it was scaled. */
export const pauseAgent = async (ctx: AgentContext, input: Act): Promise<ReleaseDetail> => {
  requirePermission(ctx, "agents.scale");
  const agent = await requireAgent(ctx, input.agent);
  requireConfirmation(agent, input.confirmName);
  requireFree(agent);
  const live = await requireLive(ctx, agent);
  if (isPaused(agent, live))
    throw new Failure("conflict", `${agent.name} is paused already.`, { nextStep: "Resume it to let tasks run." });
  const { minTasks, maxTasks } = live.config;
  const kept = await ctx.agents.write(
    { agent: { ...agent, paused: { minTasks, maxTasks }, revision: agent.revision + 1 } },
    actorOf(ctx),
  );
  if (!kept) throw somebodyWasFaster(agent.name);
  return change(ctx, input, () => ({ kind: "pause", config: { ...live.config, minTasks: 0 } }));
};

/** Lets tasks run again, as many as before the pause. */
export const resumeAgent = (ctx: AgentContext, input: Act): Promise<ReleaseDetail> => {
  requirePermission(ctx, "agents.scale");
  return change(ctx, input, (live, agent) => {
    if (!agent.paused || !isPaused(agent, live))
      throw new Failure("conflict", `${agent.name} is not paused.`, { nextStep: "There is nothing to resume." });
    return { kind: "resume", config: { ...live.config, ...agent.paused } };
  });
};

/**
 * Goes back to an earlier release: its image and its settings, at the scale of now. It pins the agent, so that nobody
 * releases over it before taking the pin off. Neither gate nor needs hold it back; both are recorded.
 */
export const rollBackAgent = async (
  ctx: AgentContext,
  input: Act & { toReleaseId: string },
): Promise<ReleaseDetail> => {
  requirePermission(ctx, "agents.rollBack");
  const [agent, to] = await Promise.all([
    requireAgent(ctx, input.agent),
    requireRelease(ctx, input.agent, input.toReleaseId),
  ]);
  requireConfirmation(agent, input.confirmName);
  requireFree(agent);
  if (!canRollBackToRelease(to.status) || to.id === agent.liveReleaseId)
    throw new Failure(
      "conflict",
      to.id === agent.liveReleaseId
        ? `Release ${to.n} is what runs now.`
        : `Release ${to.n} is ${to.status}: it never served, so there is nothing to go back to.`,
      { nextStep: "Choose a release that was live." },
    );
  const live = await liveReleaseOf(ctx, agent);
  const { minTasks, maxTasks, cpuTarget } = live?.config ?? to.config;
  const release = await changeNow(
    ctx,
    {
      agent: agent.name,
      kind: "roll-back",
      digest: to.image.digest,
      config: { ...to.config, minTasks, maxTasks, cpuTarget },
      reason: input.reason,
      ofId: to.id,
    },
    input.confirmName,
  );
  return releaseDetail(ctx, release);
};

/** Takes the pin of a roll back off, so that releases may go out again. */
export const unpinAgent = async (ctx: AgentContext, input: Act): Promise<void> => {
  requirePermission(ctx, "agents.rollBack");
  const agent = await requireAgent(ctx, input.agent);
  requireConfirmation(agent, input.confirmName);
  if (!agent.pin) return;
  const written = await ctx.agents.write(
    {
      agent: { ...agent, pin: undefined, revision: agent.revision + 1 },
      events: [
        {
          action: "agent.unpinned",
          outcome: "ok",
          agent: agent.name,
          releaseId: agent.pin.releaseId,
          reason: input.reason,
          summary: `took the pin off ${agent.name}, which was rolled back to release ${agent.pin.n}`,
        },
      ],
    },
    actorOf(ctx),
  );
  if (!written) throw somebodyWasFaster(agent.name);
};

/** Makes an agent ask for its name before it is changed, or no longer. */
export const protectAgent = async (
  ctx: AgentContext,
  input: { agent: string; protected: boolean; reason: string },
): Promise<void> => {
  requirePermission(ctx, "agents.protect");
  const agent = await requireAgent(ctx, input.agent);
  if (agent.protected === input.protected) return;
  if (agent.revision === 0)
    throw new Failure("conflict", `${agent.name} has never been released.`, { nextStep: "Release it first." });
  const written = await ctx.agents.write(
    {
      agent: { ...agent, protected: input.protected, revision: agent.revision + 1 },
      events: [
        {
          action: "agent.protected",
          outcome: "ok",
          agent: agent.name,
          reason: input.reason,
          summary: input.protected ? `protected ${agent.name}` : `no longer protects ${agent.name}`,
          data: { before: agent.protected, after: input.protected },
        },
      ],
    },
    actorOf(ctx),
  );
  if (!written) throw somebodyWasFaster(agent.name);
};

/**
 * Stops a release that rolls: CloudFormation takes it back, or removes what a first release began. A protected agent asks
 * for its name here too, as a stop changes what answers people.
 */
export const stopRelease = async (
  ctx: AgentContext,
  input: { agent: string; releaseId: string; reason: string; confirmName?: string | undefined },
): Promise<ReleaseDetail> => {
  requirePermission(ctx, "agents.rollBack");
  requireConfirmation(await requireAgent(ctx, input.agent), input.confirmName);
  const release = await requireRelease(ctx, input.agent, input.releaseId);
  if (release.status !== "rolling")
    throw new Failure("conflict", `Release ${release.n} is ${release.status}, so there is nothing to stop.`, {
      nextStep: "To undo a release that is live, roll back to an earlier one.",
    });
  const stack = stackNameOf(ctx, input.agent);
  const state = await ctx.stacks.describe(stack);
  const stopping: Release = {
    ...release,
    stoppedBy: actorOf(ctx),
    stopReason: input.reason,
    revision: release.revision + 1,
  };
  const written = await ctx.agents.write(
    {
      releases: [stopping],
      events: [
        {
          action: "agent.stopped",
          outcome: "ok",
          agent: input.agent,
          releaseId: release.id,
          reason: input.reason,
          summary: `stopped release ${release.n} of ${input.agent}`,
        },
      ],
    },
    actorOf(ctx),
  );
  if (!written) throw somebodyWasFaster(input.agent);
  if (state?.status === "UPDATE_IN_PROGRESS") await ctx.stacks.cancelUpdate(stack, `${tokenOf(release.id)}-stop`);
  else if (state?.status === "CREATE_IN_PROGRESS") await ctx.stacks.deleteStack(stack, ctx.platform.stackRoleArn);
  return releaseDetail(ctx, stopping);
};

/** Takes a proposal back; its change set goes. */
export const withdrawRelease = async (
  ctx: AgentContext,
  input: { agent: string; releaseId: string },
): Promise<ReleaseDetail> => {
  requirePermission(ctx, "agents.release");
  const release = await requireRelease(ctx, input.agent, input.releaseId);
  if (release.status !== "proposed")
    throw new Failure("conflict", `Release ${release.n} is ${release.status}, no longer a proposal.`, {
      nextStep: "A release that rolls can be stopped.",
    });
  const withdrawn: Release = {
    ...release,
    status: "withdrawn",
    endedAt: timestamp(ctx),
    revision: release.revision + 1,
  };
  const written = await ctx.agents.write(
    {
      releases: [withdrawn],
      events: [
        {
          action: "agent.withdrawn",
          outcome: "ok",
          agent: input.agent,
          releaseId: release.id,
          summary: `withdrew the proposal of release ${release.n} of ${input.agent}`,
        },
      ],
    },
    actorOf(ctx),
  );
  if (!written) throw somebodyWasFaster(input.agent);
  if (release.changeSet) await ctx.stacks.deleteChangeSet(release.changeSet.changeSetId, release.changeSet.stackName);
  return releaseDetail(ctx, withdrawn);
};

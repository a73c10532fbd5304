import type { Release } from "@samla/contracts";
import { type AgentRecord, type StackEvent, systemActor, timestamp } from "../kernel/index.ts";
import { type AgentContext, requireRelease, serviceNameOf, stackNameOf, tokenOf } from "./context.ts";
import { giveUp } from "./give-up.ts";
import { eventsOf, since } from "./stack-events.ts";
import { createReleaseFinder, targetReasonOf } from "./task-views.ts";
import { type Judgement, judgeRelease, type ReleaseFacts } from "./verdict.ts";
import type { TaskFacts } from "./verdict-task.ts";

const system = { kind: systemActor.kind, id: systemActor.id, name: systemActor.name } as const;
/** A change set that was to be carried out and was not by then is carried out again. */
const lostMs = 30_000;
const giveUpMs = 10 * 60_000;
const tasksJudgedMax = 12;

/** All that a verdict rests on, as AWS and the kept tasks say it now. */
export const gatherFacts = async (
  ctx: AgentContext,
  release: Release,
  events: readonly StackEvent[],
): Promise<ReleaseFacts> => {
  const name = serviceNameOf(ctx, release.agent);
  const [stack, services, deployments, kept, base] = await Promise.all([
    ctx.stacks.describe(stackNameOf(ctx, release.agent)),
    ctx.containers.describeServices([name]),
    ctx.containers.listDeployments(name, since(release)),
    ctx.agents.listTasks(release.agent, { releaseId: release.runsAs, limit: 100 }),
    release.baseId ? ctx.agents.getRelease(release.agent, release.baseId) : undefined,
  ]);
  const service = services.get(name);
  const runs = service && (await createReleaseFinder(ctx)(service.taskDefinition));
  const own = kept.items.filter((task) => (task.stoppedAt ?? "") >= since(release)).slice(0, tasksJudgedMax);
  const stopped = await Promise.all(
    own.map(async (task): Promise<TaskFacts> => {
      const whole = await ctx.agents.getTask(release.agent, task.id);
      return { ...task, lines: whole?.lines ?? [], targetReason: targetReasonOf(service, task.id) };
    }),
  );
  return {
    release,
    before: base?.n,
    stack,
    events,
    deployment: deployments.at(-1),
    serves: runs === release.runsAs,
    running: service?.running ?? 0,
    stopped,
  };
};

const actions = {
  live: "agent.live",
  "rolled-back": "agent.rolled-back",
  failed: "agent.failed",
  stopped: "agent.failed",
} as const;

const conclude = async (
  ctx: AgentContext,
  agent: AgentRecord,
  release: Release,
  { status, ...verdict }: Judgement,
): Promise<void> => {
  const at = timestamp(ctx);
  const isLive = status === "live";
  const before =
    isLive && agent.liveReleaseId && agent.liveReleaseId !== release.id
      ? await ctx.agents.getRelease(agent.name, agent.liveReleaseId)
      : undefined;
  await ctx.agents.write(
    {
      agent: {
        ...agent,
        busy: undefined,
        ...(isLive ? { liveReleaseId: release.id } : {}),
        // A roll back that did not come about pins nothing.
        pin: !isLive && agent.pin?.releaseId === release.id ? undefined : agent.pin,
        paused: (isLive ? release.config.minTasks === 0 : release.kind !== "pause") ? agent.paused : undefined,
        revision: agent.revision + 1,
      },
      releases: [
        { ...release, status, endedAt: at, verdict: { ...verdict, at }, revision: release.revision + 1 },
        ...(before ? [{ ...before, status: "superseded" as const, revision: before.revision + 1 }] : []),
      ],
      events: [
        {
          action: actions[status],
          outcome: verdict.ok ? "ok" : "failed",
          agent: agent.name,
          releaseId: release.id,
          imageDigest: release.image.digest,
          summary: verdict.sentence,
          data: { cause: verdict.cause },
        },
      ],
    },
    system,
  );
};

/**
 * Moves the release that rolls on: when AWS has ended it, its verdict is written and the agent is free again. Also after a
 * crash between our row and CloudFormation: what never began is begun again, or given up. Returns whether it has ended.
 */
export const settleRelease = async (ctx: AgentContext, name: string): Promise<boolean> => {
  const agent = await ctx.agents.getAgent(name);
  if (!agent?.busy) return false;
  const release = await requireRelease(ctx, name, agent.busy.releaseId);
  const events = await eventsOf(ctx, release);
  if (events.length === 0) {
    const waitedMs = ctx.now() - Date.parse(release.executedAt ?? release.createdAt);
    if (waitedMs < lostMs || !release.changeSet) return false;
    const { changeSetId, stackName } = release.changeSet;
    const set = await ctx.stacks.describeChangeSet(changeSetId, stackName);
    if (set?.executable && !release.stoppedBy) await ctx.stacks.execute(changeSetId, stackName, tokenOf(release.id));
    else if (waitedMs > giveUpMs || !set || release.stoppedBy)
      await giveUp({ ...ctx, actor: systemActor }, release, "its change set is gone");
    return false;
  }
  const judgement = judgeRelease(await gatherFacts(ctx, release, events));
  if (!judgement) return false;
  await conclude(ctx, agent, release, judgement);
  return true;
};

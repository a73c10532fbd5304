import type { ChangeSummary, Release, ReleaseConfig, ReleaseDetail, ReleaseKind } from "@samla/contracts";
import { type AgentRecord, Failure, requirePermission, timestamp } from "../kernel/index.ts";
import { checkContract } from "./check-contract.ts";
import {
  type AgentContext,
  actorOf,
  liveReleaseOf,
  parametersOf,
  requireAgent,
  requireFree,
  serviceNameOf,
  somebodyWasFaster,
  stackNameOf,
} from "./context.ts";
import { describeChangeSet } from "./describe-changes.ts";
import { differencesOf } from "./differences.ts";
import { obstaclesOf } from "./obstacles.ts";
import { releaseDetail } from "./release-detail.ts";
import { waitUntil } from "./wait-until.ts";

export type Proposal = {
  agent: string;
  kind: ReleaseKind;
  digest: string;
  config: ReleaseConfig;
  reason: string;
  /** Of a roll back: whose image and settings these are. */
  ofId?: Release["id"] | undefined;
};

// Both fit into the time that the console has for an answer.
const changeSetMs = 30_000;
const removalMs = 20_000;
const prioritiesMax = 50_000;

/** A place at the listener that no other agent has; where to begin depends on the name, so that two at once differ. */
const freePriority = (name: string, agents: readonly AgentRecord[]): number => {
  const taken = new Set(agents.map(({ rulePriority }) => rulePriority));
  let priority = 0;
  for (const c of name) priority = (priority * 31 + c.charCodeAt(0)) % (prioritiesMax - 1);
  do priority = (priority % (prioritiesMax - 1)) + 1;
  while (taken.has(priority));
  return priority;
};

/** Whether the stack is made or changed. One whose making failed holds nothing and is removed first. */
const prepareStack = async (ctx: AgentContext, agent: string): Promise<"create" | "update"> => {
  const name = stackNameOf(ctx, agent);
  const stack = await ctx.stacks.describe(name);
  if (!stack || stack.status === "REVIEW_IN_PROGRESS" || stack.status === "DELETE_COMPLETE") return "create";
  if (/^(ROLLBACK_COMPLETE|ROLLBACK_FAILED|CREATE_FAILED|DELETE_FAILED)$/.test(stack.status)) {
    await ctx.stacks.deleteStack(name, ctx.platform.stackRoleArn);
    const gone = await waitUntil(removalMs, async () => {
      const now = await ctx.stacks.describe(name);
      return !now || now.status === "DELETE_COMPLETE" || undefined;
    });
    if (!gone)
      throw new Failure("conflict", `What is left of the failed first release of ${agent} is still being removed.`, {
        nextStep: "Try again in a minute.",
      });
    return "create";
  }
  if (/UPDATE_ROLLBACK_FAILED/.test(stack.status))
    throw new Failure("conflict", `The stack of ${agent} is stuck: ${stack.reason ?? stack.status}.`, {
      nextStep: "Continue its rollback in CloudFormation, then release again.",
    });
  if (/IN_PROGRESS/.test(stack.status) && !/CLEANUP_IN_PROGRESS/.test(stack.status))
    throw new Failure("conflict", `The stack of ${agent} is changing at the moment (${stack.status}).`, {
      nextStep: "Wait until it has ended.",
    });
  return "update";
};

/**
 * `StartTasks` of the template: a number where this change must start or end tasks itself, as a pause does; -1 where
 * what scaling has chosen lies within the range and stays.
 */
const startTasksOf = async (ctx: AgentContext, agent: string, kind: "create" | "update", config: ReleaseConfig) => {
  const name = serviceNameOf(ctx, agent);
  const service = kind === "update" ? (await ctx.containers.describeServices([name])).get(name) : undefined;
  // A new service starts with one.
  const now = service?.desired ?? 1;
  const wanted = config.minTasks === 0 ? 0 : Math.min(Math.max(now, config.minTasks), config.maxTasks);
  return wanted === now ? "-1" : String(wanted);
};

/** The change set in plain words. Throws `conflict` when nothing would change, or AWS refuses it. */
const makeChangeSet = async (
  ctx: AgentContext,
  agent: AgentRecord,
  release: Pick<Release, "id" | "runsAs" | "image" | "config" | "reason">,
): Promise<ChangeSummary> => {
  const stack = stackNameOf(ctx, agent.name);
  const kind = await prepareStack(ctx, agent.name);
  const { id } = await ctx.stacks.createChangeSet({
    stack,
    name: release.id.replace("_", "-"),
    kind,
    template: ctx.template,
    parameters: {
      ...parametersOf(ctx, agent, release),
      StartTasks: await startTasksOf(ctx, agent.name, kind, release.config),
    },
    roleArn: ctx.platform.stackRoleArn,
    description: release.reason,
    tags: { "samla:stage": ctx.platform.stage, "samla:agent": agent.name },
  });
  const set = await waitUntil(changeSetMs, async () => {
    const now = await ctx.stacks.describeChangeSet(id, stack);
    return now && now.status !== "making" ? now : undefined;
  });
  if (set?.status === "ready") return describeChangeSet(set, stack, kind);
  await ctx.stacks.deleteChangeSet(id, stack);
  if (set?.status === "empty")
    throw new Failure("conflict", `Nothing of ${agent.name} would change: it runs like this already.`, {
      nextStep: "Change the image or a setting; to start the tasks anew, restart it.",
    });
  throw new Failure(
    set ? "invalid_request" : "timeout",
    set
      ? `AWS does not take this change: ${set.reason ?? "no reason given"}`
      : "AWS did not prepare the change in time.",
    { nextStep: set ? "Correct the value that is named, and propose again." : "Try again in a moment." },
  );
};

/** Proposes a change of an agent, whatever its kind; permissions are for the verbs that call it. */
export const proposeChange = async (ctx: AgentContext, input: Proposal): Promise<Release> => {
  const agent = await requireAgent(ctx, input.agent);
  requireFree(agent);
  if (agent.pin && input.kind === "release")
    throw new Failure(
      "conflict",
      `${agent.name} is pinned to release ${agent.pin.n} since ${agent.pin.by.name} rolled it back: ${agent.pin.reason}`,
      { nextStep: "Take the pin off first, if the reason is gone." },
    );
  const [live, found] = await Promise.all([liveReleaseOf(ctx, agent), ctx.images.find(agent.name, input.digest)]);
  if (!found)
    throw new Failure("not_found", `The repository of ${agent.name} has no image ${input.digest.slice(0, 19)}….`, {
      nextStep: "Choose an image that is there, or push this one again.",
      errors: [{ field: "digest", message: "is not in the repository" }],
    });
  const replacesTasks = !["scale", "pause", "resume"].includes(input.kind);
  const [gate, contract] = replacesTasks
    ? await Promise.all([
        ctx.images.gate(agent.name, input.digest),
        checkContract(ctx, { manifest: found.manifest, config: input.config }),
      ])
    : [undefined, undefined];
  const id = ctx.newId("rel") as Release["id"];
  const title = (found.manifest as { title?: unknown; description?: unknown } | undefined) ?? {};
  const next: AgentRecord = {
    ...agent,
    title: typeof title.title === "string" ? title.title : agent.title,
    description: typeof title.description === "string" ? title.description : agent.description,
    n: agent.n + 1,
    rulePriority: agent.rulePriority || freePriority(agent.name, await ctx.agents.listAgents()),
    revision: agent.revision + 1,
  };
  const release: Release = {
    id,
    agent: agent.name,
    n: next.n,
    kind: input.kind,
    status: "proposed",
    image: found.image,
    config: input.config,
    reason: input.reason,
    createdAt: timestamp(ctx),
    createdBy: actorOf(ctx),
    ...(agent.liveReleaseId ? { baseId: agent.liveReleaseId as Release["id"] } : {}),
    ...(input.ofId ? { ofId: input.ofId } : {}),
    runsAs: replacesTasks || !live ? id : live.runsAs,
    changes: differencesOf(live, { image: found.image, config: input.config }),
    ...(gate ? { gate } : {}),
    ...(contract ? { contract } : {}),
    revision: 1,
  };
  const isFree = obstaclesOf(release).length === 0;
  const changeSet = isFree ? await makeChangeSet(ctx, next, release) : undefined;
  const written = await ctx.agents.write(
    {
      agent: next,
      releases: [{ ...release, ...(changeSet ? { changeSet } : {}) }],
      events: [
        {
          action: "agent.proposed",
          outcome: isFree ? "ok" : "failed",
          agent: agent.name,
          releaseId: id,
          imageDigest: input.digest,
          reason: input.reason,
          summary: isFree
            ? `proposed release ${release.n} of ${agent.name}`
            : `proposed release ${release.n} of ${agent.name}; it may not go out: ${obstaclesOf(release)[0] ?? ""}`,
        },
      ],
    },
    actorOf(ctx),
  );
  if (written) return { ...release, ...(changeSet ? { changeSet } : {}) };
  if (changeSet) await ctx.stacks.deleteChangeSet(changeSet.changeSetId, changeSet.stackName);
  throw somebodyWasFaster(agent.name);
};

/**
 * Proposes a release: the gate of its image, the check of what it needs, and the change set in plain words. Nothing
 * changes before `executeRelease`. A proposal that the gate or a need holds back is kept without a change set.
 */
export const proposeRelease = async (
  ctx: AgentContext,
  input: { agent: string; digest: string; config: ReleaseConfig; reason: string },
): Promise<ReleaseDetail> => {
  requirePermission(ctx, "agents.release");
  return releaseDetail(ctx, await proposeChange(ctx, { ...input, kind: "release" }));
};

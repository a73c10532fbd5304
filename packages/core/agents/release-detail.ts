import {
  agentLimits,
  canRollBackToRelease,
  hasPermission,
  type Release,
  type ReleaseDetail,
  type ReleaseProgress,
} from "@samla/contracts";
import { isFailure, requirePermission, type StackEvent } from "../kernel/index.ts";
import { type AgentContext, requireAgent, requireRelease, serviceNameOf } from "./context.ts";
import { obstaclesOf } from "./obstacles.ts";
import { eventsOf, since } from "./stack-events.ts";
import { createReleaseFinder } from "./task-views.ts";

const stepsMax = 60;
const none = { desired: 0, running: 0, pending: 0, healthy: 0 };

const stepOf = (event: StackEvent): ReleaseProgress["steps"][number] => ({
  at: event.at,
  from: "stack",
  subject: event.resource,
  status: event.status,
  ...(event.reason ? { reason: event.reason } : {}),
  failed: /FAILED/.test(event.status),
});

const sentenceOf = (
  phase: ReleaseProgress["phase"],
  progress: Pick<ReleaseProgress, "new" | "old" | "breaker">,
): string => {
  const { desired, running, healthy } = progress.new;
  const failures = progress.breaker.failures;
  const tail = failures
    ? ` ${failures} failed${progress.breaker.threshold ? ` of ${progress.breaker.threshold} that take it back` : ""}.`
    : "";
  if (phase === "preparing") return "CloudFormation prepares the change.";
  if (phase === "rolling-back") return `It is being taken back.${tail}`;
  if (phase === "starting") return `${running} of ${desired} new tasks run.${tail}`;
  if (phase === "checking") return `${healthy} of ${desired} new tasks are healthy.${tail}`;
  if (phase === "draining") return `The new tasks serve; ${progress.old.running} old ones finish their requests.`;
  return "It has ended; the verdict is being written.";
};

const breakerStates: Record<string, ReleaseProgress["breaker"]["state"]> = {
  DISABLED: "off",
  MONITORING: "watching",
  MONITORING_COMPLETE: "reset",
  TRIGGERED: "triggered",
};

const readProgress = async (ctx: AgentContext, release: Release): Promise<ReleaseProgress> => {
  const name = serviceNameOf(ctx, release.agent);
  const sinceMs = Date.parse(release.executedAt ?? release.createdAt);
  const [events, services, tasks, deployments] = await Promise.all([
    eventsOf(ctx, release),
    ctx.containers.describeServices([name]),
    ctx.containers.listTasks(name, "RUNNING"),
    ctx.containers.listDeployments(name, since(release)),
  ]);
  const service = services.get(name);
  const releaseOf = createReleaseFinder(ctx);
  const deployment = deployments.at(-1);
  const old = { ...none };
  const fresh = { ...none };
  for (const one of service?.deployments ?? []) {
    const side = (await releaseOf(one.taskDefinition)) === release.runsAs ? fresh : old;
    side.desired += one.desired;
    side.running += one.running;
    side.pending += one.pending;
  }
  for (const task of tasks) {
    const side = (await releaseOf(task.definition)) === release.runsAs ? fresh : old;
    if (task.health === "HEALTHY" && task.lastStatus === "RUNNING") side.healthy += 1;
  }
  const whole = events.find((event) => event.type === "AWS::CloudFormation::Stack")?.status ?? "";
  const isBack = /ROLLBACK|DELETE/.test(whole) || deployment?.rollback !== undefined;
  const phase: ReleaseProgress["phase"] =
    whole !== "" && !/IN_PROGRESS/.test(whole)
      ? "finished"
      : isBack
        ? "rolling-back"
        : fresh.desired === 0
          ? "preparing"
          : fresh.running < fresh.desired
            ? "starting"
            : fresh.healthy < fresh.desired
              ? "checking"
              : old.running > 0
                ? "draining"
                : "checking";
  const breaker: ReleaseProgress["breaker"] = {
    state: breakerStates[deployment?.breaker.status ?? "DISABLED"] ?? "off",
    failures: deployment?.breaker.failures ?? 0,
    ...(deployment?.breaker.threshold ? { threshold: deployment.breaker.threshold } : {}),
  };
  const steps = [
    ...events.map(stepOf),
    ...(service?.events ?? [])
      .filter(({ at }) => Date.parse(at) >= sinceMs - 1_000)
      .map(({ at, message }) => ({
        at,
        from: "service" as const,
        subject: "Service",
        status: message.replace(/^\(service [^)]+\) /, ""),
        failed: /unhealthy|failed|unable|rolled back|rolling back/i.test(message),
      })),
  ].sort((a, b) => a.at.localeCompare(b.at));
  return {
    phase,
    sentence: sentenceOf(phase, { new: fresh, old, breaker }),
    old,
    new: fresh,
    failedTasks: breaker.failures,
    breaker,
    alarms: (deployment?.alarms.names ?? []).map((alarm) => ({
      name: alarm,
      firing: deployment?.alarms.triggered.includes(alarm) ?? false,
    })),
    steps: steps.slice(-stepsMax),
    elapsedSeconds: Math.max(0, Math.round((ctx.now() - sinceMs) / 1000)),
  };
};

/** A release with how far it is, and what this person may do with it now. */
export const releaseDetail = async (ctx: AgentContext, release: Release): Promise<ReleaseDetail> => {
  const { roles } = ctx.actor;
  const agent = await requireAgent(ctx, release.agent);
  const isOld = ctx.now() - Date.parse(release.createdAt) > agentLimits.proposalHours * 3_600_000;
  let progress: ReleaseProgress | undefined;
  if (release.status === "rolling")
    try {
      progress = await readProgress(ctx, release);
    } catch (error) {
      // The release rolls on whether or not it can be watched.
      ctx.log("warn", "progress could not be read", { error: isFailure(error) ? error.message : String(error) });
    }
  return {
    ...release,
    ...(progress ? { progress } : {}),
    can: {
      execute:
        release.status === "proposed" &&
        hasPermission(roles, "agents.release") &&
        release.changeSet !== undefined &&
        obstaclesOf(release).length === 0 &&
        release.baseId === agent.liveReleaseId &&
        !agent.busy &&
        !isOld,
      withdraw: release.status === "proposed" && hasPermission(roles, "agents.release"),
      stop: release.status === "rolling" && !release.stoppedBy && hasPermission(roles, "agents.rollBack"),
      rollBackTo:
        canRollBackToRelease(release.status) &&
        release.id !== agent.liveReleaseId &&
        !agent.busy &&
        hasPermission(roles, "agents.rollBack"),
    },
  };
};

/** One release; while it rolls, with what AWS says of it this second. */
export const getRelease = async (
  ctx: AgentContext,
  input: { agent: string; releaseId: string },
): Promise<ReleaseDetail> => {
  requirePermission(ctx, "agents.read");
  return releaseDetail(ctx, await requireRelease(ctx, input.agent, input.releaseId));
};

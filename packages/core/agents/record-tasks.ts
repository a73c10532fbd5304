import { agentLimits, causeLabels } from "@samla/contracts";
import { isFailure, type ServiceState, type StoppedTask, systemActor, type TaskStateOfEcs } from "../kernel/index.ts";
import { type AgentContext, logGroupOf, logStreamOf, serviceNameOf } from "./context.ts";
import { taskCurves } from "./figures.ts";
import { toLogLine } from "./read-lines.ts";
import { createImageFinder, createReleaseFinder, targetReasonOf, taskView } from "./task-views.ts";
import { judgeTask, type TaskFacts } from "./verdict-task.ts";

const system = { kind: systemActor.kind, id: systemActor.id, name: systemActor.name } as const;

/** A part of AWS that does not answer costs its part of the record, not the record. */
const orNothing = async <T>(ctx: AgentContext, what: string, nothing: T, read: () => Promise<T>): Promise<T> => {
  try {
    return await read();
  } catch (error) {
    ctx.log("warn", `${what} could not be read`, { error: isFailure(error) ? error.message : String(error) });
    return nothing;
  }
};

const factsOf = (task: TaskStateOfEcs, lines: StoppedTask["lines"], targetReason: string | undefined): TaskFacts => ({
  ...task,
  lines,
  targetReason,
});

/**
 * Keeps what ECS forgets within the hour: each stopped task of an agent with its reason, exit code, last lines and curves.
 * Returns how many were new. Safe to run again: a task that is kept is left as it is.
 */
export const recordTasks = async (ctx: AgentContext, agent: string): Promise<number> => {
  const serviceName = serviceNameOf(ctx, agent);
  const [stopped, services] = await Promise.all([
    ctx.containers.listTasks(serviceName, "STOPPED"),
    ctx.containers.describeServices([serviceName]),
  ]);
  const service: ServiceState | undefined = services.get(serviceName);
  const releaseOf = createReleaseFinder(ctx);
  const imageOf = createImageFinder(ctx, agent);
  let added = 0;
  for (const task of stopped) {
    if (!task.stoppedAt || (await ctx.agents.getTask(agent, task.id))) continue;
    const releaseId = task.tags.release ?? (await releaseOf(task.definition));
    const [raw, curves, image, release] = await Promise.all([
      orNothing(ctx, "the log of a task", [], () =>
        ctx.logs.last(logGroupOf(ctx, agent), logStreamOf(task.id), agentLimits.lastLogLines),
      ),
      orNothing(ctx, "the curves of a task", { cpu: [], memory: [] }, () => taskCurves(ctx, agent, task)),
      imageOf(releaseId),
      releaseId ? ctx.agents.getRelease(agent, releaseId) : undefined,
    ]);
    const lines = raw.map(toLogLine);
    const judged = judgeTask(
      factsOf(task, lines, targetReasonOf(service, task.id)),
      release?.config ?? { port: 8080, healthPath: "/health" },
    );
    const view = taskView(agent, task, { releaseId, image });
    const kept: StoppedTask = {
      ...view,
      state: "stopped",
      stoppedAt: task.stoppedAt,
      cause: judged.cause,
      sentence: `It stopped because ${judged.clause}.`,
      lines,
      ...curves,
    };
    const isNew = await ctx.agents.keepTask(
      kept,
      judged.cause === "none"
        ? undefined
        : {
            action: "agent.task-stopped",
            outcome: "failed",
            agent,
            taskId: task.id,
            ...(view.releaseId ? { releaseId: view.releaseId } : {}),
            ...(view.image ? { imageDigest: view.image.digest } : {}),
            summary: `a task of ${agent} stopped (${causeLabels[judged.cause]}): ${judged.clause}`,
          },
      system,
    );
    if (isNew) added += 1;
  }
  return added;
};

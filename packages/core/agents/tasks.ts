import { type AgentTask, type AgentTaskDetail, agentLimits, type VerdictCause } from "@samla/contracts";
import {
  Failure,
  notFound,
  type Page,
  requirePermission,
  type ServiceState,
  type TaskStateOfEcs,
} from "../kernel/index.ts";
import {
  type AgentContext,
  logGroupOf,
  logStreamOf,
  requireAgent,
  requireConfirmation,
  serviceNameOf,
} from "./context.ts";
import { taskCurves } from "./figures.ts";
import { toLogLine } from "./read-lines.ts";
import { createImageFinder, createReleaseFinder, targetStateOf, taskView } from "./task-views.ts";

type Targets = { host: string; port: number; state: string; reason?: string }[];

const viewOf = (ctx: AgentContext, agent: string, targets: Targets) => {
  const releaseOf = createReleaseFinder(ctx);
  const imageOf = createImageFinder(ctx, agent);
  return async (task: TaskStateOfEcs): Promise<AgentTask> => {
    const releaseId = task.tags.release ?? (await releaseOf(task.definition));
    const target = targets.find(({ host }) => host === task.address);
    return taskView(agent, task, {
      releaseId,
      image: await imageOf(releaseId),
      target: target && {
        state: targetStateOf(target.state),
        ...(target.reason ? { reason: target.reason } : {}),
      },
    });
  };
};

const targetsOf = async (ctx: AgentContext, service: ServiceState | undefined): Promise<Targets> =>
  service?.targetGroupArn ? ctx.containers.targetHealth(service.targetGroupArn).catch(() => []) : [];

/** CPU and memory of each running task now, by its id. */
const figuresNow = async (ctx: AgentContext, agent: string, tasks: readonly AgentTask[]) => {
  const all = await Promise.all(
    tasks.slice(0, agentLimits.tasksMax).map(async ({ id }) => {
      const startedAt = new Date(ctx.now() - 3 * 60_000).toISOString();
      const { cpu, memory } = await taskCurves(ctx, agent, { id, startedAt }).catch(() => ({ cpu: [], memory: [] }));
      return [id, { cpu: cpu.at(-1)?.value, memory: memory.at(-1)?.value }] as const;
    }),
  );
  return new Map(all);
};

/** Tasks that run, or those that have stopped in the last 400 days; newest first. */
export const listTasks = async (
  ctx: AgentContext,
  input: {
    agent: string;
    state: "running" | "stopped";
    releaseId?: string | undefined;
    cause?: VerdictCause | undefined;
    cursor?: string | undefined;
    limit: number;
  },
): Promise<Page<AgentTask>> => {
  requirePermission(ctx, "agents.read");
  await requireAgent(ctx, input.agent);
  if (input.state === "stopped") return ctx.agents.listTasks(input.agent, input);
  const name = serviceNameOf(ctx, input.agent);
  const [services, tasks] = await Promise.all([
    ctx.containers.describeServices([name]),
    ctx.containers.listTasks(name, "RUNNING"),
  ]);
  const view = viewOf(ctx, input.agent, await targetsOf(ctx, services.get(name)));
  const views = (await Promise.all(tasks.map(view)))
    .filter((task) => !input.releaseId || task.releaseId === input.releaseId)
    .sort((a, b) => (b.createdAt ?? "").localeCompare(a.createdAt ?? ""));
  const figures = await figuresNow(ctx, input.agent, views);
  return {
    items: views.map((task) => {
      const { cpu, memory } = figures.get(task.id) ?? {};
      return {
        ...task,
        ...(cpu === undefined ? {} : { cpuPercent: cpu }),
        ...(memory === undefined ? {} : { memoryPercent: memory }),
      };
    }),
  };
};

/** One task with its last 200 lines and its curves; a stopped one as it was kept. */
export const getTask = async (
  ctx: AgentContext,
  input: { agent: string; taskId: string },
): Promise<AgentTaskDetail> => {
  requirePermission(ctx, "agents.read");
  await requireAgent(ctx, input.agent);
  const kept = await ctx.agents.getTask(input.agent, input.taskId);
  if (kept) return kept;
  const name = serviceNameOf(ctx, input.agent);
  const task = await ctx.containers.getTask(input.taskId);
  if (!task || task.group !== `service:${name}`) throw notFound("task", input.taskId);
  const services = await ctx.containers.describeServices([name]);
  const [view, lines, curves] = await Promise.all([
    targetsOf(ctx, services.get(name)).then((targets) => viewOf(ctx, input.agent, targets)(task)),
    ctx.logs.last(logGroupOf(ctx, input.agent), logStreamOf(task.id), agentLimits.lastLogLines),
    taskCurves(ctx, input.agent, task),
  ]);
  return { ...view, lines: lines.map(toLogLine), ...curves };
};

/** Stops one task; the service starts another in its place. */
export const stopTask = async (
  ctx: AgentContext,
  input: { agent: string; taskId: string; reason: string; confirmName?: string | undefined },
): Promise<AgentTaskDetail> => {
  requirePermission(ctx, "agents.scale");
  const agent = await requireAgent(ctx, input.agent);
  requireConfirmation(agent, input.confirmName);
  const task = await ctx.containers.getTask(input.taskId);
  if (!task || task.group !== `service:${serviceNameOf(ctx, input.agent)}`) throw notFound("task", input.taskId);
  if (task.desiredStatus === "STOPPED")
    throw new Failure("conflict", "This task is stopping already.", { nextStep: "Wait for it, or look at it later." });
  await ctx.containers.stopTask(input.taskId, `${ctx.actor.name}: ${input.reason}`);
  return getTask(ctx, input);
};

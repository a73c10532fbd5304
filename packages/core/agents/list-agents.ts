import type { AgentDetail, AgentItem, AgentList, Release, ReleaseLine } from "@samla/contracts";
import { type AgentRecord, isFailure, requirePermission, type ServiceState } from "../kernel/index.ts";
import {
  type AgentContext,
  alarmNameOf,
  isPaused,
  liveReleaseOf,
  logGroupOf,
  newAgent,
  requireAgent,
  serviceNameOf,
  stackNameOf,
} from "./context.ts";
import { agentQueries } from "./figures.ts";
import { targetStateOf } from "./task-views.ts";

const minute = 60_000;
const figureMinutes = 5;
const proposalsMax = 5;

/** A release in one line. */
export const releaseLine = (release: Release): ReleaseLine => ({
  id: release.id,
  n: release.n,
  kind: release.kind,
  status: release.status,
  at: release.executedAt ?? release.createdAt,
  by: (release.executedBy ?? release.createdBy).name,
  ...(release.verdict ? { ok: release.verdict.ok, cause: release.verdict.cause } : {}),
  sentence: release.verdict?.sentence ?? release.reason,
});

type Known = {
  services: Map<string, ServiceState>;
  alarms: Map<string, { state: string; reason: string }>;
  figures: Map<string, { atMs: number; value: number }[]>;
};

const healthOf = (
  agent: AgentRecord,
  live: Release | undefined,
  service: ServiceState | undefined,
  alarm: { state: string; reason: string } | undefined,
  isKnown: boolean,
): Pick<AgentItem, "health" | "healthReason"> => {
  if (agent.busy)
    return {
      health: "rolling",
      healthReason: `Release ${agent.busy.n} is on its way, begun by ${agent.busy.by.name}.`,
    };
  if (!live) return { health: "unreleased", healthReason: "It has not been released yet." };
  if (isPaused(agent, live)) return { health: "paused", healthReason: "It is paused: no task is wanted." };
  if (!isKnown) return { health: "unknown", healthReason: "ECS does not answer, so nobody knows." };
  if (!service) return { health: "down", healthReason: "Its service is gone from ECS." };
  const { desired, running } = service;
  if (running === 0 && desired > 0)
    return { health: "down", healthReason: `None of ${desired} ${desired === 1 ? "task" : "tasks"} runs.` };
  if (alarm?.state === "ALARM") return { health: "degraded", healthReason: `It answers with faults: ${alarm.reason}` };
  if (running < desired) return { health: "degraded", healthReason: `${running} of ${desired} tasks run.` };
  return { health: "healthy", healthReason: `${running} of ${desired} ${desired === 1 ? "task runs" : "tasks run"}.` };
};

/** Runs a read; a part of AWS that does not answer is named, and what it knows is left out. */
const attempt = async <T>(problems: string[], what: string, nothing: T, read: () => Promise<T>): Promise<T> => {
  try {
    return await read();
  } catch (error) {
    problems.push(`${what}: ${isFailure(error) ? error.message : "it does not answer"}`);
    return nothing;
  }
};

const round = (value: number): number => Math.round(value * 10) / 10;

const figuresOf = (known: Known, prefix: string): AgentItem["figures"] => {
  const values = (id: string): number[] => (known.figures.get(prefix + id) ?? []).map(({ value }) => value);
  const mean = (id: string): number | undefined => {
    const all = values(id);
    return all.length ? round(all.reduce((sum, one) => sum + one, 0) / all.length) : undefined;
  };
  const rate = (id: string): number | undefined => {
    const all = values(id);
    return all.length ? round(all.reduce((sum, one) => sum + one, 0) / figureMinutes) : undefined;
  };
  const last = values("latencyP95").at(-1);
  const found = {
    cpuPercent: mean("cpu"),
    memoryPercent: mean("memory"),
    requestsPerMinute: rate("requests"),
    faultsPerMinute: rate("faults"),
    latencyP95Ms: last === undefined ? undefined : round(last * 1000),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
};

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : Array.isArray(value) ? textOf(value[0]) : undefined;

const itemOf = async (
  ctx: AgentContext,
  agent: AgentRecord,
  known: Known,
  prefix: string,
  isKnown: boolean,
): Promise<AgentItem> => {
  const [live, newest] = await Promise.all([
    liveReleaseOf(ctx, agent),
    ctx.agents.listReleases(agent.name, { limit: proposalsMax }),
  ]);
  const last = newest.items.find((one) => one.status !== "proposed" && one.status !== "withdrawn") ?? live;
  const service = known.services.get(serviceNameOf(ctx, agent.name));
  const slug = textOf(live?.config.settings.index);
  const index = slug ? await ctx.needs.findIndex(slug).catch(() => undefined) : undefined;
  return {
    name: agent.name,
    title: agent.title,
    description: agent.description,
    ...healthOf(agent, live, service, known.alarms.get(alarmNameOf(ctx, agent.name)), isKnown),
    ...(live ? { image: live.image, liveReleaseId: live.id } : {}),
    tasks: { desired: service?.desired ?? 0, running: service?.running ?? 0, pending: service?.pending ?? 0 },
    figures: figuresOf(known, prefix),
    ...(last ? { lastRelease: releaseLine(last) } : {}),
    ...(agent.busy ? { busy: agent.busy } : {}),
    ...(agent.pin ? { pin: agent.pin } : {}),
    paused: isPaused(agent, live),
    protected: agent.protected,
    ...(slug ? { index: slug as NonNullable<AgentItem["index"]> } : {}),
    ...(index ? { buildId: index.buildId as NonNullable<AgentItem["buildId"]>, embedder: index.embedder } : {}),
  };
};

const itemsOf = async (
  ctx: AgentContext,
  agents: AgentRecord[],
  problems: string[],
): Promise<{ items: AgentItem[]; known: Known }> => {
  let isKnown = true;
  const [services, alarms] = await Promise.all([
    attempt(problems, "ECS", undefined, () =>
      ctx.containers.describeServices(agents.map(({ name }) => serviceNameOf(ctx, name))),
    ),
    attempt(problems, "Alarms", new Map(), () => ctx.metrics.alarms(agents.map(({ name }) => alarmNameOf(ctx, name)))),
  ]);
  if (!services) isKnown = false;
  const toMs = ctx.now();
  const figures = await attempt(problems, "Metrics", new Map(), () =>
    ctx.metrics.read(
      agents.flatMap(({ name }, i) =>
        agentQueries(ctx, name, services?.get(serviceNameOf(ctx, name))?.targetGroupArn, `a${i}_`),
      ),
      { fromMs: toMs - figureMinutes * minute, toMs, periodSeconds: 60 },
    ),
  );
  const known = { services: services ?? new Map<string, ServiceState>(), alarms, figures };
  return {
    known,
    items: await Promise.all(agents.map((agent, i) => itemOf(ctx, agent, known, `a${i}_`, isKnown))),
  };
};

/** All agents of the stage, also those that were never released. */
export const listAgents = async (ctx: AgentContext): Promise<AgentList> => {
  requirePermission(ctx, "agents.read");
  const rows = new Map((await ctx.agents.listAgents()).map((row) => [row.name, row]));
  const at = new Date(ctx.now()).toISOString();
  for (const name of ctx.platform.names) if (!rows.has(name)) rows.set(name, newAgent(name, at));
  const problems: string[] = [];
  const agents = [...rows.values()].sort((a, b) => a.name.localeCompare(b.name));
  return { items: agents.length ? (await itemsOf(ctx, agents, problems)).items : [], problems };
};

const alarmStates: Record<string, AgentDetail["alarms"][number]["state"]> = { OK: "ok", ALARM: "firing" };

/** One agent with its live release, way in, environment and stack. */
export const getAgent = async (ctx: AgentContext, input: { agent: string }): Promise<AgentDetail> => {
  requirePermission(ctx, "agents.read");
  const agent = await requireAgent(ctx, input.agent);
  const problems: string[] = [];
  const { items, known } = await itemsOf(ctx, [agent], problems);
  const [item] = items;
  if (!item) throw new Error("an agent gave no item");
  const service = known.services.get(serviceNameOf(ctx, agent.name));
  const stackName = stackNameOf(ctx, agent.name);
  const [live, newest, stack, definition, targets, tasks] = await Promise.all([
    liveReleaseOf(ctx, agent),
    ctx.agents.listReleases(agent.name, { limit: 20 }),
    attempt(problems, "CloudFormation", undefined, () => ctx.stacks.describe(stackName)),
    service && attempt(problems, "ECS", undefined, () => ctx.containers.getDefinition(service.taskDefinition)),
    service?.targetGroupArn
      ? attempt(problems, "Balancer", [], () => ctx.containers.targetHealth(service.targetGroupArn ?? ""))
      : [],
    service ? attempt(problems, "ECS", [], () => ctx.containers.listTasks(service.name, "RUNNING")) : [],
  ]);
  const found =
    live && (await attempt(problems, "Registry", undefined, () => ctx.images.find(agent.name, live.image.digest)));
  const alarm = known.alarms.get(alarmNameOf(ctx, agent.name));
  return {
    ...item,
    ...(live ? { live } : {}),
    proposed: newest.items
      .filter((one) => one.status === "proposed" && one.baseId === agent.liveReleaseId)
      .slice(0, proposalsMax)
      .map(releaseLine),
    ...(found ? { manifest: (found.manifest ?? null) as NonNullable<AgentDetail["manifest"]> } : {}),
    endpoint: {
      url: `${ctx.platform.apiUrl}/agents/${agent.name}`,
      ...(ctx.platform.parameters.NamespaceName
        ? { discoveryName: `${agent.name}.${ctx.platform.parameters.NamespaceName}` }
        : {}),
      targets: targets.map(({ host, port, state, reason }) => {
        const task = tasks.find(({ address }) => address === host);
        return {
          address: `${host}:${port}`,
          state: targetStateOf(state),
          ...(reason ? { reason } : {}),
          ...(task ? { taskId: task.id } : {}),
        };
      }),
    },
    environment: definition
      ? [
          ...Object.entries(definition.environment).map(([name, value]) => ({ name, value })),
          ...Object.entries(definition.secrets).map(([name, secret]) => ({ name, secret })),
        ].sort((a, b) => a.name.localeCompare(b.name))
      : [],
    stack: {
      name: stackName,
      ...(stack ? { status: stack.status } : {}),
      ...(stack?.reason ? { statusReason: stack.reason } : {}),
    },
    logGroup: logGroupOf(ctx, agent.name),
    ...(service ? { taskDefinition: service.taskDefinition } : {}),
    alarms: alarm
      ? [{ name: alarmNameOf(ctx, agent.name), state: alarmStates[alarm.state] ?? "no-data", reason: alarm.reason }]
      : [],
    serviceEvents: (service?.events ?? []).map(({ at, message }) => ({ at, message })).slice(0, 50),
    problems: [...new Set(problems)],
  };
};

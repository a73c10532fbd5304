import {
  type AgentMetric,
  type AgentMetricsResult,
  type AgentScaling,
  agentMetrics,
  type MetricRange,
} from "@samla/contracts";
import { requirePermission } from "../kernel/index.ts";
import { type AgentContext, clusterOf, isPaused, liveReleaseOf, requireAgent, serviceNameOf } from "./context.ts";
import { agentQueries } from "./figures.ts";
import { releaseLine } from "./list-agents.ts";

const minute = 60_000;
const hour = 60 * minute;
const ranges: Record<MetricRange, { lengthMs: number; periodSeconds: number }> = {
  "1h": { lengthMs: hour, periodSeconds: 60 },
  "6h": { lengthMs: 6 * hour, periodSeconds: 60 },
  "24h": { lengthMs: 24 * hour, periodSeconds: 300 },
  "7d": { lengthMs: 7 * 24 * hour, periodSeconds: 3600 },
  "30d": { lengthMs: 30 * 24 * hour, periodSeconds: 3600 },
};
const units: Record<AgentMetric, string> = {
  cpu: "percent",
  memory: "percent",
  requests: "count",
  faults: "count",
  latencyP50: "milliseconds",
  latencyP95: "milliseconds",
  running: "count",
  desired: "count",
};
const marksMax = 100;

/** The figures of an agent over a time, with its releases to draw beside them. */
export const readMetrics = async (
  ctx: AgentContext,
  input: { agent: string; range: MetricRange },
): Promise<AgentMetricsResult> => {
  requirePermission(ctx, "agents.read");
  await requireAgent(ctx, input.agent);
  const { lengthMs, periodSeconds } = ranges[input.range];
  const name = serviceNameOf(ctx, input.agent);
  const service = (await ctx.containers.describeServices([name])).get(name);
  const toMs = ctx.now();
  const fromMs = Math.floor((toMs - lengthMs) / (periodSeconds * 1000)) * periodSeconds * 1000;
  const [found, releases] = await Promise.all([
    ctx.metrics.read(agentQueries(ctx, input.agent, service?.targetGroupArn), { fromMs, toMs, periodSeconds }),
    ctx.agents.listReleases(input.agent, { limit: marksMax }),
  ]);
  const from = new Date(fromMs).toISOString();
  return {
    from,
    to: new Date(toMs).toISOString(),
    periodSeconds,
    series: agentMetrics.map((metric) => ({
      name: metric,
      unit: units[metric],
      points: (found.get(metric) ?? []).map(({ atMs, value }) => ({
        at: new Date(atMs).toISOString(),
        value: units[metric] === "milliseconds" ? value * 1000 : value,
      })),
    })),
    marks: releases.items.filter(({ executedAt }) => executedAt && executedAt >= from).map(releaseLine),
  };
};

/** How an agent is scaled, and what scaling did. */
export const scalingHistory = async (ctx: AgentContext, input: { agent: string }): Promise<AgentScaling> => {
  requirePermission(ctx, "agents.read");
  const agent = await requireAgent(ctx, input.agent);
  const name = serviceNameOf(ctx, input.agent);
  const [live, services, acts] = await Promise.all([
    liveReleaseOf(ctx, agent),
    ctx.containers.describeServices([name]),
    ctx.metrics.scalingActs(`service/${clusterOf(ctx)}/${name}`),
  ]);
  const service = services.get(name);
  return {
    minTasks: live?.config.minTasks ?? 0,
    maxTasks: live?.config.maxTasks ?? 0,
    cpuTarget: live?.config.cpuTarget ?? 0,
    desired: service?.desired ?? 0,
    running: service?.running ?? 0,
    paused: isPaused(agent, live),
    acts: acts.map((act) => ({
      id: act.id,
      at: act.at,
      description: act.description,
      cause: act.cause,
      status: [act.status, act.message].filter(Boolean).join(": "),
      failed: /Failed|Overridden/.test(act.status),
    })),
  };
};

import type { MetricQuery } from "../kernel/index.ts";
import { type AgentContext, clusterOf, serviceNameOf } from "./context.ts";

const minute = 60_000;

const ecs = (ctx: AgentContext, agent: string) => ({
  ClusterName: clusterOf(ctx),
  ServiceName: serviceNameOf(ctx, agent),
});

/** `targetgroup/name/id` and `app/name/id`, as the balancer's metrics name them. */
export const targetGroupDimensions = (
  ctx: AgentContext,
  targetGroupArn: string | undefined,
): Record<string, string> | undefined => {
  const group = targetGroupArn && /(targetgroup\/[^:]+)$/.exec(targetGroupArn)?.[1];
  return group ? { LoadBalancer: ctx.platform.parameters.BalancerName ?? "", TargetGroup: group } : undefined;
};

/** The queries of an agent's charts; ids begin with `prefix`, as one call may ask for many agents. */
export const agentQueries = (
  ctx: AgentContext,
  agent: string,
  targetGroupArn: string | undefined,
  prefix = "",
): MetricQuery[] => {
  const balancer = targetGroupDimensions(ctx, targetGroupArn);
  const service = { namespace: "AWS/ECS", dimensions: ecs(ctx, agent), statistic: "Average" };
  const insights = { namespace: "ECS/ContainerInsights", dimensions: ecs(ctx, agent), statistic: "Average" };
  const targets = (metric: string, statistic: string, id: string): MetricQuery[] =>
    balancer ? [{ id: prefix + id, namespace: "AWS/ApplicationELB", metric, dimensions: balancer, statistic }] : [];
  return [
    { ...service, id: `${prefix}cpu`, metric: "CPUUtilization" },
    { ...service, id: `${prefix}memory`, metric: "MemoryUtilization" },
    { ...insights, id: `${prefix}running`, metric: "RunningTaskCount" },
    { ...insights, id: `${prefix}desired`, metric: "DesiredTaskCount" },
    ...targets("RequestCount", "Sum", "requests"),
    ...targets("HTTPCode_Target_5XX_Count", "Sum", "faults"),
    ...targets("TargetResponseTime", "p50", "latencyP50"),
    ...targets("TargetResponseTime", "p95", "latencyP95"),
  ];
};

const taskDimensions = (ctx: AgentContext, agent: string, taskId: string) => ({
  ...ecs(ctx, agent),
  TaskDefinitionFamily: serviceNameOf(ctx, agent),
  TaskId: taskId,
});

/** CPU and memory of one task in percent of what it has, over its life or its last six hours. */
export const taskCurves = async (
  ctx: AgentContext,
  agent: string,
  task: { id: string; startedAt?: string | undefined; stoppedAt?: string | undefined },
): Promise<{ cpu: { at: string; value: number }[]; memory: { at: string; value: number }[] }> => {
  const toMs = task.stoppedAt ? Date.parse(task.stoppedAt) + minute : ctx.now();
  const fromMs = Math.max(task.startedAt ? Date.parse(task.startedAt) - minute : 0, toMs - 6 * 60 * minute);
  const query = (id: string, metric: string): MetricQuery => ({
    id,
    namespace: "ECS/ContainerInsights",
    metric,
    dimensions: taskDimensions(ctx, agent, task.id),
    statistic: "Maximum",
  });
  const found = await ctx.metrics.read(
    [
      query("cpuUsed", "CpuUtilized"),
      query("cpuHeld", "CpuReserved"),
      query("memoryUsed", "MemoryUtilized"),
      query("memoryHeld", "MemoryReserved"),
    ],
    { fromMs, toMs, periodSeconds: toMs - fromMs > 60 * minute ? 60 : 10 },
  );
  const percent = (used: string, held: string) => {
    const of = new Map((found.get(held) ?? []).map(({ atMs, value }) => [atMs, value]));
    return (found.get(used) ?? []).flatMap(({ atMs, value }) => {
      const whole = of.get(atMs);
      return whole ? [{ at: new Date(atMs).toISOString(), value: Math.round((value / whole) * 1000) / 10 }] : [];
    });
  };
  return { cpu: percent("cpuUsed", "cpuHeld"), memory: percent("memoryUsed", "memoryHeld") };
};

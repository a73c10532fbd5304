import type { MetricPort } from "../kernel/container-ports.ts";
import type { EcsStore } from "./store.ts";
import type { TaskManager } from "./task-manager.ts";

const SAMPLE_MS = 10_000;

/**
 * Sends what each task uses every 10 s, as CloudWatch has it. `AWS/ECS`: CPUUtilization, MemoryUtilization (Percent, by
 * ClusterName and ServiceName). `ECS/ContainerInsights`: CpuUtilized, CpuReserved (CPU units), MemoryUtilized and
 * MemoryReserved (Megabytes) by these, TaskDefinitionFamily and TaskId; TaskCpuUtilization, TaskMemoryUtilization
 * (Percent) by ClusterName, ServiceName and TaskId; RunningTaskCount, DesiredTaskCount by ClusterName and ServiceName.
 */
export const startUsageMetrics = (deps: {
  store: EcsStore;
  tasks: TaskManager;
  metrics: MetricPort;
  now(): number;
  sampleMs?: number;
}): { close(): void } => {
  const { store, tasks, metrics, now } = deps;
  let before = new Map<string, { cpuSeconds: number; atMs: number }>();
  const sample = (): void => {
    const atMs = now();
    const seen = new Map<string, { cpuSeconds: number; atMs: number }>();
    for (const task of store.tasks.all()) {
      if (task.view.lastStatus !== "RUNNING") continue;
      const usage = tasks.usage(task);
      if (!usage) continue;
      seen.set(task.id, { cpuSeconds: usage.cpuSeconds, atMs });
      const last = before.get(task.id);
      const reservedUnits = Number(task.view.cpu);
      const reservedMb = Number(task.view.memory);
      const memoryMb = usage.memoryBytes / 1024 ** 2;
      const byService: Record<string, string> = { ClusterName: task.cluster };
      if (task.service !== undefined) byService.ServiceName = task.service;
      const byTask = {
        ...byService,
        TaskDefinitionFamily: task.view.taskDefinitionArn.split("/").at(-1)?.split(":")[0] ?? "",
        TaskId: task.id,
      };
      const put = (namespace: string, name: string, dimensions: Record<string, string>, value: number, unit: string) =>
        metrics.put({ namespace, name, dimensions, value, unit, atMs });
      const byId = { ...byService, TaskId: task.id };
      put("ECS/ContainerInsights", "TaskMemoryUtilization", byId, (100 * memoryMb) / reservedMb, "Percent");
      put("AWS/ECS", "MemoryUtilization", byService, (100 * memoryMb) / reservedMb, "Percent");
      put("ECS/ContainerInsights", "MemoryUtilized", byTask, memoryMb, "Megabytes");
      put("ECS/ContainerInsights", "MemoryReserved", byTask, reservedMb, "Megabytes");
      put("ECS/ContainerInsights", "CpuReserved", byTask, reservedUnits, "None");
      if (!last || atMs <= last.atMs) continue;
      const usedUnits = (1024 * 1000 * Math.max(0, usage.cpuSeconds - last.cpuSeconds)) / (atMs - last.atMs);
      // A task here may use more than its share of the machine; Fargate would have held it at its limit.
      const units = Math.min(usedUnits, reservedUnits);
      put("ECS/ContainerInsights", "TaskCpuUtilization", byId, (100 * units) / reservedUnits, "Percent");
      put("AWS/ECS", "CPUUtilization", byService, (100 * units) / reservedUnits, "Percent");
      put("ECS/ContainerInsights", "CpuUtilized", byTask, units, "None");
    }
    for (const service of store.listServices()) {
      if (service.status === "INACTIVE") continue;
      const dimensions = { ClusterName: service.cluster, ServiceName: service.name };
      const running = store.tasksOf(service).filter(({ view }) => view.lastStatus === "RUNNING").length;
      const count = (name: string, value: number) =>
        metrics.put({ namespace: "ECS/ContainerInsights", name, dimensions, value, unit: "Count", atMs });
      count("RunningTaskCount", running);
      count("DesiredTaskCount", service.desiredCount);
    }
    before = seen;
  };
  const timer = setInterval(() => {
    try {
      sample();
    } catch (error) {
      console.error("The use of tasks could not be measured:", error);
    }
  }, deps.sampleMs ?? SAMPLE_MS);
  timer.unref();
  return { close: () => clearInterval(timer) };
};

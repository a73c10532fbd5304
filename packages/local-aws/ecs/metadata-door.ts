import type { Door } from "../kernel/types.ts";
import type { ContainerView, TaskRecord } from "./records.ts";
import type { EcsStore } from "./store.ts";
import { METADATA_PREFIX } from "./task-environment.ts";
import type { Usage } from "./task-watch.ts";

const toIso = (seconds: number | undefined): string | undefined =>
  seconds === undefined ? undefined : new Date(seconds * 1000).toISOString();

const showContainer = (task: TaskRecord, container: ContainerView) => ({
  DockerId: container.runtimeId,
  Name: container.name,
  DockerName: container.name,
  Image: container.image,
  ImageID: container.imageDigest,
  Labels: {
    "com.amazonaws.ecs.cluster": task.view.clusterArn,
    "com.amazonaws.ecs.container-name": container.name,
    "com.amazonaws.ecs.task-arn": task.view.taskArn,
    "com.amazonaws.ecs.task-definition-family": task.view.taskDefinitionArn.split("/").at(-1)?.split(":")[0],
    "com.amazonaws.ecs.task-definition-version": task.view.taskDefinitionArn.split(":").at(-1),
  },
  DesiredStatus: task.view.desiredStatus,
  KnownStatus: container.lastStatus,
  ExitCode: container.exitCode,
  Limits: { CPU: Number(container.cpu), ...(container.memory ? { Memory: Number(container.memory) } : {}) },
  CreatedAt: toIso(task.view.createdAt),
  StartedAt: toIso(task.view.startedAt),
  Type: "NORMAL",
  ContainerARN: container.containerArn,
  Networks: [{ NetworkMode: "awsvpc", IPv4Addresses: ["127.0.0.1"] }],
  Health: { status: container.healthStatus },
});

const showTask = (task: TaskRecord) => ({
  Cluster: task.view.clusterArn,
  TaskARN: task.view.taskArn,
  Family: task.view.taskDefinitionArn.split("/").at(-1)?.split(":")[0],
  Revision: task.view.taskDefinitionArn.split(":").at(-1),
  ServiceName: task.service,
  DesiredStatus: task.view.desiredStatus,
  KnownStatus: task.view.lastStatus,
  Limits: { CPU: Number(task.view.cpu) / 1024, Memory: Number(task.view.memory) },
  PullStartedAt: toIso(task.view.pullStartedAt),
  PullStoppedAt: toIso(task.view.pullStoppedAt),
  AvailabilityZone: task.view.availabilityZone,
  LaunchType: task.view.launchType,
  Containers: task.view.containers.map((container) => showContainer(task, container)),
});

/**
 * The task metadata endpoint, version 4, at ECS_CONTAINER_METADATA_URI_V4:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html
 */
export const createMetadataDoor = (store: EcsStore, usageOf: (task: TaskRecord) => Usage | undefined): Door => ({
  prefix: METADATA_PREFIX,
  async handle(_req, res, url) {
    const [, taskId = "", name = "", what = ""] =
      /^\/_ecs\/v4\/([0-9a-f]{32})-([^/]+)(?:\/(.+))?$/.exec(url.pathname) ?? [];
    const task = store.tasks.get(taskId);
    const container = task?.view.containers.find((one) => one.name === name);
    const send = (status: number, body: unknown): void => {
      res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    if (!task || !container) return send(404, { code: "NotFound", message: "There is no such container." });
    if (what === "") return send(200, showContainer(task, container));
    if (what === "task") return send(200, showTask(task));
    if (what === "taskWithTags") return send(200, { ...showTask(task), TaskTags: task.tags });
    const usage = usageOf(task);
    if (what === "stats" && usage)
      return send(200, {
        read: new Date().toISOString(),
        memory_stats: { usage: usage.memoryBytes, limit: Number(task.view.memory) * 1024 ** 2 },
        cpu_stats: { cpu_usage: { total_usage: Math.round(usage.cpuSeconds * 1e9) }, online_cpus: 1 },
      });
    return send(404, { code: "NotFound", message: `There is no ${what} here.` });
  },
  close: async () => undefined,
});

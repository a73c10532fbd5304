import { mkdirSync } from "node:fs";
import path from "node:path";
import type {
  DiscoveryPort,
  EmitEvent,
  ImagePort,
  MetricPort,
  SecretPort,
  ServicePort,
  TargetPort,
} from "../kernel/container-ports.ts";
import { createJsonService } from "../kernel/json-protocol.ts";
import type { Door, Identity, Service } from "../kernel/types.ts";
import type { LogSink } from "../logs/store.ts";
import { createClusterOperations } from "./cluster-operations.ts";
import { createDeploymentOperations } from "./deployment-operations.ts";
import { createDeployments } from "./deployments.ts";
import { createMetadataDoor } from "./metadata-door.ts";
import { createEcsNames, lastPartOf } from "./names.ts";
import type { ServiceRecord } from "./records.ts";
import { Scheduler } from "./scheduler.ts";
import { createServiceLog } from "./service-log.ts";
import { createServiceOperations } from "./service-operations.ts";
import { EcsStore } from "./store.ts";
import { createTagOperations } from "./tag-operations.ts";
import { createDefinitionOperations } from "./task-definition-operations.ts";
import { TaskManager } from "./task-manager.ts";
import { createTaskOperations } from "./task-operations.ts";
import { startUsageMetrics } from "./usage-metrics.ts";

/** A task may fill this much of the laptop's disk; Fargate's own limit of 20 GiB would not leave much of it. */
const STORAGE_LIMIT_BYTES = 2 * 1024 ** 3;

export type EcsOptions = {
  dir: string;
  identity: Identity;
  publicUrl: string;
  images: ImagePort;
  targets: TargetPort;
  discovery: DiscoveryPort;
  metrics: MetricPort;
  secrets: SecretPort;
  logs: LogSink;
  emit: EmitEvent;
  /** What tasks sign their calls with. */
  credentials: { accessKeyId: string; secretAccessKey: string };
  now?: () => number;
  /** Length of a second of health checks, grace periods and pauses: tests make it shorter. Default 1000. */
  secondMs?: number;
  /** How long alarms are watched after a roll, as AWS derives from their periods. Default 0: only during it. */
  alarmBakeMs?: number;
  storageLimitBytes?: number;
  metricsSampleMs?: number;
};

export type Ecs = {
  service: Service;
  services: ServicePort;
  /** Metadata of tasks, for what runs in them. */
  door: Door;
};

/**
 * ECS (`AmazonEC2ContainerServiceV20141113`, scope `ecs`) on this machine: tasks are processes of the unpacked image,
 * services roll and roll back as in AWS. State is in `ecs` below `dir`; after a kill -9 services start their tasks anew
 * and a deployment under way goes on.
 */
export const createEcs = (options: EcsOptions): Ecs => {
  const { identity, publicUrl, metrics, targets, credentials, now = Date.now, secondMs = 1000 } = options;
  const dir = path.join(options.dir, "ecs");
  mkdirSync(dir, { recursive: true });
  const store = new EcsStore(dir);
  const names = createEcsNames(identity);
  const log = createServiceLog(options.emit, names.cluster, now);
  const deployments = createDeployments({ store, names, log, metrics, now });
  let scheduler: Scheduler | undefined;
  const tasks = new TaskManager(store, names, {
    images: options.images,
    secrets: options.secrets,
    logs: options.logs,
    targets,
    discovery: options.discovery,
    settings: { region: identity.region, publicUrl, credentials },
    tasksDir: path.join(dir, "tasks"),
    storageLimitBytes: options.storageLimitBytes ?? STORAGE_LIMIT_BYTES,
    secondMs,
    now,
    onChange: (task) => {
      if (tasks.isClosed) return;
      task.view.version += 1;
      store.tasks.save(task.id, task);
      log.task(task);
      scheduler?.wake();
    },
    onImage: (task, containerName, digest) => {
      const service = task.service === undefined ? undefined : store.findService(task.cluster, task.service);
      const arn = service?.deployments.find(({ id }) => id === task.deploymentId)?.revisionArn;
      const revision = arn === undefined ? undefined : store.revisions.get(arn);
      if (!revision || revision.imageDigests[containerName] === digest) return;
      revision.imageDigests[containerName] = digest;
      store.revisions.save(revision.arn, revision);
    },
  });
  tasks.recover();
  const running = new Scheduler({
    store,
    tasks,
    deployments,
    log,
    targets,
    metrics,
    secondMs,
    alarmBakeMs: options.alarmBakeMs ?? 0,
    now,
  });
  scheduler = running;
  const usage = startUsageMetrics({ store, tasks, metrics, now, sampleMs: options.metricsSampleMs });
  running.wake();

  const findActive = (cluster: string, name: string): ServiceRecord | undefined => {
    const found = store.findService(lastPartOf(cluster), lastPartOf(name));
    return found?.status === "ACTIVE" ? found : undefined;
  };
  return {
    service: createJsonService({
      name: "ECS",
      scopes: ["ecs"],
      protocol: "1.1",
      operations: {
        ...createClusterOperations(store, names),
        ...createDefinitionOperations(store, names, now),
        ...createServiceOperations({ store, names, deployments, scheduler: running, log, now }),
        ...createTaskOperations(store, names, tasks),
        ...createDeploymentOperations(store, deployments, () => running.wake(), now),
        ...createTagOperations(store),
      },
      close: async () => {
        running.close();
        usage.close();
        await tasks.close();
        store.close();
      },
    }),
    services: {
      desiredCount: (cluster, name) => findActive(cluster, name)?.desiredCount,
      setDesiredCount: (cluster, name, count) => {
        const service = findActive(cluster, name);
        if (!service || service.desiredCount === count) return;
        service.desiredCount = count;
        service.isSteady = false;
        store.saveService(service);
        running.wake();
      },
    },
    door: createMetadataDoor(store, (task) => tasks.usage(task)),
  };
};

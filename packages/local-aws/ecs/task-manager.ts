import { rmSync } from "node:fs";
import { type EcsNames, makeTaskId } from "./names.ts";
import { endProcessesMarked } from "./process-usage.ts";
import type {
  ClusterRecord,
  DefinitionRecord,
  LoadBalancer,
  ServiceRegistry,
  StopCode,
  Tags,
  TaskOverride,
  TaskRecord,
} from "./records.ts";
import { deregisterTask } from "./registration.ts";
import type { EcsStore } from "./store.ts";
import { TASK_MARK } from "./task-environment.ts";
import { type RunnerDeps, TaskRunner } from "./task-runner.ts";
import type { Usage } from "./task-watch.ts";
import { readUsage } from "./task-watch.ts";

/** A stopped task is described for about an hour, as in AWS. */
const STOPPED_KEEP_SECONDS = 3600;
/** Service deployments are kept for 90 days: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html */
export const HISTORY_KEEP_SECONDS: number = 90 * 86_400;
/** Fargate gives every task this much (GiB). */
const DEFAULT_STORAGE_GIB = 20;

export type NewTask = {
  cluster: ClusterRecord;
  definition: DefinitionRecord;
  group: string;
  startedBy?: string;
  service?: string;
  deploymentId?: string;
  overrides?: TaskOverride;
  tags: Tags;
  loadBalancers?: LoadBalancer[];
  serviceRegistries?: ServiceRegistry[];
  networkConfiguration?: unknown;
  enableExecuteCommand?: boolean;
  platformVersion?: string;
};

/** All tasks of the stand-in: their records and, while they run, their runners. */
export class TaskManager {
  readonly #store: EcsStore;
  readonly #names: EcsNames;
  readonly #deps: RunnerDeps;
  readonly #runners = new Map<string, TaskRunner>();
  #isClosed = false;

  constructor(store: EcsStore, names: EcsNames, deps: RunnerDeps) {
    this.#store = store;
    this.#names = names;
    this.#deps = deps;
  }

  /** Makes the record and begins to start it; the record says what becomes of it. */
  create(wanted: NewTask): TaskRecord {
    const { cluster, definition } = wanted;
    const id = makeTaskId();
    const taskArn = this.#names.task(cluster.name, id);
    const attachmentId = makeTaskId();
    const subnets = (wanted.networkConfiguration as { awsvpcConfiguration?: { subnets?: string[] } } | undefined)
      ?.awsvpcConfiguration?.subnets;
    const storage = definition.rest.ephemeralStorage as { sizeInGiB?: number } | undefined;
    const task: TaskRecord = {
      id,
      cluster: cluster.name,
      ...(wanted.service === undefined ? {} : { service: wanted.service }),
      ...(wanted.deploymentId === undefined ? {} : { deploymentId: wanted.deploymentId }),
      tags: wanted.tags,
      hostPorts: {},
      registered: { targets: [], registries: [] },
      pids: [],
      wasHealthy: false,
      isSettled: wanted.service === undefined,
      view: {
        taskArn,
        clusterArn: this.#names.cluster(cluster.name),
        taskDefinitionArn: this.#names.definition(definition.family, definition.revision),
        containers: definition.containers.map((container) => ({
          containerArn: this.#names.container(cluster.name, id),
          taskArn,
          name: container.name,
          image: container.image,
          lastStatus: "PENDING",
          networkBindings: [],
          networkInterfaces: [{ attachmentId, privateIpv4Address: "127.0.0.1" }],
          healthStatus: "UNKNOWN",
          cpu: String(container.cpu),
          ...(container.memory === undefined ? {} : { memory: String(container.memory) }),
        })),
        lastStatus: "PROVISIONING",
        desiredStatus: "RUNNING",
        healthStatus: "UNKNOWN",
        cpu: String(definition.cpuUnits),
        memory: String(definition.memoryMb),
        createdAt: this.#deps.now() / 1000,
        group: wanted.group,
        ...(wanted.startedBy === undefined ? {} : { startedBy: wanted.startedBy }),
        launchType: "FARGATE",
        platformVersion: wanted.platformVersion === "LATEST" ? "1.4.0" : (wanted.platformVersion ?? "1.4.0"),
        platformFamily: "Linux",
        availabilityZone: `${this.#names.region}a`,
        enableExecuteCommand: wanted.enableExecuteCommand ?? false,
        attachments: [
          {
            id: attachmentId,
            type: "ElasticNetworkInterface",
            status: "ATTACHED",
            details: [
              ...(subnets?.[0] ? [{ name: "subnetId", value: subnets[0] }] : []),
              { name: "privateIPv4Address", value: "127.0.0.1" },
            ],
          },
        ],
        overrides: { containerOverrides: [], inferenceAcceleratorOverrides: [], ...wanted.overrides },
        ephemeralStorage: { sizeInGiB: storage?.sizeInGiB ?? DEFAULT_STORAGE_GIB },
        version: 0,
      },
    };
    const serves = { loadBalancers: wanted.loadBalancers ?? [], serviceRegistries: wanted.serviceRegistries ?? [] };
    const runner = new TaskRunner(task, definition, serves, this.#deps);
    this.#runners.set(id, runner);
    this.#deps.onChange(task);
    void runner.start();
    void runner.ended.then(() => this.#runners.delete(id));
    return task;
  }

  stop(task: TaskRecord, code: StopCode, reason: string): void {
    void this.#runners.get(task.id)?.stop(code, reason);
  }

  usage(task: TaskRecord): Usage | undefined {
    const pids = this.#runners.get(task.id)?.pids ?? [];
    return pids.length === 0 ? undefined : readUsage(pids);
  }

  /** Tasks that ran when the stand-in ended: their processes ended with it, so they are STOPPED. */
  recover(): void {
    for (const task of this.#store.tasks.all()) {
      if (task.view.lastStatus === "STOPPED") continue;
      const { view } = task;
      if (task.pids.length > 0) endProcessesMarked(`${TASK_MARK}=${task.id}`);
      void deregisterTask(task, this.#deps);
      const at = this.#deps.now() / 1000;
      view.desiredStatus = "STOPPED";
      view.stopCode ??= "TerminationNotice";
      view.stoppedReason ??= "The host of the task ended: the local stand-in was stopped while the task ran.";
      view.stoppingAt ??= at;
      view.executionStoppedAt ??= at;
      view.stoppedAt = at;
      for (const container of view.containers) container.lastStatus = "STOPPED";
      task.pids = [];
      view.lastStatus = "STOPPED";
      this.#deps.onChange(task);
    }
    rmSync(this.#deps.tasksDir, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Forgets tasks that stopped an hour ago, and deployments of three months ago. */
  sweep(): void {
    const before = this.#deps.now() / 1000 - STOPPED_KEEP_SECONDS;
    for (const task of this.#store.tasks.all())
      if (task.view.lastStatus === "STOPPED" && task.isSettled && (task.view.stoppedAt ?? 0) < before)
        this.#store.tasks.delete(task.id);
    this.#store.forgetBefore(this.#deps.now() / 1000 - HISTORY_KEEP_SECONDS);
  }

  /** Ends every process at once and waits until they are gone; the records stay as they are, for `recover`. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#runners.values()].map((runner) => runner.endNow()));
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }
}

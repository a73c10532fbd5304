import { chownSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import type { DiscoveryPort, ImagePort, PulledImage, SecretPort, TargetPort } from "../kernel/container-ports.ts";
import type { LogSink } from "../logs/store.ts";
import { releaseHostPort, takeHostPort } from "./host-ports.ts";
import { endProcessesMarked } from "./process-usage.ts";
import type { DefinitionRecord, LoadBalancer, ServiceRegistry, StopCode, TaskRecord, TaskStatus } from "./records.ts";
import { deregisterTask, registerTask, tellHealth } from "./registration.ts";
import { TaskContainer } from "./task-container.ts";
import { type RuntimeSettings, readSecrets, TASK_MARK } from "./task-environment.ts";

const PULL_TIMEOUT_MS = 10 * 60_000;

export type RunnerDeps = {
  images: ImagePort;
  secrets: SecretPort;
  logs: LogSink;
  targets: TargetPort;
  discovery: DiscoveryPort;
  settings: RuntimeSettings;
  /** Folder of the tasks' own folders. */
  tasksDir: string;
  storageLimitBytes: number;
  /** Length of a second of health checks and grace periods. */
  secondMs: number;
  now(): number;
  /** The record has changed: to be kept, told to EventBridge and to the scheduler. */
  onChange(task: TaskRecord): void;
  onImage(task: TaskRecord, containerName: string, digest: string): void;
};

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const within = <Value>(work: Promise<Value>, limitMs: number, message: string): Promise<Value> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message)), limitMs);
    timer.unref();
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
};

/** Takes one task from its record to its end: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html */
export class TaskRunner {
  readonly task: TaskRecord;
  /** Settles when the task is STOPPED. */
  readonly ended: Promise<void>;
  readonly #deps: RunnerDeps;
  readonly #definition: DefinitionRecord;
  readonly #serves: { loadBalancers: LoadBalancer[]; serviceRegistries: ServiceRegistry[] };
  readonly #dir: string;
  #containers: TaskContainer[] = [];
  #images = new Map<string, PulledImage>();
  #stopping: Promise<void> | undefined;
  #resolveEnded: () => void = () => undefined;
  #isAbandoned = false;

  constructor(
    task: TaskRecord,
    definition: DefinitionRecord,
    serves: { loadBalancers: LoadBalancer[]; serviceRegistries: ServiceRegistry[] },
    deps: RunnerDeps,
  ) {
    this.task = task;
    this.#definition = definition;
    this.#serves = serves;
    this.#deps = deps;
    this.#dir = path.join(deps.tasksDir, task.id);
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  get pids(): number[] {
    return this.#containers.flatMap((one) => (one.pid === undefined ? [] : [one.pid]));
  }

  #seconds(): number {
    return this.#deps.now() / 1000;
  }

  #move(status: TaskStatus): void {
    this.task.view.lastStatus = status;
    this.#deps.onChange(this.task);
  }

  get #isWanted(): boolean {
    return this.task.view.desiredStatus === "RUNNING";
  }

  /** Pulls, starts and registers; never rejects: what fails is in the task's stop reason. */
  async start(): Promise<void> {
    const { view } = this.task;
    try {
      this.#move("PENDING");
      const secrets = this.#definition.containers.map((one) => readSecrets(one, this.#deps.secrets));
      await this.#pull();
      if (!this.#isWanted) return await this.#conclude();
      await this.#takePorts();
      if (this.#isAbandoned) return;
      const scratchDir = this.#makeFolders();
      for (const [index, definition] of this.#definition.containers.entries())
        this.#startContainer(index, definition, secrets[index] ?? [], scratchDir);
      this.task.pids = this.pids;
      view.connectivity = "CONNECTED";
      view.connectivityAt = this.#seconds();
      view.startedAt = this.#seconds();
      registerTask(this.task, this.#serves, this.#definition, this.#deps);
      this.#move("RUNNING");
      if (!this.#isWanted) await this.stop("UserInitiated", view.stoppedReason ?? "");
    } catch (error) {
      await this.#fail(describe(error));
    }
  }

  async #pull(): Promise<void> {
    const { view } = this.task;
    view.pullStartedAt = this.#seconds();
    for (const container of view.containers) {
      let image: PulledImage;
      try {
        image = await within(
          this.#deps.images.pull(container.image),
          PULL_TIMEOUT_MS,
          `CannotPullContainerError: pull image manifest has been retried 1 time(s): ${container.image}: timed out`,
        );
      } catch (error) {
        const cause = describe(error);
        throw cause.startsWith("CannotPull") ? error : new Error(`CannotPullContainerError: ${cause}`);
      }
      this.#images.set(container.name, image);
      container.imageDigest = image.digest;
      this.#deps.onImage(this.task, container.name, image.digest);
    }
    view.pullStoppedAt = this.#seconds();
  }

  async #takePorts(): Promise<void> {
    const mappings = this.#definition.containers.flatMap(({ portMappings }) => portMappings);
    for (const { containerPort } of mappings) this.task.hostPorts[containerPort] ??= await takeHostPort();
    for (const [index, { portMappings }] of this.#definition.containers.entries()) {
      const view = this.task.view.containers[index];
      if (view)
        view.networkBindings = portMappings.map(({ containerPort }) => ({
          bindIP: "127.0.0.1",
          containerPort,
          hostPort: this.task.hostPorts[containerPort] ?? containerPort,
          protocol: "tcp",
        }));
    }
  }

  #makeFolders(): string {
    const scratchDir = path.join(this.#dir, "tmp");
    mkdirSync(scratchDir, { recursive: true });
    mkdirSync(path.join(this.#dir, "ports"), { recursive: true });
    return scratchDir;
  }

  #startContainer(
    index: number,
    definition: DefinitionRecord["containers"][number],
    secrets: { name: string; value: string }[],
    scratchDir: string,
  ): void {
    const view = this.task.view.containers[index];
    const image = this.#images.get(definition.name);
    if (!view || !image) throw new Error(`CannotStartContainerError: no image for ${definition.name}`);
    const portDir = path.join(this.#dir, "ports");
    const override = this.task.view.overrides.containerOverrides?.find(({ name }) => name === definition.name);
    const memoryMb = override?.memory ?? definition.memory ?? this.#definition.memoryMb;
    const container = new TaskContainer({
      taskId: this.task.id,
      definition,
      view,
      image,
      override,
      secrets,
      settings: this.#deps.settings,
      logs: this.#deps.logs,
      scratchDir,
      portDir,
      hostPorts: this.task.hostPorts,
      memoryBytes: memoryMb * 1024 ** 2,
      storageBytes: this.#deps.storageLimitBytes,
      secondMs: this.#deps.secondMs,
      ownFolders: ({ uid, gid }) => {
        for (const folder of [scratchDir, portDir]) chownSync(folder, uid, gid);
      },
      onHealth: () => this.#settleHealth(),
    });
    this.#containers.push(container);
    container.ended.then(() => this.#onContainerEnd(container));
  }

  #settleHealth(): void {
    const { view } = this.task;
    const watched = this.#containers.filter(({ definition }) => definition.healthCheck && definition.essential);
    const before = view.healthStatus;
    if (watched.some((one) => one.view.healthStatus === "UNHEALTHY")) view.healthStatus = "UNHEALTHY";
    else if (watched.every((one) => one.view.healthStatus === "HEALTHY")) view.healthStatus = "HEALTHY";
    if (view.healthStatus === before) return;
    tellHealth(this.task, this.#deps);
    this.#deps.onChange(this.task);
  }

  #onContainerEnd(container: TaskContainer): void {
    if (this.#isAbandoned || this.#stopping || this.task.view.lastStatus === "STOPPED") return;
    if (!container.definition.essential) {
      this.#deps.onChange(this.task);
      return;
    }
    void this.stop("EssentialContainerExited", "Essential container in task exited");
  }

  async #fail(reason: string): Promise<void> {
    const { view } = this.task;
    if (this.#isWanted) {
      view.desiredStatus = "STOPPED";
      view.stopCode = "TaskFailedToStart";
      view.stoppedReason = reason;
      view.stoppingAt = this.#seconds();
    }
    for (const container of this.#containers) container.endNow();
    await Promise.all(this.#containers.map(({ ended }) => ended));
    await this.#conclude();
  }

  /** Takes it out of service, asks its containers to end, and ends them after their stop timeout. */
  stop(code: StopCode, reason: string): Promise<void> {
    const { view } = this.task;
    if (this.#isWanted) {
      view.desiredStatus = "STOPPED";
      view.stopCode = code;
      view.stoppedReason = reason;
      view.stoppingAt = this.#seconds();
    }
    // Before its start it is let go of by `start` itself.
    if (view.startedAt === undefined) {
      this.#deps.onChange(this.task);
      return this.ended;
    }
    this.#stopping ??= this.#stopStarted(code);
    return this.#stopping;
  }

  async #stopStarted(code: StopCode): Promise<void> {
    this.#move("DEACTIVATING");
    const gone = deregisterTask(this.task, this.#deps);
    // What has ended by itself has no requests to finish.
    if (code !== "EssentialContainerExited") await gone;
    this.#move("STOPPING");
    for (const container of this.#containers)
      container.stop(this.#images.get(container.definition.name)?.config.stopSignal ?? "SIGTERM");
    await Promise.all(this.#containers.map(({ ended }) => ended));
    await this.#conclude();
  }

  async #conclude(): Promise<void> {
    const { view } = this.task;
    view.executionStoppedAt = this.#seconds();
    for (const container of view.containers) container.lastStatus = "STOPPED";
    // What left its process group and session has the task's mark in its environment.
    if (this.#containers.length > 0) endProcessesMarked(`${TASK_MARK}=${this.task.id}`);
    void deregisterTask(this.task, this.#deps);
    this.#move("DEPROVISIONING");
    for (const port of Object.values(this.task.hostPorts)) releaseHostPort(port);
    rmSync(this.#dir, { recursive: true, force: true, maxRetries: 3 });
    view.stoppedAt = this.#seconds();
    for (const attachment of view.attachments) attachment.status = "DELETED";
    this.task.pids = [];
    this.#move("STOPPED");
    this.#resolveEnded();
  }

  /** Ends everything at once, without a word to anyone: for the end of the stand-in itself. */
  async endNow(): Promise<void> {
    this.#isAbandoned = true;
    for (const container of this.#containers) container.endNow();
    await Promise.all(this.#containers.map(({ ended }) => ended));
  }
}

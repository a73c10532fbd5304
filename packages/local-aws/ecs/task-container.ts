import type { PulledImage } from "../kernel/container-ports.ts";
import type { LogSink } from "../logs/store.ts";
import { resolveCommand, resolveUser } from "./container-command.ts";
import { ContainerProcess } from "./container-process.ts";
import { type HealthWatch, watchHealth } from "./health-check.ts";
import { LogPump, readBufferSize } from "./log-pump.ts";
import type { ContainerDefinition, ContainerView, NameValue, TaskOverride } from "./records.ts";
import { buildEnvironment, CONTAINER_MARK, portShimPath, type RuntimeSettings } from "./task-environment.ts";
import { watchLimits } from "./task-watch.ts";

const DEFAULT_STOP_SECONDS = 30;

export type ContainerOptions = {
  taskId: string;
  definition: ContainerDefinition;
  view: ContainerView;
  image: PulledImage;
  override: NonNullable<TaskOverride["containerOverrides"]>[number] | undefined;
  secrets: NameValue[];
  settings: RuntimeSettings;
  logs: LogSink;
  scratchDir: string;
  portDir: string;
  hostPorts: Record<number, number>;
  memoryBytes: number;
  storageBytes: number;
  secondMs: number;
  /** Hands folders over to the user it runs as. */
  ownFolders(user: { uid: number; gid: number }): void;
  onHealth(): void;
};

/** One container of a running task: its process, its output, its health and its limits. */
export class TaskContainer {
  readonly definition: ContainerDefinition;
  readonly view: ContainerView;
  /** Settles when it has ended and its last lines are in the logs. */
  readonly ended: Promise<void>;
  readonly #process: ContainerProcess;
  readonly #health: HealthWatch | undefined;
  readonly #limits: { stop(): void } | undefined;
  #killReason: string | undefined;
  #killTimer: NodeJS.Timeout | undefined;

  /** @throws Error `CannotStartContainerError: …` when there is nothing to run */
  constructor(options: ContainerOptions) {
    const { definition, view, image } = options;
    this.definition = definition;
    this.view = view;
    const command = resolveCommand(image, definition, options.override?.command);
    const user = resolveUser(image.rootDir, definition.user ?? image.config.user, [
      command.program,
      portShimPath,
      options.scratchDir,
    ]);
    if (user) options.ownFolders(user);
    const env = buildEnvironment({
      ...options,
      container: definition,
      overrides: options.override?.environment ?? [],
      searchPath: command.searchPath,
    });
    const mark = `${CONTAINER_MARK}=${env[CONTAINER_MARK]}`;
    const spec = { ...command, env, user, fileLimitBytes: options.storageBytes, mark };
    this.#process = new ContainerProcess(spec, { output: "pipe" });
    const pump = createPump(options);
    pump.attach(this.#process.stdout);
    pump.attach(this.#process.stderr);
    view.lastStatus = "RUNNING";
    view.runtimeId = `${options.taskId}-${this.#process.pid ?? 0}`;
    const { pid } = this.#process;
    if (pid !== undefined)
      this.#limits = watchLimits({
        pid,
        memoryBytes: options.memoryBytes,
        scratchDir: options.scratchDir,
        storageBytes: options.storageBytes,
        onMemory: () => this.#kill("OutOfMemoryError: Container killed due to memory usage"),
        onStorage: (usedBytes) =>
          this.#kill(
            `OutOfStorageError: no space left on device: ${Math.ceil(usedBytes / 1024 ** 2)} MiB of ephemeral storage used, ${Math.floor(options.storageBytes / 1024 ** 2)} MiB allowed`,
          ),
      });
    if (definition.healthCheck)
      this.#health = watchHealth({
        check: definition.healthCheck,
        spec,
        rootDir: image.rootDir,
        searchPath: command.searchPath,
        secondMs: options.secondMs,
        onChange: (status) => {
          if (view.healthStatus === status || view.lastStatus !== "RUNNING") return;
          view.healthStatus = status;
          options.onHealth();
        },
      });
    this.ended = this.#watchEnd(pump);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  async #watchEnd(pump: LogPump): Promise<void> {
    const { code } = await this.#process.exited;
    clearTimeout(this.#killTimer);
    this.#health?.stop();
    this.#limits?.stop();
    this.view.lastStatus = "STOPPED";
    this.view.exitCode = this.#killReason ? 137 : code;
    if (this.#killReason) this.view.reason = this.#killReason;
    await pump.finish();
  }

  #kill(reason: string): void {
    this.#killReason ??= reason;
    this.#process.endNow();
  }

  /** Asks it to end by the image's stop signal; after its stop timeout it is ended with all it forked. */
  stop(signal: string): void {
    if (this.view.lastStatus === "STOPPED") return;
    this.#health?.stop();
    const name = /^SIG[A-Z0-9]+$/.test(signal) ? (signal as NodeJS.Signals) : "SIGTERM";
    this.#process.signal(name);
    const seconds = this.definition.stopTimeout ?? DEFAULT_STOP_SECONDS;
    this.#killTimer ??= setTimeout(() => this.#process.endNow(), seconds * 1000);
  }

  endNow(): void {
    this.#process.endNow();
  }
}

/** Without a log configuration output is lost, as on Fargate. */
function createPump({ definition, logs, taskId }: ContainerOptions): LogPump {
  const options = definition.logConfiguration?.options ?? {};
  const group = options["awslogs-group"];
  const stream = `${options["awslogs-stream-prefix"] ?? "ecs"}/${definition.name}/${taskId}`;
  return new LogPump({
    write: (line, timestampMs) => {
      if (group !== undefined) logs.write(group, stream, line, timestampMs);
    },
    mode: options.mode === "blocking" ? "blocking" : "non-blocking",
    bufferBytes: readBufferSize(options["max-buffer-size"]),
  });
}

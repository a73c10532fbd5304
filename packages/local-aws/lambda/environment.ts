import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { FunctionConfig } from "../config.ts";
import { decodeFunctionError, encodeFunctionError } from "./function-error.ts";
import { InvocationLog } from "./invocation-log.ts";
import { endProcessGroup, readTreeMemoryBytes } from "./process-group.ts";
import { listenRuntimeApi, type RuntimeApi } from "./runtime-api.ts";

/** One call on its way through an execution environment. */
export type Invocation = {
  requestId: string;
  payload: Buffer;
  /** Called exactly once. */
  settle(outcome: Outcome): void;
};

export type Outcome = { requestId: string; payload: Buffer; functionError?: "Unhandled"; logTail: string };

/** What every function's processes have in common. */
export type EnvironmentSettings = {
  region: string;
  accountId: string;
  publicUrl: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** Folder for the environments' own temporary folders. */
  tmpDir: string;
  writeLog(group: string, stream: string, message: string, timestampMs: number): void;
};

export type EnvironmentEvents = {
  onIdle(environment: ExecutionEnvironment): void;
  /** The process ended; `initError` is set when it never became ready. */
  onExit(environment: ExecutionEnvironment, initError: Buffer | undefined): void;
};

/** Largest answer of a handler: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const PAYLOAD_LIMIT_BYTES = 6 * 1024 * 1024;
/** AWS gives the init phase 10 s; a busy laptop needs more patience before a start counts as stuck. */
const INIT_TIMEOUT_MS = 30_000;
const MEMORY_WATCH_MS = 250;
const PIPE_DRAIN_MS = 200;
const BOOTSTRAP = fileURLToPath(new URL("./bootstrap.mjs", import.meta.url));
/** What a child needs of the host to run at all; nothing else of the host's environment reaches a function. */
const HOST_VARIABLES = ["PATH", "SystemRoot", "LD_LIBRARY_PATH"] as const;

/** One process with its Runtime API: loads the handler once, runs one invocation at a time, ends when told to. */
export class ExecutionEnvironment {
  readonly id = randomUUID();
  /** `answered`: done with its call, and about to ask for the next one. */
  state: "starting" | "idle" | "busy" | "answered" | "ended" = "starting";
  idleSinceMs = 0;
  answeredAtMs = 0;
  readonly #config: FunctionConfig;
  readonly #settings: EnvironmentSettings;
  readonly #events: EnvironmentEvents;
  readonly #log: InvocationLog;
  readonly #startedAtMs = performance.now();
  #initDurationMs: number | undefined;
  #tmp = "";
  #child: ChildProcess | undefined;
  #api: RuntimeApi | undefined;
  #current: { invocation: Invocation; startedAtMs: number; timer: NodeJS.Timeout } | undefined;
  #initTimer: NodeJS.Timeout | undefined;
  #memoryTimer: NodeJS.Timeout | undefined;
  #maxMemoryBytes = 0;
  #initError: Buffer | undefined;
  /** Why this side ended the process, which it then could not tell itself. */
  #verdict: { errorType: string; errorMessage: string } | undefined;

  constructor(config: FunctionConfig, settings: EnvironmentSettings, events: EnvironmentEvents) {
    this.#config = config;
    this.#settings = settings;
    this.#events = events;
    const day = new Date().toISOString().slice(0, 10).replaceAll("-", "/");
    this.#log = new InvocationLog({
      group: `/aws/lambda/${config.name}`,
      stream: `${day}/[$LATEST]${this.id.replaceAll("-", "")}`,
      write: settings.writeLog,
    });
  }

  get functionArn(): string {
    return `arn:aws:lambda:${this.#settings.region}:${this.#settings.accountId}:function:${this.#config.name}`;
  }

  async start(): Promise<void> {
    try {
      this.#api = await listenRuntimeApi({
        onNext: () => this.#becomeIdle(),
        onResult: (requestId, kind, payload) => this.#finish(requestId, kind, payload),
        onInitError: (payload) => {
          this.#initError = payload;
        },
      });
      this.#spawn(this.#api.address);
    } catch (error) {
      this.#conclude(`could not be started: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #spawn(runtimeAddress: string): void {
    const { codeDir, memoryMb } = this.#config;
    if (!existsSync(codeDir)) throw new Error(`the code folder ${codeDir} does not exist; build the function first`);
    this.#tmp = path.join(this.#settings.tmpDir, this.id);
    mkdirSync(this.#tmp, { recursive: true });
    const child = spawn(process.execPath, [`--max-old-space-size=${memoryMb}`, BOOTSTRAP], {
      cwd: codeDir,
      // Its own process group, so that what a handler forks ends with it; stdin tells it that this side is gone.
      detached: true,
      windowsHide: true,
      stdio: ["pipe", "pipe", "pipe"],
      env: this.#buildVariables(runtimeAddress),
    });
    this.#child = child;
    child.stdin?.on("error", () => undefined);
    child.stdout?.on("data", (chunk: Buffer) => this.#log.take("stdout", chunk));
    child.stderr?.on("data", (chunk: Buffer) => this.#log.take("stderr", chunk));
    child.once("error", (error) => this.#conclude(`could not be started: ${error.message}`));
    const describe = (code: number | null, signal: string | null) =>
      signal ? `signal: ${signal}` : `exit status ${code}`;
    child.once("close", (code, signal) => this.#conclude(describe(code, signal)));
    // A detached grandchild may hold the pipes open for ever: the exit alone is enough after a moment.
    child.once("exit", (code, signal) => setTimeout(() => this.#conclude(describe(code, signal)), PIPE_DRAIN_MS));
    this.#initTimer = setTimeout(() => {
      this.end({ errorType: "Sandbox.Timedout", errorMessage: `Init timed out after ${INIT_TIMEOUT_MS / 1000} s` });
    }, INIT_TIMEOUT_MS);
    this.#memoryTimer = setInterval(() => this.#watchMemory(), MEMORY_WATCH_MS);
    this.#memoryTimer.unref();
  }

  #buildVariables(runtimeAddress: string): Record<string, string> {
    const { region, credentials, publicUrl } = this.#settings;
    const host: Record<string, string> = {};
    for (const name of HOST_VARIABLES) {
      const value = process.env[name];
      if (value !== undefined) host[name] = value;
    }
    return {
      ...host,
      LANG: "en_US.UTF-8",
      TZ: "UTC",
      // Of glibc: fewer arenas that keep freed memory, in processes with many threads and little to do.
      MALLOC_ARENA_MAX: "2",
      HOME: this.#tmp,
      AWS_ENDPOINT_URL: publicUrl,
      AWS_EC2_METADATA_DISABLED: "true",
      ...this.#config.environment,
      TMPDIR: this.#tmp,
      TEMP: this.#tmp,
      TMP: this.#tmp,
      AWS_LAMBDA_RUNTIME_API: runtimeAddress,
      AWS_LAMBDA_FUNCTION_NAME: this.#config.name,
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(this.#config.memoryMb),
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_LAMBDA_LOG_GROUP_NAME: this.#log.group,
      AWS_LAMBDA_LOG_STREAM_NAME: this.#log.stream,
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      _HANDLER: this.#config.handler,
      LAMBDA_TASK_ROOT: this.#config.codeDir,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    };
  }

  #becomeIdle(): void {
    if (this.state === "ended") return;
    if (this.state === "starting") {
      clearTimeout(this.#initTimer);
      this.#initDurationMs = performance.now() - this.#startedAtMs;
    }
    this.state = "idle";
    this.idleSinceMs = Date.now();
    this.#events.onIdle(this);
  }

  /** Runs one invocation; only while `state` is `idle`. */
  run(invocation: Invocation): void {
    this.state = "busy";
    const timeoutMs = this.#config.timeoutSeconds * 1000;
    const { requestId } = invocation;
    const timer = setTimeout(() => {
      const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
      this.#log.note(`${new Date().toISOString()} ${requestId} Task timed out after ${timeoutMs / 1000} seconds`);
      this.end({ errorType: "Sandbox.Timedout", errorMessage });
    }, timeoutMs);
    this.#current = { invocation, startedAtMs: performance.now(), timer };
    this.#log.begin(requestId);
    this.#api?.deliver(
      {
        "lambda-runtime-aws-request-id": requestId,
        "lambda-runtime-deadline-ms": String(Date.now() + timeoutMs),
        "lambda-runtime-invoked-function-arn": this.functionArn,
        "lambda-runtime-trace-id": `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${requestId.replaceAll("-", "").slice(0, 24)};Sampled=0`,
      },
      invocation.payload,
    );
  }

  #finish(requestId: string, kind: "response" | "error", payload: Buffer): void {
    const current = this.#current;
    if (current?.invocation.requestId !== requestId) return;
    this.#current = undefined;
    this.state = "answered";
    this.answeredAtMs = Date.now();
    clearTimeout(current.timer);
    const isTooLarge = payload.length > PAYLOAD_LIMIT_BYTES;
    const answer = isTooLarge
      ? encodeFunctionError(
          "Function.ResponseSizeTooLarge",
          `Response payload size (${payload.length} bytes) exceeded maximum allowed payload size (${PAYLOAD_LIMIT_BYTES} bytes).`,
        )
      : payload;
    // The process wrote its last lines before it answered; this turn of the loop also reads them.
    setImmediate(() => this.#settle(current, answer, kind === "error" || isTooLarge));
  }

  #settle(current: { invocation: Invocation; startedAtMs: number }, payload: Buffer, isError: boolean): void {
    const { invocation } = current;
    const logTail = this.#log.finish(invocation.requestId, {
      durationMs: performance.now() - current.startedAtMs,
      memorySizeMb: this.#config.memoryMb,
      maxMemoryBytes: this.#maxMemoryBytes,
      initDurationMs: this.#initDurationMs,
    });
    this.#initDurationMs = undefined;
    invocation.settle({
      requestId: invocation.requestId,
      payload,
      ...(isError && { functionError: "Unhandled" as const }),
      logTail,
    });
  }

  #watchMemory(): void {
    const pid = this.#child?.pid;
    if (pid === undefined || (this.state === "idle" && Date.now() - this.idleSinceMs > 2 * MEMORY_WATCH_MS)) return;
    const usedBytes = readTreeMemoryBytes(pid);
    this.#maxMemoryBytes = Math.max(this.#maxMemoryBytes, usedBytes);
    if (usedBytes <= this.#config.memoryMb * 1024 * 1024) return;
    const errorMessage = `RequestId: ${this.#current?.invocation.requestId ?? "none"} Error: Runtime exited with error: signal: killed (used ${Math.ceil(usedBytes / 1048576)} MB of ${this.#config.memoryMb} MB)`;
    this.end({ errorType: "Runtime.OutOfMemory", errorMessage });
  }

  /** Ends the process and everything it started, at once; `verdict` is what a running invocation answers with. */
  end(verdict?: { errorType: string; errorMessage: string }): void {
    this.#verdict ??= verdict;
    const pid = this.#child?.pid;
    if (pid !== undefined && this.state !== "ended") endProcessGroup(pid);
  }

  #conclude(cause: string): void {
    if (this.state === "ended") return;
    const wasStarting = this.state === "starting";
    const pid = this.#child?.pid;
    this.state = "ended";
    clearTimeout(this.#initTimer);
    clearInterval(this.#memoryTimer);
    // The leader is gone; what it forked without detaching must not outlive it.
    if (pid !== undefined) endProcessGroup(pid);
    this.#api?.close();
    this.#log.flush();
    const current = this.#current;
    this.#current = undefined;
    const prefix = current ? `RequestId: ${current.invocation.requestId} ` : "";
    const error =
      this.#verdict ??
      (this.#initError
        ? decodeFunctionError(this.#initError)
        : { errorType: "Runtime.ExitError", errorMessage: `${prefix}Error: Runtime exited with error: ${cause}` });
    const document = this.#initError ?? encodeFunctionError(error.errorType, error.errorMessage);
    if (current) {
      clearTimeout(current.timer);
      this.#log.note(error.errorMessage);
      this.#settle(current, document, true);
    } else if (wasStarting)
      this.#log.note(`INIT_REPORT Status: error\tError Type: ${error.errorType}: ${error.errorMessage}`);
    if (this.#tmp) rmSync(this.#tmp, { recursive: true, force: true, maxRetries: 2 });
    this.#events.onExit(this, wasStarting ? document : undefined);
  }
}

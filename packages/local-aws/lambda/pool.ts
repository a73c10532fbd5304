import { randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import type { FunctionConfig } from "../config.ts";
import { AwsError } from "../kernel/errors.ts";
import { type EnvironmentSettings, ExecutionEnvironment, type Invocation, type Outcome } from "./environment.ts";
import { encodeFunctionError } from "./function-error.ts";

/** Environments of a function without reserved concurrency; more calls than that wait for one of them. */
const DEFAULT_ENVIRONMENTS = 10;
/** Concurrency of an account without reservations, in AWS 1,000: what waits beyond it is throttled. */
const UNRESERVED_CONCURRENCY = 1000;
/** Processes of one function that start at the same time; the rest of the calls may well be served by then. */
const STARTING_LIMIT = Math.max(2, Math.min(4, availableParallelism()));
const DEFAULT_IDLE_SECONDS = 300;
/** Beyond one of a function, processes are for a rush: the next one starts them again. */
const EXTRA_IDLE_MS = 30_000;
const REAP_MS = 5000;
const SHUTDOWN_MS = 2000;
/** A process that answered asks for its next call within about a millisecond; after this long it is not counted on. */
const RETURN_MS = 100;
const RESTART_FIRST_MS = 1000;
const RESTART_MOST_MS = 60_000;

/** The execution environments of one function: starts, reuses, caps and ends them. */
export class FunctionPool {
  readonly config: FunctionConfig;
  readonly arn: string;
  readonly #settings: EnvironmentSettings;
  readonly #environments = new Set<ExecutionEnvironment>();
  /** Told to end, but not gone yet. */
  readonly #ending = new Set<ExecutionEnvironment>();
  /** Most recently used last, so that the least used ones fall idle. */
  readonly #idle: ExecutionEnvironment[] = [];
  readonly #waiting: Invocation[] = [];
  readonly #reaper: NodeJS.Timeout;
  readonly #makeRoom: () => void;
  readonly #idleMs: number;
  #warmRetryMs = RESTART_FIRST_MS;
  #warmTimer: NodeJS.Timeout | undefined;
  #returnTimer: NodeJS.Timeout | undefined;
  #running = 0;
  #isClosed = false;

  /** `makeRoom` is asked before every start of a process. */
  constructor(config: FunctionConfig, settings: EnvironmentSettings, makeRoom: () => void = () => undefined) {
    this.config = config;
    this.#settings = settings;
    this.#makeRoom = makeRoom;
    this.arn = `arn:aws:lambda:${settings.region}:${settings.accountId}:function:${config.name}`;
    this.#idleMs = (config.idleTimeoutSeconds ?? DEFAULT_IDLE_SECONDS) * 1000;
    this.#reaper = setInterval(() => this.#reap(), Math.max(50, Math.min(REAP_MS, this.#idleMs / 2)));
    this.#reaper.unref();
    this.#keepWarm();
  }

  /** Calls that run or wait now. */
  get concurrency(): number {
    return this.#running + this.#waiting.length;
  }

  /** The largest number of processes. */
  get limit(): number {
    return Math.min(
      this.config.concurrency ?? Number.POSITIVE_INFINITY,
      this.config.maxEnvironments ?? this.config.concurrency ?? DEFAULT_ENVIRONMENTS,
    );
  }

  get environmentCount(): number {
    return this.#environments.size;
  }

  /**
   * Runs the handler once. Its errors, timeouts and crashes are outcomes with `functionError`.
   * @throws AwsError `TooManyRequestsException` (429) when the function's concurrency is used up
   */
  run(payload: Buffer): Promise<Outcome> {
    const cap = this.config.concurrency ?? UNRESERVED_CONCURRENCY;
    if (this.#isClosed) return Promise.reject(new AwsError("ServiceException", "Shutting down.", { statusCode: 503 }));
    if (this.concurrency >= cap) {
      const reason =
        this.config.concurrency === undefined
          ? "ConcurrentInvocationLimitExceeded"
          : "ReservedFunctionConcurrentInvocationLimitExceeded";
      const error = new AwsError("TooManyRequestsException", "Rate Exceeded.", {
        statusCode: 429,
        fields: { Reason: reason, Type: "User", retryAfterSeconds: "1" },
      });
      return Promise.reject(error);
    }
    return new Promise((resolve) => {
      this.#waiting.push({
        requestId: randomUUID(),
        payload: payload.length > 0 ? payload : Buffer.from("{}"),
        settle: (outcome) => {
          this.#running -= 1;
          resolve(outcome);
        },
      });
      this.#dispatch();
    });
  }

  #dispatch(): void {
    if (this.#isClosed) return;
    while (this.#waiting.length > 0) {
      const environment = this.#idle.pop();
      if (!environment) break;
      if (environment.state !== "idle") continue;
      const invocation = this.#waiting.shift();
      if (!invocation) break;
      this.#running += 1;
      environment.run(invocation);
    }
    const { starting, returning } = this.#countComing();
    const wanted = Math.min(this.#waiting.length - returning, STARTING_LIMIT) - starting;
    for (let i = 0; i < wanted && this.#environments.size < this.limit; i += 1) this.#start();
    if (returning > 0 && this.#waiting.length > 0) this.#lookAgain();
  }

  /** Processes that will take a waiting call by themselves. */
  #countComing(): { starting: number; returning: number } {
    let starting = 0;
    let returning = 0;
    const sinceMs = Date.now() - RETURN_MS;
    for (const { state, answeredAtMs } of this.#environments) {
      if (state === "starting") starting += 1;
      if (state === "answered" && answeredAtMs > sinceMs) returning += 1;
    }
    return { starting, returning };
  }

  #lookAgain(): void {
    this.#returnTimer ??= setTimeout(() => {
      this.#returnTimer = undefined;
      this.#dispatch();
    }, RETURN_MS + 1);
  }

  #start(): void {
    this.#makeRoom();
    const environment = new ExecutionEnvironment(this.config, this.#settings, {
      onIdle: (ready) => {
        this.#warmRetryMs = RESTART_FIRST_MS;
        this.#idle.push(ready);
        this.#dispatch();
      },
      onExit: (ended, initError) => this.#forget(ended, initError),
    });
    this.#environments.add(environment);
    void environment.start();
  }

  #forget(ended: ExecutionEnvironment, initError: Buffer | undefined): void {
    this.#environments.delete(ended);
    this.#ending.delete(ended);
    const at = this.#idle.indexOf(ended);
    if (at >= 0) this.#idle.splice(at, 1);
    // An init that fails answers one waiting call, so that a broken function fails fast instead of starting for ever.
    const invocation = initError && this.#waiting.shift();
    if (invocation) {
      this.#running += 1;
      invocation.settle({
        requestId: invocation.requestId,
        payload: initError,
        functionError: "Unhandled",
        logTail: "",
      });
    }
    if (this.#isClosed) return;
    this.#dispatch();
    if (this.#environments.size < (this.config.warm ?? 0)) this.#restartWarm(initError !== undefined);
  }

  #keepWarm(): void {
    const missing = Math.min(this.config.warm ?? 0, this.limit) - this.#environments.size;
    for (let i = 0; i < missing; i += 1) this.#start();
  }

  #restartWarm(hasFailed: boolean): void {
    if (this.#warmTimer) return;
    const delayMs = hasFailed ? this.#warmRetryMs : 0;
    if (hasFailed) this.#warmRetryMs = Math.min(RESTART_MOST_MS, this.#warmRetryMs * 2);
    this.#warmTimer = setTimeout(() => {
      this.#warmTimer = undefined;
      if (!this.#isClosed) this.#keepWarm();
    }, delayMs);
    this.#warmTimer.unref();
  }

  #reap(): void {
    const patienceMs = (): number =>
      this.#environments.size > 1 ? Math.min(EXTRA_IDLE_MS, this.#idleMs) : this.#idleMs;
    while (Date.now() - (this.longestIdleSinceMs ?? Date.now()) > patienceMs()) this.endLongestIdle();
  }

  /** Since when (ms) the process that could be spared first has had nothing to do; undefined when none can. */
  get longestIdleSinceMs(): number | undefined {
    return this.#environments.size > (this.config.warm ?? 0) ? this.#idle[0]?.idleSinceMs : undefined;
  }

  endLongestIdle(): void {
    const environment = this.#idle.shift();
    if (!environment) return;
    this.#environments.delete(environment);
    this.#ending.add(environment);
    environment.end();
  }

  /** Ends all environments and waits (at most two seconds) until their processes are gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#reaper);
    clearTimeout(this.#warmTimer);
    clearTimeout(this.#returnTimer);
    const shutdown = { errorType: "Runtime.Shutdown", errorMessage: "The stand-in is shutting down." };
    for (const environment of this.#environments) environment.end(shutdown);
    for (const { requestId, settle } of this.#waiting.splice(0)) {
      this.#running += 1;
      const payload = encodeFunctionError(shutdown.errorType, shutdown.errorMessage);
      settle({ requestId, payload, functionError: "Unhandled", logTail: "" });
    }
    const giveUpMs = Date.now() + SHUTDOWN_MS;
    while (this.#environments.size + this.#ending.size > 0 && Date.now() < giveUpMs) await wait(10);
  }
}

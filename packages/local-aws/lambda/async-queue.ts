import { randomUUID } from "node:crypto";
import { AwsError } from "../kernel/errors.ts";
import type { Database } from "../kernel/sqlite.ts";
import type { QueuePort } from "../kernel/types.ts";
import { decodeFunctionError } from "./function-error.ts";
import type { FunctionPool } from "./pool.ts";

export const ASYNC_SCHEMA = `
CREATE TABLE IF NOT EXISTS async_events (
  id TEXT PRIMARY KEY,
  function_name TEXT NOT NULL,
  payload BLOB NOT NULL,
  attempt INTEGER NOT NULL,
  due_ms INTEGER NOT NULL,
  accepted_ms INTEGER NOT NULL,
  last_error TEXT,
  last_request_id TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS async_events_due ON async_events (function_name, due_ms);`;

type Row = {
  id: string;
  payload: Uint8Array;
  attempt: number;
  accepted_ms: number;
  last_error: string | null;
  last_request_id: string | null;
};

export type AsyncTuning = {
  /** Waits before the second, third ... attempt; AWS waits one and two minutes. */
  retryDelaysMs: readonly number[];
  /** An event older than this goes to the dead-letter queue; six hours in AWS. */
  maxEventAgeMs: number;
  /** Wait after a throttled attempt, which does not count as one. */
  throttleDelayMs: number;
};

export const ASYNC_DEFAULTS: AsyncTuning = {
  retryDelaysMs: [60_000, 120_000],
  maxEventAgeMs: 6 * 3600 * 1000,
  throttleDelayMs: 1000,
};
const DEFAULT_RETRIES = 2;
/** `setTimeout` overflows beyond this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Events for functions (invocation type `Event`), kept on disk until the handler has succeeded or the event is in the
 * dead-letter queue: at least once, also over a kill -9 of the stand-in.
 */
export class AsyncQueue {
  readonly #db: Database;
  readonly #pools: ReadonlyMap<string, FunctionPool>;
  readonly #queues: QueuePort;
  readonly #tuning: AsyncTuning;
  readonly #inFlight = new Map<string, Set<string>>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #isClosed = false;

  constructor(options: {
    db: Database;
    pools: ReadonlyMap<string, FunctionPool>;
    queues: QueuePort;
    tuning?: AsyncTuning;
  }) {
    this.#db = options.db;
    this.#pools = options.pools;
    this.#queues = options.queues;
    this.#tuning = options.tuning ?? ASYNC_DEFAULTS;
    for (const name of this.#pools.keys()) this.#pump(name);
  }

  /** Accepts an event; when this returns it is on disk. Gives its id. */
  accept(functionName: string, payload: Buffer): string {
    const id = randomUUID();
    const now = Date.now();
    this.#db.run(
      "INSERT INTO async_events (id, function_name, payload, attempt, due_ms, accepted_ms) VALUES (?, ?, ?, 0, ?, ?)",
      id,
      functionName,
      payload,
      now,
      now,
    );
    this.#pump(functionName);
    return id;
  }

  #pump(name: string): void {
    const pool = this.#pools.get(name);
    if (this.#isClosed || !pool) return;
    const running = this.#inFlight.get(name) ?? new Set<string>();
    this.#inFlight.set(name, running);
    clearTimeout(this.#timers.get(name));
    const now = Date.now();
    const room = pool.limit - running.size;
    if (room <= 0) return;
    const rows = this.#db.all<Row>(
      "SELECT * FROM async_events WHERE function_name = ? AND due_ms <= ? ORDER BY due_ms LIMIT ?",
      name,
      now,
      room + running.size,
    );
    for (const row of rows) {
      if (running.has(row.id) || running.size >= pool.limit) continue;
      running.add(row.id);
      this.#attempt(name, pool, row)
        .catch((error: unknown) => {
          if (!this.#isClosed) console.error(`Event ${row.id} for function ${name}:`, error);
        })
        .finally(() => {
          running.delete(row.id);
          this.#pumpSafely(name);
        });
    }
    const next = this.#db.get<{ due_ms: number }>(
      "SELECT MIN(due_ms) AS due_ms FROM async_events WHERE function_name = ? AND due_ms > ?",
      name,
      now,
    )?.due_ms;
    if (next === undefined || next === null) return;
    const timer = setTimeout(() => this.#pumpSafely(name), Math.min(LONGEST_TIMER_MS, Math.max(1, next - Date.now())));
    timer.unref();
    this.#timers.set(name, timer);
  }

  async #attempt(name: string, pool: FunctionPool, row: Row): Promise<void> {
    const payload = Buffer.from(row.payload);
    try {
      if (Date.now() - row.accepted_ms > this.#tuning.maxEventAgeMs) {
        const cause = row.last_error ?? "The event expired.";
        await this.#giveUp(pool, row.id, payload, row.last_request_id ?? row.id, cause);
        return;
      }
      const outcome = await pool.run(payload);
      if (this.#isClosed) return;
      if (!outcome.functionError) {
        this.#db.run("DELETE FROM async_events WHERE id = ?", row.id);
        return;
      }
      const message = decodeFunctionError(outcome.payload).errorMessage;
      if (row.attempt < (pool.config.asyncRetries ?? DEFAULT_RETRIES)) {
        const { retryDelaysMs } = this.#tuning;
        const delayMs = retryDelaysMs[Math.min(row.attempt, retryDelaysMs.length - 1)] ?? 0;
        this.#postpone(row.id, delayMs, 1, message, outcome.requestId);
      } else await this.#giveUp(pool, row.id, payload, outcome.requestId, message);
    } catch (error) {
      if (this.#isClosed) return;
      const isThrottled = error instanceof AwsError && error.code === "TooManyRequestsException";
      if (!isThrottled)
        console.error(`Event ${row.id} for function ${name} could not be handled; it stays queued:`, error);
      this.#postpone(row.id, this.#tuning.throttleDelayMs, 0, row.last_error, row.last_request_id);
    }
  }

  /** From a timer or after an attempt: an error of the database must end neither the process nor the queue. */
  #pumpSafely(name: string): void {
    try {
      this.#pump(name);
    } catch (error) {
      if (this.#isClosed) return;
      console.error(`The events of function ${name} cannot be read; trying again:`, error);
      this.#timers.set(name, setTimeout(() => this.#pumpSafely(name), this.#tuning.throttleDelayMs).unref());
    }
  }

  #postpone(id: string, delayMs: number, attempts: number, error: string | null, requestId: string | null): void {
    this.#db.run(
      "UPDATE async_events SET attempt = attempt + ?, due_ms = ?, last_error = ?, last_request_id = ? WHERE id = ?",
      attempts,
      Date.now() + delayMs,
      error,
      requestId,
      id,
    );
  }

  async #giveUp(pool: FunctionPool, id: string, payload: Buffer, requestId: string, message: string): Promise<void> {
    const queue = pool.config.deadLetterQueue;
    // The message goes first: a crash in between sends it twice rather than never.
    if (queue !== undefined)
      await this.#queues.send(queue, payload.toString("utf8"), {
        ...(queue.endsWith(".fifo") && { groupId: pool.config.name, deduplicationId: id }),
        messageAttributes: {
          RequestID: { DataType: "String", StringValue: requestId },
          ErrorCode: { DataType: "Number", StringValue: "200" },
          ErrorMessage: { DataType: "String", StringValue: message.slice(0, 1024) || "unknown error" },
        },
      });
    this.#db.run("DELETE FROM async_events WHERE id = ?", id);
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }
}

import { setTimeout as wait } from "node:timers/promises";
import type { EventSourceConfig } from "../config.ts";
import type { Database } from "../kernel/sqlite.ts";
import type { QueuePort, StreamPort, StreamRecord } from "../kernel/types.ts";
import { decodeFunctionError } from "./function-error.ts";
import type { FunctionPool } from "./pool.ts";

export type StreamSourceConfig = Extract<EventSourceConfig, { tableStream: string }>;

export const STREAM_SCHEMA = `
CREATE TABLE IF NOT EXISTS stream_checkpoints (
  function_name TEXT NOT NULL,
  table_name TEXT NOT NULL,
  sequence_number TEXT NOT NULL,
  PRIMARY KEY (function_name, table_name)
) STRICT;`;

const LONG_POLL_MS = 20_000;
/** Lambda reads a shard four times a second (https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html): what comes sooner shares a batch. */
const READ_EVERY_MS = 250;
const RETRY_FIRST_MS = 100;
const RETRY_MOST_MS = 30_000;

/**
 * Reads a table's change stream for a function: in order, one batch at a time, from a checkpoint on disk. A failed batch
 * is tried again, for ever or `maxRetries` times; then its position goes to the dead-letter queue and the stream moves on.
 */
export class StreamSource {
  readonly #config: StreamSourceConfig;
  readonly #pool: FunctionPool;
  readonly #streams: StreamPort;
  readonly #queues: QueuePort;
  readonly #db: Database;
  readonly #abort = new AbortController();
  readonly #poller: Promise<void>;

  constructor(options: {
    config: StreamSourceConfig;
    pool: FunctionPool;
    streams: StreamPort;
    queues: QueuePort;
    db: Database;
  }) {
    this.#config = options.config;
    this.#pool = options.pool;
    this.#streams = options.streams;
    this.#queues = options.queues;
    this.#db = options.db;
    this.#poller = this.#poll();
  }

  #readCheckpoint(): string | undefined {
    return this.#db.get<{ sequence_number: string }>(
      "SELECT sequence_number FROM stream_checkpoints WHERE function_name = ? AND table_name = ?",
      this.#config.function,
      this.#config.tableStream,
    )?.sequence_number;
  }

  #writeCheckpoint(sequenceNumber: string): void {
    this.#db.run(
      "INSERT OR REPLACE INTO stream_checkpoints (function_name, table_name, sequence_number) VALUES (?, ?, ?)",
      this.#config.function,
      this.#config.tableStream,
      sequenceNumber,
    );
  }

  async #poll(): Promise<void> {
    const { signal } = this.#abort;
    let deliveredAtMs = Number.NEGATIVE_INFINITY;
    while (!signal.aborted) {
      try {
        // The first change after a rest goes out at once.
        const restMs = deliveredAtMs + READ_EVERY_MS - performance.now();
        if (restMs > 0) await wait(restMs, undefined, { signal, ref: false });
        const records = await this.#streams.read(this.#config.tableStream, {
          afterSequenceNumber: this.#readCheckpoint(),
          limit: this.#config.batchSize,
          waitMs: LONG_POLL_MS,
          signal,
        });
        if (records.length > 0) {
          deliveredAtMs = records.length < this.#config.batchSize ? performance.now() : Number.NEGATIVE_INFINITY;
          await this.#deliver(records);
        }
      } catch (error) {
        if (signal.aborted) return;
        console.error(`Stream of ${this.#config.tableStream} for function ${this.#config.function}:`, error);
        await wait(1000, undefined, { signal, ref: false }).catch(() => undefined);
      }
    }
  }

  async #deliver(records: StreamRecord[]): Promise<void> {
    const payload = Buffer.from(JSON.stringify({ Records: records }));
    const last = records.at(-1)?.dynamodb.SequenceNumber ?? "";
    const { signal } = this.#abort;
    let failures = 0;
    for (let delayMs = RETRY_FIRST_MS; !signal.aborted; delayMs = Math.min(RETRY_MOST_MS, delayMs * 2)) {
      const outcome = await this.#pool.run(payload).catch(() => undefined);
      if (signal.aborted) return;
      if (outcome && !outcome.functionError) {
        this.#writeCheckpoint(last);
        return;
      }
      // A throttled batch (no outcome) has not been tried.
      if (outcome) {
        failures += 1;
        if (this.#config.maxRetries !== undefined && failures > this.#config.maxRetries) {
          await this.#giveUp(records, outcome.requestId, decodeFunctionError(outcome.payload).errorMessage, failures);
          this.#writeCheckpoint(last);
          return;
        }
      }
      await wait(delayMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** AWS sends where the batch lies, not the batch itself. */
  async #giveUp(records: StreamRecord[], requestId: string, errorMessage: string, count: number): Promise<void> {
    const queue = this.#config.deadLetterQueue;
    if (queue === undefined) return;
    const first = records[0];
    const last = records.at(-1);
    const message = {
      requestContext: {
        requestId,
        functionArn: this.#pool.arn,
        condition: "RetryAttemptsExhausted",
        approximateInvokeCount: count,
      },
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled", errorMessage },
      version: "1.0",
      timestamp: new Date().toISOString(),
      DDBStreamBatchInfo: {
        shardId: "shardId-00000000000000000000-00000000",
        startSequenceNumber: first?.dynamodb.SequenceNumber,
        endSequenceNumber: last?.dynamodb.SequenceNumber,
        batchSize: records.length,
        streamArn: first?.eventSourceARN,
      },
    };
    const ids = { groupId: this.#config.function, deduplicationId: requestId };
    await this.#queues.send(queue, JSON.stringify(message), queue.endsWith(".fifo") ? ids : {});
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await Promise.race([this.#poller, wait(1000, undefined, { ref: false })]);
  }
}

import { totalmem } from "node:os";
import type { EventSourceConfig, FunctionConfig } from "../config.ts";
import { AwsError } from "../kernel/errors.ts";
import type { Database } from "../kernel/sqlite.ts";
import type { InvokePort, QueuePort, Service, StreamPort } from "../kernel/types.ts";
import { ASYNC_SCHEMA, AsyncQueue, type AsyncTuning } from "./async-queue.ts";
import { type EnvironmentSettings, PAYLOAD_LIMIT_BYTES } from "./environment.ts";
import { FunctionPool } from "./pool.ts";
import { QueueSource } from "./queue-source.ts";
import { ASYNC_PAYLOAD_LIMIT_BYTES, createLambdaService } from "./service.ts";
import { STREAM_SCHEMA, StreamSource } from "./stream-source.ts";

export type LambdaOptions = {
  settings: EnvironmentSettings;
  functions: readonly FunctionConfig[];
  eventSources: readonly EventSourceConfig[];
  db: Database;
  queues: QueuePort;
  streams: StreamPort;
  /** Waits between attempts of asynchronous events; AWS's own when absent. */
  tuning?: AsyncTuning;
  /** Processes of all functions together, beyond which idle ones make room for new ones. */
  environmentLimit?: number;
};

/** A quarter of the machine's memory at some 100 MB each, between 8 and 32. */
function findEnvironmentLimit(): number {
  return Math.max(8, Math.min(32, Math.floor(totalmem() / 4 / (100 * 1024 * 1024))));
}

export type Lambda = {
  service: Service;
  invoke: InvokePort;
  pools: ReadonlyMap<string, FunctionPool>;
  /** Begins to poll the event sources. */
  start(): void;
  close(): Promise<void>;
};

/**
 * Lambda: functions as child processes, asynchronous events, event sources, the Invoke API.
 * @throws Error when an event source names a function that is not configured
 */
export function createLambda(options: LambdaOptions): Lambda {
  const { settings, db, queues, streams } = options;
  db.exec(ASYNC_SCHEMA + STREAM_SCHEMA);
  const pools = new Map<string, FunctionPool>();
  const limit = options.environmentLimit ?? findEnvironmentLimit();
  const makeRoom = () => {
    let count = 0;
    let spare: FunctionPool | undefined;
    for (const pool of pools.values()) {
      count += pool.environmentCount;
      const sinceMs = pool.longestIdleSinceMs;
      if (sinceMs !== undefined && sinceMs < (spare?.longestIdleSinceMs ?? Number.POSITIVE_INFINITY)) spare = pool;
    }
    // When nothing idles the new process starts all the same: waiting for room could wait for ever.
    if (count >= limit) spare?.endLongestIdle();
  };
  for (const config of options.functions) {
    if (pools.has(config.name)) throw new Error(`The function ${config.name} is configured twice.`);
    pools.set(config.name, new FunctionPool(config, settings, makeRoom));
  }
  const find = (name: string): FunctionPool => {
    const pool = pools.get(name);
    if (pool) return pool;
    throw new AwsError("ResourceNotFoundException", `Function not found: ${name}`, { statusCode: 404 });
  };
  const events = new AsyncQueue({ db, pools, queues, ...(options.tuning && { tuning: options.tuning }) });
  const sources: { close(): Promise<void> }[] = [];
  for (const { function: name } of options.eventSources)
    if (!pools.has(name)) throw new Error(`An event source names the function ${name}, which is not configured.`);
  const invoke: InvokePort = {
    async invoke(functionName, payload, type) {
      const pool = find(functionName);
      const limitBytes = type === "event" ? ASYNC_PAYLOAD_LIMIT_BYTES : PAYLOAD_LIMIT_BYTES;
      if (payload.length > limitBytes)
        throw new AwsError("RequestTooLargeException", `The payload is larger than ${limitBytes} bytes.`, {
          statusCode: 413,
        });
      if (type === "event") {
        events.accept(functionName, payload);
        return { statusCode: 202, payload: Buffer.alloc(0), logTail: "", executedVersion: "$LATEST" };
      }
      const { payload: answer, functionError, logTail } = await pool.run(payload);
      return {
        statusCode: 200,
        payload: answer,
        ...(functionError && { functionError }),
        logTail,
        executedVersion: "$LATEST",
      };
    },
  };
  const identity = { region: settings.region, accountId: settings.accountId };
  return {
    service: createLambdaService({ pools, events, identity, eventSources: options.eventSources }),
    invoke,
    pools,
    start() {
      for (const config of options.eventSources) {
        const pool = find(config.function);
        sources.push(
          "queue" in config
            ? new QueueSource({ config, pool, queues, identity })
            : new StreamSource({ config, pool, streams, queues, db }),
        );
      }
    },
    async close() {
      events.close();
      await Promise.all(sources.map((source) => source.close()));
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}

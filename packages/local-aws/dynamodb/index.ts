import type { TableConfig } from "../config.ts";
import { createJsonService } from "../kernel/json-protocol.ts";
import type { Identity, Service, StreamPort } from "../kernel/types.ts";
import { createBatchOperations } from "./batch-operations.ts";
import { ensureTable } from "./configured-tables.ts";
import { openEngine } from "./engine.ts";
import { createExpiryOperations, sweepExpired } from "./expiry.ts";
import { createItemOperations } from "./item-operations.ts";
import { createStreamOperations, createStreamPort } from "./stream-operations.ts";
import { createTableOperations } from "./table-operations.ts";
import { createTransactOperations } from "./transact-operations.ts";

const SWEEP_INTERVAL_MS = 1000;

/**
 * DynamoDB and DynamoDB Streams over one SQLite file in `dir`. Configured tables are made when missing; indexes,
 * TTL and stream of existing ones are brought to the configuration, their items stay.
 * @throws when the file cannot be opened or a configured table has another key than the stored one
 */
export async function createDynamoDb(deps: {
  dir: string;
  identity: Identity;
  tables: TableConfig[];
}): Promise<{ service: Service; streams: StreamPort }> {
  const engine = openEngine(deps.dir, deps.identity);
  for (const table of deps.tables) ensureTable(engine, table);
  const sweeper = setInterval(() => {
    try {
      sweepExpired(engine, Date.now());
    } catch (error) {
      console.error("DynamoDB: expired items could not be removed; trying again.", error);
    }
  }, SWEEP_INTERVAL_MS);
  sweeper.unref();
  const stopping = new AbortController();
  const service = createJsonService({
    name: "DynamoDB",
    scopes: ["dynamodb"],
    protocol: "1.0",
    namespace: "com.amazonaws.dynamodb.v20120810",
    operations: {
      ...createTableOperations(engine),
      ...createItemOperations(engine),
      ...createBatchOperations(engine),
      ...createTransactOperations(engine),
      ...createExpiryOperations(engine),
      ...createStreamOperations(engine),
    },
    async close() {
      clearInterval(sweeper);
      stopping.abort();
      engine.database.close();
    },
  });
  const streams = createStreamPort(engine);
  return {
    service,
    streams: {
      read: (tableName, options) =>
        streams.read(tableName, { ...options, signal: AbortSignal.any([options.signal, stopping.signal]) }),
    },
  };
}

import type { JsonOperation } from "../kernel/json-protocol.ts";
import { createCapacityMeter } from "./capacity.ts";
import type { Engine } from "./engine.ts";
import { validationError } from "./errors.ts";
import { type Input, readMap, readMaps, readOptionalBoolean, readOptionalMap, requireKnownMembers } from "./input.ts";
import { readProjection } from "./item-operations.ts";
import { planDelete, planPut } from "./item-writes.ts";
import { parseKey, type StoredKey } from "./keys.ts";
import { selectPage } from "./select.ts";
import type { TableDefinition } from "./tables.ts";
import { type Item, isRecord } from "./values.ts";

const MAX_BATCH_WRITES = 25;
const MAX_BATCH_READS = 100;
const MAX_BATCH_BYTES = 16 * 1024 * 1024;

const SELECT_MEMBERS = [
  "TableName",
  "IndexName",
  "Select",
  "Limit",
  "ConsistentRead",
  "FilterExpression",
  "ProjectionExpression",
  "ExpressionAttributeNames",
  "ExpressionAttributeValues",
  "ExclusiveStartKey",
  "ReturnConsumedCapacity",
];

/** Text that names an item over all tables, to find one written or read twice. */
export function identify(table: TableDefinition, key: StoredKey): string {
  return `${table.id}/${Buffer.from(key.partition).toString("base64")}/${Buffer.from(key.sort).toString("base64")}`;
}

function requireDistinct(identities: string[]): void {
  if (new Set(identities).size < identities.length) {
    throw validationError("Provided list of item keys contains duplicates");
  }
}

function requestsByTable(input: Input): [string, unknown][] {
  const requests = Object.entries(readMap(input, "RequestItems"));
  if (requests.length > 0) return requests;
  throw validationError(
    "1 validation error detected: Value '{}' at 'requestItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
  );
}

function writeBatch(engine: Engine, input: Input): object {
  requireKnownMembers("BatchWriteItem", input, [
    "RequestItems",
    "ReturnConsumedCapacity",
    "ReturnItemCollectionMetrics",
  ]);
  const meter = createCapacityMeter(input);
  const requests = requestsByTable(input).flatMap(([tableName, list]) =>
    readMaps({ RequestItems: list }, "RequestItems", 1, 1000).map((request) => ({ tableName, request })),
  );
  if (requests.length > MAX_BATCH_WRITES) throw validationError("Too many items requested for the BatchWriteItem call");
  const writes = requests.map(({ tableName, request }) => {
    const put = readOptionalMap(request, "PutRequest");
    if (put) return planPut(engine, { TableName: tableName, Item: put.Item });
    return planDelete(engine, { TableName: tableName, Key: readMap(request, "DeleteRequest").Key });
  });
  requireDistinct(writes.map((write) => identify(write.table, write.key)));
  engine.commit(() => {
    for (const write of writes) meter.write(write.table, write.run().sizeBytes);
  });
  return { UnprocessedItems: {}, ...meter.list() };
}

function readBatch(engine: Engine, input: Input): object {
  requireKnownMembers("BatchGetItem", input, ["RequestItems", "ReturnConsumedCapacity"]);
  const meter = createCapacityMeter(input);
  const requests = requestsByTable(input).map(([tableName, request]) => {
    if (!isRecord(request)) throw validationError(`RequestItems of table ${tableName} must be a map with Keys`);
    requireKnownMembers("BatchGetItem", request, [
      "Keys",
      "ConsistentRead",
      "ProjectionExpression",
      "ExpressionAttributeNames",
    ]);
    const table = engine.catalog.require(tableName);
    const keys = readMaps(request, "Keys", 1, 1000).map((key) => parseKey(table, key));
    const factor = readOptionalBoolean(request, "ConsistentRead") ? 1 : 0.5;
    return { tableName, table, request, keys, factor, project: readProjection(request) };
  });
  const identities = requests.flatMap(({ table, keys }) => keys.map((key) => identify(table, key.stored)));
  if (identities.length > MAX_BATCH_READS) throw validationError("Too many items requested for the BatchGetItem call");
  requireDistinct(identities);
  const responses: Record<string, Item[]> = {};
  const unprocessed: Record<string, Input> = {};
  let sizeBytes = 0;
  for (const { tableName, table, request, keys, factor, project } of requests) {
    const found: Item[] = [];
    const left: Item[] = [];
    for (const { key, stored } of keys) {
      const item = sizeBytes < MAX_BATCH_BYTES ? engine.items.read(table, stored) : undefined;
      if (sizeBytes >= MAX_BATCH_BYTES || sizeBytes + (item?.sizeBytes ?? 0) > MAX_BATCH_BYTES) {
        sizeBytes = MAX_BATCH_BYTES;
        left.push(key);
        continue;
      }
      sizeBytes += item?.sizeBytes ?? 0;
      meter.read(table, item?.sizeBytes ?? 0, factor);
      if (item) found.push(project ? project(item.item) : item.item);
    }
    responses[tableName] = found;
    if (left.length > 0) unprocessed[tableName] = { ...request, Keys: left };
  }
  return { Responses: responses, UnprocessedKeys: unprocessed, ...meter.list() };
}

/** Query, Scan, BatchGetItem, BatchWriteItem. */
export function createBatchOperations(engine: Engine): Record<string, JsonOperation> {
  return {
    Query(input) {
      requireKnownMembers("Query", input, [...SELECT_MEMBERS, "KeyConditionExpression", "ScanIndexForward"]);
      return selectPage(engine, input, "Query");
    },
    Scan(input) {
      requireKnownMembers("Scan", input, [...SELECT_MEMBERS, "Segment", "TotalSegments"]);
      return selectPage(engine, input, "Scan");
    },
    BatchGetItem: (input) => readBatch(engine, input),
    BatchWriteItem: (input) => writeBatch(engine, input),
  };
}

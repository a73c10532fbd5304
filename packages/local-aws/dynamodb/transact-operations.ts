import { hash } from "node:crypto";
import { AwsError } from "../kernel/errors.ts";
import type { JsonOperation } from "../kernel/json-protocol.ts";
import { identify } from "./batch-operations.ts";
import { type CapacityMeter, createCapacityMeter } from "./capacity.ts";
import type { Engine } from "./engine.ts";
import { validationError } from "./errors.ts";
import {
  type Input,
  readMap,
  readMaps,
  readOptionalMap,
  readOptionalText,
  readText,
  requireKnownMembers,
} from "./input.ts";
import { readProjection } from "./item-operations.ts";
import { type PlannedWrite, planConditionCheck, planDelete, planPut, planUpdate } from "./item-writes.ts";
import { parseKey } from "./keys.ts";

const MAX_ACTIONS = 100;
const MAX_TRANSACTION_BYTES = 4 * 1024 * 1024;
const TOKEN_LIFE_MS = 10 * 60 * 1000;
const ACTION_MEMBERS = [
  "TableName",
  "ConditionExpression",
  "ExpressionAttributeNames",
  "ExpressionAttributeValues",
  "ReturnValuesOnConditionCheckFailure",
];

const PLANNERS = {
  Put: { plan: planPut, members: ["Item"] },
  Update: { plan: planUpdate, members: ["Key", "UpdateExpression"] },
  Delete: { plan: planDelete, members: ["Key"] },
  ConditionCheck: { plan: planConditionCheck, members: ["Key"] },
} as const;

type Reason = { Code: string; Message?: string; Item?: unknown };

function planAction(engine: Engine, action: Input): PlannedWrite {
  requireKnownMembers("TransactWriteItems", action, Object.keys(PLANNERS));
  const planned = Object.entries(PLANNERS).flatMap(([kind, { plan, members }]) => {
    const input = readOptionalMap(action, kind);
    if (!input) return [];
    requireKnownMembers(`TransactWriteItems ${kind}`, input, [...ACTION_MEMBERS, ...members]);
    return [plan(engine, input)];
  });
  const [write] = planned;
  if (planned.length === 1 && write) return write;
  throw validationError("TransactItems can only contain one of Check, Put, Update or Delete");
}

function toReason(error: unknown): Reason {
  if (!(error instanceof AwsError)) throw error;
  const code = error.code === "ConditionalCheckFailedException" ? "ConditionalCheckFailed" : "ValidationError";
  return { Code: code, Message: error.message, ...error.fields };
}

function runAll(writes: readonly PlannedWrite[], meter: CapacityMeter): void {
  let sizeBytes = 0;
  const reasons = writes.map((write): Reason => {
    try {
      const result = write.run();
      sizeBytes += result.sizeBytes;
      meter.write(write.table, result.sizeBytes, 2);
      return { Code: "None" };
    } catch (error) {
      return toReason(error);
    }
  });
  if (reasons.some((reason) => reason.Code !== "None")) {
    throw new AwsError(
      "TransactionCanceledException",
      `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map((reason) => reason.Code).join(", ")}]`,
      { fields: { CancellationReasons: reasons } },
    );
  }
  if (sizeBytes > MAX_TRANSACTION_BYTES) {
    throw validationError("Transaction items cannot exceed 4 MB in aggregate; write fewer or smaller items");
  }
}

/** True when this very request has been committed under its token within ten minutes. */
function isRepeated(engine: Engine, token: string, requestHash: string, nowMs: number): boolean {
  engine.database.run("DELETE FROM tokens WHERE expires_at_ms<?", nowMs);
  const known = engine.database.get<{ request_hash: string }>("SELECT request_hash FROM tokens WHERE token=?", token);
  if (!known) return false;
  if (known.request_hash === requestHash) return true;
  throw new AwsError(
    "IdempotentParameterMismatchException",
    "The ClientRequestToken was used with different parameters within the last ten minutes. Use a new token.",
  );
}

function writeTransaction(engine: Engine, input: Input): object {
  requireKnownMembers("TransactWriteItems", input, [
    "TransactItems",
    "ClientRequestToken",
    "ReturnConsumedCapacity",
    "ReturnItemCollectionMetrics",
  ]);
  const meter = createCapacityMeter(input);
  const writes = readMaps(input, "TransactItems", 1, MAX_ACTIONS).map((action) => planAction(engine, action));
  if (new Set(writes.map((write) => identify(write.table, write.key))).size < writes.length) {
    throw validationError("Transaction request cannot include multiple operations on one item");
  }
  const token = readOptionalText(input, "ClientRequestToken");
  const requestHash = hash("sha256", JSON.stringify(input.TransactItems), "hex");
  const nowMs = Date.now();
  engine.commit(() => {
    if (token !== undefined && isRepeated(engine, token, requestHash, nowMs)) return;
    runAll(writes, meter);
    if (token !== undefined) {
      engine.database.run("INSERT INTO tokens VALUES(?,?,?)", token, requestHash, nowMs + TOKEN_LIFE_MS);
    }
  });
  return meter.list();
}

function readTransaction(engine: Engine, input: Input): object {
  requireKnownMembers("TransactGetItems", input, ["TransactItems", "ReturnConsumedCapacity"]);
  const meter = createCapacityMeter(input);
  const reads = readMaps(input, "TransactItems", 1, MAX_ACTIONS).map((action) => {
    const get = readMap(action, "Get");
    requireKnownMembers("TransactGetItems Get", get, [
      "TableName",
      "Key",
      "ProjectionExpression",
      "ExpressionAttributeNames",
    ]);
    const table = engine.catalog.require(readText(get, "TableName"));
    return { table, key: parseKey(table, get.Key).stored, project: readProjection(get) };
  });
  if (new Set(reads.map(({ table, key }) => identify(table, key))).size < reads.length) {
    throw validationError("Transaction request cannot include multiple operations on one item");
  }
  const responses = reads.map(({ table, key, project }) => {
    const found = engine.items.read(table, key);
    meter.read(table, found?.sizeBytes ?? 0, 2);
    return found ? { Item: project ? project(found.item) : found.item } : {};
  });
  return { Responses: responses, ...meter.list() };
}

/** TransactWriteItems and TransactGetItems: all or nothing, at most 100 items and 4 MB. */
export function createTransactOperations(engine: Engine): Record<string, JsonOperation> {
  return {
    TransactWriteItems: (input) => writeTransaction(engine, input),
    TransactGetItems: (input) => readTransaction(engine, input),
  };
}

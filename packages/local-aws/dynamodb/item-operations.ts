import type { JsonOperation } from "../kernel/json-protocol.ts";
import { createCapacityMeter } from "./capacity.ts";
import type { Engine } from "./engine.ts";
import { createExpressionScope } from "./expression-scope.ts";
import {
  type Input,
  readChoice,
  readOptionalBoolean,
  readOptionalText,
  readText,
  requireKnownMembers,
} from "./input.ts";
import { type PlannedWrite, planDelete, planPut, planUpdate, type WriteResult } from "./item-writes.ts";
import { parseKey } from "./keys.ts";
import { parseProjection, projectItem } from "./projection.ts";
import type { Item } from "./values.ts";

const EXPRESSION_MEMBERS = ["ExpressionAttributeNames", "ExpressionAttributeValues"];
const WRITE_MEMBERS = [
  "TableName",
  "ConditionExpression",
  ...EXPRESSION_MEMBERS,
  "ReturnValues",
  "ReturnValuesOnConditionCheckFailure",
  "ReturnConsumedCapacity",
  "ReturnItemCollectionMetrics",
];

const RETURN_VALUES = ["NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW"] as const;
type ReturnValues = (typeof RETURN_VALUES)[number];

/** What a projection can read; undefined when the request has none. */
export function readProjection(input: Input): ((item: Item) => Item) | undefined {
  const source = readOptionalText(input, "ProjectionExpression");
  const scope = createExpressionScope(input, [source]);
  const paths = source === undefined ? undefined : parseProjection(source, scope);
  scope.requireAllUsed();
  return paths && ((item) => projectItem(item, paths));
}

function pickReturned(wanted: ReturnValues, write: PlannedWrite, result: WriteResult): Item | undefined {
  switch (wanted) {
    case "NONE":
      return undefined;
    case "ALL_OLD":
      return result.before;
    case "ALL_NEW":
      return result.after;
    default: {
      const item = wanted === "UPDATED_OLD" ? result.before : result.after;
      const touched = item && projectItem(item, write.update?.paths ?? []);
      return touched && Object.keys(touched).length > 0 ? touched : undefined;
    }
  }
}

function runWrite(engine: Engine, input: Input, write: PlannedWrite, allowed: readonly ReturnValues[]): object {
  const meter = createCapacityMeter(input);
  const wanted = readChoice(input, "ReturnValues", allowed, "NONE");
  const result = engine.commit(write.run);
  meter.write(write.table, result.sizeBytes);
  const returned = pickReturned(wanted, write, result);
  return { ...(returned && { Attributes: returned }), ...meter.single(write.table) };
}

/** GetItem, PutItem, UpdateItem, DeleteItem. */
export function createItemOperations(engine: Engine): Record<string, JsonOperation> {
  return {
    GetItem(input) {
      requireKnownMembers("GetItem", input, [
        "TableName",
        "Key",
        "ConsistentRead",
        "ProjectionExpression",
        "ExpressionAttributeNames",
        "ReturnConsumedCapacity",
      ]);
      const table = engine.catalog.require(readText(input, "TableName"));
      const project = readProjection(input);
      const { stored } = parseKey(table, input.Key);
      const meter = createCapacityMeter(input);
      const found = engine.items.read(table, stored);
      meter.read(table, found?.sizeBytes ?? 0, readOptionalBoolean(input, "ConsistentRead") ? 1 : 0.5);
      return {
        ...(found && { Item: project ? project(found.item) : found.item }),
        ...meter.single(table),
      };
    },
    PutItem(input) {
      requireKnownMembers("PutItem", input, [...WRITE_MEMBERS, "Item"]);
      return runWrite(engine, input, planPut(engine, input), ["NONE", "ALL_OLD"]);
    },
    DeleteItem(input) {
      requireKnownMembers("DeleteItem", input, [...WRITE_MEMBERS, "Key"]);
      return runWrite(engine, input, planDelete(engine, input), ["NONE", "ALL_OLD"]);
    },
    UpdateItem(input) {
      requireKnownMembers("UpdateItem", input, [...WRITE_MEMBERS, "Key", "UpdateExpression"]);
      return runWrite(engine, input, planUpdate(engine, input), RETURN_VALUES);
    },
  };
}

import { AwsError } from "../kernel/errors.ts";
import { parseCondition } from "./condition.ts";
import type { Condition } from "./condition-tree.ts";
import type { Engine } from "./engine.ts";
import { validationError } from "./errors.ts";
import { evaluateCondition } from "./evaluate.ts";
import { createExpressionScope } from "./expression-scope.ts";
import { type Input, readChoice, readMap, readOptionalText, readText } from "./input.ts";
import { keyInIndex, keyOfItem, parseKey, type StoredKey } from "./keys.ts";
import { MAX_ITEM_BYTES, type StoredItem } from "./store.ts";
import { keyNames, type TableDefinition } from "./tables.ts";
import { applyUpdate, parseUpdate, type Update } from "./update.ts";
import { type Item, itemSizeBytes, parseItem } from "./values.ts";

export type WriteResult = { before: Item | undefined; after: Item | undefined; sizeBytes: number };

/** A checked write: nothing has happened until `run`, which must be inside a transaction. */
export type PlannedWrite = {
  table: TableDefinition;
  key: StoredKey;
  /** Paths an update touches, for UPDATED_OLD and UPDATED_NEW. */
  update?: Update;
  /** Throws ConditionalCheckFailedException or ValidationException. */
  run(): WriteResult;
};

function failCondition(input: Input, before: StoredItem | undefined): AwsError {
  const wanted = readChoice(input, "ReturnValuesOnConditionCheckFailure", ["ALL_OLD", "NONE"], "NONE");
  return new AwsError("ConditionalCheckFailedException", "The conditional request failed", {
    fields: wanted === "ALL_OLD" && before ? { Item: before.item } : {},
  });
}

function requireCondition(input: Input, condition: Condition | undefined, before: StoredItem | undefined): void {
  if (condition && !evaluateCondition(condition, before?.item)) throw failCondition(input, before);
}

function parseExpressions(input: Input): { condition: Condition | undefined; update: Update | undefined } {
  const conditionText = readOptionalText(input, "ConditionExpression");
  const updateText = readOptionalText(input, "UpdateExpression");
  const scope = createExpressionScope(input, [conditionText, updateText]);
  const update = updateText === undefined ? undefined : parseUpdate(updateText, scope);
  const condition =
    conditionText === undefined ? undefined : parseCondition(conditionText, "ConditionExpression", scope);
  scope.requireAllUsed();
  return { condition, update };
}

function largest(before: StoredItem | undefined, after: Item | undefined): number {
  return Math.max(before?.sizeBytes ?? 0, after ? itemSizeBytes(after) : 0);
}

export function planPut(engine: Engine, input: Input): PlannedWrite {
  const table = engine.catalog.require(readText(input, "TableName"));
  const item = parseItem(readMap(input, "Item"));
  const { condition } = parseExpressions(input);
  const key = keyOfItem(table, item);
  for (const index of table.indexes) keyInIndex(table, index, item);
  if (itemSizeBytes(item) > MAX_ITEM_BYTES) throw validationError("Item size has exceeded the maximum allowed size");
  return {
    table,
    key,
    run() {
      const before = engine.items.read(table, key);
      requireCondition(input, condition, before);
      engine.items.write(table, key, before, item);
      return { before: before?.item, after: item, sizeBytes: largest(before, item) };
    },
  };
}

export function planDelete(engine: Engine, input: Input): PlannedWrite {
  const table = engine.catalog.require(readText(input, "TableName"));
  const { condition } = parseExpressions(input);
  const { stored: key } = parseKey(table, input.Key);
  return {
    table,
    key,
    run() {
      const before = engine.items.read(table, key);
      requireCondition(input, condition, before);
      if (before) engine.items.write(table, key, before, undefined);
      return { before: before?.item, after: undefined, sizeBytes: largest(before, undefined) };
    },
  };
}

export function planUpdate(engine: Engine, input: Input): PlannedWrite {
  const table = engine.catalog.require(readText(input, "TableName"));
  const { condition, update = { actions: [], paths: [] } } = parseExpressions(input);
  const { key, stored } = parseKey(table, input.Key);
  for (const path of update.paths) {
    if (keyNames(table).includes(path[0])) {
      throw validationError(
        `One or more parameter values were invalid: Cannot update attribute ${path[0]}. This attribute is part of the key`,
      );
    }
  }
  return {
    table,
    key: stored,
    update,
    run() {
      const before = engine.items.read(table, stored);
      requireCondition(input, condition, before);
      const after = applyUpdate(update, before?.item ?? key);
      if (itemSizeBytes(after) > MAX_ITEM_BYTES) {
        throw validationError("Item size to update has exceeded the maximum allowed size");
      }
      engine.items.write(table, stored, before, after);
      return { before: before?.item, after, sizeBytes: largest(before, after) };
    },
  };
}

/** A condition on an item that a transaction does not write. */
export function planConditionCheck(engine: Engine, input: Input): PlannedWrite {
  const table = engine.catalog.require(readText(input, "TableName"));
  readText(input, "ConditionExpression");
  const { condition } = parseExpressions(input);
  const { stored: key } = parseKey(table, input.Key);
  return {
    table,
    key,
    run() {
      const before = engine.items.read(table, key);
      requireCondition(input, condition, before);
      return { before: before?.item, after: before?.item, sizeBytes: largest(before, undefined) };
    },
  };
}

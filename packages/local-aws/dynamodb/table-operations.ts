import { AwsError } from "../kernel/errors.ts";
import type { JsonOperation } from "../kernel/json-protocol.ts";
import type { Engine } from "./engine.ts";
import { notFoundError, validationError } from "./errors.ts";
import {
  type Input,
  readOptionalBoolean,
  readOptionalInteger,
  readOptionalMap,
  readOptionalMaps,
  readOptionalText,
  readText,
  requireKnownMembers,
} from "./input.ts";
import {
  createStream,
  parseAttributes,
  parseBilling,
  parseIndex,
  parseNewTable,
  requireUsedAttributes,
} from "./table-input.ts";
import { describeTable, type TableDefinition } from "./tables.ts";

/** Commits a change of definitions; the catalog in memory follows the database also when it fails. */
function commitDefinitions<Result>(engine: Engine, work: () => Result): Result {
  try {
    return engine.commit(work);
  } catch (error) {
    engine.catalog.reload();
    throw error;
  }
}

/** Adds a table; `CreateTable` and the configured tables both come through here. Throws ResourceInUseException. */
export function createTable(engine: Engine, input: Input): TableDefinition {
  return commitDefinitions(engine, () => {
    const table = parseNewTable(input, engine.catalog.nextIndexId);
    if (engine.catalog.has(table.name)) {
      throw new AwsError("ResourceInUseException", `Table already exists: ${table.name}`);
    }
    return engine.catalog.add(table);
  });
}

/** Adds or removes indexes, switches the stream, changes billing. Everything is done when it returns. */
export function updateTable(engine: Engine, input: Input): TableDefinition {
  const current = engine.catalog.require(readText(input, "TableName"));
  const updates = readOptionalMaps(input, "GlobalSecondaryIndexUpdates", 20);
  const table: TableDefinition = {
    ...current,
    attributes: { ...current.attributes, ...(input.AttributeDefinitions ? parseAttributes(input) : {}) },
    indexes: [...current.indexes],
    billing: parseBilling(input, current.billing),
    isDeletionProtected: readOptionalBoolean(input, "DeletionProtectionEnabled") ?? current.isDeletionProtected,
  };
  const stream = readOptionalMap(input, "StreamSpecification");
  return commitDefinitions(engine, () => {
    if (stream) {
      table.stream = createStream(stream);
      if (table.stream && current.stream) throw validationError("Table already has an enabled stream");
      if (!table.stream) engine.changes.removeAll(current);
    }
    for (const update of updates) applyIndexUpdate(engine, table, update);
    table.attributes = requireUsedAttributes(table);
    engine.catalog.save(table);
    return table;
  });
}

function applyIndexUpdate(engine: Engine, table: TableDefinition, update: Input): void {
  requireKnownMembers("UpdateTable", update, ["Create", "Delete"]);
  const create = readOptionalMap(update, "Create");
  if (create) {
    const index = parseIndex(create, engine.catalog.nextIndexId(), table.attributes);
    if (table.indexes.some((known) => known.name === index.name)) {
      throw validationError(`Attempting to create an index which already exists: ${index.name}`);
    }
    table.indexes.push(index);
    engine.items.fillIndex(table, index);
  }
  const remove = readOptionalMap(update, "Delete");
  if (remove) {
    const name = readText(remove, "IndexName");
    const index = table.indexes.find((known) => known.name === name);
    if (!index) throw notFoundError(`Requested resource not found: index ${name}`);
    engine.items.removeIndex(index);
    table.indexes = table.indexes.filter((known) => known !== index);
  }
}

/** Create, Describe, List, Update and Delete of tables. */
export function createTableOperations(engine: Engine): Record<string, JsonOperation> {
  const describe = (table: TableDefinition, status?: "DELETING") =>
    describeTable(engine.identity, table, engine.items.count(table), engine.items.countIndex, status);
  return {
    CreateTable(input) {
      requireKnownMembers("CreateTable", input, [
        "TableName",
        "AttributeDefinitions",
        "KeySchema",
        "BillingMode",
        "ProvisionedThroughput",
        "GlobalSecondaryIndexes",
        "StreamSpecification",
        "DeletionProtectionEnabled",
      ]);
      return { TableDescription: describe(createTable(engine, input)) };
    },
    DescribeTable(input) {
      requireKnownMembers("DescribeTable", input, ["TableName"]);
      return { Table: describe(engine.catalog.require(readText(input, "TableName"))) };
    },
    ListTables(input) {
      requireKnownMembers("ListTables", input, ["ExclusiveStartTableName", "Limit"]);
      const start = readOptionalText(input, "ExclusiveStartTableName");
      const limit = readOptionalInteger(input, "Limit", 1, 100) ?? 100;
      const names = engine.catalog.all().map((table) => table.name);
      const rest = start === undefined ? names : names.filter((name) => name > start);
      const page = rest.slice(0, limit);
      return { TableNames: page, ...(rest.length > limit && { LastEvaluatedTableName: page[page.length - 1] }) };
    },
    UpdateTable(input) {
      requireKnownMembers("UpdateTable", input, [
        "TableName",
        "AttributeDefinitions",
        "BillingMode",
        "ProvisionedThroughput",
        "GlobalSecondaryIndexUpdates",
        "StreamSpecification",
        "DeletionProtectionEnabled",
      ]);
      return { TableDescription: describe(updateTable(engine, input)) };
    },
    DeleteTable(input) {
      requireKnownMembers("DeleteTable", input, ["TableName"]);
      const table = engine.catalog.require(readText(input, "TableName"));
      if (table.isDeletionProtected) {
        throw validationError(
          "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
        );
      }
      const description = describe(table, "DELETING");
      commitDefinitions(engine, () => {
        engine.items.removeAll(table);
        engine.catalog.remove(table);
      });
      return { TableDescription: description };
    },
  };
}

import type { TableConfig } from "../config.ts";
import type { Engine } from "./engine.ts";
import { setTimeToLive } from "./expiry.ts";
import type { Input } from "./input.ts";
import { createTable, updateTable } from "./table-operations.ts";
import { type KeySchema, keyNames, type TableDefinition } from "./tables.ts";

function toKeySchema(schema: KeySchema): Input[] {
  return keyNames(schema).map((name, place) => ({ AttributeName: name, KeyType: place === 0 ? "HASH" : "RANGE" }));
}

function toIndexInput(index: TableConfig["indexes"][number]): Input {
  return {
    IndexName: index.name,
    KeySchema: toKeySchema(index),
    Projection:
      typeof index.projection === "string"
        ? { ProjectionType: index.projection }
        : { ProjectionType: "INCLUDE", NonKeyAttributes: index.projection.include },
  };
}

function toAttributeDefinitions(config: TableConfig): Input[] {
  return Object.entries(config.attributes).map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }));
}

/** Makes a configured table, or adds to the stored one what the configuration has and it lacks. */
export function ensureTable(engine: Engine, config: TableConfig): void {
  if (engine.catalog.has(config.name)) alignTable(engine, config, engine.catalog.require(config.name));
  else {
    createTable(engine, {
      TableName: config.name,
      AttributeDefinitions: toAttributeDefinitions(config),
      KeySchema: toKeySchema(config),
      BillingMode: "PAY_PER_REQUEST",
      GlobalSecondaryIndexes: config.indexes.map(toIndexInput),
      ...(config.stream && { StreamSpecification: { StreamEnabled: true, StreamViewType: config.stream } }),
    });
  }
  const { ttlAttribute } = engine.catalog.require(config.name);
  if (ttlAttribute === config.ttlAttribute) return;
  if (ttlAttribute !== undefined) setTimeToLive(engine, config.name, ttlAttribute, false);
  if (config.ttlAttribute !== undefined) setTimeToLive(engine, config.name, config.ttlAttribute, true);
}

function alignTable(engine: Engine, config: TableConfig, table: TableDefinition): void {
  const wanted = keyNames(config).map((name) => `${name}:${config.attributes[name]}`);
  const stored = keyNames(table).map((name) => `${name}:${table.attributes[name]}`);
  if (wanted.join() !== stored.join()) {
    throw new Error(
      `The table ${config.name} is configured with the key (${wanted.join(", ")}), but the stored one has (${stored.join(", ")}). ` +
        "A key cannot be changed: give the table another name, or delete the state folder to begin anew.",
    );
  }
  const describe = (index: TableDefinition["indexes"][number] | TableConfig["indexes"][number]) =>
    JSON.stringify([index.name, keyNames(index), index.projection]);
  const known = new Set(table.indexes.map(describe));
  const configured = new Set(config.indexes.map(describe));
  const updates: Input[] = [
    ...table.indexes
      .filter((index) => !configured.has(describe(index)))
      .map((index) => ({ Delete: { IndexName: index.name } })),
    ...config.indexes.filter((index) => !known.has(describe(index))).map((index) => ({ Create: toIndexInput(index) })),
  ];
  if (updates.length > 0) {
    updateTable(engine, {
      TableName: config.name,
      AttributeDefinitions: toAttributeDefinitions(config),
      GlobalSecondaryIndexUpdates: updates,
    });
  }
  if (table.stream?.viewType === config.stream) return;
  const switchStream = (StreamSpecification: Input) =>
    updateTable(engine, { TableName: config.name, StreamSpecification });
  if (table.stream) switchStream({ StreamEnabled: false });
  if (config.stream) switchStream({ StreamEnabled: true, StreamViewType: config.stream });
}

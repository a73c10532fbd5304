import { randomUUID } from "node:crypto";
import { validationError } from "./errors.ts";
import {
  type Input,
  readChoice,
  readMap,
  readMaps,
  readOptionalBoolean,
  readOptionalMap,
  readOptionalMaps,
  readText,
  readTexts,
  requireKnownMembers,
} from "./input.ts";
import {
  type IndexDefinition,
  type KeySchema,
  type KeyType,
  keyNames,
  type StreamViewType,
  type TableDefinition,
} from "./tables.ts";

const NAME = /^[a-zA-Z0-9_.-]{3,255}$/;
const MAX_INDEXES = 20;
const VIEW_TYPES: readonly StreamViewType[] = ["NEW_AND_OLD_IMAGES", "NEW_IMAGE", "OLD_IMAGE", "KEYS_ONLY"];
const KEY_TYPES: readonly KeyType[] = ["S", "N", "B"];

/** `AttributeDefinitions` as a map of name to type. */
export function parseAttributes(input: Input): Record<string, KeyType> {
  const entries = readMaps(input, "AttributeDefinitions", 1, 100).map(
    (entry) => [readText(entry, "AttributeName"), readKeyType(entry)] as const,
  );
  if (new Set(entries.map(([name]) => name)).size < entries.length) {
    throw validationError("Cannot have two attributes with the same name");
  }
  return Object.fromEntries(entries);
}

function readKeyType(entry: Input): KeyType {
  readText(entry, "AttributeType");
  return readChoice(entry, "AttributeType", KEY_TYPES, "S");
}

function parseKeySchema(input: Input, attributes: Record<string, KeyType>): KeySchema {
  const entries = readMaps(input, "KeySchema", 1, 2);
  const [partitionKey, sortKey] = entries.map((entry, place) => {
    if (readText(entry, "KeyType") !== (place === 0 ? "HASH" : "RANGE")) {
      throw validationError(
        place === 0
          ? "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"
          : "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type",
      );
    }
    return readText(entry, "AttributeName");
  });
  for (const name of [partitionKey, sortKey]) {
    if (name !== undefined && !Object.hasOwn(attributes, name)) {
      throw validationError(
        `One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [${name}], AttributeDefinitions: [${Object.keys(attributes).join(", ")}]`,
      );
    }
  }
  if (partitionKey === sortKey) {
    throw validationError("Both the Hash Key and the Range Key element in the KeySchema have the same name");
  }
  return { partitionKey: partitionKey ?? "", sortKey };
}

/** One global secondary index of CreateTable or UpdateTable. */
export function parseIndex(input: Input, id: number, attributes: Record<string, KeyType>): IndexDefinition {
  requireKnownMembers("GlobalSecondaryIndex", input, ["IndexName", "KeySchema", "Projection", "ProvisionedThroughput"]);
  const name = readText(input, "IndexName");
  requireName(name, "IndexName");
  const projection = readMap(input, "Projection");
  const type = readChoice(projection, "ProjectionType", ["ALL", "KEYS_ONLY", "INCLUDE"], "ALL");
  return {
    id,
    name,
    ...parseKeySchema(input, attributes),
    projection: type === "INCLUDE" ? { include: readTexts(projection, "NonKeyAttributes") } : type,
  };
}

function requireName(name: string, member: string): void {
  if (NAME.test(name)) return;
  throw validationError(
    `${member} must be at least 3 characters long and at most 255 characters long, of a-z, A-Z, 0-9, '_', '-' and '.'; got "${name.slice(0, 60)}"`,
  );
}

export function parseBilling(input: Input, fallback: TableDefinition["billing"]): TableDefinition["billing"] {
  const throughput = readOptionalMap(input, "ProvisionedThroughput");
  const mode = readChoice(
    input,
    "BillingMode",
    ["PROVISIONED", "PAY_PER_REQUEST"],
    throughput ? "PROVISIONED" : fallback.mode,
  );
  if (mode === "PAY_PER_REQUEST") {
    if (throughput) {
      throw validationError(
        "One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
      );
    }
    return { mode };
  }
  const units = { readUnits: throughput?.ReadCapacityUnits, writeUnits: throughput?.WriteCapacityUnits };
  if (typeof units.readUnits === "number" && typeof units.writeUnits === "number") {
    return { mode, readUnits: units.readUnits, writeUnits: units.writeUnits };
  }
  if (!throughput && fallback.mode === "PROVISIONED" && fallback.readUnits > 0) return fallback;
  throw validationError(
    "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
  );
}

/** A new stream with its label, undefined when the specification switches it off. */
export function createStream(specification: Input): TableDefinition["stream"] {
  if (!readOptionalBoolean(specification, "StreamEnabled")) return undefined;
  readText(specification, "StreamViewType");
  return {
    viewType: readChoice(specification, "StreamViewType", VIEW_TYPES, "NEW_AND_OLD_IMAGES"),
    label: new Date().toISOString().slice(0, 23),
  };
}

/** The attributes that keys and indexes use; throws when a definition is left over, as DynamoDB does at creation. */
export function requireUsedAttributes(table: Pick<TableDefinition, "attributes" | "indexes"> & KeySchema) {
  const used = new Set([table, ...table.indexes].flatMap(keyNames));
  return Object.fromEntries(Object.entries(table.attributes).filter(([name]) => used.has(name)));
}

/** Checks a CreateTable request. `nextIndexId` gives each index its row id. */
export function parseNewTable(input: Input, nextIndexId: () => number): Omit<TableDefinition, "id"> {
  const name = readText(input, "TableName");
  requireName(name, "TableName");
  const attributes = parseAttributes(input);
  const schema = parseKeySchema(input, attributes);
  const indexes = readOptionalMaps(input, "GlobalSecondaryIndexes", MAX_INDEXES).map((entry) =>
    parseIndex(entry, nextIndexId(), attributes),
  );
  if (new Set(indexes.map((index) => index.name)).size < indexes.length) {
    throw validationError("One or more parameter values were invalid: Duplicate index name");
  }
  const used = requireUsedAttributes({ ...schema, attributes, indexes });
  if (Object.keys(used).length < Object.keys(attributes).length) {
    throw validationError(
      "One or more parameter values were invalid: Some AttributeDefinitions are not used. AttributeDefinitions: " +
        `[${Object.keys(attributes).join(", ")}], keys used: [${Object.keys(used).join(", ")}]`,
    );
  }
  const stream = readOptionalMap(input, "StreamSpecification");
  return {
    name,
    ...schema,
    attributes,
    indexes,
    billing: parseBilling(input, { mode: "PROVISIONED", readUnits: 0, writeUnits: 0 }),
    isDeletionProtected: readOptionalBoolean(input, "DeletionProtectionEnabled") ?? false,
    stream: stream && createStream(stream),
    createdAtMs: Date.now(),
    tableId: randomUUID(),
  };
}

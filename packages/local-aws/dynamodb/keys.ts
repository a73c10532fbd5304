import { hash } from "node:crypto";
import { validationError } from "./errors.ts";
import { encodeNumberKey } from "./numbers.ts";
import { type IndexDefinition, type KeySchema, keyNames, type TableDefinition } from "./tables.ts";
import { type AttributeValue, getAttribute, type Item, isRecord, parseItem, toBytes, typeOf } from "./values.ts";

const MAX_PARTITION_KEY_BYTES = 2048;
const MAX_SORT_KEY_BYTES = 1024;
const NO_SORT_KEY = new Uint8Array(0);

/** A primary or index key as stored: `spread` orders partitions by hash, as DynamoDB's scans do. */
export type StoredKey = { spread: number; partition: Uint8Array; sort: Uint8Array };

/** Bytes whose order is the attribute's order. Throws for types that cannot be keys. */
export function encodeKeyValue(value: AttributeValue): Uint8Array {
  if ("N" in value) return encodeNumberKey(value.N);
  const bytes = toBytes(value);
  if (!bytes) throw validationError("One or more parameter values were invalid: Key attributes must be scalars");
  return bytes;
}

/** 32-bit hash of a partition key. */
export function spreadOf(partition: Uint8Array): number {
  return Buffer.from(hash("md5", partition, "hex").slice(0, 8), "hex").readUInt32BE();
}

function toStoredKey(partition: Uint8Array, sort: Uint8Array | undefined): StoredKey {
  return { spread: spreadOf(partition), partition, sort: sort ?? NO_SORT_KEY };
}

/** Checks the type and length of one key attribute and encodes it. Throws ValidationException. */
export function encodeTableKeyValue(table: TableDefinition, name: string, value: AttributeValue): Uint8Array {
  const bytes = encodeKeyValue(value);
  if (bytes.length === 0) {
    throw validationError(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${"B" in value ? "binary" : "string"} value. Key: ${name}`,
    );
  }
  const isPartition = name === table.partitionKey;
  if (bytes.length > (isPartition ? MAX_PARTITION_KEY_BYTES : MAX_SORT_KEY_BYTES)) {
    throw validationError(
      isPartition
        ? `One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of${MAX_PARTITION_KEY_BYTES} bytes`
        : `One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of ${MAX_SORT_KEY_BYTES} bytes`,
    );
  }
  return bytes;
}

/** The primary key of a whole item. Throws ValidationException when a part is missing or of the wrong type. */
export function keyOfItem(table: TableDefinition, item: Item): StoredKey {
  const [partition, sort] = keyNames(table).map((name) => {
    const value = getAttribute(item, name);
    if (value === undefined) {
      throw validationError(`One or more parameter values were invalid: Missing the key ${name} in the item`);
    }
    if (typeOf(value) !== table.attributes[name]) {
      throw validationError(
        `One or more parameter values were invalid: Type mismatch for key ${name} expected: ${table.attributes[name]} actual: ${typeOf(value)}`,
      );
    }
    return encodeTableKeyValue(table, name, value);
  });
  return toStoredKey(partition ?? NO_SORT_KEY, sort);
}

/** A request's `Key`: exactly the key's attributes. Throws ValidationException. */
export function parseKey(table: TableDefinition, input: unknown): { key: Item; stored: StoredKey } {
  if (!isRecord(input)) {
    throw validationError(
      "1 validation error detected: Value null at 'key' failed to satisfy constraint: Member must not be null",
    );
  }
  const key = parseItem(input);
  const names = keyNames(table);
  const fits = Object.keys(key).length === names.length && names.every((name) => isOfKeyType(table, key, name));
  if (!fits) throw validationError("The provided key element does not match the schema");
  return { key, stored: keyOfItem(table, key) };
}

export function isOfKeyType(table: TableDefinition, item: Item, name: string): boolean {
  const value = getAttribute(item, name);
  return value !== undefined && typeOf(value) === table.attributes[name];
}

/**
 * The key of an item in an index; undefined when the item is not in it (an attribute is missing).
 * Throws ValidationException on a wrong type or an empty value, as DynamoDB refuses the write.
 */
export function keyInIndex(table: TableDefinition, index: IndexDefinition, item: Item): StoredKey | undefined {
  const values: Uint8Array[] = [];
  for (const name of keyNames(index)) {
    const value = getAttribute(item, name);
    if (value === undefined) return undefined;
    if (typeOf(value) !== table.attributes[name]) {
      throw validationError(
        `One or more parameter values were invalid: Type mismatch for Index Key ${name} Expected: ${table.attributes[name]} Actual: ${typeOf(value)} IndexName: ${index.name}`,
      );
    }
    const bytes = encodeKeyValue(value);
    if (bytes.length === 0) {
      throw validationError(
        `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty ${"B" in value ? "binary" : "string"} value. IndexName: ${index.name}, IndexKey: ${name}`,
      );
    }
    const limit = values.length === 0 ? MAX_PARTITION_KEY_BYTES : MAX_SORT_KEY_BYTES;
    if (bytes.length > limit) {
      throw validationError(
        `One or more parameter values were invalid: Size of ${values.length === 0 ? "hashkey" : "rangekey"} has exceeded the maximum size limit of ${limit} bytes`,
      );
    }
    values.push(bytes);
  }
  return toStoredKey(values[0] ?? NO_SORT_KEY, values[1]);
}

/** The key attributes of an item under a schema. */
export function pickKey(schemas: readonly KeySchema[], item: Item): Item {
  const names = new Set(schemas.flatMap(keyNames));
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)));
}

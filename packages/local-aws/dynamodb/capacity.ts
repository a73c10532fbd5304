import { type Input, readChoice } from "./input.ts";
import type { TableDefinition } from "./tables.ts";

const READ_UNIT_BYTES = 4096;
const WRITE_UNIT_BYTES = 1024;

/** Counts the units of one request, per table, and reports them in the form the request asks for. */
export type CapacityMeter = {
  /** `sizeBytes` is what was read; `factor` 0.5 eventual, 1 consistent, 2 transactional. */
  read(table: TableDefinition, sizeBytes: number, factor: number, indexName?: string): void;
  /** `sizeBytes` is the larger of the old and the new item; `factor` 2 in transactions. */
  write(table: TableDefinition, sizeBytes: number, factor?: number): void;
  /** `{}` or `{ ConsumedCapacity }` of an operation on one table. */
  single(table: TableDefinition): { ConsumedCapacity?: object };
  /** `{}` or `{ ConsumedCapacity: [...] }` of an operation on several tables. */
  list(): { ConsumedCapacity?: object[] };
};

type Units = { read: number; write: number; indexes: Map<string, number> };

export function createCapacityMeter(input: Input): CapacityMeter {
  const detail = readChoice(input, "ReturnConsumedCapacity", ["INDEXES", "TOTAL", "NONE"], "NONE");
  const tables = new Map<string, Units>();
  const unitsOf = (table: TableDefinition) => {
    const units = tables.get(table.name) ?? { read: 0, write: 0, indexes: new Map() };
    tables.set(table.name, units);
    return units;
  };
  const describe = (name: string, units: Units) => {
    const onIndexes = [...units.indexes.values()].reduce((sum, value) => sum + value, 0);
    const onTable = units.read + units.write;
    return {
      TableName: name,
      CapacityUnits: onTable + onIndexes,
      ...(detail === "INDEXES" && {
        Table: { CapacityUnits: onTable },
        ...(units.indexes.size > 0 && {
          GlobalSecondaryIndexes: Object.fromEntries(
            [...units.indexes].map(([index, value]) => [index, { CapacityUnits: value }]),
          ),
        }),
      }),
    };
  };
  return {
    read(table, sizeBytes, factor, indexName) {
      const spent = Math.max(1, Math.ceil(sizeBytes / READ_UNIT_BYTES)) * factor;
      const units = unitsOf(table);
      if (indexName === undefined) units.read += spent;
      else units.indexes.set(indexName, (units.indexes.get(indexName) ?? 0) + spent);
    },
    write(table, sizeBytes, factor = 1) {
      unitsOf(table).write += Math.max(1, Math.ceil(sizeBytes / WRITE_UNIT_BYTES)) * factor;
    },
    single(table) {
      return detail === "NONE" ? {} : { ConsumedCapacity: describe(table.name, unitsOf(table)) };
    },
    list() {
      return detail === "NONE" ? {} : { ConsumedCapacity: [...tables].map(([name, units]) => describe(name, units)) };
    },
  };
}

import type { Database } from "../kernel/sqlite.ts";
import { notFoundError } from "./errors.ts";
import type { IndexDefinition, TableDefinition } from "./tables.ts";

/** The tables there are, kept in memory and in the database. Changes must run inside `database.transaction`. */
export type Catalog = {
  /** By name or ARN. Throws ResourceNotFoundException. */
  require(nameOrArn: string): TableDefinition;
  has(name: string): boolean;
  all(): TableDefinition[];
  add(table: Omit<TableDefinition, "id">): TableDefinition;
  save(table: TableDefinition): void;
  remove(table: TableDefinition): void;
  /** An id for an index that no index has had before. */
  nextIndexId(): number;
  /** Reads all tables again, after a transaction was rolled back. */
  reload(): void;
};

export function createCatalog(database: Database): Catalog {
  const tables = new Map<string, TableDefinition>();
  const reload = () => {
    tables.clear();
    for (const row of database.all<{ id: number; definition: string }>("SELECT id, definition FROM tables")) {
      const table = { ...(JSON.parse(row.definition) as Omit<TableDefinition, "id">), id: row.id };
      tables.set(table.name, table);
    }
  };
  reload();
  return {
    require(nameOrArn) {
      const name = /^arn:[^:]+:dynamodb:[^:]*:[^:]*:table\/([^/]+)/.exec(nameOrArn)?.[1] ?? nameOrArn;
      const table = tables.get(name);
      if (!table) throw notFoundError(`Requested resource not found: Table: ${name} not found`);
      return table;
    },
    has: (name) => tables.has(name),
    all: () => [...tables.values()].sort((left, right) => (left.name < right.name ? -1 : 1)),
    add(definition) {
      const { lastInsertRowid } = database.run(
        "INSERT INTO tables(name, definition) VALUES(?,?)",
        definition.name,
        JSON.stringify(definition),
      );
      const table = { ...definition, id: lastInsertRowid };
      tables.set(table.name, table);
      return table;
    },
    save(table) {
      database.run("UPDATE tables SET definition=? WHERE id=?", JSON.stringify(table), table.id);
      tables.set(table.name, table);
    },
    remove(table) {
      database.run("DELETE FROM tables WHERE id=?", table.id);
      tables.delete(table.name);
    },
    nextIndexId: () => database.run("INSERT INTO index_ids DEFAULT VALUES").lastInsertRowid,
    reload,
  };
}

/** An index by name. Throws ValidationException, as Query does. */
export function findIndex(table: TableDefinition, name: string): IndexDefinition | undefined {
  return table.indexes.find((index) => index.name === name);
}

import path from "node:path";
import { type Database, openDatabase } from "../kernel/sqlite.ts";
import type { ChangeLog, ChangeOrigin } from "./change-log.ts";
import { validationError } from "./errors.ts";
import { keyInIndex, type StoredKey } from "./keys.ts";
import type { IndexDefinition, SizeCount, TableDefinition } from "./tables.ts";
import { getAttribute, type Item, itemSizeBytes } from "./values.ts";

/** Largest item, names and values together. */
export const MAX_ITEM_BYTES = 400 * 1024;

// `size_bytes` and `expires_at` stand before `body`, so that counting never reads a body's overflow pages.
const SCHEMA = `
CREATE TABLE IF NOT EXISTS tables(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, definition TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS index_ids(id INTEGER PRIMARY KEY AUTOINCREMENT);
CREATE TABLE IF NOT EXISTS items(
  id INTEGER PRIMARY KEY, table_id INTEGER NOT NULL, spread INTEGER NOT NULL, partition_key BLOB NOT NULL,
  sort_key BLOB NOT NULL, size_bytes INTEGER NOT NULL, expires_at REAL, body TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS items_key ON items(table_id, spread, partition_key, sort_key);
CREATE INDEX IF NOT EXISTS items_expiry ON items(table_id, expires_at) WHERE expires_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS index_rows(
  index_id INTEGER NOT NULL, spread INTEGER NOT NULL, partition_key BLOB NOT NULL, sort_key BLOB NOT NULL,
  table_partition_key BLOB NOT NULL, table_sort_key BLOB NOT NULL, item_id INTEGER NOT NULL,
  PRIMARY KEY(index_id, spread, partition_key, sort_key, table_partition_key, table_sort_key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS changes(
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, table_id INTEGER NOT NULL, at_ms INTEGER NOT NULL, record TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS changes_table ON changes(table_id, sequence);
CREATE INDEX IF NOT EXISTS changes_time ON changes(at_ms);
CREATE TABLE IF NOT EXISTS tokens(
  token TEXT PRIMARY KEY, request_hash TEXT NOT NULL, expires_at_ms INTEGER NOT NULL) WITHOUT ROWID;
`;

export function openStoreDatabase(dir: string): Database {
  return openDatabase(path.join(dir, "dynamodb.sqlite"), SCHEMA);
}

export type StoredItem = { id: number; item: Item; sizeBytes: number };

/** Items and their index rows. Every write must run inside `database.transaction`. */
export type ItemStore = {
  read(table: TableDefinition, key: StoredKey): StoredItem | undefined;
  /** Replaces (or with `after` undefined removes) an item, its index rows, and notes the change in the stream. */
  write(
    table: TableDefinition,
    key: StoredKey,
    before: StoredItem | undefined,
    after: Item | undefined,
    origin?: ChangeOrigin,
  ): void;
  /** Fills a new index from the items; items whose attributes do not fit are left out, as in AWS. */
  fillIndex(table: TableDefinition, index: IndexDefinition): void;
  removeIndex(index: IndexDefinition): void;
  removeAll(table: TableDefinition): void;
  /** Recomputes the expiry of every item after the TTL attribute has changed. */
  refreshExpiry(table: TableDefinition): void;
  count(table: TableDefinition): SizeCount;
  countIndex(index: IndexDefinition): SizeCount;
};

/** Epoch seconds of a TTL attribute; undefined when it is missing or not a number. */
export function readExpiry(table: TableDefinition, item: Item): number | undefined {
  const value = table.ttlAttribute === undefined ? undefined : getAttribute(item, table.ttlAttribute);
  return value && "N" in value ? Number(value.N) : undefined;
}

export function createItemStore(database: Database, changes: ChangeLog): ItemStore {
  const insertIndexRow = (indexId: number, key: StoredKey, tableKey: StoredKey, itemId: number) =>
    database.run(
      "INSERT OR REPLACE INTO index_rows VALUES(?,?,?,?,?,?,?)",
      indexId,
      key.spread,
      key.partition,
      key.sort,
      tableKey.partition,
      tableKey.sort,
      itemId,
    );

  const updateIndexes = (
    table: TableDefinition,
    tableKey: StoredKey,
    itemId: number,
    before: Item | undefined,
    after: Item | undefined,
  ) => {
    for (const index of table.indexes) {
      const oldKey = before && tryKeyInIndex(table, index, before);
      const newKey = after && keyInIndex(table, index, after);
      if (oldKey && newKey && isSameKey(oldKey, newKey)) continue;
      if (oldKey) {
        database.run(
          "DELETE FROM index_rows WHERE index_id=? AND spread=? AND partition_key=? AND sort_key=? AND table_partition_key=? AND table_sort_key=?",
          index.id,
          oldKey.spread,
          oldKey.partition,
          oldKey.sort,
          tableKey.partition,
          tableKey.sort,
        );
      }
      if (newKey) insertIndexRow(index.id, newKey, tableKey, itemId);
    }
  };

  const everyItem = function* (table: TableDefinition) {
    let after = 0;
    for (;;) {
      const rows = database.all<{
        id: number;
        spread: number;
        partition_key: Uint8Array;
        sort_key: Uint8Array;
        body: string;
      }>(
        "SELECT id, spread, partition_key, sort_key, body FROM items WHERE table_id=? AND id>? ORDER BY id LIMIT 500",
        table.id,
        after,
      );
      for (const row of rows) {
        after = row.id;
        const key: StoredKey = { spread: row.spread, partition: row.partition_key, sort: row.sort_key };
        yield { id: row.id, key, item: JSON.parse(row.body) as Item };
      }
      if (rows.length < 500) return;
    }
  };

  return {
    read(table, key) {
      const row = database.get<{ id: number; body: string; size_bytes: number }>(
        "SELECT id, body, size_bytes FROM items WHERE table_id=? AND spread=? AND partition_key=? AND sort_key=?",
        table.id,
        key.spread,
        key.partition,
        key.sort,
      );
      return row && { id: row.id, item: JSON.parse(row.body) as Item, sizeBytes: row.size_bytes };
    },
    write(table, key, before, after, origin) {
      let itemId = before?.id;
      if (after) {
        const sizeBytes = itemSizeBytes(after);
        if (sizeBytes > MAX_ITEM_BYTES) throw validationError("Item size has exceeded the maximum allowed size");
        const row = [sizeBytes, readExpiry(table, after) ?? null, JSON.stringify(after)] as const;
        if (itemId === undefined) {
          itemId = database.run(
            "INSERT INTO items(table_id, spread, partition_key, sort_key, size_bytes, expires_at, body) VALUES(?,?,?,?,?,?,?)",
            table.id,
            key.spread,
            key.partition,
            key.sort,
            ...row,
          ).lastInsertRowid;
        } else database.run("UPDATE items SET size_bytes=?, expires_at=?, body=? WHERE id=?", ...row, itemId);
      } else if (itemId !== undefined) database.run("DELETE FROM items WHERE id=?", itemId);
      if (itemId !== undefined) updateIndexes(table, key, itemId, before?.item, after);
      changes.append(table, before?.item, after, origin);
    },
    fillIndex(table, index) {
      for (const { id, key, item } of everyItem(table)) {
        const indexKey = tryKeyInIndex(table, index, item);
        if (indexKey) insertIndexRow(index.id, indexKey, key, id);
      }
    },
    removeIndex(index) {
      database.run("DELETE FROM index_rows WHERE index_id=?", index.id);
    },
    removeAll(table) {
      for (const index of table.indexes) database.run("DELETE FROM index_rows WHERE index_id=?", index.id);
      database.run("DELETE FROM items WHERE table_id=?", table.id);
      changes.removeAll(table);
    },
    refreshExpiry(table) {
      for (const { id, item } of everyItem(table)) {
        database.run("UPDATE items SET expires_at=? WHERE id=?", readExpiry(table, item) ?? null, id);
      }
    },
    count(table) {
      const row = database.get<SizeCount>(
        "SELECT count(*) AS items, coalesce(sum(size_bytes), 0) AS sizeBytes FROM items WHERE table_id=?",
        table.id,
      );
      return row ?? { items: 0, sizeBytes: 0 };
    },
    countIndex(index) {
      const row = database.get<SizeCount>(
        "SELECT count(*) AS items, coalesce(sum(size_bytes), 0) AS sizeBytes FROM index_rows JOIN items ON items.id = item_id WHERE index_id=?",
        index.id,
      );
      return row ?? { items: 0, sizeBytes: 0 };
    },
  };
}

/** An old item may not fit an index that was added later: then it is not in it. */
function tryKeyInIndex(table: TableDefinition, index: IndexDefinition, item: Item): StoredKey | undefined {
  try {
    return keyInIndex(table, index, item);
  } catch {
    return undefined;
  }
}

function isSameKey(left: StoredKey, right: StoredKey): boolean {
  return Buffer.compare(left.partition, right.partition) === 0 && Buffer.compare(left.sort, right.sort) === 0;
}

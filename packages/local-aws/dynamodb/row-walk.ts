import type { SQLInputValue } from "node:sqlite";
import type { Database } from "../kernel/sqlite.ts";
import type { KeyRange } from "./key-condition.ts";
import type { StoredKey } from "./keys.ts";
import type { IndexDefinition, TableDefinition } from "./tables.ts";
import type { Item } from "./values.ts";

/** Where a page ended: the key in the source, and in an index also the item's own key. */
export type Position = { key: StoredKey; tableKey?: StoredKey | undefined };

export type Walk = {
  table: TableDefinition;
  index?: IndexDefinition | undefined;
  /** Undefined walks everything (a scan). */
  range?: KeyRange | undefined;
  /** Spread of `range.partition`. */
  spread?: number;
  /** Half-open stretch of hashes, of a parallel scan's segment. */
  segment?: { from: number; to: number } | undefined;
  after?: Position | undefined;
  isForward: boolean;
};

// Chunks grow, so that a query for one item reads few rows and a long page needs few statements.
const FIRST_CHUNK_ROWS = 16;
const MAX_CHUNK_ROWS = 256;

/** Reads rows in key order, lazily, by an index only: a page costs what it returns, whatever the partition holds. */
export function* walkRows(database: Database, walk: Walk): Generator<{ item: Item; sizeBytes: number }> {
  const columns = walk.index
    ? ["spread", "partition_key", "sort_key", "table_partition_key", "table_sort_key"]
    : ["spread", "partition_key", "sort_key"];
  const qualified = columns.map((column) => `r.${column}`);
  const source = walk.index
    ? "index_rows r JOIN items i ON i.id = r.item_id WHERE r.index_id=?"
    : "items r WHERE r.table_id=?";
  const body = walk.index ? "i.body AS body, i.size_bytes AS size_bytes" : "r.body AS body, r.size_bytes AS size_bytes";
  const conditions: string[] = [];
  const fixed: SQLInputValue[] = [walk.index?.id ?? walk.table.id];
  if (walk.range) {
    conditions.push("r.spread=?", "r.partition_key=?");
    fixed.push(walk.spread ?? 0, walk.range.partition);
    for (const [bound, symbol] of [
      [walk.range.low, ">"],
      [walk.range.high, "<"],
    ] as const) {
      if (!bound) continue;
      conditions.push(`r.sort_key ${symbol}${bound.exclusive ? "" : "="} ?`);
      fixed.push(bound.bytes);
    }
  }
  if (walk.segment) {
    conditions.push("r.spread>=?", "r.spread<?");
    fixed.push(walk.segment.from, walk.segment.to);
  }
  // Within one partition the first two columns are fixed: comparing the rest keeps the search on the index.
  const cursorColumns = walk.range ? qualified.slice(2) : qualified;
  const order = cursorColumns.map((column) => `${column}${walk.isForward ? "" : " DESC"}`).join(", ");
  let cursor = walk.after && positionValues(walk.after, walk.range !== undefined);
  let chunkRows = FIRST_CHUNK_ROWS;
  for (;;) {
    const clauses = [...conditions];
    if (cursor) {
      clauses.push(
        `(${cursorColumns.join(", ")}) ${walk.isForward ? ">" : "<"} (${cursorColumns.map(() => "?").join(", ")})`,
      );
    }
    const where = clauses.map((clause) => ` AND ${clause}`).join("");
    const rows = database.all<Record<string, SQLInputValue> & { body: string; size_bytes: number }>(
      `SELECT ${qualified.join(", ")}, ${body} FROM ${source}${where} ORDER BY ${order} LIMIT ?`,
      ...fixed,
      ...(cursor ?? []),
      chunkRows,
    );
    for (const row of rows) yield { item: JSON.parse(row.body) as Item, sizeBytes: row.size_bytes };
    const last = rows[rows.length - 1];
    if (!last || rows.length < chunkRows) return;
    cursor = (walk.range ? columns.slice(2) : columns).map((column) => last[column] ?? null);
    chunkRows = Math.min(MAX_CHUNK_ROWS, chunkRows * 2);
  }
}

function positionValues(position: Position, isWithinPartition: boolean): SQLInputValue[] {
  const { key, tableKey } = position;
  const values = [key.spread, key.partition, key.sort, ...(tableKey ? [tableKey.partition, tableKey.sort] : [])];
  return isWithinPartition ? values.slice(2) : values;
}

import type { Table } from "@lancedb/lancedb";
import type { EnginePassage } from "../../core/kernel/ports/search-engine.ts";
import { textOfBody } from "./passage-terms.ts";

export type StoredPassage = Omit<EnginePassage, "vector" | "readers">;
type StoredRecord = Omit<StoredPassage, "text">;
export type StoredRow = { record: string; body: string };

/**
 * Columns that make up a passage. All but its text is also kept as one JSON value: reading ten passages
 * costs 1.1 ms of processor time from two columns and 2.2 ms from twelve.
 */
export const passageColumns: readonly string[] = ["record", "body"];

/** The passage without text, vector and readers, as stored. */
export function formatRecord(passage: EnginePassage): string {
  const { id, document_id, version_id, n, title, section, page, kind, tags, path, updated_at } = passage;
  return JSON.stringify({
    id,
    document_id,
    version_id,
    n,
    title,
    section,
    page,
    kind,
    tags,
    path,
    updated_at,
  } satisfies StoredRecord);
}

/** A passage from its stored columns. */
export function readPassage(row: StoredRow): StoredPassage {
  const record = JSON.parse(row.record) as StoredRecord;
  return { ...record, text: textOfBody(row.body, record.title, record.section) };
}

/** The passages of the row ids, keyed by row id; a row that no longer exists is left out. */
export async function takePassages(snapshot: { table: Table }, rowIds: bigint[]): Promise<Map<bigint, StoredPassage>> {
  if (rowIds.length === 0) return new Map();
  const rows = await snapshot.table
    .takeRowIds(rowIds)
    .withRowId()
    .select(["_rowid", ...passageColumns])
    .toArray();
  return new Map(rows.map((row: StoredRow & { _rowid: bigint }) => [BigInt(row._rowid), readPassage(row)]));
}

/** A list column's value as an array of texts. */
export function readList(value: unknown): string[] {
  return value === null || value === undefined ? [] : Array.from(value as Iterable<unknown>, String);
}

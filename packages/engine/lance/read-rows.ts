import type { EnginePassage } from "../../core/kernel/ports/search-engine.ts";
import { textOfBody } from "./passage-terms.ts";
import type { Snapshot } from "./tables.ts";

export type StoredPassage = Omit<EnginePassage, "vector" | "readers">;

export const passageColumns: readonly string[] = [
  "id",
  "document_id",
  "version_id",
  "n",
  "title",
  "section",
  "body",
  "page",
  "kind",
  "tags",
  "path",
  "updated_at",
];

type StoredRow = Record<string, unknown> & { title: string; section: string; body: string };

/** The rows of the ids, keyed by row id; a row that no longer exists is left out. */
export async function takeRows(
  snapshot: Snapshot,
  rowIds: bigint[],
  columns: readonly string[],
): Promise<Map<bigint, StoredRow>> {
  if (rowIds.length === 0) return new Map();
  const rows = await snapshot.table
    .takeRowIds(rowIds)
    .withRowId()
    .select(["_rowid", ...columns])
    .toArray();
  return new Map(rows.map((row: StoredRow & { _rowid: bigint }) => [BigInt(row._rowid), row]));
}

/** A passage from its stored columns. */
export function readPassage(row: StoredRow): StoredPassage {
  return {
    id: String(row.id),
    document_id: String(row.document_id),
    version_id: String(row.version_id),
    n: Number(row.n),
    title: row.title,
    section: row.section,
    text: textOfBody(row.body, row.title, row.section),
    page: row.page === null || row.page === undefined ? null : Number(row.page),
    kind: String(row.kind),
    tags: readList(row.tags),
    path: String(row.path),
    updated_at: Number(row.updated_at),
  };
}

/** A list column's value as an array of texts. */
export function readList(value: unknown): string[] {
  return value === null || value === undefined ? [] : Array.from(value as Iterable<unknown>, String);
}

import { Index, type Table } from "@lancedb/lancedb";
import type { TableSpec } from "../../core/kernel/ports/search-engine.ts";
import { createAnalyzer } from "./analyzer.ts";

/** Columns searched by words: `terms` is ranked; `body` is for phrases, exclusions and queries of stop words. */
export const lexicalColumns: readonly string[] = ["terms", "body"];

const scalarIndices: Readonly<Record<string, () => Index>> = {
  id: Index.btree,
  document_id: Index.btree,
  kind: Index.bitmap,
  tags: Index.labelList,
  path: Index.btree,
  readers: Index.labelList,
  updated_at: Index.btree,
};

/** Columns whose index is not there yet, without the vector's, which is made by maintenance. */
export async function listMissingIndices(table: Table, _spec: TableSpec): Promise<string[]> {
  const present = new Set((await table.listIndices()).flatMap((index) => index.columns));
  return [...lexicalColumns, ...Object.keys(scalarIndices)].filter((column) => !present.has(column));
}

/** Creates the indices that are missing; may be repeated after a crash. */
export async function ensureIndices(table: Table, spec: TableSpec): Promise<void> {
  for (const column of await listMissingIndices(table, spec)) await createColumnIndex(table, spec, column);
}

/** Creates or replaces the index of one column other than the vector. */
export async function createColumnIndex(table: Table, spec: TableSpec, column: string): Promise<void> {
  if (lexicalColumns.includes(column)) {
    const { ftsOptions } = createAnalyzer(spec.language, spec.stem);
    // Phrases need positions; ranking does not, and is quicker and smaller without.
    await table.createIndex(column, { config: Index.fts({ ...ftsOptions, withPosition: column === "body" }) });
    return;
  }
  const make = scalarIndices[column];
  if (make === undefined) throw new Error(`No index is defined for the column ${column}.`);
  await table.createIndex(column, { config: make() });
}

import type { Table } from "@lancedb/lancedb";
import type { Filter, TableStats } from "../../core/kernel/ports/search-engine.ts";
import { compileFilter } from "./filter-sql.ts";
import { createColumnIndex, ensureIndices, lexicalColumns } from "./indices.ts";
import { retryOnConflict } from "./retry-on-conflict.ts";
import type { OpenTable } from "./tables.ts";
import { chooseVectorIndex, vectorColumn, vectorIndexRows } from "./vector-index.ts";

/** Old versions stay this long, for readers in other processes that still search them. */
const keepVersionsMs = 24 * 60 * 60 * 1000;

/**
 * Compacts, folds new rows into the indices, makes the vector index once there are enough vectors, and drops
 * versions older than a day. An index that did not take the new rows is made again.
 */
export async function maintainTable(open: OpenTable): Promise<{ before: TableStats; after: TableStats }> {
  const before = await readStats(open);
  await open.runWrite(async () => {
    await retryOnConflict(async () => {
      await open.head.checkoutLatest();
      await ensureIndices(open.head, open.spec);
      await open.head.optimize({ cleanupOlderThan: new Date(Date.now() - keepVersionsMs) });
    });
    await retryOnConflict(() => ensureVectorIndex(open));
    for (const column of lexicalColumns) {
      const stats = await open.head.indexStats(`${column}_idx`);
      if (stats && stats.numUnindexedRows > 0)
        await retryOnConflict(() => createColumnIndex(open.head, open.spec, column));
    }
    open.expireSnapshot();
  });
  return { before, after: await readStats(open) };
}

async function ensureVectorIndex(open: OpenTable): Promise<void> {
  if (open.spec.dimensions === 0) return;
  const present = (await open.head.listIndices()).some((index) => index.columns.includes(vectorColumn));
  if (present) return;
  const vectors = await open.head.countRows(`${vectorColumn} IS NOT NULL`);
  if (vectors < vectorIndexRows) return;
  await open.head.createIndex(vectorColumn, { config: chooseVectorIndex(open.spec.dimensions, vectors) });
}

/** Size and state of the newest version; with a filter, passages and documents are counted as far as it lets them through. */
export async function readStats(open: OpenTable, filter?: Filter): Promise<TableStats> {
  const { table, version } = await open.takeSnapshot();
  const hasVectors = open.spec.dimensions > 0;
  const where = filter && compileFilter(filter);
  const [stats, passages, passagesWithVectors, documents, indices] = await Promise.all([
    table.stats(),
    where ? table.countRows(where) : undefined,
    hasVectors ? table.countRows(`${vectorColumn} IS NOT NULL${where ? ` AND ${where}` : ""}`) : 0,
    countDocuments(table, where),
    table.listIndices(),
  ]);
  const unindexed = indices.filter((index) => index.columns.some((column) => lexicalColumns.includes(column)));
  return {
    passages: passages ?? stats.numRows,
    documents,
    passagesWithVectors,
    sizeBytes: stats.totalBytes,
    unindexedRows: Math.max(0, ...unindexed.map((index) => index.numUnindexedRows ?? 0)),
    tableVersion: version,
  };
}

/** Distinct documents, counted batch by batch: the engine has no grouping. */
async function countDocuments(table: Table, where: string | undefined): Promise<number> {
  const documents = new Set<string>();
  const query = table.query().select(["document_id"]);
  if (where !== undefined) query.where(where);
  for await (const batch of query) {
    for (const id of batch.getChild("document_id") ?? []) documents.add(String(id));
  }
  return documents.size;
}

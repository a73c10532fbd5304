import type { EngineQuery } from "../../core/kernel/ports/search-engine.ts";
import { quoteText } from "./filter-sql.ts";
import type { FusedHit, LegRow } from "./fusion.ts";
import { readList } from "./read-rows.ts";
import type { Snapshot } from "./tables.ts";

const timeoutMs = 5_000;

/** Documents that take part in the order by rule; empty unless the order is that of relevance. */
export function listPins(query: EngineQuery): string[] {
  const buried = new Set(query.buried ?? []);
  return query.sort === "relevance" ? [...new Set(query.pinned ?? [])].filter((id) => !buried.has(id)) : [];
}

/**
 * Puts one passage of each pinned document first, in the order of the pins: its best hit, or its first passage when it was
 * not found. Documents that the filter does not let through stay out. Their other passages stay where they are.
 */
export async function applyPins(
  snapshot: Snapshot,
  hits: FusedHit[],
  rows: Map<bigint, LegRow>,
  options: { pins: readonly string[]; where: string | undefined; columns: readonly string[] },
): Promise<FusedHit[]> {
  const best = new Map<string, FusedHit>();
  for (const hit of hits) {
    const id = String(rows.get(hit.rowId)?.document_id);
    if (options.pins.includes(id) && !best.has(id)) best.set(id, hit);
  }
  const absent = options.pins.filter((id) => !best.has(id));
  for (const [id, hit] of await readFirstPassages(snapshot, absent, rows, options)) best.set(id, hit);
  const first = options.pins.flatMap((id): FusedHit[] => {
    const hit = best.get(id);
    return hit ? [{ ...hit, rule: "pinned" }] : [];
  });
  const moved = new Set(first.map((hit) => hit.rowId));
  return [...first, ...hits.filter((hit) => !moved.has(hit.rowId))];
}

async function readFirstPassages(
  snapshot: Snapshot,
  documentIds: readonly string[],
  rows: Map<bigint, LegRow>,
  { where, columns }: { where: string | undefined; columns: readonly string[] },
): Promise<Map<string, FusedHit>> {
  const found = new Map<string, FusedHit>();
  if (documentIds.length === 0) return found;
  const wanted = `document_id IN (${documentIds.map(quoteText).join(", ")}) AND n = 0`;
  const selected = [...new Set(["_rowid", "document_id", ...columns])];
  const read = await snapshot.table
    .query()
    .where(where === undefined ? wanted : `(${wanted}) AND ${where}`)
    .select(selected)
    .withRowId()
    .toArray({ timeoutMs });
  for (const row of read) {
    const rowId = BigInt(row._rowid);
    const values = columns.map((column) => [column, column === "tags" ? readList(row[column]) : row[column]]);
    rows.set(rowId, { ...Object.fromEntries(values), document_id: row.document_id });
    found.set(String(row.document_id), {
      rowId,
      score: 0,
      lexical: null,
      lexicalNormalised: null,
      vector: null,
      vectorNormalised: null,
    });
  }
  return found;
}

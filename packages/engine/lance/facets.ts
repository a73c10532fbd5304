import type { EngineQuery } from "../../core/kernel/ports/search-engine.ts";
import type { FusedHit } from "./fusion.ts";
import { readList, takeRows } from "./read-rows.ts";
import type { Snapshot } from "./tables.ts";

type Facets = Record<string, { value: string; count: number }[]>;

/**
 * Counts field values over the matches (at most 1,000). `path` is counted by folder, written with a slash
 * at its end so that it serves as a `startsWith` filter; files at the top have the folder "".
 */
export async function countFacets(
  snapshot: Snapshot,
  hits: FusedHit[],
  facets: NonNullable<EngineQuery["facets"]>,
): Promise<Facets> {
  if (facets.length === 0) return {};
  const rows = await takeRows(
    snapshot,
    hits.map((hit) => hit.rowId),
    [...new Set(facets.map((facet) => facet.field))],
  );
  return tallyFacets([...rows.values()], facets);
}

/** Values of rows by frequency, then by name. */
export function tallyFacets(rows: Record<string, unknown>[], facets: NonNullable<EngineQuery["facets"]>): Facets {
  const answer: Facets = {};
  for (const { field, size } of facets) {
    const counts = new Map<string, number>();
    for (const row of rows) {
      for (const value of valuesOf(row, field)) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    answer[field] = [...counts]
      .map(([value, count]) => ({ value, count }))
      .sort((left, right) => right.count - left.count || (left.value < right.value ? -1 : 1))
      .slice(0, size);
  }
  return answer;
}

function valuesOf(row: Record<string, unknown>, field: "kind" | "tags" | "path"): string[] {
  if (field === "tags") return [...new Set(readList(row[field]))];
  const value = String(row[field]);
  return [field === "path" ? value.slice(0, value.lastIndexOf("/") + 1) : value];
}

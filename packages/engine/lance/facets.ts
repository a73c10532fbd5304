import type { EngineQuery } from "../../core/kernel/ports/search-engine.ts";
import { readList } from "./read-rows.ts";

type Facets = Record<string, { value: string; count: number }[]>;

/**
 * Counts field values over rows, most frequent first, then by name. `path` is counted by folder, written with
 * a slash at its end so that it serves as a `startsWith` filter; files at the top have the folder "".
 */
export function tallyFacets(
  rows: Iterable<Record<string, unknown>>,
  facets: NonNullable<EngineQuery["facets"]>,
): Facets {
  const answer: Facets = {};
  const all = [...rows];
  for (const { field, size } of facets) {
    const counts = new Map<string, number>();
    for (const row of all) {
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

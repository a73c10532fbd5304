import type { EngineQuery } from "../../core/kernel/ports/search-engine.ts";
import type { FusedHit, LegRow } from "./fusion.ts";

const titleCollator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Columns that order, grouping and facets need from the legs. */
export function listLegColumns(query: EngineQuery): string[] {
  const columns = new Set<string>((query.facets ?? []).map((facet) => facet.field));
  if (query.perDocumentMax > 0 || (query.pinned?.length ?? 0) > 0) columns.add("document_id");
  if (query.sort === "title") columns.add("title");
  else if (query.sort !== "relevance") columns.add("updated_at");
  return [...columns];
}

/** Applies the asked order and the limit of passages per document. */
export function orderHits(hits: FusedHit[], rows: ReadonlyMap<bigint, LegRow>, query: EngineQuery): FusedHit[] {
  const sorted = query.sort === "relevance" ? hits : sortByField(hits, rows, query.sort);
  return query.perDocumentMax > 0 ? limitPerDocument(sorted, rows, query.perDocumentMax) : sorted;
}

function sortByField(
  hits: FusedHit[],
  rows: ReadonlyMap<bigint, LegRow>,
  sort: "newest" | "oldest" | "title",
): FusedHit[] {
  const readField = (hit: FusedHit, field: string) => rows.get(hit.rowId)?.[field];
  // The sort is stable, so equal ones stay in order of relevance.
  return [...hits].sort((left, right) => {
    if (sort === "title")
      return titleCollator.compare(String(readField(left, "title")), String(readField(right, "title")));
    const difference = Number(readField(left, "updated_at")) - Number(readField(right, "updated_at"));
    return sort === "oldest" ? difference : -difference;
  });
}

function limitPerDocument(hits: FusedHit[], rows: ReadonlyMap<bigint, LegRow>, perDocumentMax: number): FusedHit[] {
  const counts = new Map<unknown, number>();
  return hits.filter((hit) => {
    const documentId = rows.get(hit.rowId)?.document_id;
    const count = (counts.get(documentId) ?? 0) + 1;
    counts.set(documentId, count);
    return count <= perDocumentMax;
  });
}

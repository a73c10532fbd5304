import type { EngineQuery } from "../../core/kernel/ports/search-engine.ts";
import type { FusedHit } from "./fusion.ts";
import { takeRows } from "./read-rows.ts";
import type { Snapshot } from "./tables.ts";

const rowsPerRead = 100;

/** Applies the asked order and the limit of passages per document; reads only as many rows as the page needs. */
export async function orderHits(snapshot: Snapshot, hits: FusedHit[], query: EngineQuery): Promise<FusedHit[]> {
  const sorted = query.sort === "relevance" ? hits : await sortByField(snapshot, hits, query.sort);
  return query.perDocumentMax > 0 ? limitPerDocument(snapshot, sorted, query) : sorted;
}

async function sortByField(
  snapshot: Snapshot,
  hits: FusedHit[],
  sort: "newest" | "oldest" | "title",
): Promise<FusedHit[]> {
  const column = sort === "title" ? "title" : "updated_at";
  const rows = await takeRows(
    snapshot,
    hits.map((hit) => hit.rowId),
    [column],
  );
  const present = hits.filter((hit) => rows.has(hit.rowId));
  const readValue = (hit: FusedHit) => rows.get(hit.rowId)?.[column];
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  // The sort is stable, so equal ones stay in order of relevance.
  return present.sort((left, right) => {
    if (sort === "title") return collator.compare(String(readValue(left)), String(readValue(right)));
    const difference = Number(readValue(left)) - Number(readValue(right));
    return sort === "oldest" ? difference : -difference;
  });
}

async function limitPerDocument(snapshot: Snapshot, hits: FusedHit[], query: EngineQuery): Promise<FusedHit[]> {
  const kept: FusedHit[] = [];
  const counts = new Map<string, number>();
  for (let start = 0; start < hits.length && kept.length < query.offset + query.limit + 1; start += rowsPerRead) {
    const part = hits.slice(start, start + rowsPerRead);
    const rows = await takeRows(
      snapshot,
      part.map((hit) => hit.rowId),
      ["document_id"],
    );
    for (const hit of part) {
      const documentId = rows.get(hit.rowId)?.document_id;
      if (documentId === undefined) continue;
      const count = counts.get(String(documentId)) ?? 0;
      if (count >= query.perDocumentMax) continue;
      counts.set(String(documentId), count + 1);
      kept.push(hit);
    }
  }
  return kept;
}

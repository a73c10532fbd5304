import type { EngineAnswer, EngineQuery } from "../../core/kernel/ports/search-engine.ts";
import { tallyFacets } from "./facets.ts";
import { cutFragment } from "./highlight.ts";
import { passageColumns, readPassage } from "./read-rows.ts";
import type { Snapshot } from "./tables.ts";

const facetRowsMax = 1_000;
const timeoutMs = 20_000;

/** Answers a query without words and vector: the filter's passages in the asked order, newest first by default. */
export async function browseTable(
  snapshot: Snapshot,
  query: EngineQuery,
  where: string | undefined,
  startedMs: number,
): Promise<EngineAnswer> {
  const search = snapshot.table
    .query()
    // The engine sorts only by columns it also returns.
    .select([...passageColumns, "updated_at", "title", "id"])
    .orderBy([
      query.sort === "title"
        ? { columnName: "title", ascending: true }
        : { columnName: "updated_at", ascending: query.sort === "oldest" },
      { columnName: "id", ascending: true },
    ])
    .offset(query.offset)
    .limit(query.limit);
  if (where !== undefined) search.where(where);
  const readFacetRows = async () => {
    if (!query.facets?.length) return [];
    const rows = snapshot.table
      .query()
      .select(query.facets.map((facet) => facet.field))
      .limit(facetRowsMax);
    if (where !== undefined) rows.where(where);
    return rows.toArray({ timeoutMs });
  };
  const [rows, total, facetRows] = await Promise.all([
    query.limit > 0 ? search.toArray({ timeoutMs }) : [],
    snapshot.table.countRows(where),
    readFacetRows(),
  ]);
  const totalMs = performance.now() - startedMs;
  return {
    hits: rows.map((row) => {
      const passage = readPassage(row);
      return { passage, score: 0, marks: [], fragment: cutFragment(passage.text, []), titleMarks: [] };
    }),
    total: { value: total, exact: true },
    words: { used: [], left: [], added: [] },
    facets: tallyFacets(facetRows, query.facets ?? []),
    timings: { lexicalMs: 0, vectorMs: 0, fetchMs: totalMs, totalMs },
    tableVersion: snapshot.version,
    bestLexical: null,
    bestSimilarity: null,
  };
}

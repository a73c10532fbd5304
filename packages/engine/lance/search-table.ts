import {
  defaultFieldWeights,
  type EngineAnswer,
  type EngineQuery,
  type Filter,
  type Fusion,
} from "../../core/kernel/ports/search-engine.ts";
import { applyPins, listPins } from "./apply-pins.ts";
import { browseTable } from "./browse-table.ts";
import { tallyFacets } from "./facets.ts";
import { compileFilter } from "./filter-sql.ts";
import { type FusedHit, fuseLegs, type LegRow } from "./fusion.ts";
import { listLegColumns, orderHits } from "./order-hits.ts";
import { presentHits } from "./present-hits.ts";
import { parseQueryText, type QueryText } from "./query-text.ts";
import { runLegs } from "./run-legs.ts";
import { checkVector } from "./schema.ts";
import { correctSpelling } from "./spelling.ts";
import type { OpenTable } from "./tables.ts";
import { type WeighedGroup, weighGroups } from "./weigh-groups.ts";

/** Rows a leg returns at least; and at most, which bounds paging, sorting, facets and counts. */
const candidatesMin = 100;
const candidatesMax = 1_000;

/** Searches one version of the table. See `SearchEngine.search`. */
export async function searchTable(open: OpenTable, query: EngineQuery, signal?: AbortSignal): Promise<EngineAnswer> {
  const startedMs = performance.now();
  checkQuery(query);
  const where = compileFilterOf(query);
  const vector = query.mode === "lexical" ? undefined : checkVector(query.vector, open.spec.dimensions, "the query");
  const text = query.mode === "vector" ? "" : (query.text ?? "").trim();
  const snapshot = await open.takeSnapshot();
  signal?.throwIfAborted();
  if (!query.text?.trim() && !query.vector) return browseTable(snapshot, query, where, startedMs);

  const columns = listLegColumns(query);
  const fusion: Fusion = query.fusion ?? open.spec.fusion;
  const pins = listPins(query);
  const answer = async (parsed: QueryText): Promise<EngineAnswer> => {
    const groups = await weighGroups(snapshot, open.analyzer, parsed.groups);
    const legs = await runLegs(snapshot, {
      parsed,
      groups,
      vector,
      where,
      fusion,
      columns,
      ...chooseLimits(query, groups.length > 0),
    });
    signal?.throwIfAborted();
    const fetchStartedMs = performance.now();
    const fused = fuseLegs(legs.lexical, legs.vector, fusion);
    const rows = new Map<bigint, LegRow>([...(legs.vector?.rows ?? []), ...(legs.lexical?.rows ?? [])]);
    const competing = fused.filter(competes(legs.lexical !== undefined, query));
    const pinned = pins.length > 0 ? await applyPins(snapshot, competing, rows, { pins, where, columns }) : competing;
    const ordered = orderHits(pinned, rows, query);
    const asked = { lexical: legs.lexical !== undefined, vector: legs.vector !== undefined };
    const page = ordered.slice(query.offset, query.offset + query.limit);
    const hits = await presentHits(snapshot, open.analyzer, page, {
      query,
      parsed,
      groups,
      fieldWeights: open.spec.fieldWeights ?? defaultFieldWeights,
      fusion,
      legs: asked,
    });
    const nowMs = performance.now();
    return {
      hits,
      total: { value: ordered.length, exact: legs.isComplete },
      // Counted over the very hits that can be paged, so that no two numbers on a page disagree.
      facets: tallyFacets(
        ordered.map((hit) => rows.get(hit.rowId) ?? {}),
        query.facets ?? [],
      ),
      words: describeWords(parsed, groups),
      timings: {
        lexicalMs: legs.lexicalMs,
        vectorMs: legs.vectorMs,
        fetchMs: nowMs - fetchStartedMs,
        totalMs: nowMs - startedMs,
      },
      tableVersion: snapshot.version,
      bestLexical: legs.lexical?.scores[0] ?? null,
      bestSimilarity: legs.vector?.scores[0] ?? null,
    };
  };

  const parsed = await parseQueryText(text, open.analyzer, query);
  const asTyped = await answer(parsed);
  const correctedText = await correctSpelling({ snapshot, where, text, parsed, hits: asTyped.hits });
  if (correctedText === undefined) return asTyped;
  signal?.throwIfAborted();
  const corrected = await answer(await parseQueryText(correctedText, open.analyzer, query));
  return { ...corrected, correctedText, timings: { ...corrected.timings, totalMs: performance.now() - startedMs } };
}

/** Hits without any of the words that may stand beside those with them. */
const similarOnlyMax = 20;

/**
 * Every passage is similar to some degree, so similarity alone adds a hit only where words matched nothing, or high up in
 * the order of relevance; else each search would "find" the whole index.
 */
function competes(hasWords: boolean, query: EngineQuery): (hit: FusedHit, index: number, all: FusedHit[]) => boolean {
  let someWords: boolean | undefined;
  return (hit, index, all) => {
    someWords ??= hasWords && all.some((one) => one.lexical !== null);
    return !someWords || hit.lexical !== null || (query.sort === "relevance" && index < similarOnlyMax);
  };
}

/** Words decide what matches, so their leg is widened for sorting and facets; similarity has no end of its own. */
function chooseLimits(query: EngineQuery, hasSynonyms: boolean): { lexicalLimit: number; vectorLimit: number } {
  const wanted = (query.offset + query.limit) * (query.perDocumentMax > 0 ? 3 : 1);
  const limit = Math.min(candidatesMax, Math.max(candidatesMin, wanted));
  // The order among synonyms is settled after the search, so some more are looked at.
  const isWide = hasSynonyms || query.sort !== "relevance" || (query.facets?.length ?? 0) > 0;
  return { lexicalLimit: isWide ? candidatesMax : limit, vectorLimit: limit };
}

/** The query's filter without the buried documents. */
function compileFilterOf({ filter, buried = [] }: EngineQuery): string | undefined {
  const unburied: Filter | undefined = buried.length > 0 ? { not: { in: ["document_id", buried] } } : undefined;
  const both = filter && unburied ? { and: [filter, unburied] } : (filter ?? unburied);
  return both && compileFilter(both);
}

function describeWords(parsed: QueryText, groups: readonly WeighedGroup[]): EngineAnswer["words"] {
  const typed = parsed.groups.flatMap((group) => group.typed);
  const used = [...new Set([...typed, ...parsed.terms, ...parsed.loneTerms, ...parsed.stopWordsOnly])];
  const added = groups.flatMap(({ group, variants }) =>
    variants.map(({ sought }) => sought.text).filter((text) => text !== group.typed.join(" ")),
  );
  return { used, left: [...new Set(parsed.left)], added: [...new Set(added)] };
}

function checkQuery(query: EngineQuery): void {
  const isCount = (value: number) => Number.isInteger(value) && value >= 0;
  if (!isCount(query.limit) || !isCount(query.offset))
    throw new Error("A query's limit and offset are whole numbers from 0.");
  if (query.limit + query.offset > candidatesMax) {
    throw new Error(
      `A query pages through the first ${candidatesMax} hits; offset ${query.offset} and limit ${query.limit} go beyond. Narrow it by a filter.`,
    );
  }
}

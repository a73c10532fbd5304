import type { EngineAnswer, EngineQuery, Fusion } from "../../core/kernel/ports/search-engine.ts";
import { browseTable } from "./browse-table.ts";
import { countFacets } from "./facets.ts";
import { compileFilter } from "./filter-sql.ts";
import { fuseLegs, type Leg } from "./fusion.ts";
import { buildLexicalQuery, runLexicalLeg } from "./lexical-leg.ts";
import { orderHits } from "./order-hits.ts";
import { presentHits } from "./present-hits.ts";
import { parseQueryText, type QueryText } from "./query-text.ts";
import { checkVector } from "./schema.ts";
import type { OpenTable, Snapshot } from "./tables.ts";
import { moveTowardsBest, runVectorLeg } from "./vector-leg.ts";

/** Rows a leg returns at least; and at most, which bounds paging, sorting, facets and counts. */
const candidatesMin = 100;
const candidatesMax = 1_000;
const legTimeoutMs = 20_000;
/** Measured with word vectors on five judged collections; `passages: 0` turns it off. */
const defaultFeedback = { passages: 3, weight: 1.5 };

/** Searches one version of the table. See `SearchEngine.search`. */
export async function searchTable(open: OpenTable, query: EngineQuery, signal?: AbortSignal): Promise<EngineAnswer> {
  const startedMs = performance.now();
  checkQuery(query);
  const where = query.filter ? compileFilter(query.filter) : undefined;
  const vector = query.mode === "lexical" ? undefined : checkVector(query.vector, open.spec.dimensions, "the query");
  const text = query.mode === "vector" ? "" : (query.text ?? "").trim();
  const snapshot = await open.takeSnapshot();
  signal?.throwIfAborted();
  if (text === "" && vector === undefined && !query.text?.trim() && !query.vector) {
    return browseTable(snapshot, query, where, startedMs);
  }
  const parsed = await parseQueryText(text, open.analyzer);
  const fusion = query.fusion ?? open.spec.fusion;
  const legs = await runLegs(snapshot, { parsed, vector, where, fusion, limit: chooseCandidates(query) });
  signal?.throwIfAborted();

  const fetchStartedMs = performance.now();
  const fused = fuseLegs(legs.lexical, legs.vector, fusion);
  const ordered = await orderHits(snapshot, fused, query);
  const page = ordered.slice(query.offset, query.offset + query.limit);
  const [hits, facets] = await Promise.all([
    presentHits(snapshot, open.analyzer, page, {
      query,
      parsed,
      fusion,
      legs: { lexical: legs.lexical !== undefined, vector: legs.vector !== undefined },
    }),
    countFacets(snapshot, fused, query.facets ?? []),
  ]);
  const nowMs = performance.now();
  return {
    hits,
    total: { value: ordered.length, exact: legs.isComplete && query.perDocumentMax === 0 },
    facets,
    timings: {
      lexicalMs: legs.lexicalMs,
      vectorMs: legs.vectorMs,
      fetchMs: nowMs - fetchStartedMs,
      totalMs: nowMs - startedMs,
    },
    tableVersion: snapshot.version,
  };
}

type Legs = {
  lexical: Leg | undefined;
  vector: Leg | undefined;
  isComplete: boolean;
  lexicalMs: number;
  vectorMs: number;
};

async function runLegs(
  snapshot: Snapshot,
  search: {
    parsed: QueryText;
    vector: Float32Array | undefined;
    where: string | undefined;
    fusion: Fusion;
    limit: number;
  },
): Promise<Legs> {
  const { parsed, where, fusion, limit } = search;
  const lexicalQuery = buildLexicalQuery(parsed);
  let lexicalMs = 0;
  let vectorMs = 0;
  const runLexical = async (): Promise<Leg | undefined> => {
    if (lexicalQuery === undefined) return undefined;
    const startedMs = performance.now();
    const leg = await runLexicalLeg(snapshot, lexicalQuery, where, limit, legTimeoutMs);
    lexicalMs = performance.now() - startedMs;
    return leg;
  };
  const runVector = async (waitFor: Promise<Leg | undefined>): Promise<Leg | undefined> => {
    if (search.vector === undefined) return undefined;
    const feedback = fusion.kind === "weighted" ? (fusion.feedback ?? defaultFeedback) : undefined;
    const words = feedback && feedback.passages > 0 ? await waitFor : undefined;
    const startedMs = performance.now();
    const moved = feedback && words ? await moveTowardsBest(snapshot, search.vector, words, feedback) : search.vector;
    const leg = await runVectorLeg(snapshot, moved, where, limit, legTimeoutMs);
    vectorMs = performance.now() - startedMs;
    return leg;
  };
  const running = runLexical();
  const [lexical, vector] = await Promise.all([running, runVector(running)]);
  const isStrict = parsed.phrases.length > 0 || parsed.excluded.length > 0;
  return {
    lexical,
    vector: isStrict && lexical && vector ? keepOnly(vector, lexical) : vector,
    isComplete:
      (lexical?.rowIds.length ?? 0) < limit && (vector === undefined || isStrict || vector.rowIds.length < limit),
    lexicalMs,
    vectorMs,
  };
}

/** What must or must not be in a passage holds for similar passages too. */
function keepOnly(leg: Leg, allowed: Leg): Leg {
  const rows = new Set(allowed.rowIds);
  const kept = leg.rowIds
    .map((rowId, index) => ({ rowId, score: leg.scores[index] as number }))
    .filter(({ rowId }) => rows.has(rowId));
  return { rowIds: kept.map(({ rowId }) => rowId), scores: kept.map(({ score }) => score) };
}

function chooseCandidates(query: EngineQuery): number {
  if (query.sort !== "relevance" || (query.facets?.length ?? 0) > 0) return candidatesMax;
  const wanted = (query.offset + query.limit) * (query.perDocumentMax > 0 ? 5 : 1);
  return Math.min(candidatesMax, Math.max(candidatesMin, wanted));
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

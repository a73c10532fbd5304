import type { Fusion } from "../../core/kernel/ports/search-engine.ts";
import type { Leg } from "./fusion.ts";
import { buildLexicalQuery, runLexicalLeg } from "./lexical-leg.ts";
import type { QueryText } from "./query-text.ts";
import type { Snapshot } from "./tables.ts";
import { moveTowardsBest, runVectorLeg } from "./vector-leg.ts";
import { countGroupsOnce, listGroupQueries, type WeighedGroup } from "./weigh-groups.ts";

const timeoutMs = 20_000;
/** Measured with word vectors on five judged collections; `passages: 0` turns it off. */
const defaultFeedback = { passages: 2, weight: 3 };

export type Legs = {
  lexical: Leg | undefined;
  vector: Leg | undefined;
  /** Whether every match was returned. */
  isComplete: boolean;
  lexicalMs: number;
  vectorMs: number;
};

export type LegsRequest = {
  parsed: QueryText;
  groups: readonly WeighedGroup[];
  vector: Float32Array | undefined;
  where: string | undefined;
  fusion: Fusion;
  columns: readonly string[];
  lexicalLimit: number;
  vectorLimit: number;
};

/** Runs the word and the vector search; the vector search waits for the words when it learns from them. */
export async function runLegs(snapshot: Snapshot, request: LegsRequest): Promise<Legs> {
  const { parsed, where, fusion, columns, lexicalLimit, vectorLimit } = request;
  const lexicalQuery = buildLexicalQuery(parsed, listGroupQueries(request.groups));
  let lexicalMs = 0;
  let vectorMs = 0;
  const runLexical = async (): Promise<Leg | undefined> => {
    if (lexicalQuery === undefined) return undefined;
    const startedMs = performance.now();
    const found = await runLexicalLeg(snapshot, lexicalQuery, { where, limit: lexicalLimit, columns, timeoutMs });
    const leg = request.groups.length > 0 ? await countGroupsOnce(snapshot, found, request.groups) : found;
    lexicalMs = performance.now() - startedMs;
    return leg;
  };
  const runVector = async (wordSearch: Promise<Leg | undefined>): Promise<Leg | undefined> => {
    if (request.vector === undefined) return undefined;
    const feedback = fusion.kind === "weighted" ? (fusion.feedback ?? defaultFeedback) : undefined;
    const words = feedback && feedback.passages > 0 ? await wordSearch : undefined;
    const startedMs = performance.now();
    const moved = feedback && words ? await moveTowardsBest(snapshot, request.vector, words, feedback) : request.vector;
    const leg = await runVectorLeg(snapshot, moved, { where, limit: vectorLimit, columns, timeoutMs });
    vectorMs = performance.now() - startedMs;
    return leg;
  };
  const wordSearch = runLexical();
  const [lexical, vector] = await Promise.all([wordSearch, runVector(wordSearch)]);
  const isStrict = parsed.phrases.length > 0 || parsed.excluded.length > 0;
  const areWordsComplete = (lexical?.rowIds.length ?? 0) < lexicalLimit;
  return {
    lexical,
    vector: isStrict && lexical && vector ? keepOnly(vector, lexical) : vector,
    isComplete:
      areWordsComplete &&
      ((lexical?.rowIds.length ?? 0) > 0 || vector === undefined || isStrict || vector.rowIds.length < vectorLimit),
    lexicalMs,
    vectorMs,
  };
}

/** What must or must not be in a passage holds for similar passages too. */
function keepOnly(leg: Leg, allowed: Leg): Leg {
  const ids = new Set(allowed.rowIds);
  const kept = leg.rowIds
    .map((rowId, index) => ({ rowId, score: leg.scores[index] as number }))
    .filter(({ rowId }) => ids.has(rowId));
  return { rowIds: kept.map(({ rowId }) => rowId), scores: kept.map(({ score }) => score), rows: new Map() };
}

import type { Fusion } from "../../core/kernel/ports/search-engine.ts";

/** One leg's answer, best first. Scores are higher for better. */
export type Leg = { rowIds: bigint[]; scores: number[]; rows: Map<bigint, LegRow> };

/** Columns read along with a leg, for facets, order and grouping; empty when none were asked. */
export type LegRow = Record<string, unknown>;

export type FusedHit = {
  rowId: bigint;
  score: number;
  lexical: number | null;
  lexicalNormalised: number | null;
  vector: number | null;
  vectorNormalised: number | null;
  /** Places in the legs, from 1. */
  lexicalRank?: number;
  vectorRank?: number;
  rule?: "pinned";
};

/**
 * Joins the legs. Weighted: (1 - w) x lexical / best + w x (vector - worst) / (best - worst) of the leg's hits;
 * a leg that did not return a row counts 0 for it. Reciprocal ranks: weight / (k + rank), Cormack et al. 2009.
 * A leg left undefined was not asked, and the other one's normalised score stands alone.
 */
export function fuseLegs(lexical: Leg | undefined, vector: Leg | undefined, fusion: Fusion): FusedHit[] {
  const hits = new Map<bigint, FusedHit>();
  const bestLexical = lexical?.scores[0] || 1;
  const bestVector = vector?.scores[0] ?? 0;
  const worstVector = vector?.scores.at(-1) ?? 0;
  const span = bestVector - worstVector;
  const isAlone = lexical === undefined || vector === undefined;
  const weight = fusion.kind === "weighted" ? fusion.vectorWeight : 0;

  const put = (rowId: bigint): FusedHit => {
    let hit = hits.get(rowId);
    if (hit === undefined) {
      hit = { rowId, score: 0, lexical: null, lexicalNormalised: null, vector: null, vectorNormalised: null };
      hits.set(rowId, hit);
    }
    return hit;
  };
  lexical?.rowIds.forEach((rowId, rank) => {
    const hit = put(rowId);
    hit.lexical = lexical.scores[rank] as number;
    hit.lexicalNormalised = hit.lexical / bestLexical;
    hit.lexicalRank = rank + 1;
    if (isAlone) hit.score = hit.lexicalNormalised;
    else
      hit.score +=
        fusion.kind === "rrf" ? fusion.lexicalWeight / (fusion.k + rank + 1) : (1 - weight) * hit.lexicalNormalised;
  });
  vector?.rowIds.forEach((rowId, rank) => {
    const hit = put(rowId);
    hit.vector = vector.scores[rank] as number;
    hit.vectorNormalised = span > 0 ? (hit.vector - worstVector) / span : 1;
    hit.vectorRank = rank + 1;
    if (isAlone) hit.score = hit.vectorNormalised;
    else
      hit.score += fusion.kind === "rrf" ? fusion.vectorWeight / (fusion.k + rank + 1) : weight * hit.vectorNormalised;
  });
  // Ties go to the older row, so that pages never repeat or drop a hit.
  return [...hits.values()].sort((left, right) => right.score - left.score || (left.rowId < right.rowId ? -1 : 1));
}

/** What the raw value was divided by. */
const best = (raw: number | null, normalised: number | null): number => (raw && normalised ? raw / normalised : 0);

/** The formula behind a hit's score, in words and numbers. */
export function explainFusion(hit: FusedHit, fusion: Fusion, legs: { lexical: boolean; vector: boolean }): string {
  const show = (value: number | null) => (value === null ? "0" : value.toFixed(4));
  if (hit.lexical === null && hit.vector === null) return "shown by a rule, not by its score";
  if (!legs.vector)
    return `${show(hit.score)} = words ${show(hit.lexical)} / best ${show(best(hit.lexical, hit.lexicalNormalised))}`;
  if (!legs.lexical) return `${show(hit.score)} = similarity ${show(hit.vector)} scaled to the leg's range`;
  if (fusion.kind === "rrf") {
    const part = (weight: number, rank: number | undefined, name: string) =>
      rank === undefined ? `0 (not found by ${name})` : `${weight} / (${fusion.k} + ${rank}, place by ${name})`;
    return `${show(hit.score)} = ${part(fusion.lexicalWeight, hit.lexicalRank, "words")} + ${part(fusion.vectorWeight, hit.vectorRank, "similarity")}`;
  }
  const wordsWeight = (1 - fusion.vectorWeight).toFixed(2);
  return `${show(hit.score)} = ${wordsWeight} x words ${show(hit.lexicalNormalised)} + ${fusion.vectorWeight} x similarity ${show(hit.vectorNormalised)}`;
}

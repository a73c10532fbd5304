import { connect } from "@lancedb/lancedb";
import { encodeTableName } from "./table-name.ts";
import { readVectorIndex } from "./vector-index.ts";
import { runVectorLeg } from "./vector-leg.ts";

const depth = 10;
const timeoutMs = 60_000;

/** Share of the ten exactly nearest passages that the vector index returns among its first ten; 0..1. */
export async function measureVectorRecall(uri: string, table: string, queries: Float32Array[]): Promise<number> {
  const connection = await connect(uri);
  const handle = await connection.openTable(encodeTableName(table));
  const vectorIndex = await readVectorIndex(handle);
  let found = 0;
  let wanted = 0;
  for (const vector of queries) {
    if (vector.every((value) => value === 0)) continue;
    const leg = await runVectorLeg({ table: handle, version: 0, vectorIndex }, vector, {
      where: undefined,
      limit: depth,
      columns: [],
      timeoutMs,
    });
    const exact = await handle
      .query()
      .nearestTo(vector)
      .distanceType("cosine")
      .bypassVectorIndex()
      .select(["_rowid", "_distance"])
      .withRowId()
      .limit(depth)
      .toArray({ timeoutMs });
    // A row as near as the tenth is as good as the tenth: many passages here are equal.
    wanted += exact.length;
    const farthest = 1 - Number(exact.at(-1)?._distance ?? 0);
    found += Math.min(exact.length, leg.scores.filter((score) => score >= farthest - 1e-5).length);
  }
  connection.close();
  return wanted === 0 ? 0 : found / wanted;
}

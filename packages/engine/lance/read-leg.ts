import type { Table as ArrowTable } from "apache-arrow";
import type { Leg, LegRow } from "./fusion.ts";

/** A leg out of the engine's answer, best first; equal scores keep the engine's order. */
export function readLeg(
  answer: Pick<ArrowTable, "getChild">,
  scoreColumn: string,
  columns: readonly string[],
  toScore: (value: number) => number,
): Leg {
  const ids = [...(answer.getChild("_rowid") ?? [])].map((value) => BigInt(value));
  const scores = [...(answer.getChild(scoreColumn) ?? [])].map((value) => toScore(Number(value)));
  const order = ids
    .map((_, index) => index)
    .sort((left, right) => (scores[right] ?? 0) - (scores[left] ?? 0) || left - right);
  const rows = new Map<bigint, LegRow>();
  for (const column of columns) {
    const values = answer.getChild(column);
    ids.forEach((id, index) => {
      const row = rows.get(id) ?? {};
      row[column] = values?.get(index);
      rows.set(id, row);
    });
  }
  return {
    rowIds: order.map((index) => ids[index] as bigint),
    scores: order.map((index) => scores[index] as number),
    rows,
  };
}

import type { TriedHit } from "@samla/contracts";

export type Compared = {
  text: string;
  /** Of the documents on either side, the share that both show; 1 when neither shows any. */
  overlap: number;
  /** Documents on both sides at another place. */
  moved: number;
  /** Whether another document stands first. */
  isFirstAnother: boolean;
  lost: string[];
  gained: string[];
  liveMs: number;
  candidateMs: number;
};

type Answer = { hits: readonly Pick<TriedHit, "documentId" | "name">[]; timings: { totalMs: number } };

/** Builds may cut texts differently, so documents are compared, each where its first passage stands. */
export const compareAnswers = (text: string, live: Answer, candidate: Answer): Compared => {
  const places = ({ hits }: Answer) => new Map(hits.map((hit) => [hit.documentId as string, hit.name]));
  const [before, after] = [places(live), places(candidate)];
  const [from, to] = [[...before.keys()], [...after.keys()]];
  const both = from.filter((id) => after.has(id));
  const all = new Set([...from, ...to]).size;
  return {
    text,
    overlap: all === 0 ? 1 : both.length / all,
    moved: both.filter((id) => from.indexOf(id) !== to.indexOf(id)).length,
    isFirstAnother: from[0] !== to[0],
    lost: from.filter((id) => !after.has(id)).map((id) => before.get(id) ?? id),
    gained: to.filter((id) => !before.has(id)).map((id) => after.get(id) ?? id),
    liveMs: live.timings.totalMs,
    candidateMs: candidate.timings.totalMs,
  };
};

const middle = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

/** What people would notice, over all searches; those that change most stand first in `rows`. */
export const summarise = (rows: readonly Compared[]) => ({
  overlap: rows.length === 0 ? 1 : rows.reduce((sum, row) => sum + row.overlap, 0) / rows.length,
  same: rows.filter((row) => row.overlap === 1 && row.moved === 0).length,
  otherFirst: rows.filter((row) => row.isFirstAnother).length,
  newlyEmpty: rows.filter((row) => row.lost.length > 0 && row.overlap === 0 && row.gained.length === 0).length,
  newlyFound: rows.filter((row) => row.gained.length > 0 && row.overlap === 0 && row.lost.length === 0).length,
  liveMs: middle(
    rows.map((row) => row.liveMs),
    0.5,
  ),
  candidateMs: middle(
    rows.map((row) => row.candidateMs),
    0.5,
  ),
  rows: rows.toSorted((a, b) => a.overlap - b.overlap || b.moved - a.moved),
});

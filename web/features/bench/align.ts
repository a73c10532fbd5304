import type { BuildConfig, TriedHit } from "@samla/contracts";
import { changesOfConfig } from "@samla/contracts/plain";
import type { RankMove } from "../../lib/rank-moves.tsx";

/** Whether both builds cut texts alike, so that a passage's id means the same text in both. */
export const haveSamePassages = (left: BuildConfig, right: BuildConfig): boolean =>
  !changesOfConfig(left, right).some(({ stage }) => stage === "extract" || stage === "split");

/**
 * What stands for the same thing on both sides: the passage where both are cut alike, else the document and how many of
 * its passages came before. Keys of a side are unique.
 */
export const keysOfHits = (
  hits: readonly Pick<TriedHit, "documentId" | "passageId">[],
  samePassages: boolean,
): string[] => {
  const seen = new Map<string, number>();
  return hits.map(({ documentId, passageId }) => {
    if (samePassages) return passageId;
    const before = seen.get(documentId) ?? 0;
    seen.set(documentId, before + 1);
    return `${documentId} ${before}`;
  });
};

/** Both sides joined: each thing once, with its place on either side. */
export const alignHits = (left: readonly string[], right: readonly string[]): RankMove[] =>
  [...new Set([...left, ...right])].map((id) => {
    const [before, after] = [left.indexOf(id), right.indexOf(id)];
    return { id, before: before < 0 ? null : before + 1, after: after < 0 ? null : after + 1 };
  });

/** How alike two lists are: of the things on either side, the share that both have. */
export const overlapOf = (moves: readonly RankMove[]): number =>
  moves.length === 0 ? 1 : moves.filter((move) => move.before !== null && move.after !== null).length / moves.length;

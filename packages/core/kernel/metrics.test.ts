import { describe, expect, it } from "vitest";
import { computeNdcg, computeRecall, computeReciprocalRank, measureQuality } from "./metrics.ts";

const judgments = new Map([
  ["a", 3],
  ["b", 1],
  ["c", 0],
]);

describe("relevance measures", () => {
  it("compute nDCG with linear gain and log2 discount", () => {
    const ideal = 3 + 1 / Math.log2(3);
    expect(computeNdcg(["a", "b"], judgments)).toBe(1);
    expect(computeNdcg(["b", "x", "a"], judgments)).toBeCloseTo((1 + 3 / 2) / ideal, 12);
    expect(computeNdcg(["x"], judgments)).toBe(0);
    expect(computeNdcg(["a"], new Map())).toBe(0);
  });

  it("count an id that is ranked twice once", () => {
    expect(computeNdcg(["a", "a"], judgments)).toBeCloseTo(3 / (3 + 1 / Math.log2(3)), 12);
    expect(computeRecall(["a", "a"], judgments)).toBe(0.5);
  });

  it("look no deeper than asked", () => {
    const ranking = [...Array.from({ length: 10 }, (_, index) => `x${index}`), "a"];
    expect(computeNdcg(ranking, judgments)).toBe(0);
    expect(computeReciprocalRank(ranking, judgments)).toBeCloseTo(1 / 11, 12);
    expect(computeRecall(ranking, judgments, 10)).toBe(0);
  });

  it("count a question without an answer as nothing found", () => {
    const quality = measureQuality(
      new Map([["q1", ["a", "b"]]]),
      new Map([
        ["q1", judgments],
        ["q2", judgments],
      ]),
    );
    expect(quality).toEqual({ ndcg10: 0.5, recall10: 0.5, recall100: 0.5, mrr: 0.5, questions: 2 });
  });
});

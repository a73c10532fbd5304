import { describe, expect, it } from "vitest";
import { computeNdcg, computeRecall, computeReciprocalRank, measureQuality, percentileOf } from "./metrics.ts";

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

  it("are trec_eval's, for graded and missing answers", () => {
    // By pytrec_eval-terrier 0.5.11: recip_rank, recall_3, recall_10, ndcg_cut_3, ndcg_cut_10.
    const cases: [ranking: string, judged: Record<string, number>, figures: number[]][] = [
      ["b x a c d", { a: 3, b: 1, c: 0, d: 2 }, [1, 2 / 3, 1, 0.5250049893849101, 0.6874847125494647]],
      ["x y z e a", { a: 1, e: 2 }, [0.25, 0, 1, 0, 0.4744352910551497]],
      ["a b", { z: 1 }, [0, 0, 0, 0, 0]],
      ["c", { c: 0 }, [0, 0, 0, 0, 0]],
    ];
    for (const [text, judged, expected] of cases) {
      const ranking = text.split(" ");
      const grades = new Map(Object.entries(judged));
      const figures = [
        computeReciprocalRank(ranking, grades),
        computeRecall(ranking, grades, 3),
        computeRecall(ranking, grades, 10),
        computeNdcg(ranking, grades, 3),
        computeNdcg(ranking, grades, 10),
      ];
      figures.forEach((figure, i) => {
        expect(figure, text).toBeCloseTo(expected[i] ?? Number.NaN, 12);
      });
    }
  });
});

describe("a percentile", () => {
  it("is a value that occurs, by nearest rank", () => {
    expect(percentileOf([5, 1, 4, 2, 3], 0.5)).toBe(3);
    expect(percentileOf([1, 2, 3, 4], 0.95)).toBe(4);
    expect(percentileOf([7], 0)).toBe(7);
    expect(percentileOf([], 0.5)).toBeUndefined();
  });
});

import { describe, expect, it } from "vitest";
import { createAnalyzer, splitWords } from "./analyzer.ts";
import { countEdits } from "./count-edits.ts";
import { explainFusion, fuseLegs, type Leg } from "./fusion.ts";
import { cutFragment } from "./highlight.ts";
import { listTerms } from "./passage-terms.ts";
import { parseQueryText } from "./query-text.ts";
import { isCommitConflict, retryOnConflict } from "./retry-on-conflict.ts";
import { createSemaphore } from "./semaphore.ts";
import { decodeTableName, encodeTableName } from "./table-name.ts";
import { chooseSubVectors } from "./vector-index.ts";

const createLeg = (entries: [number, number][]): Leg => ({
  rowIds: entries.map(([id]) => BigInt(id)),
  scores: entries.map(([, score]) => score),
  rows: new Map(),
});

describe("fusion", () => {
  it("adds normalised scores by weight and counts a missing leg as nothing", () => {
    const fused = fuseLegs(
      createLeg([
        [1, 8],
        [2, 4],
      ]),
      createLeg([
        [2, 0.9],
        [3, 0.5],
      ]),
      { kind: "weighted", vectorWeight: 0.25 },
    );
    expect(fused.map((hit) => [hit.rowId, hit.score])).toEqual([
      [1n, 0.75],
      [2n, 0.375 + 0.25],
      [3n, 0],
    ]);
  });

  it("adds weighted reciprocal ranks", () => {
    const fused = fuseLegs(
      createLeg([
        [1, 8],
        [2, 4],
      ]),
      createLeg([[2, 0.9]]),
      { kind: "rrf", k: 60, lexicalWeight: 1, vectorWeight: 1 },
    );
    expect(fused[0]).toMatchObject({ rowId: 2n, score: 1 / 62 + 1 / 61 });
  });
});

describe("a score's formula", () => {
  const legs = [
    createLeg([
      [1, 8],
      [2, 4],
    ]),
    createLeg([
      [2, 0.9],
      [3, 0.5],
    ]),
  ] as const;
  const both = { lexical: true, vector: true };

  it("is arithmetic that comes out at the score, for weights and for ranks", () => {
    const weighted = { kind: "weighted", vectorWeight: 0.25 } as const;
    const [, second] = fuseLegs(...legs, weighted);
    expect(second && explainFusion(second, weighted, both)).toBe(
      "0.6250 = 0.75 x words 0.5000 + 0.25 x similarity 1.0000",
    );
    const ranks = { kind: "rrf", k: 60, lexicalWeight: 2, vectorWeight: 1 } as const;
    const fused = fuseLegs(...legs, ranks);
    const formulas = fused.map((hit) => [hit.rowId, explainFusion(hit, ranks, both)]);
    expect(formulas[0]).toEqual([2n, "0.0487 = 2 / (60 + 2, place by words) + 1 / (60 + 1, place by similarity)"]);
    expect(2 / 62 + 1 / 61).toBeCloseTo(0.0487, 4);
    expect(formulas[2]?.[1]).toContain("0 (not found by words)");
    const [best] = fuseLegs(legs[0], undefined, weighted);
    expect(best && explainFusion(best, weighted, { lexical: true, vector: false })).toBe(
      "1.0000 = words 8.0000 / best 8.0000",
    );
  });
});

describe("query text", () => {
  const analyzer = createAnalyzer("en");

  it("keeps repetitions, strips stop words and contractions", async () => {
    expect(await parseQueryText("What's the pump's pump of I'd", analyzer)).toMatchObject({
      terms: ["pump", "pump"],
      phrases: [],
    });
  });

  it("reads phrases and exclusions of a short query only", async () => {
    expect(await parseQueryText('pump "oil valve" -water', analyzer)).toMatchObject({
      terms: ["pump", "oil", "valve"],
      phrases: ["oil valve"],
      excluded: ["water"],
    });
    const prose = await parseQueryText("alpha beta gamma delta epsilon zeta eta theta iota -kappa", analyzer);
    expect(prose).toMatchObject({ excluded: [], phrases: [] });
    expect(prose.terms).toContain("kappa");
  });

  it("takes a text of nothing but exclusions for plain words", async () => {
    expect(await parseQueryText("-pump -valve", analyzer)).toMatchObject({ terms: ["pump", "valve"], excluded: [] });
  });
});

describe("terms of a passage", () => {
  it("hold the title three times, without stop words and lone letters", async () => {
    const terms = await listTerms(createAnalyzer("en"), { title: "The pump", section: "A", text: "It is a valve." });
    expect(terms).toBe("pump pump pump valve");
  });
});

describe("words", () => {
  it("keep their place in the text", () => {
    const text = "naïve foo_bar 搜索";
    expect(splitWords(text).map((word) => text.slice(word.start, word.end))).toEqual(["naïve", "foo", "bar", "搜索"]);
  });
});

describe("fragments", () => {
  it("show the densest marks whole, never cut a surrogate pair, and stay in the text", () => {
    const text = `${"🙂".repeat(300)} pump valve ${"🙂".repeat(300)}`;
    const start = text.indexOf("pump");
    const fragment = cutFragment(text, [
      [start, start + 4],
      [start + 5, start + 10],
    ]);
    expect(fragment.marks).toHaveLength(2);
    expect(text.slice(fragment.start, fragment.end)).not.toMatch(/^[\udc00-\udfff]|[\ud800-\udbff]$/);
    expect(cutFragment("", [])).toEqual({ start: 0, end: 0, marks: [] });
  });
});

describe("edit distance", () => {
  it("counts swaps as one and stops at the limit", () => {
    expect(countEdits("vaccum", "vacuum", 2)).toBe(1);
    expect(countEdits("recieve", "receive", 2)).toBe(1);
    expect(countEdits("abc", "abc", 2)).toBe(0);
    expect(countEdits("abcdef", "uvwxyz", 2)).toBe(3);
  });
});

describe("table names", () => {
  it("survive encoding and never leave the folder", () => {
    expect(decodeTableName(encodeTableName("manual/bld_01H"))).toBe("manual/bld_01H");
    for (const name of ["..", "a/..", "a\\b", "a.b", "ä", " a", "a/b/c/d", `a${"x".repeat(100)}`])
      expect(() => encodeTableName(name), name).toThrow();
  });
});

describe("semaphore", () => {
  it("never runs more than its slots, in order, and lets a waiting caller leave", async () => {
    const semaphore = createSemaphore(2);
    let running = 0;
    let most = 0;
    const order: number[] = [];
    const gone = new AbortController();
    const tasks = [0, 1, 2, 3, 4].map((n) =>
      semaphore.run(
        async () => {
          running++;
          most = Math.max(most, running);
          await new Promise((resolve) => setImmediate(resolve));
          order.push(n);
          running--;
        },
        n === 3 ? gone.signal : undefined,
      ),
    );
    gone.abort(new Error("left"));
    const results = await Promise.allSettled(tasks);
    expect(most).toBe(2);
    expect(order).toEqual([0, 1, 2, 4]);
    expect(results[3]?.status).toBe("rejected");
  });
});

describe("commits", () => {
  it("are tried again on a conflict only", async () => {
    let calls = 0;
    const commit = async () => {
      calls++;
      if (calls < 3) throw new Error("Retryable commit conflict for version 7");
      return calls;
    };
    expect(await retryOnConflict(commit)).toBe(3);
    expect(isCommitConflict(new Error("disk full"))).toBe(false);
    await expect(retryOnConflict(() => Promise.reject(new Error("disk full")))).rejects.toThrow("disk full");
  });
});

describe("the compressed vector index", () => {
  it("has sub-vectors that divide the dimensions", () => {
    for (const dimensions of [100, 256, 384, 512, 768, 1024, 1536, 7, 13])
      expect(dimensions % chooseSubVectors(dimensions)).toBe(0);
  });
});

import type { BuildConfig, TriedHit } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { alignHits, haveSamePassages, keysOfHits, overlapOf } from "./align.ts";

const hit = (documentId: string, passageId: string) =>
  ({ documentId, passageId }) as unknown as Pick<TriedHit, "documentId" | "passageId">;

describe("two lists of hits", () => {
  it("are joined by passage where both builds cut alike", () => {
    expect(keysOfHits([hit("a", "a_1"), hit("a", "a_2")], true)).toEqual(["a_1", "a_2"]);
  });

  it("are joined by document and turn where they do not: the same id would be another text", () => {
    expect(keysOfHits([hit("a", "a_1"), hit("b", "b_9"), hit("a", "a_2")], false)).toEqual(["a 0", "b 0", "a 1"]);
  });

  it("have a place on either side, or none", () => {
    const moves = alignHits(["x", "y"], ["y", "z"]);
    expect(moves).toEqual([
      { id: "x", before: 1, after: null },
      { id: "y", before: 2, after: 1 },
      { id: "z", before: null, after: 2 },
    ]);
    expect(overlapOf(moves)).toBeCloseTo(1 / 3);
    expect(overlapOf([])).toBe(1);
  });

  it("are of the same passages unless reading or cutting differs", () => {
    const config = { targetTokens: 200, stem: true } as BuildConfig;
    expect(haveSamePassages(config, { ...config, stem: false })).toBe(true);
    expect(haveSamePassages(config, { ...config, targetTokens: 100 })).toBe(false);
  });
});

import { describe, expect, it } from "vitest";
import { costOf } from "./prices.ts";

const plain = { seconds: 1000, stages: ["write"] as const, embedder: "glove", isLocal: true, tokens: 5_000_000 };

describe("what a fill costs", () => {
  it("is the time of its functions: the writer's alone, or with the workers that make data", () => {
    expect(costOf(plain).usd).toBeCloseTo(0.0166667, 7);
    expect(costOf({ ...plain, stages: ["split", "write"] }).usd).toBeCloseTo(0.0833335, 7);
  });

  it("counts the tokens of an embedder with a price, only when they are embedded anew", () => {
    const titan = { ...plain, embedder: "bedrock:amazon.titan-embed-text-v2:0:1024", isLocal: false };
    expect(costOf(titan).usd).toBeCloseTo(0.0166667, 7);
    const anew = costOf({ ...titan, stages: ["embed", "write"] });
    expect(anew.usd).toBeCloseTo(0.0833335 + 0.1, 7);
    expect(anew.basis).toContain("5000 thousand tokens at $0.02 a million");
  });

  it("is not made up where the time or the price is not known", () => {
    expect(costOf({ ...plain, seconds: undefined })).toMatchObject({ usd: null });
    const own = costOf({ ...plain, stages: ["embed", "write"], embedder: "http:mine", isLocal: false });
    expect(own).toMatchObject({ usd: null, basis: expect.stringContaining("http:mine") });
  });
});

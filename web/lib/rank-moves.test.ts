import { describe, expect, it } from "vitest";
import { isGoodMove, moveText } from "./rank-moves.tsx";

describe("moves of a ranking", () => {
  it.each([
    [null, 3, "new at 3"],
    [2, null, "was 2, gone"],
    [2, 2, "stays at 2"],
    [5, 1, "5 to 1"],
  ])("from %s to %s reads “%s”", (before, after, text) => expect(moveText({ before, after })).toBe(text));

  it("are good when what is right rises or what is wrong falls", () => {
    expect(isGoodMove({ before: 5, after: 1, wish: "rise" })).toBe(true);
    expect(isGoodMove({ before: 1, after: null, wish: "rise" })).toBe(false);
    expect(isGoodMove({ before: 1, after: 4, wish: "fall" })).toBe(true);
    expect(isGoodMove({ before: 1, after: 4 })).toBeUndefined();
    expect(isGoodMove({ before: 2, after: 2, wish: "rise" })).toBeUndefined();
  });
});

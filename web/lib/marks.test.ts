import { describe, expect, it } from "vitest";
import { segmentsOf } from "./marks.ts";

const shown = (segments: ReturnType<typeof segmentsOf>) =>
  segments.map(({ text, marked }) => (marked ? `[${text}]` : text)).join("");

describe("marked text", () => {
  it("is the text, whole and in order, with the ranges marked", () => {
    expect(shown(segmentsOf("the quick fox", [[4, 9]]))).toBe("the [quick] fox");
    expect(shown(segmentsOf("abc", []))).toBe("abc");
    expect(shown(segmentsOf("", [[0, 3]]))).toBe("");
  });

  it("joins overlapping and unordered ranges and ignores impossible ones", () => {
    expect(
      shown(
        segmentsOf("abcdef", [
          [3, 5],
          [1, 4],
          [2, 2],
          [5, 1],
          [90, 99],
        ]),
      ),
    ).toBe("a[bcde]f");
  });

  it("cuts marks at the window", () => {
    expect(
      shown(
        segmentsOf(
          "abcdefgh",
          [
            [0, 3],
            [6, 8],
          ],
          2,
          7,
        ),
      ),
    ).toBe("[c]def[g]");
  });

  it("keeps markup as text", () => {
    expect(segmentsOf("<b>x</b>", [[3, 4]]).map((one) => one.text)).toEqual(["<b>", "x", "</b>"]);
  });
});

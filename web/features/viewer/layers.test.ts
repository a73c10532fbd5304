import { describe, expect, it } from "vitest";
import { cellRangesOf, layersOf } from "./layers.ts";

const shown = (segments: ReturnType<typeof layersOf>) =>
  segments
    .map(({ text, layer }) => (layer === "word" ? `{${text}}` : layer === "passage" ? `[${text}]` : text))
    .join("");

describe("layers of highlight", () => {
  const text = "one two three four";

  it("cut the text whole, in order, with words over the passage", () => {
    expect(shown(layersOf(text, 0, text.length, { passage: [4, 13], words: [[8, 13]] }))).toBe(
      "one [two ]{three} four",
    );
  });

  it("follow offsets of the whole text in a block that begins later", () => {
    expect(shown(layersOf(text, 4, 18, { passage: [0, 7], words: [[14, 18]] }))).toBe("[two] three {four}");
    expect(shown(layersOf(text, 4, 7, { passage: [0, 18], words: [[0, 18]] }))).toBe("{two}");
  });

  it("are one plain segment when nothing is highlighted", () => {
    expect(shown(layersOf(text, 4, 7, { words: [] }))).toBe("two");
    expect(layersOf(text, 4, 4, { words: [] })).toEqual([]);
  });
});

describe("cells of a table", () => {
  it("are found in the canonical text", () => {
    const text = "x\n\na | b\nc | dd";
    expect(
      cellRangesOf(text, 3, text.length, [
        ["a", "b"],
        ["c", "dd"],
      ]),
    ).toEqual([
      [
        [3, 4],
        [7, 8],
      ],
      [
        [9, 10],
        [13, 15],
      ],
    ]);
  });

  it("are found although their line ends stand as spaces", () => {
    expect(cellRangesOf("a b | c", 0, 7, [["a \nb", "c "]])).toEqual([
      [
        [0, 3],
        [6, 7],
      ],
    ]);
  });

  it("are given up when text and cells disagree", () => {
    expect(cellRangesOf("a | b", 0, 5, [["a", "x"]])).toBeUndefined();
    expect(cellRangesOf("a | b\nc", 0, 7, [["a", "b"]])).toBeUndefined();
    expect(cellRangesOf("a\nb", 0, 3, [["a", "b"]])).toBeUndefined();
  });
});

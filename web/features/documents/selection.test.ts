import { describe, expect, it } from "vitest";
import { chunk, emptySelection, selectRange, toggleRow } from "./selection.ts";

const order = ["a", "b", "c", "d", "e"];
const ids = (selection: { ids: ReadonlySet<string> }) => [...selection.ids].sort().join("");

describe("selection", () => {
  it("shift-click selects from the last clicked row, both ways, and adds to what is selected", () => {
    const one = toggleRow(toggleRow(emptySelection, "a"), "d");
    expect(ids(selectRange(one, order, "b"))).toBe("abcd");
    expect(ids(selectRange(one, order, "e"))).toBe("ade");
  });
  it("the anchor stays, so the next range starts at the same row", () => {
    const first = selectRange(toggleRow(emptySelection, "b"), order, "d");
    expect(ids(selectRange(first, order, "a"))).toBe("abcd");
  });
  it("without an anchor, or with one that is gone, shift-click selects the row", () => {
    expect(ids(selectRange(emptySelection, order, "c"))).toBe("c");
    expect(ids(selectRange({ ids: new Set(), anchor: "gone" }, order, "c"))).toBe("c");
  });
  it("a second click takes a row out", () => {
    expect(ids(toggleRow(toggleRow(emptySelection, "a"), "a"))).toBe("");
  });
  it("many are sent in pieces", () => expect(chunk(order, 2)).toEqual([["a", "b"], ["c", "d"], ["e"]]));
});

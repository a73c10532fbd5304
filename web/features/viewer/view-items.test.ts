import type { Block } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { itemAt, linesPerItem, rowsPerItem, viewItemsOf } from "./view-items.ts";

const noPages = new Map<number, string | undefined>();

describe("rows of a document's view", () => {
  it("cut a long listing at line ends without losing a character", () => {
    const text = Array.from({ length: 3 * linesPerItem + 5 }, (_, i) => `line ${i}`).join("\n");
    const block: Block = { type: "code", start: 0, end: text.length };
    const items = viewItemsOf(text, [block], noPages);
    expect(items).toHaveLength(4);
    const joined = items.map((item) => (item.kind === "lines" ? text.slice(item.start, item.end) : "")).join("\n");
    expect(joined).toBe(text);
  });

  it("cut a long table into portions that cover every row once", () => {
    const cells = Array.from({ length: 2 * rowsPerItem + 1 }, (_, i) => [`${i}`]);
    const text = cells.map((row) => row.join(" | ")).join("\n");
    const items = viewItemsOf(text, [{ type: "table", start: 0, end: text.length, cells }], noPages);
    const rows = items.flatMap((item) => (item.kind === "rows" ? cells.slice(item.fromRow, item.toRow) : []));
    expect(rows).toEqual(cells);
  });

  it("divide pages only where there are several", () => {
    const blocks: Block[] = [
      { type: "paragraph", start: 0, end: 1, page: 1 },
      { type: "paragraph", start: 3, end: 4, page: 2 },
    ];
    expect(viewItemsOf("a\n\nb", blocks, new Map([[1, "One"]])).map((item) => item.kind)).toEqual(["block", "block"]);
    const divided = viewItemsOf(
      "a\n\nb",
      blocks,
      new Map([
        [1, "One"],
        [2, undefined],
      ]),
    );
    expect(divided.map((item) => item.kind)).toEqual(["page", "block", "page", "block"]);
  });

  it("are found by a position of the text", () => {
    const blocks: Block[] = [
      { type: "paragraph", start: 0, end: 4 },
      { type: "paragraph", start: 6, end: 9 },
      { type: "paragraph", start: 11, end: 15 },
    ];
    const items = viewItemsOf("aaaa\n\nbbb\n\ncccc", blocks, noPages);
    expect([0, 3, 6, 8, 10, 11, 99].map((at) => itemAt(items, at))).toEqual([0, 0, 1, 1, 1, 2, 2]);
  });
});

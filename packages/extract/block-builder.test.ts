import { describe, expect, it } from "vitest";
import { createBlockBuilder } from "./block-builder.ts";

const limits = { outputChars: 1000 };

describe("collecting blocks", () => {
  it("joins blocks with an empty line and keeps each one's exact range", () => {
    const builder = createBlockBuilder(limits);
    builder.heading(1, "Title");
    builder.paragraph("  Some text.  ");
    builder.code("\n  if (a) {\n  }\n\n", "js");
    const { text, blocks } = builder.result();
    expect(text).toBe("Title\n\nSome text.\n\n  if (a) {\n  }");
    expect(blocks.map((block) => text.slice(block.start, block.end))).toEqual([
      "Title",
      "Some text.",
      "  if (a) {\n  }",
    ]);
    expect(blocks[2]).toMatchObject({ type: "code", language: "js" });
  });

  it("writes one row of a table a line and leaves rows without text out of text and cells", () => {
    const builder = createBlockBuilder(limits);
    builder.table(
      [
        ["", ""],
        ["Name", "Note"],
        ["", " "],
        ["Ada", "two\nlines"],
        ["Alan", ""],
      ],
      { headerRows: 2 },
    );
    const { text, blocks } = builder.result();
    expect(text).toBe("Name | Note\nAda | two lines\nAlan");
    expect(blocks[0]).toMatchObject({
      headerRows: 1,
      cells: [
        ["Name", "Note"],
        ["Ada", "two\nlines"],
        ["Alan", ""],
      ],
    });
  });

  it("drops blocks without text and bounds heading levels", () => {
    const builder = createBlockBuilder(limits);
    builder.paragraph(" \n ");
    builder.table([["", " "]]);
    builder.heading(9, "Deep");
    expect(builder.result().blocks).toMatchObject([{ type: "heading", level: 6 }]);
  });

  it("puts blocks on the page opened last", () => {
    const builder = createBlockBuilder(limits);
    builder.page("One");
    builder.paragraph("a");
    builder.page("Two");
    builder.paragraph("b");
    const { blocks, pages } = builder.result();
    expect(blocks.map((block) => block.page)).toEqual([1, 2]);
    expect(pages).toEqual([
      { number: 1, label: "One" },
      { number: 2, label: "Two" },
    ]);
  });

  it("moves the lines of a block to their place in the whole text", () => {
    const builder = createBlockBuilder(limits);
    builder.paragraph("before");
    builder.paragraph("two lines", { page: 1, lines: [{ start: 4, end: 9, page: 1, rect: [0, 0, 1, 1] }] });
    const { text, blocks } = builder.result();
    const line = blocks[1]?.lines?.[0];
    expect(text.slice(line?.start, line?.end)).toBe("lines");
  });

  it("replaces control characters and lone surrogates without moving what follows", () => {
    const builder = createBlockBuilder(limits);
    builder.paragraph("a\u0000b\ud800c\r\nd");
    expect(builder.result().text).toBe("a b\ufffdc\nd");
  });

  it("stops as soon as the text passes its limit", () => {
    const builder = createBlockBuilder({ outputChars: 20 });
    builder.paragraph("0123456789");
    expect(() => builder.paragraph("0123456789")).toThrow(expect.objectContaining({ code: "too_large" }));
    expect(() => builder.table(Array.from({ length: 9 }, () => ["abc"]))).toThrow(
      expect.objectContaining({ code: "too_large" }),
    );
  });
});

import { describe, expect, it } from "vitest";
import { listBlocks, readBytes } from "../testing/read.ts";

describe("reading text", () => {
  it("parts paragraphs at empty lines", async () => {
    expect(listBlocks(await readBytes("One\ntwo\r\n \r\n\r\nThree", "a.txt"))).toEqual([
      "paragraph: One\ntwo",
      "paragraph: Three",
    ]);
  });

  it("calls white space empty", async () => {
    await expect(readBytes(" \n\t\n", "a.txt")).rejects.toMatchObject({ code: "empty" });
  });

  it("keeps source code as it is and names its language", async () => {
    const extraction = await readBytes("def f():\n    return 1\n", "a.py");
    expect(extraction.blocks[0]).toMatchObject({ type: "code", language: "python" });
    expect(extraction.text).toBe("def f():\n    return 1");
  });

  it("lays out JSON that has no lines, and keeps what is too deep", async () => {
    const long = JSON.stringify({ items: Array.from({ length: 100 }, (_, i) => ({ id: i })) });
    expect((await readBytes(long, "a.json")).text.split("\n").length).toBeGreaterThan(300);
    const deep = `${"[".repeat(1000)}${"]".repeat(1000)}`;
    expect((await readBytes(deep, "a.json")).text).toBe(deep);
  });

  it("refuses a text over the limit of its kind", async () => {
    const limits = { uploadBytesByKind: { text: 10 } };
    await expect(readBytes("more than ten bytes", "a.txt", { limits })).rejects.toMatchObject({ code: "too_large" });
  });
});

describe("reading tables of text", () => {
  it("finds the delimiter and the header row, and keeps quoted line ends in the cell", async () => {
    const { blocks, text } = await readBytes('name;note\n"Ada";"a; b\nc"\nAlan;\n', "a.csv");
    expect(text).toBe("name | note\nAda | a; b c\nAlan");
    expect(blocks[0]).toMatchObject({
      headerRows: 1,
      cells: [
        ["name", "note"],
        ["Ada", "a; b\nc"],
        ["Alan", ""],
      ],
    });
  });

  it("takes a first row of numbers as data", async () => {
    expect((await readBytes("1\t2\n3\t4\n", "a.tsv")).blocks[0]).toMatchObject({ headerRows: 0 });
  });

  it("stops at the limit of cells", async () => {
    await expect(readBytes("a,b\nc,d\n", "a.csv", { limits: { sheetCells: 3 } })).rejects.toMatchObject({
      code: "too_complex",
    });
  });
});

describe("reading Markdown", () => {
  it("finds headings, lists, quotes, code and tables", async () => {
    const source =
      "# Top\n\nText with *stress* and `code`.\n\n- one\n- two\n  more\n\n3. three\n\n> said\n\n```js\nlet a;\n```\n\n| A | B |\n|---|---|\n| 1 | 2 |\n";
    const extraction = await readBytes(source, "a.md");
    expect(listBlocks(extraction)).toEqual([
      "heading1: Top",
      "paragraph: Text with stress and code.",
      "list-item: one",
      "list-item: two\nmore",
      "list-item: 3. three",
      "quote: said",
      "code: let a;",
      "table: A | B\n1 | 2",
    ]);
    expect(extraction.blocks.at(-1)).toMatchObject({ headerRows: 1 });
    expect(extraction.title).toBe("Top");
  });

  it("takes title and properties from front matter and leaves it out of the text", async () => {
    const extraction = await readBytes('---\ntitle: "A Title"\nauthor: Ada\n---\n\nBody.', "a.md");
    expect(extraction).toMatchObject({ title: "A Title", properties: { author: "Ada" }, text: "Body." });
  });

  it("keeps the text of embedded HTML without its tags", async () => {
    const { text } = await readBytes("<div onclick='x()'>Inside</div>\n\nA<br>b <!-- no --> c <b>d</b>", "a.md");
    expect(text).toContain("Inside");
    expect(text).not.toMatch(/[<>]|onclick|no --/);
  });

  it("ends on input made to nest", async () => {
    const { text } = await readBytes(`${">".repeat(20_000)} deep\n\n${"[".repeat(20_000)}\n\nend`, "a.md");
    expect(text).toContain("end");
  });
});

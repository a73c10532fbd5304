import { describe, expect, it } from "vitest";
import { type MadeText, makePdf } from "../testing/make-pdf.ts";
import { listBlocks, readBytes } from "../testing/read.ts";

/** Lines of body text, 14 points apart. */
function column(x: number, y: number, lines: readonly string[]): MadeText[] {
  return lines.map((text, index) => ({ x, y: y + index * 14, text }));
}

const left = [
  "The left column begins here and goes",
  "on for some lines of plain prose that",
  "nobody needs to read to the very end",
  "but that fills a column of the page as",
  "prose does in journals and in papers",
];
const right = [
  "the right column follows it and goes",
  "on in the same way with more lines of",
  "prose that fill the other half of the",
  "page until it reaches the bottom of",
  "the paper and the text is complete.",
];

describe("reading a PDF", () => {
  it("gives each line of a block its range and its rectangle on the page", async () => {
    const { text, blocks, pages } = await readBytes(
      makePdf({ pages: [column(72, 100, ["First line of text", "second line of text."])] }),
      "a.pdf",
    );
    expect(text).toBe("First line of text second line of text.");
    expect(pages).toEqual([{ number: 1, width: 612, height: 792 }]);
    const lines = blocks[0]?.lines ?? [];
    expect(lines.map((line) => text.slice(line.start, line.end))).toEqual([
      "First line of text",
      "second line of text.",
    ]);
    const [x, y, width, height] = lines[0]?.rect ?? [0, 0, 0, 0];
    expect([Math.round(x), width > 70 && width < 110]).toEqual([72, true]);
    expect(y < 100 && y > 85 && y + height > 100 && y + height < 108).toBe(true);
  });

  it("gives rectangles as the rotated page is seen", async () => {
    const { pages, blocks } = await readBytes(
      makePdf({ pages: [column(72, 100, ["Turned by a quarter"])], rotate: 90 }),
      "a.pdf",
    );
    expect(pages[0]).toMatchObject({ width: 792, height: 612 });
    const [x, y, width, height] = blocks[0]?.lines?.[0]?.rect ?? [0, 0, 0, 0];
    expect(height).toBeGreaterThan(width);
    expect([x > 680 && x < 700, Math.round(y)]).toEqual([true, 72]);
  });

  it("reads two columns one after the other even when the file draws them row by row", async () => {
    const rows = [0, 1, 2, 3, 4, 0, 1, 2, 3, 4].flatMap((pick, index) => [
      { x: 60, y: 100 + index * 14, text: left[pick] ?? "" },
      { x: 330, y: 100 + index * 14, text: right[pick] ?? "" },
    ]);
    const { text } = await readBytes(makePdf({ pages: [rows] }), "a.pdf");
    expect(text.lastIndexOf("left column")).toBeLessThan(text.indexOf("right column"));
  });

  it("keeps the rows of a table together", async () => {
    const rows = [
      ["Name", "Age", "City"],
      ["Ada", "36", "London"],
      ["Alan", "41", "Wilmslow"],
      ["Grace", "85", "Arlington"],
    ];
    const texts = rows.flatMap((row, y) => row.map((text, x) => ({ x: 80 + x * 120, y: 200 + y * 16, text })));
    const { text } = await readBytes(makePdf({ pages: [texts] }), "a.pdf");
    expect(text.split("\n")).toEqual(rows.map((row) => row.join(" ")));
  });

  it("keeps entries of a table of contents on lines of their own and drops the dots", async () => {
    const entries = column(72, 100, [
      "1 Alpha . . . . . . . . . 3",
      "2 Beta ............. 17",
      "3 Gamma . . . . . . . 20",
    ]);
    const { text } = await readBytes(makePdf({ pages: [entries] }), "a.pdf");
    expect(text).toBe("1 Alpha … 3\n2 Beta … 17\n3 Gamma … 20");
  });

  it("joins words divided at the end of a line", async () => {
    const { text } = await readBytes(
      makePdf({ pages: [column(72, 100, ["a long expla-", "nation of things"])] }),
      "a.pdf",
    );
    expect(text).toBe("a long explanation of things");
  });

  it("takes larger type as headings", async () => {
    const page = [
      { x: 72, y: 90, text: "The Whole", size: 20 },
      ...column(72, 120, left),
      { x: 72, y: 220, text: "A Part", size: 15 },
      ...column(72, 245, right),
    ];
    const blocks = listBlocks(await readBytes(makePdf({ pages: [page] }), "a.pdf"));
    expect(blocks.map((block) => block.slice(0, 19))).toEqual([
      "heading1: The Whole",
      "paragraph: The left",
      "heading2: A Part",
      "paragraph: the righ",
    ]);
  });

  it("takes lines in a font of their own as headings when that font does nothing else", async () => {
    const page = ["Origins", "Methods", "Results"].flatMap((text, i) => [
      { x: 72, y: 100 + i * 120, text, bold: true },
      ...column(72, 125 + i * 120, left),
    ]);
    const blocks = listBlocks(await readBytes(makePdf({ pages: [page] }), "a.pdf"));
    expect(blocks.filter((block) => block.startsWith("heading"))).toEqual([
      "heading1: Origins",
      "heading1: Methods",
      "heading1: Results",
    ]);
  });

  it("takes headings from the outline where the file has one", async () => {
    const titles = ["Alpha", "Beta", "Gamma"];
    const pages = titles.map((title) => [{ x: 72, y: 200, text: `1 ${title}` }, ...column(72, 230, left)]);
    const outline = titles.map((title, index) => ({ title, page: index + 1 }));
    const blocks = listBlocks(await readBytes(makePdf({ pages, outline }), "a.pdf"));
    expect(blocks.filter((block) => block.startsWith("heading"))).toEqual([
      "heading1: 1 Alpha",
      "heading1: 1 Beta",
      "heading1: 1 Gamma",
    ]);
  });

  it("drops running heads and page numbers", async () => {
    const pages = [1, 2, 3, 4, 5].map((n) => [
      { x: 72, y: 40, text: "Annual Report" },
      { x: 72, y: 60, text: `Chapter ${n < 3 ? "one" : "two"} ${n + 10}` },
      ...column(72, 200, [`Body of page number ${n} begins`, "and ends."]),
      { x: 300, y: 760, text: String(n + 10) },
    ]);
    const { text } = await readBytes(makePdf({ pages }), "a.pdf");
    expect(text).not.toMatch(/Annual|Chapter|\b1[1-5]\b/);
    expect(text.match(/Body of page number \d begins and ends\./g)).toHaveLength(5);
  });

  it("takes the title of the document but not the name of its source file", async () => {
    const pages = [column(72, 100, ["text"])];
    expect((await readBytes(makePdf({ pages, title: "On Cats" }), "a.pdf")).title).toBe("On Cats");
    expect((await readBytes(makePdf({ pages, title: "Microsoft Word - cats.doc" }), "a.pdf")).title).toBeUndefined();
  });

  it("refuses more pages than the limit before reading any", async () => {
    const pages = [1, 2, 3].map(() => column(72, 100, ["text"]));
    await expect(readBytes(makePdf({ pages }), "a.pdf", { limits: { pdfPages: 2 } })).rejects.toMatchObject({
      code: "too_large",
    });
  });

  it("says that a page without text is empty when OCR is switched off", async () => {
    await expect(readBytes(makePdf({ pages: [[]] }), "a.pdf")).rejects.toMatchObject({ code: "empty" });
  });

  it("calls a blank page without recognisable words ocr_empty", async () => {
    await expect(readBytes(makePdf({ pages: [[]] }), "a.pdf", { ocr: true })).rejects.toMatchObject({
      code: "ocr_empty",
    });
  });

  it("calls half a file corrupt", async () => {
    await expect(readBytes("%PDF-1.4\n1 0 obj << /Type /Cat", "a.pdf")).rejects.toMatchObject({ code: "corrupt" });
  });

  it("reads pages whose fonts map to nothing by OCR and puts the words where they are drawn", async () => {
    const garbled = [{ x: 72, y: 150, text: "Recognition reads this sentence", size: 24, font: "unmapped" as const }];
    const pages = [column(72, 100, ["The first page has usable text of its own."]), garbled];
    const extraction = await readBytes(makePdf({ pages }), "a.pdf", { ocr: true });
    expect(extraction.text).toContain("Recognition reads this sentence");
    expect(extraction.ocrPages).toBe(1);
    expect(extraction.pages[1]?.ocr).toBe(true);
    const [x, y] = extraction.blocks.at(-1)?.lines?.[0]?.rect ?? [0, 0];
    expect([x > 65 && x < 80, y > 120 && y < 140]).toEqual([true, true]);
  });
});

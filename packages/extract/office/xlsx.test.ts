import { describe, expect, it } from "vitest";
import { makeOffice, readFailure, readMade } from "./test-packages.ts";
import { readXlsx } from "./xlsx.ts";

const related = [
  ["r1", "worksheet", "worksheets/sheet1.xml"],
  ["r2", "worksheet", "worksheets/sheet2.xml"],
  ["s", "sharedStrings", "sharedStrings.xml"],
  ["st", "styles", "styles.xml"],
] as const;

const styles = `<styleSheet><numFmts><numFmt numFmtId="170" formatCode="&quot;EUR&quot; #,##0.00"/></numFmts>
  <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="10"/></cellXfs></styleSheet>`;

function makeXlsx(rows: string, parts: Record<string, string> = {}, workbookPr = ""): Buffer {
  const workbook = `<workbook xmlns:r="urn:r"><workbookPr ${workbookPr}/><sheets><sheet name="Sales" sheetId="1" r:id="r1"/>
    <sheet name="Other" sheetId="2" r:id="r2"/></sheets></workbook>`;
  return makeOffice(
    "xl/workbook.xml",
    {
      "xl/workbook.xml": workbook,
      "xl/styles.xml": styles,
      "xl/worksheets/sheet1.xml": `<worksheet><sheetData>${rows}</sheetData></worksheet>`,
      ...parts,
    },
    related,
  );
}

const row = (number: number, cells: string) => `<row r="${number}">${cells}</row>`;
const text = (reference: string, value: string) => `<c r="${reference}" t="inlineStr"><is><t>${value}</t></is></c>`;
const number = (reference: string, value: string, style = 0) => `<c r="${reference}" s="${style}"><v>${value}</v></c>`;

describe("readXlsx", () => {
  it("shows dates, money, shares and long numbers as their cells do", async () => {
    const cells =
      number("A1", "45292", 1) +
      number("B1", "1234.5", 2) +
      number("C1", "0.075", 3) +
      number("D1", "0.1000000000000000055");
    const { blocks } = await readMade(readXlsx, makeXlsx(row(1, cells)));
    expect(blocks[1]).toBe("table: 2024-01-01 | EUR 1,234.50 | 7.50% | 0.1");
  });

  it("counts dates from 1904 where the workbook does", async () => {
    const { blocks } = await readMade(
      readXlsx,
      makeXlsx(row(1, number("A1", "0", 1) + number("B1", "5")), {}, 'date1904="1"'),
    );
    expect(blocks[1]).toBe("table: 1904-01-01 | 5");
  });

  it("makes each sheet a page under its name, with titles and notes around a table as paragraphs", async () => {
    const rows =
      row(1, text("B1", "Sales 2024")) +
      row(2, text("B2", "Region") + text("D2", "Sum")) +
      row(3, text("B3", "North") + number("D3", "3")) +
      row(9, text("A9", "Source: office"));
    const second = `<worksheet><sheetData>${row(1, text("A1", "x"))}</sheetData></worksheet>`;
    const { result, blocks } = await readMade(readXlsx, makeXlsx(rows, { "xl/worksheets/sheet2.xml": second }));
    expect(result.pages.map(({ label }) => label)).toEqual(["Sales", "Other"]);
    expect(blocks).toEqual([
      "heading1: Sales",
      "paragraph: Sales 2024",
      "table: Region | Sum\nNorth | 3",
      "paragraph: Source: office",
      "heading1: Other",
      "paragraph: x",
    ]);
    expect(result.blocks[2]).toMatchObject({ headerRows: 1, page: 1 });
    expect(result.blocks.at(-1)?.page).toBe(2);
  });

  it("reads shared strings without phonetic guides, booleans, errors and formulas without a result", async () => {
    const strings = `<sst><si><r><t>東</t></r><r><t>京</t></r><rPh><t>トウキョウ</t></rPh></si></sst>`;
    const cells =
      '<c r="A1" t="s"><v>0</v></c><c r="B1" t="b"><v>1</v></c><c r="C1" t="e"><v>#N/A</v></c><c r="D1"><f>SUM(A1:B1)</f></c>';
    const { blocks } = await readMade(readXlsx, makeXlsx(row(1, cells), { "xl/sharedStrings.xml": strings }));
    expect(blocks[1]).toBe("table: 東京 | TRUE | #N/A | =SUM(A1:B1)");
  });

  it("reads only cells that are there: a cell in the last corner costs nothing", async () => {
    const { blocks } = await readMade(
      readXlsx,
      makeXlsx(row(1, text("A1", "first")) + row(1048576, text("XFD1048576", "last"))),
    );
    expect(blocks.slice(1)).toEqual(["paragraph: first", "paragraph: last"]);
  });

  it("ends at the limit of cells, and at the limit of text though one string is stored once", async () => {
    const cells = Array.from({ length: 20 }, (_, i) => row(i + 1, `<c r="A${i + 1}" t="s"><v>0</v></c>`)).join("");
    const bytes = makeXlsx(cells, { "xl/sharedStrings.xml": `<sst><si><t>${"long ".repeat(20)}</t></si></sst>` });
    expect(await readFailure(() => readMade(readXlsx, bytes, { sheetCells: 10 }))).toMatchObject({
      code: "too_complex",
    });
    expect(await readFailure(() => readMade(readXlsx, bytes, { outputChars: 1_000 }))).toMatchObject({
      code: "too_large",
    });
  });

  it("names the cell and author of a comment", async () => {
    const rels = '<Relationships><Relationship Id="c" Type="x/comments" Target="../comments1.xml"/></Relationships>';
    const comments =
      '<comments><authors><author>Ana</author></authors><commentList><comment ref="B2" authorId="0"><text><t>Ana:\nCheck this</t></text></comment></commentList></comments>';
    const parts = { "xl/worksheets/_rels/sheet1.xml.rels": rels, "xl/comments1.xml": comments };
    const { blocks } = await readMade(readXlsx, makeXlsx(row(1, text("A1", "x")), parts));
    expect(blocks.at(-1)).toBe("paragraph: [Comment on B2 by Ana] Check this");
  });

  it("ends as empty when no cell has a value", async () => {
    expect(await readFailure(() => readMade(readXlsx, makeXlsx(row(1, '<c r="A1"/>'))))).toMatchObject({
      code: "empty",
    });
  });
});

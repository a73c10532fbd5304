import { expect, it } from "vitest";
import { readCsvRows } from "./csv-rows.ts";

it("numbers rows by the line they begin at, over empty rows and cells with line ends", () => {
  const text = 'question,document\r\n"two\r\nlines",a\r\n\r\nnext,"b ""quoted"""\r\n';
  expect(readCsvRows(text)).toEqual([
    { cells: ["question", "document"], line: 1 },
    { cells: ["two\r\nlines", "a"], line: 2 },
    { cells: ["next", 'b "quoted"'], line: 5 },
  ]);
});

it("finds semicolons and tabs as delimiters", () => {
  expect(readCsvRows("a;b\nc;d").map((row) => row.cells)).toEqual([
    ["a", "b"],
    ["c", "d"],
  ]);
  expect(readCsvRows("a\tb\nc\td").map((row) => row.line)).toEqual([1, 2]);
});

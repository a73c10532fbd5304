import Papa from "papaparse";
import { createBlockBuilder } from "../block-builder.ts";
import { ExtractFailure } from "../failure.ts";
import type { Reader, ReaderInput, ReaderResult } from "../reader.ts";
import { decodeInput } from "./plain.ts";

const isNumeric = (cell: string) => cell.trim() !== "" && /^[-+\d.,%\s:/€$£]+$/.test(cell);

/** The first row names the columns when all its cells are filled and none is a number. */
function countHeaderRows(rows: readonly (readonly string[])[]): number {
  const first = rows[0] ?? [];
  const isHeader = rows.length > 1 && first.length > 1 && first.every((cell) => cell.trim() !== "" && !isNumeric(cell));
  return isHeader ? 1 : 0;
}

function readTable(input: ReaderInput, delimiter: string): ReaderResult {
  const { text, encoding } = decodeInput(input);
  const rows: string[][] = [];
  let cells = 0;
  Papa.parse<string[]>(text, {
    delimiter,
    skipEmptyLines: "greedy",
    step: ({ data }) => {
      cells += data.length;
      if (cells > input.limits.sheetCells)
        throw new ExtractFailure("too_complex", `more than ${input.limits.sheetCells} cells`);
      rows.push(data);
    },
  });
  const builder = createBlockBuilder(input.limits);
  builder.table(rows, { headerRows: countHeaderRows(rows) });
  return { ...builder.result(), encoding };
}

/** The delimiter (comma, semicolon, tab, bar) is found from the first lines. */
export const readCsv: Reader = async (input) => readTable(input, "");

export const readTsv: Reader = async (input) => readTable(input, "\t");

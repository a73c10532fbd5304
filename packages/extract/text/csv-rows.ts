import Papa from "papaparse";

export type CsvRow = { cells: string[] /** Where the row begins, counted from 1. */; line: number };

/** Rows of delimited text; the delimiter is found from the first lines. Empty rows are left out. */
export function readCsvRows(text: string): CsvRow[] {
  const rows: CsvRow[] = [];
  let line = 1;
  let from = 0;
  Papa.parse<string[]>(text, {
    step: ({ data, meta }) => {
      if (data.some((cell) => cell.trim() !== "")) rows.push({ cells: data, line });
      // A quoted cell may hold line ends, so lines are counted in the text itself.
      for (let at = text.indexOf("\n", from); at >= 0 && at < meta.cursor; at = text.indexOf("\n", at + 1)) line += 1;
      from = meta.cursor;
    },
  });
  return rows;
}

import type { Piece } from "./pieces.ts";

/** A cell with a value. `column` counts from 0; `isNumber` covers dates and amounts. */
export type SheetCell = { column: number; text: string; isNumber: boolean };

/** A row with at least one cell, cells in the order of their columns. */
export type SheetRow = { number: number; cells: SheetCell[] };

/** Empty places a table may hold to keep its columns in line; past it, rows keep only the cells they have. */
const maxPaddedCells = 4_000_000;
const maxHeaderRows = 3;

/**
 * Turns the used cells of one sheet into tables. Empty rows separate tables, as people lay out sheets; rows of one
 * cell above or below a table (titles, notes) become paragraphs; empty columns are dropped.
 */
export function buildSheetPieces(rows: SheetRow[]): Piece[] {
  return splitRegions(rows).flatMap(buildRegion);
}

function splitRegions(rows: SheetRow[]): SheetRow[][] {
  const regions: SheetRow[][] = [];
  let previous = Number.NaN;
  for (const row of rows) {
    if (row.number === previous + 1) regions.at(-1)?.push(row);
    else regions.push([row]);
    previous = row.number;
  }
  // Sheets with a free line between all rows are still one table.
  const isDoubleSpaced = regions.length > 3 && regions.length > rows.length / 2;
  return isDoubleSpaced ? [rows] : regions;
}

function buildRegion(region: SheetRow[]): Piece[] {
  let start = 0;
  let end = region.length;
  const isSingle = (row: SheetRow | undefined): boolean => row?.cells.length === 1;
  if (!region.every(isSingle)) {
    while (start < end && isSingle(region[start])) start++;
    while (end > start && isSingle(region[end - 1])) end--;
  } else if (region.length === 1) end = 0;
  const toParagraph = (row: SheetRow): Piece => ({ type: "paragraph", text: row.cells[0]?.text ?? "" });
  const before = region.slice(0, end === 0 ? region.length : start).map(toParagraph);
  const after = end === 0 ? [] : region.slice(end).map(toParagraph);
  return [...before, ...(end > start ? [buildTable(region.slice(start, end))] : []), ...after];
}

function buildTable(rows: SheetRow[]): Piece {
  const used = [...new Set(rows.flatMap(({ cells }) => cells.map(({ column }) => column)))].sort((a, b) => a - b);
  if (used.length * rows.length > maxPaddedCells) {
    return { type: "table", rows: rows.map(({ cells }) => cells.map(({ text }) => text)), headerRows: 0 };
  }
  const places = new Map(used.map((column, place) => [column, place]));
  const table = rows.map(({ cells }) => {
    const row = new Array<string>(used.length).fill("");
    for (const { column, text } of cells) row[places.get(column) ?? 0] = text;
    return row;
  });
  return { type: "table", rows: table, headerRows: countHeaderRows(rows, used.length) };
}

/** Leading rows of words only, above the first row with a number; without numbers a full first row. */
function countHeaderRows(rows: SheetRow[], columnCount: number): number {
  if (rows.length < 2 || columnCount < 2) return 0;
  const firstNumeric = rows.findIndex(({ cells }) => cells.some(({ isNumber }) => isNumber));
  if (firstNumeric > 0 && firstNumeric <= maxHeaderRows) {
    return (rows[firstNumeric - 1]?.cells.length ?? 0) >= columnCount / 2 ? firstNumeric : 0;
  }
  return firstNumeric !== 0 && rows[0]?.cells.length === columnCount ? 1 : 0;
}

import { guessHeaderRows, type Piece, readPieceText } from "../office/pieces.ts";

type Cell = { pieces: Piece[]; isHeader: boolean; isFiller: boolean; columnSpan: number };
type Row = { cells: Cell[]; isInHead: boolean };

/** A table being read: cells keep their blocks until it is known whether the table holds data or only lays out a page. */
export type HtmlTable = {
  isPresentation: boolean;
  hasCaption: boolean;
  holdsTable: boolean;
  rows: Row[];
  row?: Row;
  cell?: Cell;
  /** Rows still covered from above, by column. */
  coveredRows: number[];
  fillers: number;
  isInHead: boolean;
};

const maxColumnSpan = 64;
const maxRowSpan = 1_000;
/** Empty cells one table may get for spans; past it rows are only out of line. */
const maxFillers = 100_000;
const maxPaddedCells = 4_000_000;
const longCellChars = 1_500;

export function createHtmlTable(isPresentation: boolean): HtmlTable {
  return {
    isPresentation,
    hasCaption: false,
    holdsTable: false,
    rows: [],
    coveredRows: [],
    fillers: 0,
    isInHead: false,
  };
}

export function openRow(table: HtmlTable): void {
  closeRow(table);
  table.row = { cells: [], isInHead: table.isInHead };
}

export function openCell(
  table: HtmlTable,
  isHeader: boolean,
  columnSpan: string | undefined,
  rowSpan: string | undefined,
): void {
  closeCell(table);
  table.row ??= { cells: [], isInHead: table.isInHead };
  fillCovered(table, table.row);
  const columns = clampSpan(columnSpan, maxColumnSpan);
  const rows = clampSpan(rowSpan, maxRowSpan);
  const column = table.row.cells.length;
  if (rows > 1) for (let i = 0; i < columns; i++) table.coveredRows[column + i] = rows - 1;
  table.cell = { pieces: [], isHeader, isFiller: false, columnSpan: columns };
}

export function closeCell(table: HtmlTable): void {
  if (!table.cell || !table.row) return;
  table.row.cells.push(table.cell);
  for (let i = 1; i < table.cell.columnSpan && table.fillers < maxFillers; i++, table.fillers++) {
    table.row.cells.push(createFiller(table.cell.isHeader));
  }
  table.cell = undefined;
}

export function closeRow(table: HtmlTable): void {
  closeCell(table);
  if (!table.row) return;
  fillCovered(table, table.row);
  if (table.row.cells.length > 0) table.rows.push(table.row);
  table.row = undefined;
}

/**
 * The finished table as blocks: one table if it holds data, else the blocks of its cells in order.
 * Empty columns, which pages use for spacing, are dropped.
 */
export function closeHtmlTable(table: HtmlTable): Piece[] {
  closeRow(table);
  if (isLayout(table)) return table.rows.flatMap(({ cells }) => cells.flatMap(({ pieces }) => pieces));
  const texts = table.rows.map(({ cells }) => cells.map(({ pieces }) => pieces.map(readPieceText).join("\n")));
  const usedColumns = [...new Set(texts.flatMap((row) => row.flatMap((text, index) => (text ? [index] : []))))].sort(
    (a, b) => a - b,
  );
  if (usedColumns.length * texts.length > maxPaddedCells) return [{ type: "table", rows: texts, headerRows: 0 }];
  const rows = texts.map((row) => usedColumns.map((column) => row[column] ?? ""));
  if (usedColumns.length === 0) return [];
  const [first = []] = rows;
  if (rows.length === 1 && first.length <= 2) return [{ type: "paragraph", text: first.join(" ") }];
  return [{ type: "table", rows, headerRows: countHeaderRows(table.rows) || guessHeaderRows(rows) }];
}

function fillCovered(table: HtmlTable, row: Row): void {
  for (
    let left = table.coveredRows[row.cells.length];
    left !== undefined && left > 0;
    left = table.coveredRows[row.cells.length]
  ) {
    if (++table.fillers > maxFillers) return;
    table.coveredRows[row.cells.length] = left - 1;
    row.cells.push(createFiller(true));
  }
}

/** `isHeader` of a filler follows its row, so that a spanned header row stays one. */
function createFiller(isHeader: boolean): Cell {
  return { pieces: [], isHeader, isFiller: true, columnSpan: 1 };
}

function clampSpan(value: string | undefined, max: number): number {
  const span = Number.parseInt(value ?? "1", 10);
  return Number.isFinite(span) ? Math.min(Math.max(span, 1), max) : 1;
}

function countHeaderRows(rows: Row[]): number {
  let count = 0;
  for (const { cells, isInHead } of rows) {
    const isHeader = isInHead || (cells.some(({ isFiller }) => !isFiller) && cells.every((cell) => cell.isHeader));
    if (!isHeader) break;
    count++;
  }
  return count < rows.length ? count : 0;
}

/** Tables that hold tables, headings or pages of text in their cells, or have one column, only place things. */
function isLayout(table: HtmlTable): boolean {
  if (table.isPresentation) return true;
  const cells = table.rows.flatMap((row) => row.cells);
  if (table.hasCaption || cells.some(({ isHeader, isFiller }) => isHeader && !isFiller)) return false;
  if (table.holdsTable || table.rows.every((row) => row.cells.length <= 1)) return true;
  return cells.some(
    ({ pieces }) =>
      pieces.some(({ type }) => type === "heading") ||
      (pieces.length > 3 && pieces.reduce((sum, piece) => sum + readPieceText(piece).length, 0) > longCellChars),
  );
}

import type { ExtractLimits } from "../limits.ts";
import { hiddenOdfElements } from "./odf-story.ts";
import { markText, type Piece } from "./pieces.ts";
import type { SheetRow } from "./sheet-table.ts";
import { countCell, type SheetBudget } from "./xlsx-sheet.ts";
import { readAttribute, readIntegerAttribute, type XmlAttributes, type XmlHandler } from "./xml.ts";

export type OdsSheet = { name: string; rows: SheetRow[]; notes: Piece[] };

type OpenCell = { column: number; repeat: number; isNumber: boolean; text: string; value: string };

/** Sheets are filled to their last row and column by repeats; of cells with a value this many are kept. */
const maxRepeatedCells = 1_000;
const numberTypes = new Set(["float", "percentage", "currency", "date", "time"]);

/** Handler for spreadsheet content (ODF 1.3 part 3, 9). Cells come with the text the program showed. */
export function createOdsHandler(limits: ExtractLimits): { handler: XmlHandler; sheets: OdsSheet[] } {
  const sheets: OdsSheet[] = [];
  const budget: SheetBudget = { cells: 0, chars: 0 };
  let sheet: OdsSheet | undefined;
  let row: SheetRow | undefined;
  let rowRepeat = 1;
  let nextRow = 1;
  let nextColumn = 0;
  let cell: OpenCell | undefined;
  let note: { text: string; creator: string } | undefined;
  let target: "cell" | "note" | "creator" | "shape" | undefined;
  let shapeText = "";
  let tableDepth = 0;
  let hiddenDepth = 0;

  const addText = (text: string): void => {
    if (target === "cell" && cell) cell.text += text;
    else if (target === "note" && note) note.text += text;
    else if (target === "creator" && note) note.creator += text;
    else if (target === "shape") shapeText += text;
  };

  const closeCell = (): void => {
    const closed = cell;
    cell = undefined;
    if (!closed || !row) return;
    const text = (closed.text.trim() || closed.value).trim();
    if (text === "") return;
    for (let i = 0; i < Math.min(closed.repeat, maxRepeatedCells); i++) {
      countCell(budget, limits, text.length);
      row.cells.push({ column: closed.column + i, text, isNumber: closed.isNumber });
    }
  };

  const closeRow = (): void => {
    const closed = row;
    row = undefined;
    if (!closed || !sheet) return;
    if (closed.cells.length > 0) {
      sheet.rows.push(closed);
      for (let i = 1; i < Math.min(rowRepeat, maxRepeatedCells); i++) {
        for (const { text } of closed.cells) countCell(budget, limits, text.length);
        sheet.rows.push({ number: closed.number + i, cells: closed.cells });
      }
    }
    nextRow += rowRepeat;
  };

  const openParagraph = (): void => {
    if (note) target = "note";
    else target = cell && tableDepth === 1 ? "cell" : "shape";
    const text = note ? note.text : target === "cell" ? cell?.text : "";
    if (text) addText("\n");
  };

  const closeParagraph = (): void => {
    if (target === "shape" && shapeText.trim()) sheet?.notes.push({ type: "paragraph", text: shapeText });
    shapeText = "";
    target = undefined;
  };

  const handler: XmlHandler = {
    open(name, attributes) {
      if (hiddenOdfElements.has(name) || name === "automatic-styles") hiddenDepth++;
      if (hiddenDepth > 0) return;
      if (name === "table" && ++tableDepth === 1) {
        sheet = { name: readAttribute(attributes, "name") ?? "", rows: [], notes: [] };
        sheets.push(sheet);
        nextRow = 1;
      } else if (name === "table-row" && tableDepth === 1) {
        row = { number: nextRow, cells: [] };
        rowRepeat = Math.max(readIntegerAttribute(attributes, "number-rows-repeated", 1), 1);
        nextColumn = 0;
      } else if ((name === "table-cell" || name === "covered-table-cell") && tableDepth === 1) {
        cell = openCell(attributes, nextColumn);
        nextColumn += cell.repeat;
      } else if (name === "annotation") note = { text: "", creator: "" };
      else if (name === "creator" && note) target = "creator";
      else if (name === "p") openParagraph();
      else if (name === "s") addText(" ".repeat(Math.min(readIntegerAttribute(attributes, "c", 1), 100)));
      else if (name === "tab") addText("\t");
      else if (name === "line-break") addText("\n");
    },
    text(text) {
      if (hiddenDepth === 0) addText(text.replace(/\s+/g, " "));
    },
    close(name) {
      if (hiddenOdfElements.has(name) || name === "automatic-styles") {
        hiddenDepth--;
        return;
      }
      if (hiddenDepth > 0) return;
      if (name === "p") closeParagraph();
      else if (name === "creator") target = undefined;
      else if (name === "annotation") {
        const place = cell && row ? ` on ${formatReference(cell.column, row.number)}` : "";
        const author = note?.creator.trim() ? ` by ${note.creator.trim()}` : "";
        if (note?.text.trim()) sheet?.notes.push(markText(`Comment${place}${author}`, note.text));
        note = undefined;
      } else if ((name === "table-cell" || name === "covered-table-cell") && tableDepth === 1) closeCell();
      else if (name === "table-row" && tableDepth === 1) closeRow();
      else if (name === "table") tableDepth--;
    },
  };
  return { handler, sheets };
}

function openCell(attributes: XmlAttributes, column: number): OpenCell {
  const type = readAttribute(attributes, "value-type") ?? "";
  const value =
    readAttribute(attributes, "value") ??
    readAttribute(attributes, "date-value") ??
    readAttribute(attributes, "time-value");
  const repeat = Math.max(readIntegerAttribute(attributes, "number-columns-repeated", 1), 1);
  return {
    column,
    repeat,
    isNumber: numberTypes.has(type),
    text: "",
    value: value ?? readAttribute(attributes, "string-value") ?? "",
  };
}

function formatReference(column: number, row: number): string {
  let letters = "";
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  }
  return `${letters}${row}`;
}

import { ExtractFailure } from "../failure.ts";
import type { ExtractLimits } from "../limits.ts";
import { formatCellNumber } from "./number-format.ts";
import type { OoxmlPackage } from "./ooxml.ts";
import { assertTextLength } from "./pieces.ts";
import type { SheetCell, SheetRow } from "./sheet-table.ts";
import { decodeEscapes, type Workbook } from "./xlsx-workbook.ts";
import { parseXml, readIntegerAttribute, type XmlAttributes } from "./xml.ts";

/** Counts over all sheets of a workbook: a small file can repeat one long string in every cell. */
export type SheetBudget = { cells: number; chars: number };

type OpenCell = { column: number; type: string; style: number; value: string; formula: string };

/**
 * Reads the cells of one worksheet that have a value, as the sheet shows them. A formula without a stored result
 * is given itself, with "=".
 * @throws ExtractFailure `too_complex` past limits.sheetCells, `too_large` past limits.outputChars.
 */
export async function readSheetRows(
  office: OoxmlPackage,
  part: string,
  workbook: Workbook,
  budget: SheetBudget,
): Promise<SheetRow[]> {
  const { limits } = office;
  const rows: SheetRow[] = [];
  let row: SheetRow | undefined;
  let cell: OpenCell | undefined;
  let target: "value" | "formula" | undefined;
  let nextColumn = 0;
  let rowNumber = 0;
  let phoneticDepth = 0;

  const openCell = (attributes: XmlAttributes): void => {
    const column = readColumn(attributes.r) ?? nextColumn;
    nextColumn = column + 1;
    cell = {
      column,
      type: attributes.t ?? "n",
      style: readIntegerAttribute(attributes, "s", -1),
      value: "",
      formula: "",
    };
  };

  const closeCell = (): void => {
    const shown = cell && readShownCell(cell, workbook);
    cell = undefined;
    if (!shown || !row) return;
    countCell(budget, limits, shown.text.length);
    row.cells.push(shown);
  };

  await parseXml(
    office.zip.stream(part),
    {
      open(name, attributes) {
        if (name === "row") {
          rowNumber = readIntegerAttribute(attributes, "r", rowNumber + 1);
          nextColumn = 0;
          row = { number: rowNumber, cells: [] };
        } else if (name === "c") openCell(attributes);
        else if (name === "v" || name === "t") target = "value";
        else if (name === "f") target = "formula";
        else if (name === "rPh") phoneticDepth++;
      },
      text(text) {
        if (cell && target && phoneticDepth === 0) cell[target] += text;
      },
      close(name) {
        if (name === "v" || name === "t" || name === "f") target = undefined;
        else if (name === "rPh") phoneticDepth--;
        else if (name === "c") closeCell();
        else if (name === "row") {
          if (row && row.cells.length > 0) rows.push(row);
          row = undefined;
        }
      },
    },
    { xmlDepth: limits.xmlDepth, xmlNodes: limits.sheetXmlNodes },
  );
  return rows;
}

/** Counts one cell against the workbook's budget. */
export function countCell(
  budget: SheetBudget,
  limits: Pick<ExtractLimits, "sheetCells" | "outputChars">,
  chars: number,
): void {
  if (++budget.cells > limits.sheetCells) {
    throw new ExtractFailure("too_complex", `more than ${limits.sheetCells.toLocaleString("en")} cells with a value`);
  }
  budget.chars += chars;
  assertTextLength(budget.chars, limits);
}

function readShownCell(cell: OpenCell, workbook: Workbook): SheetCell | undefined {
  const { column, type, value } = cell;
  if (value === "") return cell.formula ? { column, text: `=${cell.formula}`, isNumber: false } : undefined;
  const text = readShownText(cell, workbook).trim();
  return text === "" ? undefined : { column, text, isNumber: type === "n" || type === "d" };
}

function readShownText({ type, value, style }: OpenCell, workbook: Workbook): string {
  switch (type) {
    case "s":
      return workbook.sharedStrings[Number(value)] ?? "";
    case "b":
      return value === "1" ? "TRUE" : "FALSE";
    case "n":
      return formatCellNumber(value, workbook.formatCodes[style], workbook.isDate1904);
    case "inlineStr":
    case "str":
      return decodeEscapes(value);
    default:
      return value;
  }
}

/** Column of a reference such as "AB12", counted from 0. */
function readColumn(reference: string | undefined): number | undefined {
  const letters = /^[A-Za-z]{1,3}/.exec(reference ?? "")?.[0];
  if (!letters) return undefined;
  let column = 0;
  for (const letter of letters.toUpperCase()) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

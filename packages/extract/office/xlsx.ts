import { createBlockBuilder } from "../block-builder.ts";
import { ExtractFailure } from "../failure.ts";
import type { Reader, ReaderInput } from "../reader.ts";
import { readChart, readDiagram, readShapeTexts } from "./drawing.ts";
import {
  type OoxmlPackage,
  openOoxml,
  pickTitle,
  readCoreProperties,
  readOptional,
  readRelationships,
  warnAboutEmbedded,
} from "./ooxml.ts";
import { addPieces, appendAll, type Piece } from "./pieces.ts";
import { buildSheetPieces } from "./sheet-table.ts";
import { readPersons, readSheetComments } from "./xlsx-comments.ts";
import { readSheetRows, type SheetBudget } from "./xlsx-sheet.ts";
import { readWorkbook } from "./xlsx-workbook.ts";

/**
 * Reads SpreadsheetML (ECMA-376 part 1, 18): every sheet is a page under its name, with its tables, text boxes,
 * charts and comments. Numbers and dates read as the cells show them; formulas by their results.
 */
export const readXlsx: Reader = async (input) => {
  const office = await openOoxml(input.bytes, input.limits);
  if (office.mainPart.endsWith(".bin")) {
    throw new ExtractFailure("unsupported", "binary workbooks (.xlsb) are not read; save it as .xlsx");
  }
  const workbook = await readWorkbook(office);
  const persons = await readOptional("The comments' authors", input.warn, () => readPersons(office), new Map());
  const properties = await readOptional("The workbook's properties", input.warn, () => readCoreProperties(office), {});
  const builder = createBlockBuilder(input.limits);
  const budget: SheetBudget = { cells: 0, chars: 0 };
  for (const { name, relationshipId } of workbook.sheets) {
    const sheet = office.mainRelationships.get(relationshipId);
    if (!sheet || !office.zip.has(sheet.target) || !/^(?:worksheet|chartsheet|dialogsheet)$/.test(sheet.type)) continue;
    const rows = sheet.type === "worksheet" ? await readSheetRows(office, sheet.target, workbook, budget) : [];
    const attached = await readAttachedPieces(office, input, sheet.target, persons, rows.length > 0);
    const pieces = [...buildSheetPieces(rows), ...attached];
    builder.page(name);
    if (pieces.length > 0) addPieces(builder, [{ type: "heading", level: 1, text: name }, ...pieces]);
  }
  const built = builder.result();
  if (built.blocks.length === 0) throw new ExtractFailure("empty", "no sheet of the workbook has a cell with a value");
  return { ...built, title: pickTitle(properties), language: properties.language, properties };
};

/** Text boxes, charts and comments of a sheet. A broken one becomes a warning. */
async function readAttachedPieces(
  office: OoxmlPackage,
  input: ReaderInput,
  sheetPart: string,
  persons: Map<string, string>,
  hasCells: boolean,
): Promise<Piece[]> {
  const relationships = await readRelationships(office.zip, sheetPart, office.limits);
  warnAboutEmbedded(relationships, input.warn);
  const pieces: Piece[] = [];
  for (const { type, target } of relationships.values()) {
    if (type !== "drawing") continue;
    appendAll(pieces, await readOptional("A text box", input.warn, () => readShapeTexts(office, target), []));
    for (const part of (await readRelationships(office.zip, target, office.limits)).values()) {
      if (part.type === "diagramData") {
        appendAll(pieces, await readOptional("A diagram", input.warn, () => readDiagram(office, part.target), []));
      }
      if (part.type !== "chart") continue;
      const chart = await readOptional("A chart", input.warn, () => readChart(office, part.target), []);
      // On a sheet with cells its numbers stand there already.
      appendAll(
        pieces,
        chart.filter((piece) => !hasCells || piece.type !== "table"),
      );
    }
  }
  const readComments = () => readSheetComments(office, relationships, persons);
  return [...pieces, ...(await readOptional("The comments of a sheet", input.warn, readComments, []))];
}

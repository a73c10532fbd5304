import type { ExtractLimits } from "../limits.ts";
import { createMathWriter } from "./docx-math.ts";
import { type DocxNotes, hiddenElements, takeNotes } from "./docx-notes.ts";
import type { DocxNumbering } from "./docx-numbering.ts";
import type { DocxStyles, ParagraphStyle } from "./docx-styles.ts";
import { readVal } from "./ooxml.ts";
import { appendAll, assertTextLength, guessHeaderRows, type Piece, readPieceText } from "./pieces.ts";
import {
  isOn,
  readAttribute,
  readIntegerAttribute,
  readPrefixedAttribute,
  type XmlAttributes,
  type XmlHandler,
} from "./xml.ts";

/** A place where another part of the package belongs: a chart, a diagram or an embedded document. */
export type PartReference = { type: "part"; kind: "drawing" | "altChunk"; relationshipId: string };
export type StoryItem = Piece | PartReference;

export type StoryContext = {
  styles: DocxStyles;
  numbering: DocxNumbering;
  notes?: DocxNotes;
  limits: Pick<ExtractLimits, "outputChars">;
};

type Paragraph = {
  text: string;
  styleId?: string;
  style?: ParagraphStyle;
  outlineLevel?: number;
  numberingId?: string;
  numberingLevel?: number;
  isMarkDeleted: boolean;
  /** Length of the text when its last formula ended. */
  formulaEnd?: number;
  /** What follows the paragraph: notes it refers to, text boxes and drawings anchored in it. */
  after: StoryItem[];
};

type Row = { cells: string[]; isHeader: boolean; isDeleted: boolean };
type Table = {
  rows: string[][];
  headerRows: number;
  hasFirstRowLook: boolean;
  row?: Row;
  cell?: string;
  span: number;
  fillers: number;
  after: StoryItem[];
};
type Frame = { items: StoryItem[]; paragraph?: Paragraph; tables: Table[]; carriedText: string };

const maxSpan = 64;
/** Empty cells a table may get for merged ones; past it rows are only out of line. */
const maxFillers = 100_000;

/** Handler for one story (body, header, footer). `items` fills while the part is parsed. */
export function createStoryHandler(context: StoryContext): { handler: XmlHandler; items: StoryItem[] } {
  const root = createFrame();
  const outer: Frame[] = [];
  const outerParagraphs: (Paragraph | undefined)[] = [];
  let frame = root;
  let hiddenDepth = 0;
  let chars = 0;
  let inParagraphProperties = false;
  let inRowProperties = false;
  let inText = false;
  let isRunHidden = false;

  const openParagraph = (): void => {
    outerParagraphs.push(frame.paragraph);
    frame.paragraph = { text: frame.carriedText, isMarkDeleted: false, after: [] };
    frame.carriedText = "";
    isRunHidden = false;
  };

  const closeParagraph = (): void => {
    const paragraph = frame.paragraph;
    frame.paragraph = outerParagraphs.pop();
    if (!paragraph) return;
    if (paragraph.isMarkDeleted) frame.carriedText = paragraph.text;
    else placeParagraph(frame, describeParagraph(paragraph, context));
    const table = findOpenTable(frame);
    appendAll(table ? table.after : frame.items, paragraph.after);
  };

  const openInParagraph = (paragraph: Paragraph, name: string, attributes: XmlAttributes): void => {
    if (inParagraphProperties) {
      openProperty(paragraph, name, attributes, context.styles);
      return;
    }
    switch (name) {
      case "pPr":
        inParagraphProperties = true;
        break;
      case "r":
        isRunHidden = false;
        break;
      case "vanish":
        isRunHidden = isOn(readVal(attributes));
        break;
      case "rStyle":
        if (context.styles.isHiddenRun(readVal(attributes) ?? "")) isRunHidden = true;
        break;
      case "t":
        inText = true;
        break;
      case "tab":
      case "ptab":
        paragraph.text += "\t";
        break;
      case "br":
      case "cr":
        paragraph.text += "\n";
        break;
      case "noBreakHyphen":
        paragraph.text += "-";
        break;
      case "footnoteReference":
      case "endnoteReference":
      case "commentReference":
        if (context.notes)
          appendAll(paragraph.after, takeNotes(context.notes, name, readAttribute(attributes, "id") ?? ""));
        break;
      case "chart":
      case "relIds": {
        const relationshipId = readPrefixedAttribute(attributes, name === "chart" ? "id" : "dm");
        if (relationshipId) paragraph.after.push({ type: "part", kind: "drawing", relationshipId });
        break;
      }
    }
  };

  const math = createMathWriter();

  const handler: XmlHandler = {
    open(name, attributes) {
      if (hiddenElements.has(name)) {
        if (name === "del" && hiddenDepth === 0) markDeleted(frame, inParagraphProperties, inRowProperties);
        hiddenDepth++;
      }
      if (hiddenDepth > 0) return;
      const table = frame.tables.at(-1);
      if (name === "p") openParagraph();
      else if (name === "txbxContent") {
        outer.push(frame);
        frame = createFrame();
      } else if (name === "tbl") frame.tables.push(createTable());
      else if (name === "altChunk") {
        const relationshipId = readPrefixedAttribute(attributes, "id");
        const items = findOpenTable(frame)?.after ?? frame.items;
        if (relationshipId) items.push({ type: "part", kind: "altChunk", relationshipId });
      } else if (frame.paragraph && (math.isOpen() || name === "oMath")) {
        math.open(name, attributes);
        if (name === "t") inText = true;
      } else if (frame.paragraph) openInParagraph(frame.paragraph, name, attributes);
      else if (table) {
        if (name === "trPr") inRowProperties = true;
        openInTable(table, name, attributes);
      }
    },
    text(text) {
      if (!inText || hiddenDepth > 0 || isRunHidden || !frame.paragraph) return;
      chars += text.length;
      assertTextLength(chars, context.limits);
      if (math.isOpen()) math.text(text);
      else frame.paragraph.text += text;
    },
    close(name) {
      if (hiddenElements.has(name)) hiddenDepth--;
      if (hiddenDepth > 0 || hiddenElements.has(name)) return;
      if (name === "t") inText = false;
      if (math.isOpen()) {
        if (math.close(name) && frame.paragraph) addFormula(frame.paragraph, math.take());
      } else if (name === "pPr") inParagraphProperties = false;
      else if (name === "trPr") inRowProperties = false;
      else if (name === "p") closeParagraph();
      else if (name === "txbxContent") {
        const inner = frame;
        frame = outer.pop() ?? root;
        appendAll(frame.paragraph?.after ?? frame.items, inner.items);
        isRunHidden = false;
      } else closeInTable(frame, name);
    },
  };
  return { handler, items: root.items };
}

function createFrame(): Frame {
  return { items: [], tables: [], carriedText: "" };
}

function createTable(): Table {
  return { rows: [], headerRows: 0, hasFirstRowLook: false, span: 1, fillers: 0, after: [] };
}

/** Formulas that follow one another are kept apart by a space. */
function addFormula(paragraph: Paragraph, formula: string): void {
  paragraph.text += paragraph.text.length === paragraph.formulaEnd ? ` ${formula}` : formula;
  paragraph.formulaEnd = paragraph.text.length;
}

/** The innermost table that has an open cell: running text goes there. */
function findOpenTable(frame: Frame): Table | undefined {
  const table = frame.tables.at(-1);
  return table?.cell === undefined ? undefined : table;
}

function openProperty(paragraph: Paragraph, name: string, attributes: XmlAttributes, styles: DocxStyles): void {
  if (name === "pStyle") {
    paragraph.styleId = readVal(attributes);
    if (paragraph.styleId !== undefined) paragraph.style = styles.find(paragraph.styleId);
  } else if (name === "outlineLvl") paragraph.outlineLevel = readIntegerAttribute(attributes, "val", 9);
  else if (name === "numId") paragraph.numberingId = readVal(attributes);
  else if (name === "ilvl") paragraph.numberingLevel = readIntegerAttribute(attributes, "val", 0);
}

/** `del` inside properties marks the paragraph's end or the whole row as deleted. */
function markDeleted(frame: Frame, inParagraphProperties: boolean, inRowProperties: boolean): void {
  const row = frame.tables.at(-1)?.row;
  if (inParagraphProperties && frame.paragraph) frame.paragraph.isMarkDeleted = true;
  else if (inRowProperties && row) row.isDeleted = true;
}

function describeParagraph(paragraph: Paragraph, context: StoryContext): Piece {
  const { style } = paragraph;
  const label = findLabel(paragraph, context);
  const text = paragraph.text.trim() === "" ? "" : `${label ? `${label} ` : ""}${paragraph.text}`;
  const level = paragraph.outlineLevel === undefined ? (style?.headingLevel ?? 0) : (paragraph.outlineLevel + 1) % 10;
  if (level > 0) return { type: "heading", level, text };
  if (style?.role) return { type: style.role, text: style.role === "codeLine" ? paragraph.text : text };
  return { type: label === undefined ? "paragraph" : "listItem", text };
}

/** The number of a list paragraph; "" for bullets, undefined outside lists. Empty paragraphs count as in Word. */
function findLabel(paragraph: Paragraph, { numbering }: StoryContext): string | undefined {
  const { style, styleId } = paragraph;
  const numberingId = paragraph.numberingId ?? style?.numberingId;
  if (numberingId === undefined || numberingId === "0") return undefined;
  const level =
    paragraph.numberingLevel ??
    style?.numberingLevel ??
    (styleId === undefined ? undefined : numbering.findStyleLevel(numberingId, styleId)) ??
    0;
  return numbering.next(numberingId, level);
}

function placeParagraph(frame: Frame, piece: Piece): void {
  const table = findOpenTable(frame);
  const text = readPieceText(piece);
  if (text.trim() === "") {
    if (piece.type === "codeLine" && !table) frame.items.push(piece);
    return;
  }
  if (table) table.cell = table.cell ? `${table.cell}\n${text}` : text;
  else frame.items.push(piece);
}

function openInTable(table: Table, name: string, attributes: XmlAttributes): void {
  if (name === "tr") table.row = { cells: [], isHeader: false, isDeleted: false };
  else if (name === "tc") {
    table.cell = "";
    table.span = 1;
  } else if (name === "gridSpan") table.span = Math.min(readIntegerAttribute(attributes, "val", 1), maxSpan);
  else if (name === "gridBefore") {
    const count = Math.min(readIntegerAttribute(attributes, "val", 0), maxSpan);
    addFillers(table, count);
  } else if (name === "tblHeader" && table.row) table.row.isHeader = isOn(readVal(attributes));
  else if (name === "tblLook") {
    // Bit 0x20 of the older form: the first row is formatted apart (ECMA-376 part 1, 17.4.55).
    const bits = Number.parseInt(readVal(attributes) ?? "0", 16);
    const firstRow = readAttribute(attributes, "firstRow");
    table.hasFirstRowLook = firstRow === undefined ? (bits & 0x20) !== 0 : isOn(firstRow);
  }
}

function addFillers(table: Table, count: number): void {
  for (let i = 0; i < count && table.fillers < maxFillers; i++, table.fillers++) table.row?.cells.push("");
}

function closeInTable(frame: Frame, name: string): void {
  const table = frame.tables.at(-1);
  if (!table) return;
  if (name === "tc") {
    table.row?.cells.push(table.cell ?? "");
    addFillers(table, table.span - 1);
    table.cell = undefined;
  } else if (name === "tr") {
    const { row } = table;
    if (row && !row.isDeleted && row.cells.length > 0) {
      if (row.isHeader && table.headerRows === table.rows.length) table.headerRows++;
      table.rows.push(row.cells);
    }
    table.row = undefined;
  } else if (name === "tbl") {
    frame.tables.pop();
    placeTable(frame, table);
  }
}

function placeTable(frame: Frame, table: Table): void {
  const { rows, after } = table;
  const looksLikeHeader =
    table.hasFirstRowLook && rows.length > 1 && rows[0]?.every((cell, i) => i === 0 || cell.trim() !== "");
  const headerRows = table.headerRows || (looksLikeHeader ? 1 : guessHeaderRows(rows));
  const piece: Piece = { type: "table", rows, headerRows: headerRows < rows.length ? headerRows : 0 };
  const parent = findOpenTable(frame);
  if (parent) {
    const text = readPieceText(piece);
    parent.cell = parent.cell ? `${parent.cell}\n${text}` : text;
    appendAll(parent.after, after);
  } else appendAll(frame.items, [piece, ...after]);
}

import { appendAll, guessHeaderRows, type Piece, readPieceText } from "./pieces.ts";

/** Format of the paragraph being read; \pard resets it. */
export type RtfParagraph = { headingLevel: number; isList: boolean; isInTable: boolean; nesting: number };

type Table = { rows: string[][]; cells: string[]; cell: string; headerRows: number; isHeaderRow: boolean };

/** Running text of the body, a note, a header or a text box, collected paragraph by paragraph. */
export type RtfStory = {
  pieces: Piece[];
  paragraph: RtfParagraph;
  /** Label of the list item, as the writing program rendered it. */
  label: string;
  /** Notes and text boxes, which follow the paragraph they stand in. */
  after: Piece[];
  addText(text: string): void;
  endParagraph(): void;
  endCell(): void;
  endRow(): void;
  endNestedCell(): void;
  endNestedRow(): void;
  markHeaderRow(): void;
  resetParagraph(): void;
  finish(): Piece[];
};

/** Signs that stand for a bullet in a list label; "o" and the section sign are bullets of symbol fonts. */
const bulletLabel = /^(?:[^\p{L}\p{N}]*|[o§nülv])$/u;

export function createRtfStory(): RtfStory {
  const pieces: Piece[] = [];
  const after: Piece[] = [];
  const tables: Table[] = [];
  let text = "";

  const closeNested = (depth: number): void => {
    while (tables.length > depth) {
      const table = tables.pop();
      if (!table) return;
      if (table.cell || table.cells.length > 0) table.rows.push([...table.cells, table.cell]);
      if (table.rows.length === 0) continue;
      const { rows, headerRows } = table;
      const piece: Piece = {
        type: "table",
        rows,
        headerRows: headerRows < rows.length && headerRows > 0 ? headerRows : guessHeaderRows(rows),
      };
      const parent = tables.at(-1);
      if (parent) parent.cell = joinLines(parent.cell, readPieceText(piece));
      else pieces.push(piece);
    }
  };

  const openTo = (depth: number): Table => {
    while (tables.length < depth) tables.push({ rows: [], cells: [], cell: "", headerRows: 0, isHeaderRow: false });
    const table = tables[depth - 1] ?? tables[tables.length - 1];
    if (!table) throw new Error("a table was just opened");
    return table;
  };

  const takeText = (): string => {
    const taken = text.trim();
    text = "";
    const label = story.label.trim();
    story.label = "";
    return taken && !bulletLabel.test(label) ? `${label} ${taken}` : taken;
  };

  const placeAfter = (): void => {
    if (tables.length > 0) return;
    appendAll(pieces, after);
    after.length = 0;
  };

  const endTableCell = (depth: number): void => {
    closeNested(depth);
    const table = openTo(depth);
    table.cells.push(joinLines(table.cell, takeText()));
    table.cell = "";
  };

  const endTableRow = (depth: number): void => {
    closeNested(depth);
    const table = openTo(depth);
    text = "";
    if (table.cells.length > 0) {
      if (table.isHeaderRow && table.headerRows === table.rows.length) table.headerRows++;
      table.rows.push(table.cells);
    }
    table.cells = [];
    table.cell = "";
    table.isHeaderRow = false;
  };

  const story: RtfStory = {
    pieces,
    after,
    paragraph: createParagraph(),
    label: "",
    addText(value) {
      text += value;
    },
    endParagraph() {
      const { headingLevel, isList, isInTable, nesting } = story.paragraph;
      const isListItem = isList || story.label !== "";
      if (isInTable || nesting > 0) {
        const table = openTo(Math.max(1, nesting));
        table.cell = joinLines(table.cell, takeText());
        return;
      }
      closeNested(0);
      const shown = takeText();
      if (shown !== "") {
        if (headingLevel > 0) pieces.push({ type: "heading", level: headingLevel, text: shown });
        else pieces.push({ type: isListItem ? "listItem" : "paragraph", text: shown });
      }
      placeAfter();
    },
    endCell: () => endTableCell(1),
    endRow: () => endTableRow(1),
    endNestedCell: () => endTableCell(Math.max(2, story.paragraph.nesting)),
    endNestedRow: () => endTableRow(Math.max(2, story.paragraph.nesting)),
    markHeaderRow() {
      openTo(1).isHeaderRow = true;
    },
    resetParagraph() {
      story.paragraph = createParagraph();
    },
    finish() {
      story.resetParagraph();
      story.endParagraph();
      closeNested(0);
      placeAfter();
      return pieces;
    },
  };
  return story;
}

function createParagraph(): RtfParagraph {
  return { headingLevel: 0, isList: false, isInTable: false, nesting: 0 };
}

function joinLines(before: string, text: string): string {
  return before && text ? `${before}\n${text}` : before || text;
}

import type { BlockBuilder } from "../block-builder.ts";
import { ExtractFailure } from "../failure.ts";
import type { ExtractLimits } from "../limits.ts";

/** A table piece: rows of cells; a merged cell's text stands in its first place, the others are empty. */
export type TablePiece = { type: "table"; rows: string[][]; headerRows: number };

/** A block before it has a place in the canonical text. */
export type Piece =
  | { type: "heading"; level: number; text: string }
  | { type: "paragraph" | "listItem" | "quote" | "caption" | "codeLine"; text: string }
  | { type: "code"; text: string; language?: string }
  | TablePiece;

/** Adds pieces in order. Code lines that follow one another become one block. */
export function addPieces(builder: BlockBuilder, pieces: readonly Piece[]): void {
  let code: string[] = [];
  const flushCode = (): void => {
    if (code.length > 0) builder.code(code.join("\n"));
    code = [];
  };
  for (const piece of pieces) {
    if (piece.type === "codeLine") {
      code.push(piece.text);
      continue;
    }
    flushCode();
    if (piece.type === "heading") builder.heading(piece.level, piece.text);
    else if (piece.type === "code") builder.code(piece.text, piece.language);
    else if (piece.type === "table") builder.table(piece.rows, { headerRows: piece.headerRows });
    else builder[piece.type](piece.text);
  }
  flushCode();
}

/** Ends the reading as soon as a document has more text than is kept. */
export function assertTextLength(chars: number, limits: Pick<ExtractLimits, "outputChars">): void {
  if (chars <= limits.outputChars) return;
  throw new ExtractFailure("too_large", `more than ${limits.outputChars.toLocaleString("en")} characters of text`);
}

/** Appends all of `source`; unlike push with a spread it does not run out of stack on long lists. */
export function appendAll<T>(target: T[], source: readonly T[]): void {
  for (const item of source) target.push(item);
}

/** A piece as plain text, for places that hold no blocks: cells, headers, notes. */
export function readPieceText(piece: Piece): string {
  if (piece.type !== "table") return piece.text;
  return piece.rows.map((row) => row.filter((cell) => cell !== "").join("\t")).join("\n");
}

const maxHeaderCellChars = 80;

/**
 * Header rows of a table whose file names none: one, if the first row has a short text without digits in every
 * column (the first may be empty) and a number stands below. A wrong guess does no harm: the row stays part of the table.
 */
export function guessHeaderRows(rows: readonly (readonly string[])[]): number {
  const [first = [], ...rest] = rows;
  if (first.length < 2 || rest.length < 2) return 0;
  const isHeader = first.every(
    (cell, i) => (i === 0 || cell.trim() !== "") && cell.length <= maxHeaderCellChars && !/\d/.test(cell),
  );
  return isHeader && rest.some((row) => row.some((cell) => /^[^\p{L}]*\d[^\p{L}]*$/u.test(cell))) ? 1 : 0;
}

/** Text of a part that is not the document's own running text, marked so that nobody takes it for that. */
export function markText(mark: string, text: string): Piece {
  return { type: "paragraph", text: `[${mark}] ${text.trim()}` };
}

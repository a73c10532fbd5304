import type { Block, Extraction, PageRects } from "@samla/contracts/extraction";
import { ExtractFailure } from "./failure.ts";
import type { ExtractLimits } from "./limits.ts";

export type PageInfo = Extraction["pages"][number];
export type BlockLine = NonNullable<Block["lines"]>[number];

/** Where a block is drawn. `lines` count from the start of the block's own text; the builder moves them. */
export type BlockPlace = {
  /** 1-based; without it the page last opened by `page()`. */
  page?: number;
  rects?: PageRects[];
  lines?: BlockLine[];
};

export type BuiltBlocks = { text: string; blocks: Block[]; pages: PageInfo[] };

export type BlockBuilder = {
  /** Opens the next page, slide, sheet or chapter; blocks that follow belong to it. Returns its 1-based number. */
  page(label?: string, info?: Omit<PageInfo, "number" | "label">): number;
  heading(level: number, text: string, at?: BlockPlace): void;
  paragraph(text: string, at?: BlockPlace): void;
  listItem(text: string, at?: BlockPlace): void;
  quote(text: string, at?: BlockPlace): void;
  caption(text: string, at?: BlockPlace): void;
  code(text: string, language?: string, at?: BlockPlace): void;
  /** Rows without any text are left out. `headerRows` counts leading rows that name the columns. */
  table(rows: readonly (readonly string[])[], options?: { headerRows?: number }, at?: BlockPlace): void;
  /** Characters of canonical text so far. */
  length(): number;
  result(): BuiltBlocks;
};

const separator = "\n\n";
const controls = /(?![\t\n])[\p{Cc}\ufeff]/gu;

/** Line ends become \n; control characters and lone surrogates are replaced one for one, so offsets stay. */
function cleanText(text: string): string {
  const unified = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
  return unified.replace(controls, " ").toWellFormed();
}

/** A line of a table's canonical text: cells joined by " | ", empty cells at the end left out. */
function formatRow(cells: readonly string[]): string {
  let last = cells.length;
  while (last > 0 && cells[last - 1] === "") last--;
  const shown = last === cells.length ? cells : cells.slice(0, last);
  return shown.map((cell) => cell.replace(/\s+/g, " ")).join(" | ");
}

/**
 * Collects blocks in reading order into one canonical text: blocks joined by an empty line, each with its
 * character range. Blocks without text are dropped.
 * @throws ExtractFailure `too_large` as soon as the text passes `limits.outputChars`.
 */
export function createBlockBuilder(limits: Pick<ExtractLimits, "outputChars">): BlockBuilder {
  const parts: string[] = [];
  const blocks: Block[] = [];
  const pages: PageInfo[] = [];
  let length = 0;

  function assertRoom(more: number): void {
    if (length + more <= limits.outputChars) return;
    throw new ExtractFailure("too_large", `more than ${limits.outputChars.toLocaleString("en")} characters of text`);
  }

  function add(block: Omit<Block, "start" | "end" | "page" | "rects" | "lines">, text: string, at: BlockPlace): void {
    assertRoom(text.length + separator.length);
    if (parts.length > 0) {
      parts.push(separator);
      length += separator.length;
    }
    const start = length;
    parts.push(text);
    length += text.length;
    const full: Block = { ...block, start, end: length };
    const page = at.page ?? (pages.length > 0 ? pages.length : undefined);
    if (page !== undefined) full.page = page;
    if (at.rects && at.rects.length > 0) full.rects = at.rects;
    if (at.lines && at.lines.length > 0) {
      full.lines = at.lines.map((line) => ({ ...line, start: line.start + start, end: line.end + start }));
    }
    blocks.push(full);
  }

  /** Text with `lines` is taken as it is: trimming it would move the lines. */
  function addText(block: Parameters<typeof add>[0], text: string, at: BlockPlace = {}): void {
    assertRoom(text.length);
    const cleaned = cleanText(text);
    const shown = at.lines
      ? cleaned
      : block.type === "code"
        ? cleaned.replace(/^(?:[ \t]*\n)+|\s+$/g, "")
        : cleaned.trim();
    if (shown.trim() !== "") add(block, shown, at);
  }

  return {
    page(label, info = {}) {
      const number = pages.length + 1;
      pages.push(label ? { number, label: cleanText(label).trim(), ...info } : { number, ...info });
      return number;
    },
    heading(level, text, at) {
      const bounded = Math.min(6, Math.max(1, Math.round(level) || 1));
      addText({ type: "heading", level: bounded }, at?.lines ? text : text.replace(/\s+/g, " "), at);
    },
    paragraph: (text, at) => addText({ type: "paragraph" }, text, at),
    listItem: (text, at) => addText({ type: "list-item" }, text, at),
    quote: (text, at) => addText({ type: "quote" }, text, at),
    caption: (text, at) => addText({ type: "caption" }, text, at),
    code: (text, language, at) => addText(language ? { type: "code", language } : { type: "code" }, text, at),
    table(rows, options = {}, at = {}) {
      const cells: string[][] = [];
      const lines: string[] = [];
      let headerRows = 0;
      let chars = 0;
      for (const [index, row] of rows.entries()) {
        const cleaned = row.map((cell) => cleanText(cell).trim());
        const line = formatRow(cleaned);
        if (line === "") continue;
        chars += line.length + 1;
        assertRoom(chars);
        if (index < (options.headerRows ?? 0)) headerRows++;
        cells.push(cleaned);
        lines.push(line);
      }
      if (lines.length > 0) add({ type: "table", cells, headerRows }, lines.join("\n"), at);
    },
    length: () => length,
    result: () => ({ text: parts.join(""), blocks, pages }),
  };
}

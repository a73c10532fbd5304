import type { Block } from "@samla/contracts";

/** What is drawn as one virtual row: a block, a portion of a long table or listing, or a divider. `start` is its place in the text. */
export type ViewItem =
  | { kind: "block"; block: Block; start: number; key: string }
  | { kind: "rows"; block: Block; fromRow: number; toRow: number; start: number; end: number; key: string }
  | { kind: "lines"; block: Block; start: number; end: number; key: string }
  | { kind: "page"; page: number; label?: string; start: number; key: string };

export const rowsPerItem = 60;
export const linesPerItem = 120;

const portionsOfLines = (text: string, block: Block): ViewItem[] => {
  const items: ViewItem[] = [];
  let start = block.start;
  let lines = 0;
  for (let at = block.start; at < block.end; at += 1) {
    if (text[at] !== "\n") continue;
    lines += 1;
    if (lines % linesPerItem !== 0) continue;
    items.push({ kind: "lines", block, start, end: at, key: `l${start}` });
    start = at + 1;
  }
  if (start < block.end || items.length === 0)
    items.push({ kind: "lines", block, start, end: block.end, key: `l${start}` });
  return items;
};

// In the text each row stands on one line of its own.
const portionsOfRows = (text: string, block: Block, cells: readonly (readonly string[])[]): ViewItem[] => {
  const items: ViewItem[] = [];
  let at = block.start;
  for (let fromRow = 0; fromRow < cells.length; fromRow += rowsPerItem) {
    const rows = cells.slice(fromRow, fromRow + rowsPerItem);
    const start = at;
    for (let row = 0; row < rows.length; row += 1) {
      const lineEnd = text.indexOf("\n", at);
      at = (lineEnd < 0 || lineEnd > block.end ? block.end : lineEnd) + 1;
    }
    items.push({
      kind: "rows",
      block,
      fromRow,
      toRow: fromRow + rows.length,
      start,
      end: Math.min(at - 1, block.end),
      key: `t${block.start}-${fromRow}`,
    });
  }
  return items;
};

const itemsOfBlock = (text: string, block: Block): ViewItem[] => {
  if (block.type === "table" && block.cells?.length) return portionsOfRows(text, block, block.cells);
  if (block.type === "code") return portionsOfLines(text, block);
  return [{ kind: "block", block, start: block.start, key: `b${block.start}` }];
};

/** The rows of a document's view: its blocks, long ones in portions, a divider where a page, slide or sheet begins. */
export const viewItemsOf = (
  text: string,
  blocks: readonly Block[],
  labels: ReadonlyMap<number, string | undefined>,
): ViewItem[] => {
  const items: ViewItem[] = [];
  let page: number | undefined;
  for (const block of blocks) {
    if (block.page !== undefined && block.page !== page) {
      page = block.page;
      if (labels.size > 1)
        items.push({ kind: "page", page, label: labels.get(page), start: block.start, key: `p${page}-${block.start}` });
    }
    items.push(...itemsOfBlock(text, block));
  }
  return items;
};

/** Index of the row that shows a position of the text: the last one that begins at or before it. */
export const itemAt = (items: readonly ViewItem[], position: number): number => {
  let low = 0;
  let high = items.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((items[middle]?.start ?? 0) <= position) low = middle;
    else high = middle - 1;
  }
  return Math.max(low, 0);
};

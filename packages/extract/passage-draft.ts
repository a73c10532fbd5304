import type { Extraction, PageRects, PassageDraft } from "@samla/contracts/extraction";
import type { Range } from "./chunk-cut.ts";
import { estimateTokens } from "./tokens.ts";

export type Block = Extraction["blocks"][number];
export type Part = Range & { tokens: number; block: Block; path: readonly string[] };
/** A passage in the making. */
export type Open = { parts: Part[]; tokens: number; tableHeader?: string };

/** The heading path most of the passage's text stands under. */
function choosePath(parts: readonly Part[]): string[] {
  const weights = new Map<readonly string[], number>();
  for (const part of parts) weights.set(part.path, (weights.get(part.path) ?? 0) + part.tokens);
  let best: [readonly string[], number] = [[], -1];
  for (const entry of weights) if (entry[1] > best[1]) best = entry;
  return [...best[0]];
}

/** First line that reaches beyond `start`, by halving: long tables have many lines and many passages. */
function findFirstLine(lines: NonNullable<Block["lines"]>, start: number): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle]?.end ?? 0) <= start) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where the parts stand on their pages. */
export function collectRects(parts: readonly Part[]): PageRects[] {
  const pages = new Map<number, PageRects>();
  const add = (page: number, rects: PageRects["rects"]) => {
    const entry = pages.get(page) ?? { page, rects: [] };
    entry.rects.push(...rects);
    pages.set(page, entry);
  };
  for (const { block, start, end } of parts) {
    const { lines, rects } = block;
    if (!lines) {
      for (const entry of rects ?? []) add(entry.page, entry.rects);
      continue;
    }
    for (let i = findFirstLine(lines, start); i < lines.length; i++) {
      const line = lines[i];
      if (!line || line.start >= end) break;
      add(line.page, [line.rect]);
    }
  }
  return [...pages.values()];
}

/** The passage of the parts; null when there is nothing but white space. */
export function toPassage(text: string, n: number, open: Open): PassageDraft | null {
  let start = open.parts[0]?.start ?? 0;
  let end = open.parts.at(-1)?.end ?? 0;
  while (start < end && /\s/.test(text[start] ?? "")) start++;
  while (end > start && /\s/.test(text[end - 1] ?? "")) end--;
  if (start === end) return null;
  const shown = text.slice(start, end);
  const draft: PassageDraft = {
    n,
    start,
    end,
    text: shown,
    headingPath: choosePath(open.parts),
    tokensEstimated: estimateTokens(shown),
  };
  const page = open.parts.find((part) => part.block.page !== undefined)?.block.page;
  if (page !== undefined) draft.page = page;
  const rects = collectRects(open.parts);
  if (rects.length > 0) draft.rects = rects;
  if (open.tableHeader) draft.tableHeader = open.tableHeader;
  return draft;
}

/** The blocks' parts within a range, in order; text between blocks belongs to none. */
export function partsOf(blocks: readonly Block[], range: Range): Part[] {
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((blocks[middle]?.end ?? 0) <= range.start) low = middle + 1;
    else high = middle;
  }
  const parts: Part[] = [];
  for (let at = low; at < blocks.length; at++) {
    const block = blocks[at];
    if (!block || block.start >= range.end) break;
    parts.push({
      block,
      start: Math.max(block.start, range.start),
      end: Math.min(block.end, range.end),
      tokens: 0,
      path: [],
    });
  }
  return parts;
}

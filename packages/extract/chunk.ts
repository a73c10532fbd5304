import type { Extraction, PageRects, PassageDraft } from "@samla/contracts/extraction";
import { cutRange, findOverlapStart, type Range } from "./chunk-cut.ts";
import { estimateTokens } from "./tokens.ts";

type Block = Extraction["blocks"][number];

export type PassageOptions = {
  /** Passages are filled up to this many estimated tokens. */
  targetTokens: number;
  /** A section with less than this is joined with the next one. */
  minTokens: number;
  /** Hard limit, whatever the estimate says. */
  maxChars: number;
  /** Inside a divided block a passage repeats the sentence before it when that is no longer than this. */
  overlapChars: number;
};

export const defaultPassageOptions: PassageOptions = {
  targetTokens: 400,
  minTokens: 120,
  maxChars: 2_400,
  overlapChars: 200,
};

const tableHeaderChars = 500;
/** On a slide even little text is worth a passage of its own: it is cited by slide. */
const minTokensOfSlide = 40;

type Part = Range & { tokens: number; block: Block; path: readonly string[] };
type Open = { parts: Part[]; tokens: number; tableHeader?: string };

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

function collectRects(parts: readonly Part[]): PageRects[] {
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

function toPassage(text: string, n: number, open: Open): PassageDraft | null {
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

/** Column names of a table as one line; none when the table has no header row. */
function readTableHeader(text: string, block: Block): string | undefined {
  if (block.type !== "table" || !block.headerRows) return undefined;
  const lines = text
    .slice(block.start, Math.min(block.end, block.start + tableHeaderChars * 4))
    .split("\n", block.headerRows);
  return lines.join(" / ").slice(0, tableHeaderChars) || undefined;
}

/**
 * Cuts a document into passages along its blocks: packed up to the target under one heading path, small
 * sections joined, tables divided between rows with their header repeated beside the text, long blocks divided
 * between sentences. `text.slice(start, end)` is the passage's text, and every character that is not white
 * space lies in some passage.
 */
export function splitIntoPassages(
  extraction: Pick<Extraction, "kind" | "text" | "blocks">,
  options: Partial<PassageOptions> = {},
): PassageDraft[] {
  const { targetTokens, minTokens, maxChars, overlapChars } = { ...defaultPassageOptions, ...options };
  const { text, kind } = extraction;
  const minOfPage =
    kind === "xlsx" || kind === "ods" ? 0 : kind === "pptx" || kind === "odp" ? minTokensOfSlide : Infinity;
  const passages: PassageDraft[] = [];
  const headings: { level: number; text: string }[] = [];
  let path: readonly string[] = [];
  let open: Open = { parts: [], tokens: 0 };

  function flush(): void {
    const passage = toPassage(text, passages.length, open);
    if (passage) passages.push(passage);
    open = { parts: [], tokens: 0 };
  }

  /** Ends the passage but takes headings at its end along: they belong to what follows. */
  function flushBeforeBody(): void {
    let keep = open.parts.length;
    while (keep > 0 && open.parts[keep - 1]?.block.type === "heading") keep--;
    const moved = keep > 0 ? open.parts.splice(keep) : [];
    flush();
    for (const part of moved) push(part);
  }

  function push(part: Part): void {
    open.parts.push(part);
    open.tokens += part.tokens;
  }

  function fits(part: Part): boolean {
    const [first] = open.parts;
    if (!first) return true;
    return open.tokens + part.tokens <= targetTokens && part.end - first.start <= maxChars;
  }

  function add(part: Part): void {
    const last = open.parts.at(-1);
    if (last && last.block.page !== part.block.page && open.tokens >= minOfPage) flush();
    else if (last && last.path !== part.path && open.tokens >= minTokens) flushBeforeBody();
    if (open.tableHeader) flush();
    if (!fits(part)) flushBeforeBody();
    if (!fits(part)) flush();
    push(part);
  }

  function addDivided(block: Block): void {
    const byLines = block.type === "table" || block.type === "code";
    const tableHeader = readTableHeader(text, block);
    const pieces = cutRange(text, block, { tokens: targetTokens, chars: maxChars - overlapChars }, byLines);
    for (const [index, piece] of pieces.entries()) {
      const isFirst = index === 0;
      const start = isFirst || byLines ? piece.start : findOverlapStart(text, block, piece.start, overlapChars);
      if (!isFirst) flush();
      add({ start, end: piece.end, tokens: estimateTokens(text.slice(start, piece.end)), block, path });
      if (!isFirst && tableHeader) open.tableHeader = tableHeader;
    }
  }

  for (const block of extraction.blocks) {
    const range = { start: block.start, end: block.end };
    const tokens = estimateTokens(text.slice(block.start, block.end));
    if (block.type === "heading") {
      if (open.tokens >= minTokens) flush();
      const level = block.level ?? 1;
      while ((headings.at(-1)?.level ?? 0) >= level) headings.pop();
      headings.push({ level, text: text.slice(block.start, block.end).slice(0, 300) });
      path = headings.map((heading) => heading.text);
    }
    if (tokens <= targetTokens && block.end - block.start <= maxChars) add({ ...range, tokens, block, path });
    else addDivided(block);
  }
  flush();
  return passages;
}

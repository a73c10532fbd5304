import type { Extraction, PassageDraft } from "@samla/contracts/extraction";
import { cutBySize } from "./chunk-by-size.ts";
import { cutRange, findOverlapStart } from "./chunk-cut.ts";
import { repeatBefore } from "./chunk-overlap.ts";
import { type Block, type Open, type Part, toPassage } from "./passage-draft.ts";
import { estimateTokens } from "./tokens.ts";

export type PassageOptions = {
  /** Passages are filled up to this many estimated tokens. */
  targetTokens: number;
  /** What a passage repeats of the one before it, at most; 0: only a short sentence inside a divided block. */
  overlapTokens: number;
  /** `structure` ends passages at headings, paragraphs and sentences; `size` cuts wherever the target is reached. */
  splitBy: "structure" | "size";
  /** A section with less than this is joined with the next one. */
  minTokens: number;
  /** Hard limit, whatever the estimate says. */
  maxChars: number;
  /** Inside a divided block a passage repeats the sentence before it when that is no longer than this. */
  overlapChars: number;
};

const defaultTargetTokens = 400;
const minShare = 0.3;
const charsPerToken = 6;

export const defaultPassageOptions: PassageOptions = {
  targetTokens: defaultTargetTokens,
  overlapTokens: 0,
  splitBy: "structure",
  minTokens: defaultTargetTokens * minShare,
  maxChars: defaultTargetTokens * charsPerToken,
  overlapChars: 200,
};

/** The options that were given, the others to their measure. An overlap is part of the target, so passages stay within it. */
const completeOptions = (given: Partial<PassageOptions>): PassageOptions => {
  const whole = given.targetTokens ?? defaultTargetTokens;
  const overlapTokens = Math.min(given.overlapTokens ?? 0, Math.floor(whole / 2));
  const targetTokens = whole - overlapTokens;
  return {
    targetTokens,
    overlapTokens,
    splitBy: given.splitBy ?? "structure",
    minTokens: given.minTokens ?? targetTokens * minShare,
    maxChars: given.maxChars ?? targetTokens * charsPerToken,
    overlapChars:
      given.overlapChars ?? (overlapTokens > 0 ? 0 : Math.min(defaultPassageOptions.overlapChars, targetTokens)),
  };
};

const tableHeaderChars = 500;
/** On a slide even little text is worth a passage of its own: it is cited by slide. */
const minTokensOfSlide = 40;

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
 * between sentences; or, by size, wherever the target is reached. `text.slice(start, end)` is the passage's text, and every
 * character that is not white space lies in some passage.
 */
export function splitIntoPassages(
  extraction: Pick<Extraction, "kind" | "text" | "blocks">,
  options: Partial<PassageOptions> = {},
): PassageDraft[] {
  const complete = completeOptions(options);
  if (complete.splitBy === "size") return cutBySize(extraction, complete);
  return repeatBefore(extraction, splitByStructure(extraction, complete), complete);
}

function splitByStructure(
  extraction: Pick<Extraction, "kind" | "text" | "blocks">,
  { targetTokens, minTokens, maxChars, overlapChars }: PassageOptions,
): PassageDraft[] {
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

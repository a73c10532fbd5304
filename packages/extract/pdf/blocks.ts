import type { PageRects } from "@samla/contracts/extraction";
import type { BlockBuilder, BlockLine } from "../block-builder.ts";
import type { HeadingsByPage, PdfHeading } from "./headings.ts";
import type { PdfLine, PdfPage } from "./types.ts";

const bullet = /^[•◦▪‣●○■□➢➤✓]\s+\S/u;
/** Signs that also stand inside sentences: a bullet only where a line may start anew. */
const weakBullet = /^[·*–—-]\s+\S/u;
const enumerated = /^(?:\(?\d{1,3}[.)]|\(?[a-z]\)|\([ivx]{1,4}\))\s+\S/;
const sentenceEnd = /[.!?:;。！？][)"'’”\]]*$/u;

type Draft = {
  kind: "paragraph" | "list-item";
  text: string;
  lines: BlockLine[];
  last: PdfLine;
  left: number;
  rows: boolean;
};

function rectsOf(lines: readonly BlockLine[]): PageRects[] {
  const pages: PageRects[] = [];
  for (const line of lines) {
    const last = pages.at(-1);
    if (last?.page === line.page) last.rects.push(line.rect);
    else pages.push({ page: line.page, rects: [line.rect] });
  }
  return pages;
}

/** How lines join: a word divided at the line's end is made whole, rows of a table keep their line. */
function appendLine(draft: Draft, line: PdfLine, page: number, asRow: boolean): void {
  const isDivided = /[\p{L}][-\u00ad]$/u.test(draft.text) && /^\p{Ll}/u.test(line.text);
  if (isDivided && /\p{L}\p{Ll}[-\u00ad]$/u.test(draft.text)) {
    draft.text = draft.text.slice(0, -1);
    const last = draft.lines.at(-1);
    if (last) last.end = Math.min(last.end, draft.text.length);
  } else if (asRow) {
    draft.text += "\n";
  } else if (!isDivided && !(isIdeographic(draft.text.at(-1)) && isIdeographic(line.text[0]))) {
    draft.text += " ";
  }
  const start = draft.text.length;
  draft.text += line.text;
  draft.lines.push({ start, end: draft.text.length, page, rect: line.rect });
  draft.last = line;
  draft.left = Math.min(draft.left, line.rect[0]);
}

/** Chinese and Japanese are written without spaces, so their lines join without one. */
function isIdeographic(char: string | undefined): boolean {
  return (
    char !== undefined && /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]/u.test(char)
  );
}

/** The usual distance between baselines in font sizes: the most frequent one. */
function measureLeading(pages: readonly PdfPage[]): number {
  const counts = new Map<number, number>();
  for (const page of pages) {
    for (let i = 1; i < page.lines.length; i++) {
      const [before, line] = [page.lines[i - 1], page.lines[i]];
      if (!before || !line) continue;
      const ratio = Math.round(((line.baseline - before.baseline) / line.size) * 10) / 10;
      if (ratio > 0.8 && ratio < 3) counts.set(ratio, (counts.get(ratio) ?? 0) + line.text.length);
    }
  }
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [1.2, 0])[0];
}

const isListItem = (text: string) => bullet.test(text) || weakBullet.test(text) || enumerated.test(text);

/** An entry of a table of contents. */
const leadsToPage = / … \S{1,6}$/u;

/** Rows of a table: three cells or more, and a neighbour of the same kind (a stretched line of prose has none). */
function findRows(lines: readonly PdfLine[]): Set<PdfLine> {
  const hasCells = (line: PdfLine | undefined) =>
    line !== undefined && (line.segments.length >= 3 || leadsToPage.test(line.text));
  return new Set(lines.filter((line, i) => hasCells(line) && (hasCells(lines[i - 1]) || hasCells(lines[i + 1]))));
}

function startsNewBlock(draft: Draft, line: PdfLine, isRow: boolean, leading: number): boolean {
  const { last } = draft;
  if (bullet.test(line.text)) return true;
  const mayStart = draft.kind === "list-item" || sentenceEnd.test(last.text);
  if (mayStart && (enumerated.test(line.text) || weakBullet.test(line.text))) return true;
  if (line.angle !== last.angle || Math.abs(line.size - last.size) > 1.2) return true;
  if (isRow !== draft.rows) return true;
  const gap = line.baseline - last.baseline;
  if (gap > line.size * Math.max(1.6, leading * 1.4)) return true;
  // Up again means the next column: the paragraph goes on unless a sentence ended there.
  if (gap < -line.size * 2) return sentenceEnd.test(draft.text) && !/^\p{Ll}/u.test(line.text);
  const indent = line.rect[0] - draft.left;
  const isIndented = indent > line.size * 0.9 && indent < line.size * 4 && draft.kind === "paragraph";
  return (
    isIndented && last.rect[0] - draft.left < line.size * 0.5 && sentenceEnd.test(draft.text) && draft.lines.length > 1
  );
}

function addHeading(builder: BlockBuilder, page: PdfPage, heading: PdfHeading): void {
  const lines: BlockLine[] = [];
  let text = "";
  for (const line of page.lines.slice(heading.first, heading.first + heading.count)) {
    if (text) text += " ";
    lines.push({ start: text.length, end: text.length + line.text.length, page: page.number, rect: line.rect });
    text += line.text;
  }
  builder.heading(heading.level, text, { page: page.number, lines, rects: rectsOf(lines) });
}

/** Writes the pages' lines into the builder as headings, paragraphs and list items, each line with its rectangle. */
export function buildPdfBlocks(builder: BlockBuilder, pages: readonly PdfPage[], headings: HeadingsByPage): void {
  const leading = measureLeading(pages);
  for (const page of pages) {
    const rows = findRows(page.lines);
    let draft: Draft | null = null;
    const flush = (current: Draft | null) => {
      if (!current) return;
      const at = { page: page.number, lines: current.lines, rects: rectsOf(current.lines) };
      if (current.kind === "list-item") builder.listItem(current.text, at);
      else builder.paragraph(current.text, at);
    };
    const atLine = new Map((headings.get(page.number) ?? []).map((heading) => [heading.first, heading]));
    for (let i = 0; i < page.lines.length; i++) {
      const heading = atLine.get(i);
      const line = page.lines[i];
      if (!line) continue;
      if (heading) {
        flush(draft);
        draft = null;
        addHeading(builder, page, heading);
        i += heading.count - 1;
        continue;
      }
      if (draft && !startsNewBlock(draft, line, rows.has(line), leading)) {
        appendLine(draft, line, page.number, draft.rows);
        continue;
      }
      flush(draft);
      const kind = isListItem(line.text) ? "list-item" : "paragraph";
      const first = { start: 0, end: line.text.length, page: page.number, rect: line.rect };
      draft = { kind, text: line.text, lines: [first], last: line, left: line.rect[0], rows: rows.has(line) };
    }
    flush(draft);
  }
}

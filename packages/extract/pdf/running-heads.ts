import type { PdfLine, PdfPage } from "./types.ts";

const edge = 0.09;
const numberEdge = 0.1;

function isAtEdge(line: PdfLine, page: PdfPage, share: number): boolean {
  return line.baseline < page.height * share || line.baseline > page.height * (1 - share);
}

/** Same words (numbers masked) at the same height. */
function keyOf(line: PdfLine): string {
  return `${Math.round(line.baseline / 4)}|${line.text.replace(/\d+/g, "#")}`;
}

/**
 * Drops running heads and page numbers: lines at the top or bottom edge that come again on at least a fifth
 * of the pages (three or more), and bare numbers there. Short documents keep everything but bare numbers.
 */
export function removeRunningHeads(pages: readonly PdfPage[]): PdfPage[] {
  const seen = new Map<string, number>();
  for (const page of pages) {
    for (const line of page.lines) {
      if (isAtEdge(line, page, edge)) seen.set(keyOf(line), (seen.get(keyOf(line)) ?? 0) + 1);
    }
  }
  const enough = pages.length >= 4 ? Math.max(3, pages.length * 0.2) : Infinity;
  const isFurniture = (line: PdfLine, page: PdfPage) => {
    if (/^\d{1,4}$/.test(line.text)) return isAtEdge(line, page, numberEdge);
    return isAtEdge(line, page, edge) && (seen.get(keyOf(line)) ?? 0) >= enough;
  };
  const cleaned = pages.map((page) => ({ ...page, lines: page.lines.filter((line) => !isFurniture(line, page)) }));
  return cleaned.some((page) => page.lines.length > 0) ? cleaned : [...pages];
}

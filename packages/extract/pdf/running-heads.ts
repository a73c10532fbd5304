import type { PdfLine, PdfPage } from "./types.ts";

const edge = 0.09;
const numberEdge = 0.14;

function isAtEdge(line: PdfLine, page: PdfPage, share: number): boolean {
  return line.baseline < page.height * share || line.baseline > page.height * (1 - share);
}

/** A number with room around it: cells of a table have neighbours. */
function standsAlone(line: PdfLine, page: PdfPage): boolean {
  const near = line.size * 1.3;
  return page.lines.every((other) => other === line || Math.abs(other.baseline - line.baseline) > near);
}

/** Same words (numbers masked) at the same height. */
function keyOf(line: PdfLine): string {
  return `${Math.round(line.baseline / 4)}|${line.text.replace(/\d+/g, "#")}`;
}

/** The number a head begins or ends with, as "Chapter 2: Methods 17" or "18 Methods". */
function readEdgeNumber(line: PdfLine): number | null {
  const found = /^(\d{1,4})\s|\s(\d{1,4})$|^(\d{1,4})$/.exec(line.text);
  return found ? Number(found[1] ?? found[2] ?? found[3]) : null;
}

/** Printed page numbers run along with the pages: their distance is the same on many of them. */
function findNumberOffset(pages: readonly PdfPage[]): number | null {
  const counts = new Map<number, number>();
  for (const page of pages) {
    const numbers = page.lines.filter((line) => isAtEdge(line, page, edge)).map(readEdgeNumber);
    const offsets = new Set(numbers.flatMap((number) => (number === null ? [] : [number - page.number])));
    for (const offset of offsets) counts.set(offset, (counts.get(offset) ?? 0) + 1);
  }
  let best: [number, number] = [0, 0];
  for (const entry of counts) if (entry[1] > best[1]) best = entry;
  return best[1] >= Math.max(4, pages.length * 0.3) ? best[0] : null;
}

/**
 * Drops running heads and page numbers: lines at the top or bottom edge that come again on at least a fifth
 * of the pages (three or more), lines there that carry the page's number, and bare numbers that stand alone.
 */
export function removeRunningHeads(pages: readonly PdfPage[]): PdfPage[] {
  const seen = new Map<string, number>();
  for (const page of pages) {
    for (const line of page.lines) {
      if (isAtEdge(line, page, edge)) seen.set(keyOf(line), (seen.get(keyOf(line)) ?? 0) + 1);
    }
  }
  const enough = pages.length >= 4 ? Math.max(3, pages.length * 0.2) : Infinity;
  const offset = findNumberOffset(pages);
  const isFurniture = (line: PdfLine, page: PdfPage) => {
    if (/^(?:\d{1,4}|[ivxlc]{1,6})$/.test(line.text))
      return isAtEdge(line, page, numberEdge) && standsAlone(line, page);
    if (!isAtEdge(line, page, edge)) return false;
    if ((seen.get(keyOf(line)) ?? 0) >= enough) return true;
    const number = readEdgeNumber(line);
    return offset !== null && number !== null && number - page.number === offset && standsAlone(line, page);
  };
  const cleaned = pages.map((page) => ({ ...page, lines: page.lines.filter((line) => !isFurniture(line, page)) }));
  return cleaned.some((page) => page.lines.length > 0) ? cleaned : [...pages];
}

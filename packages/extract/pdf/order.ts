import type { LineSegment, PdfLine, PdfPage } from "./types.ts";

const right = (line: PdfLine) => line.rect[0] + line.rect[2];
const bottom = (line: PdfLine) => line.rect[1] + line.rect[3];

function overlapsAcross(a: PdfLine, b: PdfLine): boolean {
  const shared = Math.min(right(a), right(b)) - Math.max(a.rect[0], b.rect[0]);
  return shared > 0.3 * Math.min(a.rect[2], b.rect[2]);
}

/** Times the stream goes back up inside the same column: in true reading order that does not happen. */
function countBackwardJumps(lines: readonly PdfLine[]): number {
  let jumps = 0;
  for (let i = 1; i < lines.length; i++) {
    const [before, line] = [lines[i - 1], lines[i]];
    if (!before || !line) continue;
    if (bottom(line) < before.rect[1] - line.size * 0.5 && overlapsAcross(before, line)) jumps++;
  }
  return jumps;
}

/**
 * A gutter that lines were drawn across: text of two columns on the same baseline, row by row.
 * Narrow cells on either side mean a table, which is kept in rows.
 */
function findGutter(lines: readonly PdfLine[], pageWidth: number): number | null {
  const gaps: { from: number; to: number }[] = [];
  for (const line of lines) {
    if (line.segments.length !== 2) continue;
    const [first, second] = line.segments;
    if (first && second && second.left > first.right) gaps.push({ from: first.right, to: second.left });
  }
  if (gaps.length < 8 || gaps.length < lines.length * 0.4) return null;
  const middle = [...gaps].sort((a, b) => a.from + a.to - b.from - b.to)[gaps.length >> 1];
  if (!middle) return null;
  const gutter = (middle.from + middle.to) / 2;
  const segments = lines.flatMap((line) => line.segments);
  const crossing = segments.filter((segment) => segment.left < gutter && segment.right > gutter).length;
  const width = (side: LineSegment[]) => side.reduce((sum, s) => sum + s.right - s.left, 0) / Math.max(1, side.length);
  const leftWidth = width(segments.filter((segment) => segment.right <= gutter));
  const rightWidth = width(segments.filter((segment) => segment.left >= gutter));
  const isProse = Math.min(leftWidth, rightWidth) > pageWidth * 0.22;
  return isProse && crossing < segments.length * 0.15 ? gutter : null;
}

function splitLine(line: PdfLine, gutter: number): PdfLine[] {
  const sides = [line.segments.filter((s) => s.right <= gutter), line.segments.filter((s) => s.left >= gutter)];
  if (
    sides.some((side) => side.length === 0) ||
    (sides[0]?.length ?? 0) + (sides[1]?.length ?? 0) < line.segments.length
  ) {
    return [line];
  }
  return sides.map((segments) => {
    const left = Math.min(...segments.map((s) => s.left));
    const width = Math.max(...segments.map((s) => s.right)) - left;
    const text = segments.map((s) => s.text).join(" ");
    return { ...line, segments, text, rect: [left, line.rect[1], width, line.rect[3]] };
  });
}

type Cut = { at: number; gap: number };

/** The widest stretch no line covers, on one axis. */
function findCut(
  lines: readonly PdfLine[],
  low: (line: PdfLine) => number,
  high: (line: PdfLine) => number,
): Cut | null {
  const sorted = [...lines].sort((a, b) => low(a) - low(b));
  let reach = -Infinity;
  let best: Cut | null = null;
  for (const line of sorted) {
    const gap = low(line) - reach;
    if (reach > -Infinity && gap > (best?.gap ?? 0)) best = { at: (low(line) + reach) / 2, gap };
    reach = Math.max(reach, high(line));
  }
  return best;
}

/** Top to bottom; lines on one baseline from left to right. */
function sortByPosition(lines: readonly PdfLine[]): PdfLine[] {
  const sorted = [...lines].sort((a, b) => a.baseline - b.baseline);
  const rows: PdfLine[][] = [];
  for (const line of sorted) {
    const row = rows.at(-1);
    if (row?.[0] && line.baseline - row[0].baseline < Math.min(line.size, row[0].size) * 0.5) row.push(line);
    else rows.push([line]);
  }
  return rows.flatMap((row) => row.sort((a, b) => a.rect[0] - b.rect[0]));
}

/** Columns of prose have long lines; short ones are cells of a table, which is read by rows. */
function isProse(lines: readonly PdfLine[], size: number): boolean {
  const widths = lines.map((line) => line.rect[2]).sort((a, b) => a - b);
  return lines.length >= 3 && (widths[Math.floor(widths.length * 0.7)] ?? 0) > size * 10;
}

/** Recursive XY cut (Nagy and Seth 1984): columns first, then bands, then top to bottom. */
export function cutIntoOrder(lines: readonly PdfLine[], depth = 0): PdfLine[] {
  if (lines.length < 3 || depth > 40) return sortByPosition(lines);
  const size = lines.reduce((sum, line) => sum + line.size, 0) / lines.length;
  const column = findCut(lines, (line) => line.rect[0], right);
  if (column && column.gap > size * 0.8) {
    const before = lines.filter((line) => line.rect[0] < column.at);
    const after = lines.filter((line) => line.rect[0] >= column.at);
    if (isProse(before, size) && isProse(after, size)) {
      return [...cutIntoOrder(before, depth + 1), ...cutIntoOrder(after, depth + 1)];
    }
  }
  const band = findCut(lines, (line) => line.rect[1], bottom);
  if (!band || band.gap <= size * 0.1) return sortByPosition(lines);
  const above = lines.filter((line) => line.rect[1] < band.at);
  const below = lines.filter((line) => line.rect[1] >= band.at);
  return [...cutIntoOrder(above, depth + 1), ...cutIntoOrder(below, depth + 1)];
}

/**
 * Lines in reading order. The order of the content stream is right in most files and knows things geometry
 * does not (sidebars, floats); it is replaced only where it contradicts itself or mixes two columns.
 */
export function orderLines(page: Pick<PdfPage, "lines" | "width">): PdfLine[] {
  const upright = page.lines.filter((line) => line.angle === 0);
  if (upright.length < 6) return page.lines;
  const gutter = findGutter(upright, page.width);
  const lines = gutter === null ? upright : upright.flatMap((line) => splitLine(line, gutter));
  const isDisordered = countBackwardJumps(upright) > Math.max(2, upright.length * 0.08);
  if (gutter === null && !isDisordered) return page.lines;
  return [...cutIntoOrder(lines), ...page.lines.filter((line) => line.angle !== 0)];
}

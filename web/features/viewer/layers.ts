import { mergeRanges, type Range } from "../../lib/marks.ts";

/** `passage`: within the passage shown; `word`: a word of the query within it. */
export type Layer = "none" | "passage" | "word";
export type LayeredSegment = { text: string; layer: Layer; start: number };

export type Highlight = { passage?: Range; words: readonly Range[] };

/**
 * Cuts `text.slice(start, end)` at the passage's and the words' edges. All offsets are of the whole text; segments are in
 * order and without gaps.
 */
export const layersOf = (text: string, start: number, end: number, highlight: Highlight): LayeredSegment[] => {
  const words = mergeRanges(highlight.words);
  const passage = highlight.passage ? mergeRanges([highlight.passage]) : [];
  const edges = new Set([start, end]);
  for (const range of [...words, ...passage]) for (const edge of range) if (edge > start && edge < end) edges.add(edge);
  const sorted = [...edges].sort((a, b) => a - b);
  const within = (ranges: readonly Range[], at: number) => ranges.some(([from, to]) => from <= at && at < to);
  return sorted.slice(0, -1).map((from, i) => ({
    text: text.slice(from, sorted[i + 1]),
    layer: within(words, from) ? "word" : within(passage, from) ? "passage" : "none",
    start: from,
  }));
};

/** A cell as it stands in the text: on one line, as line ends part the rows there. */
const cellTextOf = (cell: string): string => cell.replace(/\s+/g, " ").trim();

/**
 * Where each cell of a table stands in the canonical text: one row a line, cells in order with separators between.
 * Undefined when text and cells disagree; the table is then shown without highlights rather than with wrong ones.
 */
export const cellRangesOf = (
  text: string,
  start: number,
  end: number,
  cells: readonly (readonly string[])[],
): [number, number][][] | undefined => {
  const rows: [number, number][][] = [];
  let lineStart = start;
  for (const row of cells) {
    if (lineStart > end) return undefined;
    const found = text.indexOf("\n", lineStart);
    const lineEnd = found < 0 || found > end ? end : found;
    const ranges: [number, number][] = [];
    let at = lineStart;
    for (const cell of row) {
      const shown = cellTextOf(cell);
      const place = shown === "" ? at : text.indexOf(shown, at);
      if (place < 0 || place + shown.length > lineEnd) return undefined;
      ranges.push([place, place + shown.length]);
      at = place + shown.length;
    }
    rows.push(ranges);
    lineStart = lineEnd + 1;
  }
  return lineStart === end + 1 ? rows : undefined;
};

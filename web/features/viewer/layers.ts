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
export const cellTextOf = (cell: string): string => cell.replace(/\s+/g, " ").trim();

const rowSeparator = "\n";
const cellSeparator = " | ";

/**
 * Where each cell of a table stands in the canonical text (rows by line, cells joined by " | "). Undefined when the text
 * does not agree with the cells; the table is then shown without highlights rather than with wrong ones.
 */
export const cellRangesOf = (
  text: string,
  start: number,
  end: number,
  cells: readonly (readonly string[])[],
): [number, number][][] | undefined => {
  let at = start;
  const rows: [number, number][][] = [];
  for (const [i, row] of cells.entries()) {
    if (i > 0) at += rowSeparator.length;
    const ranges: [number, number][] = [];
    for (const [j, cell] of row.entries()) {
      if (j > 0) at += cellSeparator.length;
      const shown = text.startsWith(cell, at) ? cell : cellTextOf(cell);
      if (!text.startsWith(shown, at)) return undefined;
      ranges.push([at, at + shown.length]);
      at += shown.length;
    }
    rows.push(ranges);
  }
  return at === end ? rows : undefined;
};

export type Range = readonly [start: number, end: number];
export type Segment = { text: string; marked: boolean; start: number };

/** Sorts ranges and joins those that touch or overlap; drops empty and backward ones. */
export const mergeRanges = (ranges: readonly Range[]): Range[] => {
  const merged: [number, number][] = [];
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (end <= start) continue;
    const last = merged.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
};

/**
 * Cuts `text.slice(start, end)` into marked and plain pieces, in order and without gaps, to be shown as text nodes.
 * Marks are ranges of `text`; what lies outside the window is left out.
 */
export const segmentsOf = (text: string, marks: readonly Range[], start = 0, end = text.length): Segment[] => {
  const from = Math.max(0, start);
  const to = Math.min(text.length, end);
  const segments: Segment[] = [];
  let at = from;
  const push = (until: number, marked: boolean) => {
    if (until > at) segments.push({ text: text.slice(at, until), marked, start: at });
    at = Math.max(at, until);
  };
  for (const [markStart, markEnd] of mergeRanges(marks)) {
    if (markEnd <= from || markStart >= to) continue;
    push(Math.max(from, markStart), false);
    push(Math.min(to, markEnd), true);
  }
  push(to, false);
  return segments;
};

export type Stops = {
  /** Place of the passage shown among the hits, from 1; undefined when it is none of them. */
  position: number | undefined;
  count: number;
  previous: number | undefined;
  next: number | undefined;
};

/** Hits before and after a passage in reading order, also when the passage shown is no hit itself. Ends do not wrap. */
export const stopsOf = (hits: readonly number[], current: number | undefined): Stops => {
  const sorted = [...new Set(hits)].sort((a, b) => a - b);
  const at = current === undefined ? -1 : sorted.indexOf(current);
  return {
    position: at < 0 ? undefined : at + 1,
    count: sorted.length,
    previous: current === undefined ? undefined : sorted.findLast((n) => n < current),
    next: current === undefined ? sorted[0] : sorted.find((n) => n > current),
  };
};

export type ChartPoint = { at: string; value: number };
export type ChartFrame = { fromMs: number; toMs: number; max: number };

/** A round number at or over the highest value, so that the scale can be read: 1, 2, 5 times a power of ten. */
export const niceMax = (highest: number): number => {
  if (!(highest > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(highest));
  const step = [1, 2, 5, 10].find((one) => one * power >= highest * 0.999) ?? 10;
  return step * power;
};

/** Where a time lies, from 0 to 1000. */
export const xOf = (at: string, { fromMs, toMs }: ChartFrame): number =>
  ((Date.parse(at) - fromMs) / Math.max(1, toMs - fromMs)) * 1000;
/** Where a value lies, from 0 at the top to 100. */
export const yOf = (value: number, { max }: ChartFrame): number => 100 - (Math.min(value, max) / max) * 100;

/**
 * SVG paths of a line in a field of 1000 by 100. A gap wider than `gapMs` breaks the line: no data is not a value.
 * A point alone is a short stroke, so that it can be seen.
 */
export const linePath = (points: readonly ChartPoint[], frame: ChartFrame, gapMs: number): string => {
  let path = "";
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const point of points) {
    const atMs = Date.parse(point.at);
    const isNew = atMs - lastMs > gapMs;
    const [x, y] = [xOf(point.at, frame).toFixed(1), yOf(point.value, frame).toFixed(1)];
    path += isNew ? `M${x} ${y}h0.1` : `L${x} ${y}`;
    lastMs = atMs;
  }
  return path;
};

/** The point nearest to a share of the width; undefined without points. */
export const nearestPoint = (
  points: readonly ChartPoint[],
  frame: ChartFrame,
  share: number,
): ChartPoint | undefined => {
  const wantedMs = frame.fromMs + share * (frame.toMs - frame.fromMs);
  let best: ChartPoint | undefined;
  let bestMs = Number.POSITIVE_INFINITY;
  for (const point of points) {
    const distanceMs = Math.abs(Date.parse(point.at) - wantedMs);
    if (distanceMs < bestMs) [best, bestMs] = [point, distanceMs];
  }
  return best;
};

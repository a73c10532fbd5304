/** How often each value came, in buckets 2 % wide: enough for percentiles, small enough to keep. */
export type Histogram = Record<string, number>;

const GROWTH = Math.log(1.02);

const bucketOf = (value: number): string => (value > 0 ? String(Math.round(Math.log(value) / GROWTH)) : "zero");
const middleOf = (key: string): number => (key === "zero" ? 0 : Math.exp(Number(key) * GROWTH));

/** Counts `value` `count` times; values below zero count as zero. */
export function addToHistogram(histogram: Histogram, value: number, count: number): void {
  const key = bucketOf(value);
  histogram[key] = (histogram[key] ?? 0) + count;
}

export function mergeHistograms(into: Histogram, other: Histogram): void {
  for (const [key, count] of Object.entries(other)) into[key] = (into[key] ?? 0) + count;
}

/** Value below which `percent` of all lie, to 1 % of the value; undefined when nothing was counted. */
export function readPercentile(histogram: Histogram, percent: number): number | undefined {
  const entries = Object.entries(histogram)
    .map(([key, count]) => ({ value: middleOf(key), count }))
    .sort((a, b) => a.value - b.value);
  const total = entries.reduce((sum, { count }) => sum + count, 0);
  let seen = 0;
  for (const { value, count } of entries) {
    seen += count;
    if (seen >= (total * percent) / 100) return value;
  }
  return undefined;
}

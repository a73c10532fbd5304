import { addToHistogram, type Histogram, mergeHistograms, readPercentile } from "./histogram.ts";

/** All values of one slot of time, so that every statistic can be told later. */
export type Summary = { count: number; sum: number; min: number; max: number; histogram: Histogram };

export const createSummary = (): Summary => ({
  count: 0,
  sum: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
  histogram: {},
});

/** Adds `value` as if it had been seen `count` times. */
export function addValue(summary: Summary, value: number, count = 1): void {
  summary.count += count;
  summary.sum += value * count;
  summary.min = Math.min(summary.min, value);
  summary.max = Math.max(summary.max, value);
  addToHistogram(summary.histogram, value, count);
}

export function mergeSummary(into: Summary, other: Summary): void {
  into.count += other.count;
  into.sum += other.sum;
  into.min = Math.min(into.min, other.min);
  into.max = Math.max(into.max, other.max);
  mergeHistograms(into.histogram, other.histogram);
}

/** `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount` or a percentile such as `p99` or `p99.9`. */
export const isStatistic = (name: string): boolean =>
  /^(Average|Sum|Minimum|Maximum|SampleCount|p(100|\d{1,2}(\.\d{1,10})?))$/.test(name);

/** @throws Error for a name that `isStatistic` refuses */
export function readStatistic(summary: Summary, name: string): number {
  switch (name) {
    case "Average":
      return summary.sum / summary.count;
    case "Sum":
      return summary.sum;
    case "Minimum":
      return summary.min;
    case "Maximum":
      return summary.max;
    case "SampleCount":
      return summary.count;
  }
  if (!isStatistic(name)) throw new Error(`There is no statistic ${name}.`);
  const value = readPercentile(summary.histogram, Number(name.slice(1))) ?? summary.max;
  return Math.min(summary.max, Math.max(summary.min, value));
}

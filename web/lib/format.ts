const numbers = new Intl.NumberFormat("en");
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** "12,480". */
export const formatCount = (count: number): string => numbers.format(count);
/** "12.5K", for tight places. */
export const formatCountShort = (count: number): string => compact.format(count);
/** "1 document", "3 documents". */
export const formatPlural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;
/** "3 ms", "1.4 s". */
export const formatDuration = (ms: number): string =>
  ms < 1 ? `${ms.toFixed(1)} ms` : ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;

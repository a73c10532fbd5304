import { isActive, isFinished, type UploadItem, uploadActions } from "./upload-item.ts";

export type UploadTotals = {
  files: number;
  /** Sent, stored already or skipped. */
  done: number;
  failed: number;
  refused: number;
  asking: number;
  missing: number;
  paused: number;
  active: number;
  /** Files that still have work to do by themselves. */
  pending: number;
  sentBytes: number;
  /** Bytes of all files that are sent or to be sent; refused, skipped and cancelled ones do not count. */
  totalBytes: number;
  canRetry: boolean;
};

/** Sums of a queue, in one pass. */
export const totalsOf = (items: Iterable<UploadItem>): UploadTotals => {
  const totals: UploadTotals = {
    files: 0,
    done: 0,
    failed: 0,
    refused: 0,
    asking: 0,
    missing: 0,
    paused: 0,
    active: 0,
    pending: 0,
    sentBytes: 0,
    totalBytes: 0,
    canRetry: false,
  };
  for (const item of items) {
    totals.files += 1;
    if (item.phase === "sent" || item.phase === "stored" || item.phase === "skipped") totals.done += 1;
    else if (item.phase === "failed") totals.failed += 1;
    else if (item.phase === "refused") totals.refused += 1;
    else if (item.phase === "asking") totals.asking += 1;
    else if (item.phase === "missing") totals.missing += 1;
    if (item.paused) totals.paused += 1;
    if (isActive(item)) totals.active += 1;
    if (!item.paused && (item.phase === "waiting" || isActive(item))) totals.pending += 1;
    if (uploadActions(item).retry) totals.canRetry = true;
    if (item.phase === "refused" || item.phase === "skipped" || item.phase === "cancelled") continue;
    totals.totalBytes += item.sizeBytes;
    totals.sentBytes += isFinished(item) ? item.sizeBytes : item.sentBytes;
  }
  return totals;
};

export type SpeedSample = { atMs: number; bytes: number };
const windowMs = 8000;

/** Keeps the samples of the last 8 seconds. A total that shrinks (a cancelled file) starts the window anew. */
export const addSample = (samples: readonly SpeedSample[], sample: SpeedSample): SpeedSample[] => {
  const last = samples.at(-1);
  if (last && sample.bytes < last.bytes) return [sample];
  return [...samples.filter((one) => sample.atMs - one.atMs <= windowMs), sample];
};

/** Bytes a second over the window, and seconds left; undefined until there is a second to judge by. */
export const speedOf = (
  samples: readonly SpeedSample[],
  bytesLeft: number,
): { bytesPerSecond: number; secondsLeft: number | undefined } | undefined => {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || last.atMs - first.atMs < 1000) return undefined;
  const bytesPerSecond = ((last.bytes - first.bytes) * 1000) / (last.atMs - first.atMs);
  // A guess from the first moments would be off by minutes.
  const canGuess = bytesPerSecond > 0 && last.atMs - first.atMs >= 3000;
  return { bytesPerSecond, secondsLeft: canGuess ? bytesLeft / bytesPerSecond : undefined };
};

/** Such as "40 s", "3 min" or "2 h 10 min". */
export const formatSeconds = (seconds: number): string => {
  if (seconds < 60) return `${Math.max(1, Math.ceil(seconds))} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

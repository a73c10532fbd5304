const MAX_FAILURES = 5;
const WINDOW_MS = 60_000;
const MAX_TRACKED = 10_000;

/** Counts wrong passwords per username: after five within a minute, further tries wait. */
export type AttemptLimiter = {
  /** Seconds to wait before the next try, 0 when one may try now. */
  secondsToWait(username: string, nowMs: number): number;
  noteFailure(username: string, nowMs: number): void;
  clear(username: string): void;
};

export function createAttemptLimiter(): AttemptLimiter {
  const failures = new Map<string, number[]>();
  const keyOf = (username: string) => username.trim().toLowerCase().slice(0, 200);
  const recent = (username: string, nowMs: number) =>
    (failures.get(keyOf(username)) ?? []).filter((at) => at > nowMs - WINDOW_MS);
  return {
    secondsToWait(username, nowMs) {
      const times = recent(username, nowMs);
      const oldestCounted = times[times.length - MAX_FAILURES];
      return oldestCounted === undefined ? 0 : Math.ceil((oldestCounted + WINDOW_MS - nowMs) / 1000);
    },
    noteFailure(username, nowMs) {
      const times = [...recent(username, nowMs), nowMs].slice(-MAX_FAILURES);
      failures.delete(keyOf(username));
      failures.set(keyOf(username), times);
      // The oldest entry goes first, so that invented names cannot fill the memory.
      const [oldest] = failures.keys();
      if (failures.size > MAX_TRACKED && oldest !== undefined) failures.delete(oldest);
    },
    clear(username) {
      failures.delete(keyOf(username));
    },
  };
}

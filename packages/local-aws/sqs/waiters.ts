/** Long-polling receivers per queue, woken by whoever makes a message available. */
export type Waiters = {
  wake(queueName: string): void;
  wait(queueName: string, timeoutMs: number, signal: AbortSignal): Promise<void>;
  /** Aborted when the service closes: nobody may touch the database any more. */
  readonly closed: AbortSignal;
  close(): void;
};

export function createWaiters(): Waiters {
  const waiting = new Map<string, Set<() => void>>();
  const closing = new AbortController();
  return {
    closed: closing.signal,
    close() {
      closing.abort();
      for (const set of waiting.values()) for (const resolve of [...set]) resolve();
      waiting.clear();
    },
    wake(queueName) {
      const set = waiting.get(queueName);
      if (!set) return;
      waiting.delete(queueName);
      for (const resolve of set) resolve();
    },
    wait(queueName, timeoutMs, signal) {
      if (signal.aborted || closing.signal.aborted || timeoutMs <= 0) return Promise.resolve();
      return new Promise((resolve) => {
        const set = waiting.get(queueName) ?? new Set();
        waiting.set(queueName, set);
        const finish = () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", finish);
          set.delete(finish);
          resolve();
        };
        const timer = setTimeout(finish, timeoutMs);
        signal.addEventListener("abort", finish, { once: true });
        set.add(finish);
      });
    },
  };
}

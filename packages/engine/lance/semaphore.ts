export type Semaphore = { run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> };

/** Lets at most `slots` tasks run at once; the others wait in order. A waiting task leaves when its signal aborts. */
export function createSemaphore(slots: number): Semaphore {
  let free = slots;
  const waiting: { start: () => void }[] = [];

  const acquire = (signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted();
    if (free > 0) {
      free--;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        waiting.splice(waiting.indexOf(entry), 1);
        reject(signal?.reason);
      };
      const entry = {
        start: () => {
          signal?.removeEventListener("abort", leave);
          resolve();
        },
      };
      waiting.push(entry);
      signal?.addEventListener("abort", leave, { once: true });
    });
  };

  return {
    run: async (task, signal) => {
      await acquire(signal);
      try {
        return await task();
      } finally {
        const next = waiting.shift();
        if (next) next.start();
        else free++;
      }
    },
  };
}

import { ApiError, type Client, errorTable } from "@samla/contracts";

const triesMax = 6;

/** Tries again what may succeed later, a little longer each time or as long as the server asks. */
export const withPatience = (client: Client, signal: AbortSignal): Client => ({
  call: async (id, ...input) => {
    for (let tries = 1; ; tries += 1) {
      signal.throwIfAborted();
      try {
        return await client.call(id, ...input);
      } catch (error) {
        if (!(error instanceof ApiError) || !errorTable[error.problem.code].retryable || tries >= triesMax) throw error;
        const waitMs = (error.retryAfterSeconds ?? 0) * 1000 || Math.random() * 200 * 2 ** tries;
        await new Promise<void>((resolve) => {
          const done = (): void => {
            clearTimeout(timer);
            signal.removeEventListener("abort", done);
            resolve();
          };
          const timer = setTimeout(done, waitMs);
          signal.addEventListener("abort", done);
        });
      }
    }
  },
});

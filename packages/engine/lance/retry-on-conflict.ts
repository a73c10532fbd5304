const attemptsMax = 10;
const firstDelayMs = 25;
const longestDelayMs = 2_000;

/** Whether the engine refused a commit only because another one came first. */
export function isCommitConflict(error: unknown): boolean {
  const text = error instanceof Error ? error.message : String(error);
  return /commit conflict|conflicting transaction|preempted by concurrent|too many concurrent writers/i.test(text);
}

/** Runs a commit again when another writer came first, with growing and random delays; other errors pass at once. */
export async function retryOnConflict<T>(commit: () => Promise<T>, attempts = attemptsMax): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await commit();
    } catch (error) {
      if (attempt >= attempts || !isCommitConflict(error)) throw error;
      const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** attempt) * (0.5 + Math.random());
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }
}

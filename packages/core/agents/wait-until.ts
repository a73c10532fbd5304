/** Asks again, a little later each time, until there is an answer; undefined when the time is over. */
export const waitUntil = async <T>(timeoutMs: number, ask: () => Promise<T | undefined>): Promise<T | undefined> => {
  const deadlineMs = Date.now() + timeoutMs;
  for (let pauseMs = 50; ; pauseMs = Math.min(1_000, pauseMs * 1.6)) {
    const answer = await ask();
    if (answer !== undefined || Date.now() + pauseMs > deadlineMs) return answer;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
};

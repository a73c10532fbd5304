import { setTimeout as sleep } from "node:timers/promises";

export type RetrySettings = { name: string; timeoutMs: number; attempts: number; signal?: AbortSignal | undefined };

const firstDelayMs = 250;
const longestDelayMs = 10_000;
const bodyCharacters = 300;

/**
 * Sends a request until it succeeds: 408, 409, 429 and 5xx answers, timeouts and broken connections are tried
 * again with growing delays (or after the answer's `retry-after`); any other answer throws at once, and so does one that is
 * not JSON. Returns what the JSON says.
 */
export async function retryRequest(
  settings: RetrySettings,
  send: (signal: AbortSignal) => Promise<Response>,
): Promise<unknown> {
  const { name, timeoutMs, attempts, signal } = settings;
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    const timeout = AbortSignal.timeout(timeoutMs);
    let failure: Error;
    let delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
    try {
      const answer = await send(signal ? AbortSignal.any([signal, timeout]) : timeout);
      // The timeout covers the body too.
      const text = await answer.text();
      if (answer.ok) return parseAnswer(name, text);
      const body = text.slice(0, bodyCharacters);
      failure = new Error(
        `${name} answered ${answer.status}: ${body || answer.statusText}. ${adviseOn(answer.status)}`,
      );
      if (!isTransient(answer.status)) throw failure;
      const retryAfterMs = Number(answer.headers.get("retry-after")) * 1000;
      if (retryAfterMs > 0) delayMs = Math.min(longestDelayMs, retryAfterMs);
    } catch (cause) {
      signal?.throwIfAborted();
      if (
        cause instanceof Error &&
        cause.message.startsWith(name) &&
        !/answered (408|409|429|5\d\d)/.test(cause.message)
      )
        throw cause;
      failure = timeout.aborted
        ? new Error(`${name} did not answer within ${timeoutMs} ms.`, { cause })
        : wrapFailure(name, cause);
    }
    if (attempt >= attempts) throw failure;
    await sleep(delayMs, undefined, { signal });
  }
}

function parseAnswer(name: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new Error(
      `${name} gave something else than JSON: ${JSON.stringify(text.slice(0, 80))}. Check that its address is that of an embeddings API.`,
      { cause },
    );
  }
}

function wrapFailure(name: string, cause: unknown): Error {
  return new Error(
    `${name} cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}. Check its address and that it runs.`,
    { cause },
  );
}

function isTransient(status: number): boolean {
  return status === 408 || status === 409 || status === 429 || status >= 500;
}

function adviseOn(status: number): string {
  if (status === 401 || status === 403) return "Check the API key.";
  if (status === 404) return "Check the base URL and the model's name.";
  if (status === 429) return "Lower the load or raise the quota.";
  return "See the endpoint's own log.";
}

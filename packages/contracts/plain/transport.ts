import { type EndpointId, endpointOf } from "./endpoints.ts";
import { ApiError, asProblem, type ErrorCode, problemOf } from "./errors.ts";

export type TransportOptions = {
  /** Up to and without the route's path, such as `https://host/v1`. */
  baseUrl: string;
  fetch?: typeof fetch;
  /** Headers of each call, such as the bearer token. */
  headers?: () => Record<string, string> | Promise<Record<string, string>>;
  timeoutMs?: number;
};

/** Path and query string of a route's call. Lists repeat their name. */
export const pathOf = (
  id: EndpointId,
  input: { params?: Record<string, unknown> | undefined; query?: Record<string, unknown> | undefined },
): string => fillPath(endpointOf(id)[1], input);

/** The same of any path with `{names}`. */
export const fillPath = (
  pattern: string,
  input: { params?: Record<string, unknown> | undefined; query?: Record<string, unknown> | undefined },
): string => {
  const path = pattern.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(input.params?.[name])));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {}))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && one !== "") search.append(name, String(one));
  const text = search.toString();
  return text ? `${path}?${text}` : path;
};

export type TransportInput = {
  params?: Record<string, unknown> | undefined;
  query?: Record<string, unknown> | undefined;
  body?: unknown;
  idempotencyKey?: string | undefined;
  ifMatch?: string | undefined;
  signal?: AbortSignal | undefined;
};

/**
 * Calls API v1 and gives the answer's JSON as it came; undefined for an answer without a body. It knows no shapes, so a
 * browser need not load them: `createClient` adds types and checks. Throws `ApiError` for all that is not a success.
 */
export const createTransport = (options: TransportOptions) => createTransportOf(options, endpointOf);

/** The same for another table of endpoints, such as the console's own. */
export const createTransportOf =
  <Id extends string>(options: TransportOptions, endpoint: (id: Id) => [method: string, path: string]) =>
  async (id: Id, input: TransportInput = {}): Promise<unknown> => {
    const [method, pattern] = endpoint(id);
    const timeout = AbortSignal.timeout(options.timeoutMs ?? 30_000);
    const response = await send(options, `${options.baseUrl}${fillPath(pattern, input)}`, {
      method,
      headers: {
        accept: "application/json",
        ...(input.body === undefined ? {} : { "content-type": "application/json" }),
        ...(input.idempotencyKey ? { "idempotency-key": input.idempotencyKey } : {}),
        ...(input.ifMatch ? { "if-match": input.ifMatch } : {}),
        ...(await options.headers?.()),
      },
      ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
      signal: input.signal ? AbortSignal.any([input.signal, timeout]) : timeout,
    });
    if (!response.ok) throw await errorOf(response);
    return response.status === 204 ? undefined : await readJson(response);
  };

/** A call that got no answer. The caller's own abort stays what it is. */
const withoutAnswer = (error: unknown, aborted: boolean): unknown => {
  const name = error instanceof Error ? error.name : "";
  if (name === "AbortError" || (aborted && name !== "TimeoutError")) return error;
  const timedOut = name === "TimeoutError";
  return new ApiError(
    problemOf(
      timedOut ? "timeout" : "unavailable",
      timedOut ? "The server did not answer in time." : "The server cannot be reached.",
      { nextStep: "Check the connection and try again." },
    ),
  );
};

/** An answer that is a success, its body unread. Throws `ApiError` for all others. */
export const answeredOr = async (options: TransportOptions, url: string, init: RequestInit): Promise<Response> => {
  const response = await send(options, url, init);
  if (!response.ok) throw await errorOf(response);
  return response;
};

const send = async (options: TransportOptions, url: string, init: RequestInit): Promise<Response> => {
  try {
    return await (options.fetch ?? fetch)(url, init);
  } catch (error) {
    throw withoutAnswer(error, init.signal?.aborted ?? false);
  }
};

const readJson = async (response: Response): Promise<unknown> => {
  let text: string;
  try {
    text = await response.text();
  } catch (error) {
    throw withoutAnswer(error, false);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(
      problemOf("unavailable", "The server sent something else than JSON.", {
        nextStep: "Check that the address is that of SAMLA's API.",
      }),
    );
  }
};

/** For answers that are no problem document, such as a proxy's. */
const codesByStatus: Record<number, ErrorCode> = {
  401: "unauthenticated",
  403: "forbidden",
  404: "not_found",
  413: "too_large",
  429: "rate_limited",
  504: "timeout",
};

const errorOf = async (response: Response): Promise<ApiError> => {
  const retryAfter = Number(response.headers.get("retry-after"));
  const sent = asProblem(await response.json().catch(() => undefined));
  const code = codesByStatus[response.status] ?? (response.status >= 500 ? "unavailable" : "invalid_request");
  const problem = sent ?? problemOf(code, `The server answered ${response.status}.`);
  return new ApiError(problem, Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : undefined);
};

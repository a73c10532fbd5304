import type { z } from "zod";
import { type ErrorCode, Problem, problemOf } from "./errors.ts";
import type { Route } from "./route.ts";
import { type RouteId, routes } from "./routes.ts";

type Routes = typeof routes;
type Part<R, K extends string> = R extends Record<K, infer T extends z.ZodType> ? z.input<T> : undefined;
type OptionalIfEmpty<K extends string, T> = T extends undefined
  ? Partial<Record<K, undefined>>
  : Record<string, never> extends T
    ? { [P in K]?: T }
    : { [P in K]: T };

/** What a call of a route takes. */
export type CallInput<Id extends RouteId> = OptionalIfEmpty<"params", Part<Routes[Id], "params">> &
  OptionalIfEmpty<"query", Part<Routes[Id], "query">> &
  OptionalIfEmpty<"body", Part<Routes[Id], "body">> & {
    idempotencyKey?: string;
    ifMatch?: string;
    signal?: AbortSignal;
  };

/** What a call of a route gives. */
export type CallOutput<Id extends RouteId> = Routes[Id] extends { response: infer T extends z.ZodType }
  ? z.output<T>
  : undefined;

/** A refused call: the problem document, and how long to wait when the server said so. */
export class ApiError extends Error {
  readonly problem: Problem;
  readonly retryAfterSeconds: number | undefined;
  constructor(problem: Problem, retryAfterSeconds?: number) {
    super(problem.detail);
    this.name = "ApiError";
    this.problem = problem;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export type ClientOptions = {
  /** Up to and without the route's path, such as `https://host/v1`. */
  baseUrl: string;
  fetch?: typeof fetch;
  /** Headers of each call, such as the bearer token. */
  headers?: () => Record<string, string> | Promise<Record<string, string>>;
  timeoutMs?: number;
  /** Validate answers against the contract; a server that breaks it fails loudly. Default true. */
  validate?: boolean;
};

/** Path and query string of a route's call. Lists repeat their name. */
export const pathOf = (
  id: RouteId,
  input: { params?: Record<string, unknown> | undefined; query?: Record<string, unknown> | undefined },
): string => {
  const path = routes[id].path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(input.params?.[name])),
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {}))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && one !== "") search.append(name, String(one));
  const text = search.toString();
  return text ? `${path}?${text}` : path;
};

export type Client = {
  call<Id extends RouteId>(
    id: Id,
    ...input: Record<string, never> extends CallInput<Id> ? [CallInput<Id>?] : [CallInput<Id>]
  ): Promise<CallOutput<Id>>;
};

/** A client of API v1 typed by the route table. Throws `ApiError` for every answer that is not a success. */
export const createClient = (options: ClientOptions): Client => ({
  async call(id, ...rest) {
    const input = (rest[0] ?? {}) as {
      params?: Record<string, unknown>;
      query?: Record<string, unknown>;
      body?: unknown;
      idempotencyKey?: string;
      ifMatch?: string;
      signal?: AbortSignal;
    };
    const route: Route = routes[id];
    const timeout = AbortSignal.timeout(options.timeoutMs ?? 30_000);
    const response = await send(options, `${options.baseUrl}${pathOf(id, input)}`, {
      method: route.method,
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
    if (!route.response || response.status === 204) return undefined as never;
    const json = await readJson(response);
    return (options.validate === false ? json : route.response.parse(json)) as never;
  },
});

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

const send = async (options: ClientOptions, url: string, init: RequestInit): Promise<Response> => {
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
  const parsed = Problem.safeParse(await response.json().catch(() => undefined));
  const code = codesByStatus[response.status] ?? (response.status >= 500 ? "unavailable" : "invalid_request");
  const problem = parsed.success ? parsed.data : problemOf(code, `The server answered ${response.status}.`);
  return new ApiError(problem, Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : undefined);
};

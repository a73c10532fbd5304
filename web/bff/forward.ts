import "server-only";
import { randomUUID } from "node:crypto";
import { type ErrorCode, matchRoute } from "@samla/contracts";
import { isOnLoopback } from "./loopback.ts";
import { problemResponse } from "./problem-response.ts";
import { readLimited } from "./read-limited.ts";
import { refuseForeign } from "./same-origin.ts";
import type { SessionService } from "./sessions.ts";
import { type SendUpstream, type UpstreamAnswer, UpstreamError } from "./upstream.ts";

/** Headers of the browser that go upstream. All others, a smuggled Authorization or Cookie too, stay here. */
const forwardedHeaders = ["accept", "content-type", "idempotency-key", "if-match", "x-request-id"];
/** Headers of the API that reach the browser; hop-by-hop ones and cookies are not among them. */
const returnedHeaders = ["content-type", "etag", "retry-after", "x-request-id"];
const bodySizeBytesMax = 2 * 1024 * 1024;
const queryLengthMax = 8_192;

export type ForwardOptions = {
  apiUrl: string;
  publicUrl: string;
  /** Id of the session in the request's cookie, if the signature fits. */
  sessionId: string | undefined;
  sessions: Pick<SessionService, "use" | "renew">;
  send: SendUpstream;
};

/** The upstream URL of a request path below `/api/v1`, or undefined when the contract has no such route. */
export const upstreamUrlOf = (method: string, url: URL, apiUrl: string) => {
  const path = url.pathname.replace(/^\/api\/v1(?=\/|$)/, "");
  const match = matchRoute(method, path);
  if (!match || url.search.length > queryLengthMax) return undefined;
  const params = match.route.params?.safeParse(match.params);
  if (params && !params.success) return undefined;
  // Built anew from the route and its checked parameters, so no encoded slash or dot reaches the upstream.
  const safe = match.route.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(match.params[name] ?? ""),
  );
  const target = new URL(apiUrl.replace(/\/$/, "") + safe);
  target.search = url.search;
  return { target, isOpen: match.route.permission === "open" };
};

/** The browser's own id of a request when it is plain, else a new one. */
export const requestIdOf = (headers: Headers): string => {
  const given = headers.get("x-request-id");
  return given && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
};

/** For answers that are no problem document. */
export const codeOfStatus = (status: number): ErrorCode =>
  (({
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    413: "too_large",
    429: "rate_limited",
    504: "timeout",
  })[status] as ErrorCode | undefined) ?? (status >= 500 ? "unavailable" : "invalid_request");

const headerOf = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

/** The answer for the browser: our problem documents pass as they are, a gateway's own errors become one. */
const answerOf = (answer: UpstreamAnswer, requestId: string, publicUrl: string): Response => {
  const type = headerOf(answer.headers["content-type"]) ?? "";
  if (answer.status >= 300 && !(answer.status >= 400 && type.includes("problem+json")))
    return problemResponse(
      answer.status < 400 ? "unavailable" : codeOfStatus(answer.status),
      answer.status < 400
        ? "The API answered with a redirect, which is not followed."
        : `The API answered ${answer.status}.`,
      {
        requestId: headerOf(answer.headers["x-request-id"]) ?? requestId,
        nextStep: answer.status >= 500 ? "Try again in a moment." : undefined,
        retryAfter: headerOf(answer.headers["retry-after"]),
      },
    );
  // On one machine, to compress and to expand cost more time than the bytes they save.
  const caching = isOnLoopback(publicUrl) ? "no-store, no-transform" : "no-store";
  const headers = new Headers({ "cache-control": caching, "x-request-id": requestId });
  for (const name of returnedHeaders) {
    const value = headerOf(answer.headers[name]);
    if (value) headers.set(name, value);
  }
  const hasBody = answer.status !== 204 && answer.status !== 304;
  return new Response(hasBody ? new Uint8Array(answer.body) : null, { status: answer.status, headers });
};

/**
 * Passes a call of the console on to the API: only routes of the contract, only from our own pages, with the session's
 * bearer token, listed headers, no redirects, a time limit, and the browser's abort.
 */
export const forwardToApi = async (request: Request, options: ForwardOptions): Promise<Response> => {
  const requestId = requestIdOf(request.headers);
  const refuse = (code: ErrorCode, detail: string, nextStep?: string) =>
    problemResponse(code, detail, { requestId, nextStep });
  const route = upstreamUrlOf(request.method, new URL(request.url), options.apiUrl);
  if (!route) return refuse("not_found", "The API has no such route.");
  const foreign = refuseForeign(request.headers, request.method, options.publicUrl);
  if (foreign) return refuse("forbidden", foreign, "Use the console from its own address.");
  try {
    const session = options.sessionId ? await options.sessions.use(options.sessionId) : undefined;
    if (!session && !route.isOpen) return refuse("unauthenticated", "Your session has ended.", "Sign in again.");
    const body = request.method === "GET" ? undefined : await readLimited(request.body, bodySizeBytesMax);
    if (body === "too-large") return refuse("too_large", "The request is over 2 MiB.");
    const headers: Record<string, string> = { "x-request-id": requestId };
    for (const name of forwardedHeaders) {
      const value = request.headers.get(name);
      if (value !== null && name !== "x-request-id") headers[name] = value;
    }
    const send = (token: string | undefined) =>
      options.send({
        url: route.target,
        method: request.method,
        headers: token ? { ...headers, authorization: `Bearer ${token}` } : headers,
        body: body && body.byteLength > 0 ? body : undefined,
        signal: request.signal,
      });
    const answer = await send(session?.tokens.accessToken);
    if (answer.status !== 401 || !session) return answerOf(answer, requestId, options.publicUrl);
    // Refused although not run out, as after a change of keys: once more with a new token, then the person signs in.
    const renewed = await options.sessions.renew(session);
    return renewed
      ? answerOf(await send(renewed.tokens.accessToken), requestId, options.publicUrl)
      : refuse("unauthenticated", "Your session has ended.", "Sign in again.");
  } catch (error) {
    if (error instanceof UpstreamError && error.kind === "aborted") return new Response(null, { status: 499 });
    if (error instanceof UpstreamError && error.kind === "timeout")
      return refuse("timeout", "The API did not answer within 30 seconds.", "Try again in a moment.");
    console.error(
      JSON.stringify({ level: "error", message: "call to the API failed", requestId, error: String(error) }),
    );
    return refuse("unavailable", "The API cannot be reached.", "Try again in a moment.");
  }
};

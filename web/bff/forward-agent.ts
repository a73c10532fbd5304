import "server-only";
import { agentPassage, type ErrorCode, matchAgentPassage } from "@samla/contracts";
import { codeOfStatus, requestIdOf } from "./forward.ts";
import { problemResponse } from "./problem-response.ts";
import { readLimited } from "./read-limited.ts";
import { refuseForeign } from "./same-origin.ts";
import type { SessionService } from "./sessions.ts";
import { type OpenUpstream, UpstreamError } from "./upstream.ts";

/** Headers of the browser that go to an agent; the session's token is added, cookies stay here. */
const forwardedHeaders = ["accept", "content-type", "last-event-id", "mcp-protocol-version", "mcp-session-id"];
/** Headers of an agent that reach the browser: none that acts on our origin. */
const returnedHeaders = ["content-type", "retry-after", "mcp-session-id"];
/** What a page may be given as; all else could act as a document of our origin. */
const plainTypes = /^(application\/(json|problem\+json|x-ndjson)|text\/(event-stream|plain))(;|$)/i;
const queryLengthMax = 8_192;

export type ForwardAgentOptions = {
  apiUrl: string;
  publicUrl: string;
  /** Id of the session in the request's cookie, if the signature fits. */
  sessionId: string | undefined;
  sessions: Pick<SessionService, "use" | "renew">;
  open: OpenUpstream;
};

/** Whether a request of the console is for an agent. */
export const isForAgent = (url: URL): boolean => url.pathname.startsWith("/api/v1/agents/");

/**
 * Passes a call of the console on to an agent and its answer back piece by piece, as it comes: server-sent events arrive
 * one by one. The browser's abort ends the agent's work too.
 */
export const forwardToAgent = async (request: Request, options: ForwardAgentOptions): Promise<Response> => {
  const requestId = requestIdOf(request.headers);
  const refuse = (code: ErrorCode, detail: string, nextStep?: string) =>
    problemResponse(code, detail, { requestId, nextStep });
  const url = new URL(request.url);
  const passage = matchAgentPassage(url.pathname.slice("/api/v1".length));
  const isKnownMethod = (agentPassage.methods as readonly string[]).includes(request.method);
  if (!passage || !isKnownMethod || url.search.length > queryLengthMax)
    return refuse("not_found", "There is no such agent.");
  const foreign = refuseForeign(request.headers, request.method, options.publicUrl);
  if (foreign) return refuse("forbidden", foreign, "Use the console from its own address.");
  const target = new URL(`${options.apiUrl.replace(/\/$/, "")}/agents/${passage.agent}${passage.rest}`);
  target.search = url.search;
  try {
    const session = options.sessionId ? await options.sessions.use(options.sessionId) : undefined;
    if (!session) return refuse("unauthenticated", "Your session has ended.", "Sign in again.");
    const body = request.method === "GET" ? undefined : await readLimited(request.body, agentPassage.bodySizeBytesMax);
    if (body === "too-large") return refuse("too_large", "The request is over 2 MiB.");
    const headers: Record<string, string> = { "x-request-id": requestId };
    for (const name of forwardedHeaders) {
      const value = request.headers.get(name);
      if (value !== null) headers[name] = value;
    }
    const open = (token: string) =>
      options.open({
        url: target,
        method: request.method,
        headers: { ...headers, authorization: `Bearer ${token}` },
        body: body && body.byteLength > 0 ? body : undefined,
        signal: request.signal,
        timeoutMs: agentPassage.streamTimeoutMs,
        idleTimeoutMs: agentPassage.idleTimeoutMs,
      });
    let answer = await open(session.tokens.accessToken);
    if (answer.status === 401) {
      await answer.body.cancel();
      const renewed = await options.sessions.renew(session);
      if (!renewed) return refuse("unauthenticated", "Your session has ended.", "Sign in again.");
      answer = await open(renewed.tokens.accessToken);
    }
    const type = String(answer.headers["content-type"] ?? "");
    const hasBody = answer.status !== 204 && answer.status !== 304;
    const isPlain = !hasBody || plainTypes.test(type);
    if ((answer.status >= 300 && !type.includes("problem+json")) || !isPlain) {
      await answer.body.cancel();
      return refuse(
        answer.status < 400 ? "unavailable" : codeOfStatus(answer.status),
        isPlain
          ? `The agent ${passage.agent} answered ${answer.status}.`
          : `The agent ${passage.agent} answered with ${type || "no type"}, which is not passed on.`,
        answer.status >= 500 ? "See whether it runs, then try again." : undefined,
      );
    }
    // No proxy may hold the pieces back, or compress them into one.
    const returned = new Headers({ "cache-control": "no-store, no-transform", "x-accel-buffering": "no" });
    returned.set("x-request-id", requestId);
    for (const name of returnedHeaders) {
      const value = answer.headers[name];
      if (typeof value === "string") returned.set(name, value);
    }
    if (!hasBody) await answer.body.cancel();
    return new Response(hasBody ? answer.body : null, { status: answer.status, headers: returned });
  } catch (error) {
    if (error instanceof UpstreamError && error.kind === "aborted") return new Response(null, { status: 499 });
    if (error instanceof UpstreamError && error.kind === "timeout")
      return refuse("timeout", `The agent ${passage.agent} did not answer in time.`, "Try again in a moment.");
    console.error(
      JSON.stringify({ level: "error", message: "call to an agent failed", requestId, error: String(error) }),
    );
    return refuse("unavailable", `The agent ${passage.agent} cannot be reached.`, "Try again in a moment.");
  }
};

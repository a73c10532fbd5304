import "server-only";
import { AgentName, agentStreamQueries, agentStreams, type TailMessage } from "@samla/contracts";
import { type AgentContext, downloadLogs, tailLogs } from "@samla/core/agents";
import { isFailure, requirePermission } from "@samla/core/kernel";
import { createConsoleContext } from "./agents.ts";
import { admit, matchConsoleRoute, refuse, refuseError, requestIdOf } from "./console-routes.ts";

/** A tail ends before the limit of a Lambda function; the browser comes again and names the last line it has seen. */
const tailMs = 25_000;
const retryMs = 500;

const encoder = new TextEncoder();

const stream = (lines: AsyncGenerator<string>): ReadableStream<Uint8Array> =>
  new ReadableStream({
    pull: async (controller) => {
      const { done, value } = await lines.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel: async () => {
      await lines.return(undefined);
    },
  });

const message = (one: TailMessage, id?: string): string => `${id ? `id: ${id}\n` : ""}data: ${JSON.stringify(one)}\n\n`;

async function* events(
  ctx: AgentContext,
  input: { agent: string; taskId?: string | undefined; q?: string | undefined; after: string | undefined },
  signal: AbortSignal,
): AsyncGenerator<string> {
  yield `retry: ${retryMs}\n\n`;
  let last = input.after;
  try {
    for await (const one of tailLogs(ctx, { ...input, signal })) {
      if (one.type === "lines") last = one.lines.at(-1)?.at ?? last ?? new Date().toISOString();
      yield message(one, last);
    }
  } catch (error) {
    // The end of our own time is no news; the browser connects again.
    if (!signal.aborted)
      yield message({ type: "end", reason: isFailure(error) ? error.message : "The log does not answer." });
  }
}

/** The two answers about logs that are no JSON: a download as text, and the live tail as server-sent events. */
export const serveLogs = async (request: Request): Promise<Response | undefined> => {
  const url = new URL(request.url);
  const match = matchConsoleRoute(agentStreams, request.method, url.pathname);
  if (!match) return undefined;
  const requestId = requestIdOf(request.headers);
  try {
    const actor = await admit(request, requestId);
    if (actor instanceof Response) return actor;
    const agent = AgentName.safeParse(match.params.agent);
    const query = agentStreamQueries[match.id].safeParse(Object.fromEntries(url.searchParams));
    if (!agent.success) return refuse("not_found", "There is no such agent.", requestId);
    if (!query.success)
      return refuse("invalid_request", "Some of what was asked is not valid.", requestId, {
        errors: query.error.issues.map((issue) => ({ field: issue.path.join("."), message: issue.message })),
      });
    const ctx = createConsoleContext(actor, requestId);
    requirePermission(ctx, "agents.logs");
    const headers = { "cache-control": "no-store, no-transform", "x-request-id": requestId };
    if (match.id === "download")
      return new Response(stream(downloadLogs(ctx, { agent: agent.data, ...query.data })), {
        headers: {
          ...headers,
          "content-type": "text/plain; charset=utf-8",
          "content-disposition": `attachment; filename="${agent.data}.log"`,
        },
      });
    const after = request.headers.get("last-event-id") ?? undefined;
    const isTime = after !== undefined && Number.isFinite(Date.parse(after));
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(tailMs)]);
    return new Response(
      stream(events(ctx, { agent: agent.data, ...query.data, after: isTime ? after : undefined }, signal)),
      { headers: { ...headers, "content-type": "text/event-stream", "x-accel-buffering": "no" } },
    );
  } catch (error) {
    return refuseError(error, requestId);
  }
};

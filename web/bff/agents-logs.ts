import "server-only";
import { AgentName, agentStreamQueries, agentStreams } from "@samla/contracts";
import { downloadLogs } from "@samla/core/agents";
import { requirePermission } from "@samla/core/kernel";
import { createConsoleContext } from "./agents.ts";
import { admit, matchConsoleRoute, refuse, refuseError, requestIdOf } from "./console-routes.ts";

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

/** The answer about logs that is no JSON: the download as text. */
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
    return new Response(stream(downloadLogs(ctx, { agent: agent.data, ...query.data })), {
      headers: {
        "cache-control": "no-store, no-transform",
        "x-request-id": requestId,
        "content-type": "text/plain; charset=utf-8",
        "content-disposition": `attachment; filename="${agent.data}.log"`,
      },
    });
  } catch (error) {
    return refuseError(error, requestId);
  }
};

import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import type { AgentRequest } from "@samla/agent-kit";

/** Answers a request of the kit by a handler of web requests. The handler's request aborts when the caller goes away. */
export const serveWeb = async (request: AgentRequest, handle: (web: Request) => Promise<Response>): Promise<void> => {
  const { incoming, outgoing, method } = request;
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers))
    for (const one of [value].flat()) if (one !== undefined) headers.append(name, one);
  const hasBody = method !== "GET" && method !== "HEAD";
  const response = await handle(
    new Request(new URL(request.path, "http://agent.invalid"), {
      method,
      headers,
      signal: request.signal,
      ...(hasBody ? { body: await request.text() } : {}),
    }),
  );
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (!response.body) {
    outgoing.end();
    return;
  }
  await pipeline(Readable.fromWeb(response.body as ReadableStream), outgoing, { signal: request.signal });
};

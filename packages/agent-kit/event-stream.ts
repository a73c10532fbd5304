import { once } from "node:events";
import type { AgentRequest } from "./request.ts";

const beatMs = 15_000;

export type EventStream = {
  /** Sends one event; waits while the caller reads slower than we write. Throws when the caller went away. */
  send(event: string, data: unknown): Promise<void>;
  end(): void;
};

/** Answers a request with server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export const openEventStream = (request: AgentRequest): EventStream => {
  const { outgoing } = request;
  outgoing.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store, no-transform",
    "x-accel-buffering": "no",
  });
  outgoing.flushHeaders();
  // A comment keeps proxies from taking a thinking model for a dead connection.
  const beat = setInterval(() => outgoing.write(": waiting\n\n"), beatMs);
  outgoing.once("close", () => clearInterval(beat));
  return {
    send: async (event, data) => {
      request.signal.throwIfAborted();
      if (!outgoing.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`))
        await once(outgoing, "drain", { signal: request.signal });
    },
    end: () => {
      clearInterval(beat);
      outgoing.end();
    },
  };
};

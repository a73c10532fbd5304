import { type ClientRequest, type IncomingMessage, request, type ServerResponse } from "node:http";
import { finished } from "node:stream";

/** How one try at a target ended. `refused`: nothing was sent. `lost`: sent, but no byte of an answer came. */
export type Outcome =
  | { kind: "answered"; statusCode: number; firstByteMs: number; isWhole: boolean }
  | { kind: "refused" | "lost" | "timeout" }
  /** The caller hung up. */
  | { kind: "left" };

const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const CONNECT_TIMEOUT_MS = 10_000;

/** Headers that go on: not those of this connection, nor those it names. */
export function forwardableHeaders(rawHeaders: readonly string[], connection: string | undefined): string[] {
  const named = new Set((connection ?? "").split(",").map((name) => name.trim().toLowerCase()));
  const kept: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = "", value = ""] = [rawHeaders[i], rawHeaders[i + 1]];
    if (!HOP_BY_HOP.has(name.toLowerCase()) && !named.has(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}

/**
 * Sends one request to one target and streams both ways. The body is touched only once the connection stands, so that a
 * refused request can be sent elsewhere whole.
 * @param idleMs longest silence of the target, before and within its answer
 */
export function forwardRequest(options: {
  req: IncomingMessage;
  res: ServerResponse;
  target: { host: string; port: number };
  path: string;
  headers: string[];
  /** The request has a body that may still be in transit. */
  hasBody: boolean;
  idleMs: number;
}): Promise<Outcome> {
  const { req, res, target, idleMs } = options;
  return new Promise((resolve) => {
    const startedMs = performance.now();
    let outgoing: ClientRequest | undefined;
    let isDone = false;
    let isConnected = false;
    const end = (outcome: Outcome) => {
      if (isDone) return;
      isDone = true;
      clearTimeout(connectTimer);
      res.off("close", onClose);
      resolve(outcome);
    };
    const onClose = () => {
      if (res.writableFinished) return;
      outgoing?.destroy();
      end({ kind: "left" });
    };
    const connectTimer = setTimeout(() => {
      outgoing?.destroy();
      end({ kind: "refused" });
    }, CONNECT_TIMEOUT_MS);
    res.on("close", onClose);
    // A connection each: a kept one may have died unnoticed, and what was sent on it could not be sent again.
    outgoing = request({
      host: target.host,
      port: target.port,
      method: req.method,
      path: options.path,
      agent: false,
      headers: options.headers,
      setDefaultHeaders: false,
    });
    outgoing.on("socket", (socket) => {
      socket.once("connect", () => {
        isConnected = true;
        clearTimeout(connectTimer);
        socket.setTimeout(idleMs);
        if (options.hasBody) req.pipe(outgoing);
        else outgoing.end();
      });
      socket.on("timeout", () => {
        end({ kind: "timeout" });
        outgoing.destroy();
      });
    });
    outgoing.on("error", () => end({ kind: isConnected ? "lost" : "refused" }));
    outgoing.on("response", (answer) => {
      const { statusCode = 502 } = answer;
      const firstByteMs = performance.now() - startedMs;
      const headers = forwardableHeaders(answer.rawHeaders, answer.headers.connection);
      res.writeHead(statusCode, answer.statusMessage, headers);
      res.flushHeaders();
      answer.pipe(res);
      finished(answer, (error) => {
        // Half an answer must not look whole: the connection is cut, as a balancer cuts it.
        if (error) res.destroy();
        end({ kind: "answered", statusCode, firstByteMs, isWhole: !error });
      });
    });
  });
}

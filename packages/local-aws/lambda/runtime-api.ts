import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** What the process of one execution environment tells the Runtime API. */
export type RuntimeEvents = {
  /** It is ready for the next invocation. */
  onNext(): void;
  onResult(requestId: string, kind: "response" | "error", payload: Buffer): void;
  onInitError(payload: Buffer): void;
};

export type RuntimeApi = {
  /** `127.0.0.1:port`, for AWS_LAMBDA_RUNTIME_API. */
  address: string;
  /** Hands an invocation to the process; only after `onNext`. */
  deliver(headers: Record<string, string>, payload: Buffer): void;
  close(): void;
};

/** A little over the 6 MB a response may have, so that one too large is told apart from one cut off. */
const RESPONSE_READ_LIMIT_BYTES = 64 * 1024 * 1024;
const ROUTE = /^\/2018-06-01\/runtime\/(init\/error|invocation\/next|invocation\/([^/]+)\/(response|error))$/;

function readAll(req: IncomingMessage, onEnd: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  req.on("data", (chunk: Buffer) => {
    sizeBytes += chunk.length;
    if (sizeBytes > RESPONSE_READ_LIMIT_BYTES) req.destroy();
    else chunks.push(chunk);
  });
  req.on("end", () => onEnd(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
}

const ACCEPTED = Buffer.from('{"status":"OK"}');

function answerAccepted(res: ServerResponse): void {
  res.writeHead(202, { "content-type": "application/json", "content-length": ACCEPTED.length }).end(ACCEPTED);
}

/**
 * Lambda's Runtime API for one process, on a loopback port of its own, so that a process sees only its own invocations
 * (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
 */
export async function listenRuntimeApi(events: RuntimeEvents): Promise<RuntimeApi> {
  let waiting: ServerResponse | undefined;
  // No keep-alive limit: the connection is silent for as long as a handler works.
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, (req, res) => {
    const route = ROUTE.exec(req.url ?? "");
    if (req.method === "GET" && route?.[1] === "invocation/next") {
      waiting = res;
      events.onNext();
    } else if (req.method === "POST" && route && route[1] !== "invocation/next") {
      readAll(req, (body) => {
        if (route[2] === undefined) events.onInitError(body);
        else events.onResult(route[2], route[3] === "error" ? "error" : "response", body);
        // The caller first: it waits, while the process only asks for more work.
        setImmediate(() => answerAccepted(res));
      });
    } else {
      req.resume();
      res.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  return {
    address: `127.0.0.1:${typeof address === "object" && address ? address.port : 0}`,
    deliver(headers, payload) {
      const res = waiting;
      waiting = undefined;
      res?.writeHead(200, { "content-type": "application/json", "content-length": payload.length, ...headers });
      res?.end(payload);
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

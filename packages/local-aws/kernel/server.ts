import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { readBody } from "./body.ts";
import { AwsError, createNotImplementedError } from "./errors.ts";
import { answerJsonError } from "./json-protocol.ts";
import { type Credentials, readCredentialScope, sha256Hex, verifySignature } from "./sigv4.ts";
import type { AwsCall, Door, Service } from "./types.ts";

/** Largest body of a call that is not S3: Lambda's 6 MB payload as base64, DynamoDB's 16 MB batches. */
const BODY_LIMIT_BYTES = 20 * 1024 * 1024;
/** A connection that sends nothing of its body for so long is cut. */
const BODY_IDLE_MS = 60_000;
/** How long `close` waits for calls under way, whose connections are already gone. */
const CLOSE_TIMEOUT_MS = 2000;

/** The one listener. Calls for services that are not registered yet wait until `markReady`. */
export type Front = {
  port: number;
  /** Such as `http://127.0.0.1:4566`, without a trailing slash. */
  url: string;
  addService(service: Service): void;
  /** The service of a signing scope, for calls inside the process. */
  findService(scope: string): Service | undefined;
  addDoor(door: Door): void;
  /** All services and doors are registered: what is unknown now is unknown for good. */
  markReady(): void;
  /** Ends all connections, WebSockets too, and waits for the calls under way. */
  close(): Promise<void>;
};

function findPrefix(doors: readonly Door[], pathname: string): Door | undefined {
  return doors.find((door) => pathname.startsWith(door.prefix) || `${pathname}/` === door.prefix);
}

function parseUrl(req: IncomingMessage, base: string): URL | undefined {
  try {
    // Only the path of the request line counts; an absolute or protocol-relative form must not change the host.
    return new URL(`${base}${(req.url ?? "/").replace(/^\/*/, "/")}`);
  } catch {
    return undefined;
  }
}

/**
 * Binds 127.0.0.1 and dispatches: doors by path prefix, then services by the SigV4 scope in header or query; unsigned
 * requests are S3's (CORS preflight, form posts). Signatures of all but S3 are verified here.
 * @throws Error with code `EADDRINUSE` naming the port when it is taken
 */
export async function listenFront(options: { port: number; credentials: readonly Credentials[] }): Promise<Front> {
  const services = new Map<string, Service>();
  const doors: Door[] = [];
  const sockets = new Set<Socket>();
  const active = new Set<Promise<void>>();
  const ready = Promise.withResolvers<void>();
  let isReady = false;
  let url = "";

  async function dispatch(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    const target = parseUrl(req, url);
    if (!target) {
      res.writeHead(400).end();
      return;
    }
    let door = findPrefix(doors, target.pathname);
    if (!door && !isReady && target.pathname.startsWith("/_")) {
      await ready.promise;
      door = findPrefix(doors, target.pathname);
    }
    if (door) return door.handle(req, res, target);
    res.setHeader("x-amz-request-id", requestId);
    res.setHeader("x-amzn-requestid", requestId);

    const signed = { method: req.method ?? "GET", rawUrl: req.url ?? "/", headers: req.headers };
    const header = req.headers["x-amz-target"];
    const operation = typeof header === "string" ? header.slice(header.lastIndexOf(".") + 1) : undefined;
    const scope = readCredentialScope(signed)?.service ?? (operation ? "" : "s3");
    const call: AwsCall = {
      req,
      res,
      url: target,
      scope,
      operation,
      requestId,
      body: Buffer.alloc(0),
      verified: undefined,
    };
    try {
      if (!services.has(scope) && !isReady) await ready.promise;
      const service = services.get(scope);
      if (scope !== "s3") {
        req.setTimeout(BODY_IDLE_MS);
        call.body = await readBody(req, BODY_LIMIT_BYTES);
        req.setTimeout(0);
        const bodySha256 = sha256Hex(call.body);
        call.verified = verifySignature(signed, options.credentials, { bodySha256 });
        const declared = call.verified.payloadHash;
        if (declared !== bodySha256 && declared !== "UNSIGNED-PAYLOAD")
          throw new AwsError("InvalidSignatureException", "The body does not match x-amz-content-sha256.", {
            statusCode: 403,
          });
      }
      if (!service)
        throw createNotImplementedError(`service ${scope}`, operation ?? `${req.method} ${target.pathname}`);
      await service.handle(call);
    } catch (error) {
      req.resume();
      answerJsonError(call, "1.0", error);
    }
  }

  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 75_000 }, (req, res) => {
    const work = dispatch(req, res).catch((error: unknown) => {
      console.error(error);
      if (res.headersSent) res.destroy();
      else res.writeHead(500).end();
    });
    active.add(work);
    work.finally(() => active.delete(work));
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("upgrade", (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const target = parseUrl(req, url);
    const door = target && findPrefix(doors, target.pathname);
    if (target && door?.upgrade) door.upgrade(req, socket, head, target);
    else socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") return reject(error);
      const message = `Port ${options.port} on 127.0.0.1 is in use by another program: end it or choose another port.`;
      reject(Object.assign(new Error(message), { code: "EADDRINUSE", port: options.port }));
    });
    server.listen(options.port, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : options.port;
  url = `http://127.0.0.1:${port}`;
  return {
    port,
    url,
    addService(service) {
      for (const scope of service.scopes) {
        if (services.has(scope)) throw new Error(`Two services answer the signing scope ${scope}.`);
        services.set(scope, service);
      }
    },
    findService: (scope) => services.get(scope),
    addDoor(door) {
      doors.push(door);
    },
    markReady() {
      isReady = true;
      ready.resolve();
    },
    async close() {
      isReady = true;
      ready.resolve();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        // Upgraded connections too, which the server itself no longer knows.
        for (const socket of sockets) socket.destroy();
      });
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
      });
      await Promise.race([Promise.allSettled(active), timeout]);
      clearTimeout(timer);
    },
  };
}

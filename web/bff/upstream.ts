import "server-only";
import { Agent as HttpAgent, type IncomingHttpHeaders, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { Readable } from "node:stream";

const agents = {
  "http:": new HttpAgent({ keepAlive: true, maxSockets: 128, maxFreeSockets: 32, timeout: 60_000 }),
  "https:": new HttpsAgent({ keepAlive: true, maxSockets: 128, maxFreeSockets: 32, timeout: 60_000 }),
};

export const upstreamTimeoutMs = 30_000;
/** API Gateway gives no more than this. */
const answerSizeBytesMax = 12 * 1024 * 1024;

export type UpstreamAnswer = { status: number; headers: IncomingHttpHeaders; body: Buffer };

export class UpstreamError extends Error {
  override name = "UpstreamError";
  readonly kind: "timeout" | "unavailable" | "aborted";
  constructor(kind: "timeout" | "unavailable" | "aborted", cause: unknown) {
    super(`upstream ${kind}`, { cause });
    this.kind = kind;
  }
}

export type SendUpstream = (call: {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body?: Buffer;
  signal?: AbortSignal;
  timeoutMs?: number;
}) => Promise<UpstreamAnswer>;

/** One HTTP exchange over kept-alive connections. Follows no redirect, waits no longer than `timeoutMs` in total. */
export const sendUpstream: SendUpstream = ({ url, method, headers, body, signal, timeoutMs = upstreamTimeoutMs }) =>
  new Promise((resolve, reject) => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const fail = (error: unknown) =>
      reject(new UpstreamError(signal?.aborted ? "aborted" : timeout.aborted ? "timeout" : "unavailable", error));
    const secure = url.protocol === "https:";
    const outgoing = (secure ? requestHttps : requestHttp)(
      url,
      {
        method,
        agent: secure ? agents["https:"] : agents["http:"],
        headers: { ...headers, ...(body ? { "content-length": String(body.byteLength) } : {}) },
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        let sizeBytes = 0;
        incoming.on("data", (chunk: Buffer) => {
          sizeBytes += chunk.byteLength;
          if (sizeBytes > answerSizeBytesMax) incoming.destroy(new Error("the answer is too large"));
          else chunks.push(chunk);
        });
        incoming.on("error", fail);
        incoming.on("end", () =>
          resolve({ status: incoming.statusCode ?? 502, headers: incoming.headers, body: Buffer.concat(chunks) }),
        );
      },
    );
    outgoing.on("error", fail);
    outgoing.end(body);
  });

export type OpenedAnswer = { status: number; headers: IncomingHttpHeaders; body: ReadableStream<Uint8Array> };

export type OpenUpstream = (call: {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body?: Buffer | undefined;
  /** Ends the call, also while its answer streams. */
  signal: AbortSignal;
  /** Of the whole answer, and of a silence within. */
  timeoutMs: number;
  idleTimeoutMs: number;
}) => Promise<OpenedAnswer>;

/** One HTTP exchange whose answer is read as it comes; cancelling its body ends it. Follows no redirect. */
export const openUpstream: OpenUpstream = ({ url, method, headers, body, signal, timeoutMs, idleTimeoutMs }) =>
  new Promise((resolve, reject) => {
    const timeout = AbortSignal.timeout(timeoutMs);
    let isIdle = false;
    const secure = url.protocol === "https:";
    const outgoing = (secure ? requestHttps : requestHttp)(
      url,
      {
        method,
        // Long answers must not take the places of short calls.
        agent: false,
        headers: { ...headers, ...(body ? { "content-length": String(body.byteLength) } : {}) },
        signal: AbortSignal.any([signal, timeout]),
      },
      (incoming) =>
        resolve({
          status: incoming.statusCode ?? 502,
          headers: incoming.headers,
          body: Readable.toWeb(incoming) as ReadableStream<Uint8Array>,
        }),
    );
    outgoing.setTimeout(idleTimeoutMs, () => {
      isIdle = true;
      outgoing.destroy(new Error("no word for too long"));
    });
    outgoing.on("error", (error) =>
      reject(
        new UpstreamError(signal.aborted ? "aborted" : timeout.aborted || isIdle ? "timeout" : "unavailable", error),
      ),
    );
    outgoing.end(body);
  });

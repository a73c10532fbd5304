import { type IncomingHttpHeaders, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

const idleTimeoutMs = 60_000;
const answerSizeBytesMax = 4 * 1024 * 1024;

export type RegistryAnswer = { status: number; headers: IncomingHttpHeaders; body: string };

/** A registry answered with what is no success; `status` 0 means that it did not answer. */
export class RegistryError extends Error {
  override name = "RegistryError";
  readonly status: number;
  constructor(status: number, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
  }
}

/** Worth trying again: no answer, too many requests, or a fault on the other side. */
export const isPassing = (error: unknown): boolean =>
  error instanceof RegistryError &&
  (error.status === 0 || error.status === 408 || error.status === 429 || error.status >= 500);

/**
 * One exchange with a registry; a body is streamed with its length. Gives up when nothing moves for a minute.
 * @throws RegistryError with status 0 when the connection fails
 */
export const exchange = (call: {
  url: URL;
  method: string;
  headers: Record<string, string | number>;
  body?: { stream: Readable; sizeBytes: number };
}): Promise<RegistryAnswer> =>
  new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      call.body?.stream.destroy();
      const why = error instanceof Error ? error.message : String(error);
      reject(new RegistryError(0, `${call.url.host} does not answer: ${why}`, error));
    };
    const send = call.url.protocol === "https:" ? requestHttps : requestHttp;
    const headers = { ...call.headers, "content-length": call.body?.sizeBytes ?? 0 };
    const outgoing = send(call.url, { method: call.method, headers, timeout: idleTimeoutMs }, (incoming) => {
      const chunks: Buffer[] = [];
      let sizeBytes = 0;
      incoming.on("data", (chunk: Buffer) => {
        sizeBytes += chunk.length;
        if (sizeBytes > answerSizeBytesMax) incoming.destroy(new Error("its answer is too large"));
        else chunks.push(chunk);
      });
      incoming.on("error", fail);
      incoming.on("end", () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error("nothing came for a minute")));
    outgoing.on("error", fail);
    if (call.body) pipeline(call.body.stream, outgoing).catch(fail);
    else outgoing.end();
  });

/** What a registry says of its refusal, in one line. */
export const explain = ({ status, body }: RegistryAnswer): string => {
  try {
    const { errors = [] } = JSON.parse(body) as { errors?: { code?: string; message?: string }[] };
    const text = errors.map(({ code, message }) => `${code ?? ""} ${message ?? ""}`.trim()).join("; ");
    if (text !== "") return text;
  } catch {
    // Not the protocol's JSON: a proxy's page, say.
  }
  return `status ${status}`;
};

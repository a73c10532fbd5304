import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type ErrorCode, errorTable, problemOf } from "@samla/contracts";
import type { z } from "zod";
import type { Log } from "./log.ts";

/** A request that is refused, as a problem document. */
export class RequestError extends Error {
  readonly code: ErrorCode;
  readonly nextStep: string | undefined;
  readonly errors: { field: string; message: string }[] | undefined;
  constructor(
    code: ErrorCode,
    message: string,
    more: { nextStep?: string; errors?: { field: string; message: string }[] } = {},
  ) {
    super(message);
    this.name = "RequestError";
    this.code = code;
    this.nextStep = more.nextStep;
    this.errors = more.errors;
  }
}

export type AgentRequest = {
  id: string;
  method: string;
  /** Below the agent's own prefix, such as `/answers`. */
  path: string;
  params: Record<string, string>;
  query: URLSearchParams;
  header(name: string): string | undefined;
  /** The caller's `Authorization`, with whose rights SAMLA is asked. Throws `unauthenticated` without one. */
  authorization(): string;
  /** Body as text, at most the route's limit. Throws `too_large`. */
  text(): Promise<string>;
  /** Body as JSON of a shape. Throws `invalid_request` naming each field. */
  json<T extends z.ZodType>(shape: T): Promise<z.output<T>>;
  /** Aborts when the caller went away, the route's time is over, or the process must end. */
  signal: AbortSignal;
  log: Log;
  /** For protocols with a server of their own, such as MCP. */
  incoming: IncomingMessage;
  outgoing: ServerResponse;
};

const idPattern = /^[\w.:=/+-]{1,128}$/;

/** The gateway's id where it gave one, so that one id leads through all logs. */
export const requestIdOf = (incoming: IncomingMessage): string => {
  const given = incoming.headers["x-request-id"] ?? incoming.headers["x-amzn-trace-id"];
  return typeof given === "string" && idPattern.test(given) ? given : randomUUID();
};

/** Reads a body of at most `maxBytes`. */
export const readText = async (incoming: IncomingMessage, maxBytes: number): Promise<string> => {
  const tooLarge = () => new RequestError("too_large", `The body is larger than ${maxBytes} bytes.`);
  if (Number(incoming.headers["content-length"] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
};

export const parseJson = <T extends z.ZodType>(text: string, shape: T): z.output<T> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RequestError("invalid_request", "The body is not valid JSON.", {
      nextStep: "Send a JSON object with content-type application/json.",
    });
  }
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues
    .slice(0, 20)
    .map((issue) => ({ field: issue.path.join(".") || "body", message: issue.message }));
  throw new RequestError("invalid_request", errors.map(({ field, message }) => `${field}: ${message}`).join("; "), {
    errors,
  });
};

export const sendJson = (
  outgoing: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void => {
  const text = JSON.stringify(body);
  outgoing.writeHead(status, {
    "content-type": "application/json",
    "cache-control": "no-store",
    "content-length": String(Buffer.byteLength(text)),
    ...headers,
  });
  outgoing.end(text);
};

/** Refuses in the API's own shape. Does nothing when an answer has begun. */
export const sendProblem = (outgoing: ServerResponse, requestId: string, error: RequestError): void => {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  const { status, retryable } = errorTable[error.code];
  const problem = problemOf(error.code, error.message, {
    requestId,
    ...(error.nextStep ? { nextStep: error.nextStep } : {}),
    ...(error.errors ? { errors: error.errors } : {}),
  });
  sendJson(outgoing, status, problem, {
    "content-type": "application/problem+json",
    ...(retryable ? { "retry-after": "2" } : {}),
  });
};

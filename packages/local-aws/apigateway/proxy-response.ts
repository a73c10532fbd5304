import { validateHeaderName, validateHeaderValue } from "node:http";
import { GatewayProblem } from "./problem.ts";
import type { CachedResponse } from "./response-cache.ts";

/** Set by the connection, never by a handler. */
const HOP_HEADERS = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
  "content-length",
  "te",
  "trailer",
]);

const malformed = (detail: string): GatewayProblem =>
  new GatewayProblem("INTEGRATION_FAILURE", `The function's answer is malformed: ${detail}.`);

/**
 * Reads what a proxy integration's handler answered: `statusCode`, `headers`, `multiValueHeaders`, `body`,
 * `isBase64Encoded`. As in API Gateway, anything else is a 502.
 * @throws GatewayProblem 502
 */
export function readProxyResponse(payload: Buffer): CachedResponse {
  let answer: unknown;
  try {
    answer = JSON.parse(payload.toString("utf8"));
  } catch {
    throw malformed("it is not JSON");
  }
  if (typeof answer !== "object" || answer === null || Array.isArray(answer)) throw malformed("it is not an object");
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = answer as Record<string, unknown>;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) throw malformed("statusCode is not an HTTP status");
  if (body !== undefined && body !== null && typeof body !== "string") throw malformed("body is not a string");
  const result: Record<string, string | string[]> = { "content-type": "application/json" };
  for (const [name, value] of Object.entries((headers ?? {}) as Record<string, unknown>))
    if (value !== null && value !== undefined) setHeader(result, name, String(value));
  for (const [name, values] of Object.entries((multiValueHeaders ?? {}) as Record<string, unknown>))
    if (Array.isArray(values)) setHeader(result, name, values.map(String));
  return {
    statusCode: status,
    headers: result,
    body: Buffer.from(body ?? "", isBase64Encoded === true ? "base64" : "utf8"),
  };
}

function setHeader(headers: Record<string, string | string[]>, name: string, value: string | string[]): void {
  const key = name.toLowerCase();
  if (HOP_HEADERS.has(key)) return;
  try {
    validateHeaderName(name);
    for (const item of Array.isArray(value) ? value : [value]) validateHeaderValue(name, item);
  } catch {
    throw malformed(`the header ${JSON.stringify(name)} is not valid`);
  }
  headers[key] = value;
}

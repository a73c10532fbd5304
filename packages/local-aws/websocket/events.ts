import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { ConnectionInfo } from "./connection.ts";

type Place = { apiId: string; stage: string };

/**
 * The proxy event of a WebSocket API
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html).
 */
function buildEvent(
  place: Place,
  info: ConnectionInfo,
  eventType: "CONNECT" | "MESSAGE" | "DISCONNECT",
  routeKey: string,
  context: Record<string, unknown>,
): Record<string, unknown> & { requestContext: Record<string, unknown> } {
  const now = Date.now();
  const requestId = randomUUID();
  return {
    requestContext: {
      routeKey,
      eventType,
      messageDirection: "IN",
      connectionId: info.id,
      connectedAt: info.connectedMs,
      requestTime: new Date(now).toISOString(),
      requestTimeEpoch: now,
      requestId,
      extendedRequestId: requestId,
      ...place,
      domainName: info.domainName,
      identity: { sourceIp: info.sourceIp, ...(info.userAgent !== undefined && { userAgent: info.userAgent }) },
      ...(info.authorizer && { authorizer: info.authorizer }),
      ...context,
    },
    isBase64Encoded: false,
  };
}

/** Handshake members, which `$connect` and its authorizer share. */
function buildHandshake(req: IncomingMessage, url: URL): Record<string, unknown> {
  const headers: Record<string, string> = Object.create(null);
  const multiValueHeaders: Record<string, string[]> = Object.create(null);
  for (let i = 0; i + 1 < req.rawHeaders.length; i += 2) {
    const name = req.rawHeaders[i] ?? "";
    const value = req.rawHeaders[i + 1] ?? "";
    headers[name] = value;
    multiValueHeaders[name] = [...(multiValueHeaders[name] ?? []), value];
  }
  const names = [...new Set(url.searchParams.keys())];
  return {
    headers,
    multiValueHeaders,
    ...(names.length > 0 && {
      queryStringParameters: Object.fromEntries(names.map((name) => [name, url.searchParams.getAll(name).at(-1)])),
      multiValueQueryStringParameters: Object.fromEntries(names.map((name) => [name, url.searchParams.getAll(name)])),
    }),
  };
}

export function buildConnectEvent(place: Place, info: ConnectionInfo, req: IncomingMessage, url: URL) {
  return { ...buildHandshake(req, url), ...buildEvent(place, info, "CONNECT", "$connect", {}) };
}

export function buildMessageEvent(place: Place, info: ConnectionInfo, routeKey: string, body: string) {
  return { ...buildEvent(place, info, "MESSAGE", routeKey, { messageId: randomUUID() }), body };
}

export function buildDisconnectEvent(place: Place, info: ConnectionInfo, code: number, reason: string) {
  return buildEvent(place, info, "DISCONNECT", "$disconnect", { disconnectStatusCode: code, disconnectReason: reason });
}

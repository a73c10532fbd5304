import { randomUUID } from "node:crypto";
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { Authorizer } from "../apigateway/authorizer.ts";
import { GatewayProblem } from "../apigateway/problem.ts";
import type { WebSocketApiConfig } from "../config.ts";
import type { Database } from "../kernel/sqlite.ts";
import type { Identity, InvokePort } from "../kernel/types.ts";
import type { LogSink } from "../logs/store.ts";
import { type Connection, type ConnectionInfo, createConnectionId } from "./connection.ts";
import { buildConnectEvent, buildDisconnectEvent, buildMessageEvent } from "./events.ts";

export const CONNECTION_SCHEMA = `
CREATE TABLE IF NOT EXISTS ws_connections (
  id TEXT PRIMARY KEY,
  api TEXT NOT NULL,
  info TEXT NOT NULL
) STRICT;`;

/** Quotas of WebSocket APIs: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
export const MESSAGE_LIMIT_BYTES = 128 * 1024;
const DEFAULT_IDLE_SECONDS = 600;
const LONGEST_CONNECTION_MS = 2 * 3600 * 1000;
/** A client that does not read is cut off rather than buffered for ever. */
const BUFFER_LIMIT_BYTES = 4 * 1024 * 1024;

type Deps = { identity: Identity; invoke: InvokePort; logs: LogSink; db: Database };

/**
 * Which routes answer with their handler's `body` (route responses, which AWS wants configured one by one). Without the
 * list every route that returns a body does.
 */
export type RouteResponseConfig = { routeResponses?: readonly string[] };

/** One WebSocket API on one stage: handshake with authorizer, routes, idle timeout, pushing to connections. */
export class WebSocketApi {
  readonly config: WebSocketApiConfig & RouteResponseConfig;
  readonly #deps: Deps;
  readonly #place: { apiId: string; stage: string };
  readonly #connections = new Map<string, Connection>();
  readonly #authorizer: Authorizer | undefined;
  /** The subprotocol `$connect` chose, until the handshake is answered. */
  readonly #protocols = new WeakMap<IncomingMessage, string>();
  readonly #server: WebSocketServer;
  readonly #logStream = `access-${randomUUID()}`;
  readonly #reaper: NodeJS.Timeout;
  #isClosed = false;

  constructor(config: WebSocketApiConfig & RouteResponseConfig, deps: Deps) {
    this.config = config;
    this.#deps = deps;
    this.#place = { apiId: config.name, stage: config.stage };
    if (config.authorizer !== undefined) {
      const authorizer = { name: "$connect", function: config.authorizer, ttlSeconds: 0, identityHeader: "" };
      this.#authorizer = new Authorizer(authorizer, deps.invoke);
    }
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: MESSAGE_LIMIT_BYTES,
      perMessageDeflate: false,
      handleProtocols: (_offered, req) => this.#protocols.get(req) ?? false,
    });
    const idleMs = (config.idleTimeoutSeconds ?? DEFAULT_IDLE_SECONDS) * 1000;
    this.#reaper = setInterval(() => this.#reap(idleMs), Math.min(10_000, Math.max(100, idleMs / 4)));
    this.#reaper.unref();
  }

  /** Tells `$disconnect` of the connections that a previous run of the stand-in could not say goodbye for. */
  async forgetLost(): Promise<void> {
    const rows = this.#deps.db.all<{ id: string; info: string }>(
      "SELECT id, info FROM ws_connections WHERE api = ?",
      this.config.name,
    );
    for (const row of rows) await this.#disconnect(JSON.parse(row.info) as ConnectionInfo, 1006, "Going away");
  }

  find(id: string): Connection | undefined {
    return this.#connections.get(id);
  }

  /** Sends to a connection; false when it is gone. */
  async push(id: string, data: string | Buffer): Promise<boolean> {
    const connection = this.#connections.get(id);
    if (!connection || connection.socket.readyState !== connection.socket.OPEN) return false;
    if (connection.socket.bufferedAmount > BUFFER_LIMIT_BYTES) {
      connection.socket.terminate();
      return false;
    }
    connection.lastActiveMs = Date.now();
    return new Promise((resolve) => connection.socket.send(data, (error) => resolve(!error)));
  }

  async upgrade(req: IncomingMessage, socket: Duplex, head: Buffer, url: URL): Promise<void> {
    const info: ConnectionInfo = {
      id: createConnectionId(),
      connectedMs: Date.now(),
      domainName: req.headers.host ?? "127.0.0.1",
      sourceIp: req.socket.remoteAddress ?? "127.0.0.1",
      userAgent: req.headers["user-agent"],
      authorizer: undefined,
    };
    const refusal = await this.#connect(info, req, url);
    this.#log({ event: "CONNECT", connectionId: info.id, status: refusal ?? 101, ip: info.sourceIp });
    if (refusal !== undefined) {
      refuseUpgrade(socket, refusal);
      return;
    }
    if (socket.destroyed || this.#isClosed) {
      socket.destroy();
      await this.#disconnect(info, 1006, "The client left during the handshake");
      return;
    }
    this.#server.handleUpgrade(req, socket, head, (webSocket) => this.#adopt(webSocket, info));
  }

  /** Authorizer and `$connect`; gives the HTTP status of a refusal. */
  async #connect(info: ConnectionInfo, req: IncomingMessage, url: URL): Promise<number | undefined> {
    const { region, accountId } = this.#deps.identity;
    const { name, stage, routes } = this.config;
    try {
      const authorization = await this.#authorizer?.authorize({
        methodArn: `arn:aws:execute-api:${region}:${accountId}:${name}/${stage}/$connect`,
        header: () => undefined,
        buildEvent: () => buildConnectEvent(this.#place, info, req, url),
      });
      if (authorization && !authorization.isAllowed) return 403;
      if (authorization) info.authorizer = { ...authorization.context, principalId: authorization.principalId };
    } catch (error) {
      return error instanceof GatewayProblem ? error.status : 500;
    }
    this.#deps.db.run(
      "INSERT INTO ws_connections (id, api, info) VALUES (?, ?, ?)",
      info.id,
      name,
      JSON.stringify(info),
    );
    const target = routes.$connect;
    if (target === undefined) return undefined;
    const answer = await this.#run(target, buildConnectEvent(this.#place, info, req, url));
    const status = answer === undefined ? 502 : Number((answer as { statusCode?: unknown } | null)?.statusCode ?? 200);
    if (status >= 200 && status < 300) {
      const protocol = readHeader(answer, "sec-websocket-protocol");
      if (protocol !== undefined) this.#protocols.set(req, protocol);
      return undefined;
    }
    this.#deps.db.run("DELETE FROM ws_connections WHERE id = ?", info.id);
    return STATUS_CODES[status] === undefined ? 502 : status;
  }

  #adopt(socket: WebSocket, info: ConnectionInfo): void {
    const connection: Connection = { ...info, socket, lastActiveMs: Date.now() };
    this.#connections.set(info.id, connection);
    const touch = () => {
      connection.lastActiveMs = Date.now();
    };
    socket.on("ping", touch);
    socket.on("pong", touch);
    // `ws` closes the connection itself after a protocol error or an oversized message; `close` follows.
    socket.on("error", () => undefined);
    socket.on("message", (data, isBinary) => {
      touch();
      if (isBinary) socket.close(1003, "Binary messages are not supported");
      else void this.#receive(connection, data);
    });
    socket.on("close", (code, reason) => {
      this.#connections.delete(info.id);
      // On shutdown the row stays, and the next start says goodbye.
      if (!this.#isClosed) void this.#disconnect(info, code, reason.toString());
    });
  }

  async #receive(connection: Connection, data: RawData): Promise<void> {
    const body = data.toString();
    const routeKey = this.#selectRoute(body);
    const target = this.config.routes[routeKey];
    const event = buildMessageEvent(this.#place, connection, routeKey, body);
    const { requestId } = event.requestContext;
    const answer = target === undefined ? undefined : await this.#run(target, event);
    const status = Number((answer as { statusCode?: unknown } | null | undefined)?.statusCode ?? 200);
    this.#log({ event: "MESSAGE", connectionId: connection.id, routeKey, status: answer === undefined ? 500 : status });
    if (answer !== undefined && status < 400) {
      const reply = (answer as { body?: unknown } | null)?.body;
      const hasResponse = this.config.routeResponses?.includes(routeKey) ?? true;
      if (hasResponse && typeof reply === "string" && reply !== "") await this.push(connection.id, reply);
      return;
    }
    const message = target === undefined ? "Forbidden" : "Internal server error";
    await this.push(connection.id, JSON.stringify({ message, connectionId: connection.id, requestId }));
  }

  #selectRoute(body: string): string {
    try {
      const value: unknown = JSON.parse(body);
      const field = (value as Record<string, unknown> | null)?.[this.config.routeKey];
      const isRoute = typeof field === "string" && !field.startsWith("$") && Object.hasOwn(this.config.routes, field);
      return isRoute ? field : "$default";
    } catch {
      return "$default";
    }
  }

  /** A handler's answer; undefined when it failed. */
  async #run(functionName: string, event: object): Promise<unknown> {
    try {
      const result = await this.#deps.invoke.invoke(
        functionName,
        Buffer.from(JSON.stringify(event)),
        "requestResponse",
      );
      return result.functionError ? undefined : (JSON.parse(result.payload.toString("utf8")) as unknown);
    } catch (error) {
      console.error(`WebSocket API ${this.config.name}, function ${functionName}:`, error);
      return undefined;
    }
  }

  async #disconnect(info: ConnectionInfo, code: number, reason: string): Promise<void> {
    const target = this.config.routes.$disconnect;
    this.#log({ event: "DISCONNECT", connectionId: info.id, code, reason });
    try {
      const event = buildDisconnectEvent(this.#place, info, code, reason);
      if (target !== undefined) await this.#deps.invoke.invoke(target, Buffer.from(JSON.stringify(event)), "event");
      this.#deps.db.run("DELETE FROM ws_connections WHERE id = ?", info.id);
    } catch (error) {
      console.error(`WebSocket API ${this.config.name}, $disconnect of ${info.id}:`, error);
    }
  }

  #reap(idleMs: number): void {
    const now = Date.now();
    for (const { socket, lastActiveMs, connectedMs } of this.#connections.values()) {
      if (now - connectedMs > LONGEST_CONNECTION_MS) socket.close(1001, "Connection duration limit exceeded");
      else if (now - lastActiveMs > idleMs) socket.close(1001, "Going away");
    }
  }

  #log(line: Record<string, unknown>): void {
    const text = JSON.stringify({ time: new Date().toISOString(), ...line });
    this.#deps.logs.write(`/aws/apigateway/${this.config.name}`, this.#logStream, text);
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#reaper);
    for (const { socket } of this.#connections.values()) socket.terminate();
    this.#server.close();
  }
}

/** Ends a handshake with an HTTP answer instead of a socket. */
export function refuseUpgrade(socket: Duplex, status: number): void {
  const body = JSON.stringify({ message: STATUS_CODES[status] ?? "Error" });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Error"}\r\nConnection: close\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function readHeader(answer: unknown, wanted: string): string | undefined {
  const headers = (answer as { headers?: Record<string, unknown> } | null)?.headers ?? {};
  const name = Object.keys(headers).find((candidate) => candidate.toLowerCase() === wanted);
  const value = name === undefined ? undefined : headers[name];
  return typeof value === "string" ? value : undefined;
}

import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  GoneException,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { startTestStack, type TestStack, waitFor } from "../lambda/test-stack.ts";

const code = `
import { appendFileSync } from "node:fs";
export const handler = async (event) => {
  const { routeKey, connectionId, authorizer, eventType, disconnectStatusCode } = event.requestContext;
  appendFileSync(process.env.OUT, JSON.stringify({ routeKey, connectionId, authorizer, eventType, body: event.body, query: event.queryStringParameters, disconnectStatusCode }) + "\\n");
  if (routeKey === "$connect" && event.queryStringParameters?.refuse) return { statusCode: 403 };
  if (routeKey === "ping") return { statusCode: 200, body: "pong" };
  if (routeKey === "crash") throw new Error("crash");
  return { statusCode: 200 };
};`;
const authorizer = `
export const handler = async (event) => {
  const ticket = event.queryStringParameters?.ticket;
  if (!ticket) throw new Error("Unauthorized");
  const Effect = ticket === "bad" ? "Deny" : "Allow";
  return { principalId: ticket, context: { ticket }, policyDocument: { Version: "2012-10-17", Statement: [{ Effect, Action: "execute-api:Invoke", Resource: event.methodArn }] } };
};`;

type Line = {
  routeKey: string;
  connectionId: string;
  body?: string;
  authorizer?: object;
  query?: object;
  disconnectStatusCode?: number;
};

describe("WebSocket API", () => {
  let stack: TestStack;
  let out: string;
  let url: string;
  let management: ApiGatewayManagementApiClient;

  beforeAll(async () => {
    out = path.join(await mkdtemp(path.join(tmpdir(), "local-aws-ws-")), "out");
    stack = await startTestStack({
      functions: [
        { name: "socket", code, environment: { OUT: out } },
        { name: "authorizer", code: authorizer },
      ],
      webSocketApis: [
        {
          name: "live",
          stage: "v1",
          authorizer: "authorizer",
          routeKey: "action",
          routes: {
            $connect: "socket",
            $disconnect: "socket",
            $default: "socket",
            ask: "socket",
            ping: "socket",
            crash: "socket",
          },
        },
        { name: "brief", stage: "v1", routeKey: "action", routes: { $disconnect: "socket" }, idleTimeoutSeconds: 0.2 },
      ],
    });
    url = `${stack.url.replace("http", "ws")}/_ws/live/v1`;
    management = new ApiGatewayManagementApiClient({ ...stack.client, endpoint: `${stack.url}/_ws/live/v1` });
  });
  afterAll(() => stack?.close());

  const lines = async (): Promise<Line[]> =>
    (await readFile(out, "utf8").catch(() => ""))
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Line);
  const findLine = (matches: (line: Line) => boolean) => waitFor(async () => (await lines()).find(matches));
  const connect = (query: string): Promise<WebSocket | number> =>
    new Promise((resolve) => {
      const socket = new WebSocket(`${url}?${query}`);
      socket.once("open", () => resolve(socket));
      socket.once("unexpected-response", (_req, res) => resolve(res.statusCode ?? 0));
      socket.once("error", () => undefined);
    });
  const open = async (ticket: string): Promise<{ socket: WebSocket; id: string }> => {
    const socket = await connect(`ticket=${ticket}`);
    if (typeof socket === "number") throw new Error(`Refused with ${socket}.`);
    const line = await findLine(
      ({ routeKey, query }) => routeKey === "$connect" && JSON.stringify(query).includes(ticket),
    );
    return { socket, id: line.connectionId };
  };
  const nextMessage = (socket: WebSocket): Promise<string> =>
    new Promise((resolve) => socket.once("message", (data) => resolve(data.toString())));
  const closeCode = (socket: WebSocket): Promise<number> => new Promise((resolve) => socket.once("close", resolve));

  it("refuses the handshake by authorizer (401, 403) and by the handler's verdict", async () => {
    expect(await connect("")).toBe(401);
    expect(await connect("ticket=bad")).toBe(403);
    expect(await connect("ticket=good&refuse=1")).toBe(403);
  });

  it("routes messages by their key, with the authorizer's context, and falls back to $default", async () => {
    const { socket, id } = await open("router");
    socket.send(JSON.stringify({ action: "ask", n: 1 }));
    socket.send("not json");
    socket.send(JSON.stringify({ action: "$disconnect" }));
    const asked = await findLine((line) => line.routeKey === "ask");
    expect(asked).toMatchObject({
      connectionId: id,
      body: '{"action":"ask","n":1}',
      authorizer: { principalId: "router", ticket: "router" },
    });
    await findLine((line) => line.routeKey === "$default" && line.body === "not json");
    await findLine((line) => line.routeKey === "$default" && line.body?.includes("$disconnect") === true);
    const pong = nextMessage(socket);
    socket.send(JSON.stringify({ action: "ping" }));
    expect(await pong).toBe("pong");
    const failure = nextMessage(socket);
    socket.send(JSON.stringify({ action: "crash" }));
    expect(JSON.parse(await failure)).toMatchObject({ message: "Internal server error", connectionId: id });
    socket.close(1000);
    await findLine(
      (line) => line.routeKey === "$disconnect" && line.connectionId === id && line.disconnectStatusCode === 1000,
    );
  });

  it("pushes, describes and ends connections, and answers GoneException afterwards", async () => {
    const { socket, id } = await open("pushed");
    const message = nextMessage(socket);
    await management.send(new PostToConnectionCommand({ ConnectionId: id, Data: "grüße" }));
    expect(await message).toBe("grüße");
    const { ConnectedAt, Identity } = await management.send(new GetConnectionCommand({ ConnectionId: id }));
    expect(ConnectedAt).toBeInstanceOf(Date);
    expect(Identity?.SourceIp).toBe("127.0.0.1");
    await expect(
      management.send(new PostToConnectionCommand({ ConnectionId: id, Data: "x".repeat(128 * 1024 + 1) })),
    ).rejects.toMatchObject({ name: "PayloadTooLargeException" });
    const code = closeCode(socket);
    await management.send(new DeleteConnectionCommand({ ConnectionId: id }));
    expect(await code).toBe(1000);
    await expect(
      management.send(new PostToConnectionCommand({ ConnectionId: id, Data: "late" })),
    ).rejects.toBeInstanceOf(GoneException);
  });

  it("does not let unsigned callers push", async () => {
    const response = await fetch(`${stack.url}/_ws/live/v1/@connections/abc`, { method: "POST", body: "x" });
    expect(response.status).toBe(403);
  });

  it("closes connections that send too much or stay idle", async () => {
    const { socket } = await open("large");
    const code = closeCode(socket);
    socket.send("x".repeat(128 * 1024 + 1));
    expect(await code).toBe(1009);
    const idle = new WebSocket(`${stack.url.replace("http", "ws")}/_ws/brief/v1`);
    expect(await closeCode(idle)).toBe(1001);
  });

  it("tells $disconnect of connections lost with the stand-in after the next start", async () => {
    const { id } = await open("lost");
    const config = {
      dir: stack.dir,
      functions: [
        { name: "socket", code, environment: { OUT: out } },
        { name: "authorizer", code: authorizer },
      ],
      webSocketApis: [{ name: "live", stage: "v1", routeKey: "action", routes: { $disconnect: "socket" } }],
    };
    await stack.close({ keep: true });
    expect((await lines()).some((line) => line.routeKey === "$disconnect" && line.connectionId === id)).toBe(false);
    stack = await startTestStack(config);
    await findLine(
      (line) => line.routeKey === "$disconnect" && line.connectionId === id && line.disconnectStatusCode === 1006,
    );
  });
});

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Session } from "./sessions.ts";

vi.mock("server-only", () => ({}));
const { forwardToApi, upstreamUrlOf } = await import("./forward.ts");
const { sendUpstream } = await import("./upstream.ts");

const publicUrl = "http://console.example";
const documentId = "doc_01JCZZZZZZZZZZZZZZZZZZZZZZ";
const own = { origin: publicUrl, "sec-fetch-site": "same-origin", "x-samla-csrf": "1" };

type Seen = { method: string; url: string; headers: IncomingMessage["headers"]; body: string };
let seen: Seen[] = [];
let reply: (request: IncomingMessage, response: ServerResponse) => void;
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  seen.push({
    method: request.method ?? "",
    url: request.url ?? "",
    headers: request.headers,
    body: Buffer.concat(chunks).toString("utf8"),
  });
  reply(request, response);
});
let apiUrl = "";

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/stage/v1`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  seen = [];
  reply = (_, response) => {
    response.writeHead(200, {
      "content-type": "application/json",
      etag: '"3"',
      "set-cookie": "upstream=1",
      "x-amzn-trace": "t",
      "proxy-authenticate": "Basic",
    });
    response.end('{"ok":true}');
  };
});

const session = (n: number): Session => ({
  id: "s",
  userId: "u",
  tokens: { accessToken: `token-${n}`, expiresAtMs: Number.MAX_SAFE_INTEGER },
  createdAtMs: 0,
  revision: n,
});

const call = (path: string, init: RequestInit & { signedIn?: boolean; timeoutMs?: number } = {}) =>
  forwardToApi(new Request(`${publicUrl}/api/v1${path}`, init), {
    apiUrl,
    publicUrl,
    sessionId: init.signedIn === false ? undefined : "s",
    sessions: { use: async () => session(1), renew: async () => session(2) },
    send: (request) => sendUpstream({ ...request, timeoutMs: init.timeoutMs ?? 5_000 }),
  });

describe("the way to the API", () => {
  it("carries the session's token and only listed headers, never the browser's own credentials", async () => {
    const response = await call("/documents?index=a&q=x%20y", {
      headers: {
        authorization: "Bearer smuggled",
        cookie: "samla-session=secret",
        "x-forwarded-for": "1.2.3.4",
        "x-amz-security-token": "t",
        connection: "keep-alive, x-evil",
        accept: "application/json",
        "x-request-id": "request-12345",
      },
    });
    expect(response.status).toBe(200);
    expect(seen[0]?.url).toBe("/stage/v1/documents?index=a&q=x%20y");
    const headers: IncomingMessage["headers"] = seen[0]?.headers ?? {};
    expect(headers.authorization).toBe("Bearer token-1");
    expect(Object.keys(headers).sort()).toEqual(["accept", "authorization", "connection", "host", "x-request-id"]);
    expect(headers["x-request-id"]).toBe("request-12345");
    expect(headers.connection).toBe("keep-alive");
  });

  it("brings back the body and listed headers, no cookies", async () => {
    const response = await call("/me");
    expect(await response.json()).toEqual({ ok: true });
    expect(response.headers.get("etag")).toBe('"3"');
    expect(response.headers.get("cache-control")).toBe("no-store");
    for (const name of ["set-cookie", "x-amzn-trace", "proxy-authenticate"])
      expect(response.headers.get(name)).toBeNull();
  });

  it("is not compressed between a console and people on one machine", async () => {
    const cachingOf = async (origin: string) =>
      (
        await forwardToApi(new Request(`${origin}/api/v1/me`), {
          apiUrl,
          publicUrl: origin,
          sessionId: "s",
          sessions: { use: async () => session(1), renew: async () => session(2) },
          send: sendUpstream,
        })
      ).headers.get("cache-control");
    expect(await cachingOf("http://127.0.0.1:3000")).toBe("no-store, no-transform");
    expect(await cachingOf("https://samla.example")).toBe("no-store");
  });

  it("sends the body of a change", async () => {
    await call(`/documents/${documentId}`, {
      method: "PATCH",
      headers: { ...own, "content-type": "application/json", "if-match": '"3"' },
      body: '{"name":"å"}',
    });
    expect(seen[0]).toMatchObject({ method: "PATCH", body: '{"name":"å"}' });
    expect(seen[0]?.headers).toMatchObject({ "if-match": '"3"', "content-type": "application/json" });
  });

  it("exists only for routes of the contract", async () => {
    for (const path of ["/", "/nothing", "/me/more", "/documents/not-an-id", "/queues/..%2f..%2fadmin/redrive"]) {
      const response = await call(path);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: "not_found", requestId: expect.any(String) });
    }
    expect((await call("/me", { method: "POST", headers: own })).status).toBe(404);
    expect(seen).toEqual([]);
  });

  it("cannot be led out of the API by dots or encoded slashes", () => {
    for (const path of [
      "/api/v1/documents/..%2f..%2f..%2fsecret",
      "/api/v1/documents/%2e%2e/%2e%2e/secret",
      "/api/v1/documents/..%5c..%5csecret",
      "/api/v1/documents/doc_%00",
      "/api/v1//evil.example/me",
      "/api/v1/documents/%ff",
    ])
      expect(upstreamUrlOf("GET", new URL(path, publicUrl), apiUrl)).toBeUndefined();
  });

  it("is closed to changes from other sites and to those without our header", async () => {
    const path = `/documents/${documentId}`;
    const foreign: Record<string, string>[] = [
      {},
      { ...own, origin: "https://evil.example" },
      { ...own, "sec-fetch-site": "cross-site" },
      { origin: publicUrl, "sec-fetch-site": "same-origin" },
    ];
    for (const headers of foreign) expect((await call(path, { method: "DELETE", headers })).status).toBe(403);
    expect(seen).toEqual([]);
  });

  it("needs a session, except for open routes, which go without a token", async () => {
    const refused = await call("/me", { signedIn: false });
    expect(refused.status).toBe(401);
    expect(refused.headers.get("content-type")).toBe("application/problem+json");
    expect((await call("/health", { signedIn: false })).status).toBe(200);
    expect(seen).toHaveLength(1);
    expect(seen[0]?.headers.authorization).toBeUndefined();
  });

  it("follows no redirect", async () => {
    reply = (_, response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end();
    const response = await call("/me");
    expect(response.status).toBe(503);
    expect(response.headers.get("location")).toBeNull();
    expect(seen).toHaveLength(1);
  });

  it("gives up after its time limit and says so", async () => {
    reply = () => undefined;
    const response = await call("/me", { timeoutMs: 50 });
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ code: "timeout" });
  });

  it("stops the call upstream when the browser stops", async () => {
    const closed = new Promise<void>((resolve) => {
      reply = (request) => void request.socket.once("close", () => resolve());
    });
    const controller = new AbortController();
    const pending = call("/me", { signal: controller.signal });
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    controller.abort();
    expect((await pending).status).toBe(499);
    await closed;
  });

  it("says that the API is unavailable when nothing answers", async () => {
    const response = await forwardToApi(new Request(`${publicUrl}/api/v1/me`), {
      apiUrl: "http://127.0.0.1:1/v1",
      publicUrl,
      sessionId: "s",
      sessions: { use: async () => session(1), renew: async () => session(2) },
      send: sendUpstream,
    });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "unavailable", nextStep: expect.any(String) });
  });

  it("tries once more with a new token when the API refuses the old one", async () => {
    reply = (request, response) =>
      response
        .writeHead(request.headers.authorization === "Bearer token-2" ? 200 : 401, {
          "content-type": "application/json",
        })
        .end("{}");
    expect((await call("/me")).status).toBe(200);
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(["Bearer token-1", "Bearer token-2"]);
  });

  it("turns a gateway's own error into a problem document and passes ours on untouched", async () => {
    reply = (_, response) =>
      response
        .writeHead(429, { "retry-after": "2", "content-type": "application/json" })
        .end('{"message":"Too Many Requests"}');
    const limited = await call("/me");
    expect(limited.headers.get("retry-after")).toBe("2");
    expect(await limited.json()).toMatchObject({ code: "rate_limited", status: 429 });
    const ours = '{"type":"t","title":"T","status":409,"code":"conflict","detail":"D"}';
    reply = (_, response) => response.writeHead(409, { "content-type": "application/problem+json" }).end(ours);
    expect(await (await call("/me")).text()).toBe(ours);
  });

  it("refuses bodies over its limit without sending them", async () => {
    const response = await call("/documents/batch", {
      method: "POST",
      headers: { ...own, "content-type": "application/json" },
      body: "x".repeat(2 * 1024 * 1024 + 1),
    });
    expect(response.status).toBe(413);
    expect(seen).toEqual([]);
  });
});

import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { afterEach, describe, expect, it, vi } from "vitest";
import { forwardToAgent, isForAgent } from "./forward-agent.ts";
import { openUpstream } from "./upstream.ts";

vi.mock("server-only", () => ({}));

const publicUrl = "http://127.0.0.1:3000";
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const startApi = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/v1`;
};

const session = { id: "s", tokens: { accessToken: "first" } } as never;
const sessions = {
  use: async () => session,
  renew: async () => ({ id: "s", tokens: { accessToken: "second" } }) as never,
};

const forward = (apiUrl: string, path: string, init: RequestInit = {}, sessionId: string | undefined = "s") =>
  forwardToAgent(
    new Request(`${publicUrl}/api/v1${path}`, {
      ...init,
      headers: {
        origin: publicUrl,
        "sec-fetch-site": "same-origin",
        "x-samla-csrf": "1",
        ...(init.headers as Record<string, string>),
      },
    }),
    { apiUrl, publicUrl, sessionId, sessions, open: openUpstream },
  );

describe("the way to agents", () => {
  it("gives events on one by one, uncompressed and unbuffered", async () => {
    let write: (text: string) => void = () => undefined;
    const api = await startApi((_, res) => {
      res.writeHead(200, { "content-type": "text/event-stream", "set-cookie": "a=1" });
      write = (text) => (text === "" ? res.end() : res.write(text));
      res.write("data: 1\n\n");
    });
    const response = await forward(api, "/agents/answer/ask");
    expect(response.headers.get("cache-control")).toBe("no-store, no-transform");
    expect(response.headers.get("set-cookie")).toBeNull();
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const read = async () => new TextDecoder().decode((await reader.read()).value);
    expect(await read()).toBe("data: 1\n\n");
    write("data: 2\n\n");
    expect(await read()).toBe("data: 2\n\n");
    write("");
    expect((await reader.read()).done).toBe(true);
  });

  it("sends the session's token, the body and the query, and no cookie or token of the browser", async () => {
    const api = await startApi(async (req, res) => {
      let body = "";
      for await (const chunk of req) body += chunk;
      res.setHeader("content-type", "application/json");
      res.end(JSON.stringify({ url: req.url, body, headers: req.headers }));
    });
    const response = await forward(api, "/agents/answer/ask?x=1", {
      method: "POST",
      body: '{"q":1}',
      headers: { authorization: "Bearer smuggled", cookie: "c=1", "content-type": "application/json" },
    });
    const told = (await response.json()) as { headers: Record<string, string> };
    expect(told).toMatchObject({ url: "/v1/agents/answer/ask?x=1", body: '{"q":1}' });
    expect(told.headers.authorization).toBe("Bearer first");
    expect(told.headers.cookie).toBeUndefined();
  });

  it("ends the agent's work when the browser leaves", async () => {
    const gone = Promise.withResolvers<void>();
    const api = await startApi((_, res) => {
      res.writeHead(200, { "content-type": "text/event-stream" });
      res.write("data: 1\n\n");
      res.once("close", () => gone.resolve());
    });
    const response = await forward(api, "/agents/answer/ask");
    await response.body?.cancel();
    await gone.promise;
  });

  it("renews a token that is refused, once", async () => {
    const seen: (string | undefined)[] = [];
    const api = await startApi((req, res) => {
      seen.push(req.headers.authorization);
      res.writeHead(req.headers.authorization === "Bearer second" ? 200 : 401, { "content-type": "application/json" });
      res.end("{}");
    });
    expect((await forward(api, "/agents/answer/ask")).status).toBe(200);
    expect(seen).toEqual(["Bearer first", "Bearer second"]);
  });

  it("passes on no page, redirect or script of an agent, which would act as ours", async () => {
    const api = await startApi((req, res) => {
      if (req.url?.endsWith("/away")) return void res.writeHead(302, { location: "http://evil.test" }).end();
      res.writeHead(200, { "content-type": req.url?.endsWith("/script") ? "text/javascript" : "text/html" });
      res.end("<script>alert(1)</script>");
    });
    for (const path of ["/page", "/script", "/away"]) {
      const response = await forward(api, `/agents/answer${path}`);
      expect(response.headers.get("content-type"), path).toContain("application/problem+json");
      expect(await response.text()).not.toContain("alert");
      expect(response.headers.get("location")).toBeNull();
    }
  });

  it("refuses who is not signed in, other pages, other methods, and paths that could mean another", async () => {
    const api = await startApi((_, res) => res.end("never"));
    const anonymous = await forwardToAgent(new Request(`${publicUrl}/api/v1/agents/answer/ask`), {
      apiUrl: api,
      publicUrl,
      sessionId: undefined,
      sessions,
      open: openUpstream,
    });
    expect(anonymous.status).toBe(401);
    const foreign = { method: "POST", headers: { origin: "http://evil.test", "sec-fetch-site": "cross-site" } };
    expect((await forward(api, "/agents/answer/ask", foreign)).status).toBe(403);
    expect((await forward(api, "/agents/answer/ask", { method: "PUT" })).status).toBe(404);
    for (const path of ["/agents/Answer/ask", "/agents/answer/a%2fb", "/agents/answer/%2e%2e%5cx", "/agents/answer//x"])
      expect((await forward(api, path)).status, path).toBe(404);
  });

  it("says that the agent cannot be reached when nothing answers", async () => {
    const response = await forward("http://127.0.0.1:1/v1", "/agents/answer/ask");
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "unavailable", detail: expect.stringContaining("answer") });
    expect(isForAgent(new URL(`${publicUrl}/api/v1/agents/answer/ask`))).toBe(true);
    expect(isForAgent(new URL(`${publicUrl}/api/v1/documents`))).toBe(false);
  });
});

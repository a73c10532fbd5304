import {
  APIGatewayClient,
  FlushStageCacheCommand,
  GetRestApisCommand,
  GetUsageCommand,
} from "@aws-sdk/client-api-gateway";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RestApiConfig, RestRouteConfig } from "../config.ts";
import { startTestStack, type TestStack, waitFor } from "../lambda/test-stack.ts";

const echo = `
export const handler = async (event, context) => {
  if (event.path === "/fail") throw new Error("boom");
  if (event.path === "/malformed") return { statusCode: "many" };
  if (event.path === "/slow") await new Promise((resolve) => setTimeout(resolve, 5000));
  if (event.path === "/binary") return { statusCode: 200, headers: { "content-type": "image/png" }, body: "AAEC/w==", isBase64Encoded: true };
  return {
    statusCode: 200,
    headers: { "Content-Type": "application/json", "X-Own": "yes" },
    multiValueHeaders: { "Set-Cookie": ["a=1", "b=2"] },
    body: JSON.stringify({ event, call: context.awsRequestId }),
  };
};`;

const authorizer = `
let count = 0;
export const handler = async (event) => {
  const token = event.headers.Authorization ?? event.headers.authorization;
  count += 1;
  if (token === "Bearer expired") throw new Error("Unauthorized");
  if (token === "Bearer crash") throw new Error("oops");
  const scope = event.methodArn.split("/").slice(0, 2).join("/");
  const statements = [{ Effect: "Allow", Action: "execute-api:Invoke", Resource: scope + "/*" }];
  if (token === "Bearer reader") statements.push({ Effect: "Deny", Action: "execute-api:Invoke", Resource: scope + "/POST/*" });
  return {
    principalId: token.slice(7),
    policyDocument: { Version: "2012-10-17", Statement: statements },
    context: { calls: count, admin: false, type: event.type },
    ...(token === "Bearer metered" ? { usageIdentifierKey: "slow-key-value" } : {}),
    ...(token === "Bearer mistaken" ? { usageIdentifierKey: "no such key" } : {}),
  };
};`;

const route = (method: string, path: string, more: Partial<RestRouteConfig> = {}): RestRouteConfig => ({
  method,
  path,
  function: "echo",
  ...more,
});

const api: RestApiConfig = {
  name: "main",
  stage: "v1",
  throttle: { ratePerSecond: 1000, burst: 1000 },
  cacheSizeBytes: 1_000_000,
  maxBodyBytes: 1000,
  authorizers: [{ name: "people", function: "authorizer", ttlSeconds: 60, identityHeader: "Authorization" }],
  cors: {
    origins: ["http://console.test"],
    methods: ["GET", "POST"],
    headers: ["authorization", "content-type"],
    exposeHeaders: ["etag"],
    maxAgeSeconds: 600,
  },
  usagePlans: [
    {
      name: "few",
      quota: { limit: 2, period: "DAY" },
      apiKeys: [{ id: "k1", name: "few key", value: "few-key-value" }],
    },
    {
      name: "slow",
      throttle: { ratePerSecond: 0.01, burst: 1 },
      apiKeys: [{ id: "k2", name: "slow", value: "slow-key-value" }],
    },
  ],
  routes: [
    route("GET", "/open"),
    route("POST", "/open"),
    route("GET", "/documents/{documentId}", { authorizer: "people" }),
    route("POST", "/documents/{documentId}", { authorizer: "people" }),
    route("ANY", "/agents/{proxy+}"),
    route("GET", "/keyed", { apiKeyRequired: true }),
    route("GET", "/throttled", { throttle: { ratePerSecond: 0.01, burst: 2 } }),
    route("GET", "/cached", { cache: { ttlSeconds: 60, keyQuery: ["q"], keyHeaders: ["Authorization"] } }),
    route("GET", "/fail"),
    route("GET", "/malformed"),
    route("GET", "/slow", { timeoutMs: 100 }),
    route("GET", "/binary"),
    route("GET", "/health", { mock: { statusCode: 200, headers: { "X-Mock": "1" }, body: '{"ok":true}' } }),
    route("GET", "/mapped/{name}", {
      mock: {
        statusCode: 201,
        headers: {},
        body: `{"id":"$context.requestId","name":"$input.params('name')","q":"$input.params('q')"}`,
      },
    }),
    route("POST", "/checked", {
      validate: {
        requiredQuery: ["q"],
        requiredHeaders: ["x-reason"],
        body: {
          type: "object",
          required: ["title"],
          properties: { title: { type: "string" } },
          additionalProperties: false,
        },
      },
    }),
  ],
};

/** Takes keys from its authorizer, so that no caller can send another's. */
const metered: RestApiConfig = {
  ...api,
  name: "metered",
  apiKeySource: "AUTHORIZER",
  routes: [route("GET", "/keyed", { authorizer: "people", apiKeyRequired: true })],
};

describe("REST API", () => {
  let stack: TestStack;
  let base: string;
  const call = (path: string, init?: RequestInit) => fetch(`${base}${path}`, init);
  const auth = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

  beforeAll(async () => {
    stack = await startTestStack({
      functions: [
        { name: "echo", code: echo, concurrency: 5 },
        { name: "authorizer", code: authorizer, concurrency: 1 },
      ],
      restApis: [api, metered],
    });
    base = `${stack.url}/_api/main/v1`;
  });
  afterAll(() => stack?.close());

  it("gives the handler the proxy event 1.0 and the caller its answer", async () => {
    const response = await call("/open?a=1&a=2&b=x%20y", {
      method: "POST",
      headers: { "content-type": "application/json", "X-Mixed": "v" },
      body: '{"n":1}',
    });
    expect(response.status).toBe(200);
    expect(response.headers.get("x-amzn-requestid")).toBeTruthy();
    expect(response.headers.get("x-own")).toBe("yes");
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    const { event } = await response.json();
    expect(event).toMatchObject({
      resource: "/open",
      path: "/open",
      httpMethod: "POST",
      queryStringParameters: { a: "2", b: "x y" },
      multiValueQueryStringParameters: { a: ["1", "2"], b: ["x y"] },
      pathParameters: null,
      body: '{"n":1}',
      isBase64Encoded: false,
      requestContext: { stage: "v1", apiId: "main", path: "/v1/open", httpMethod: "POST", resourcePath: "/open" },
    });
    expect(event.requestContext.requestId).toBe(response.headers.get("x-amzn-requestid"));
  });

  it("passes bytes through both ways as base64", async () => {
    const sent = Buffer.from([0, 1, 2, 255]);
    const up = await (
      await call("/open", { method: "POST", headers: { "content-type": "application/octet-stream" }, body: sent })
    ).json();
    expect(up.event).toMatchObject({ body: sent.toString("base64"), isBase64Encoded: true });
    expect(Buffer.from(await (await call("/binary")).arrayBuffer())).toEqual(sent);
  });

  it("matches greedy paths and decodes path parameters", async () => {
    const { event } = await (await call("/agents/a/b%20c?x=1", { method: "PATCH" })).json();
    expect(event).toMatchObject({
      resource: "/agents/{proxy+}",
      pathParameters: { proxy: "a/b c" },
      httpMethod: "PATCH",
    });
  });

  it("answers unknown paths with problem details", async () => {
    const response = await call("/nothing");
    expect(response.status).toBe(404);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ status: 404, code: "not_found", requestId: expect.any(String) });
  });

  it("authorises by policy, passes the context on and asks once per token", async () => {
    const first = await (await call("/documents/1", auth("reader"))).json();
    const second = await (await call("/documents/2", auth("reader"))).json();
    expect(first.event.requestContext.authorizer).toMatchObject({
      principalId: "reader",
      admin: "false",
      type: "REQUEST",
    });
    expect(second.event.requestContext.authorizer.calls).toBe(first.event.requestContext.authorizer.calls);
    expect((await call("/documents/1", { method: "POST", ...auth("reader") })).status).toBe(403);
    expect((await call("/documents/1", { method: "POST", ...auth("editor") })).status).toBe(200);
  });

  it("answers 401 without a token or with one the authorizer refuses, 500 when it fails", async () => {
    expect((await call("/documents/1")).status).toBe(401);
    expect((await call("/documents/1", auth("expired"))).status).toBe(401);
    expect((await call("/documents/1", auth("crash"))).status).toBe(500);
  });

  it("asks for API keys and holds their quota and throttle, with Retry-After", async () => {
    const keyed = (value: string) => call("/keyed", { headers: { "x-api-key": value } });
    expect((await call("/keyed")).status).toBe(403);
    expect((await keyed("wrong")).status).toBe(403);
    const ok = await keyed("few-key-value");
    expect((await ok.json()).event.requestContext.identity).toMatchObject({ apiKeyId: "k1" });
    expect((await keyed("few-key-value")).status).toBe(200);
    const over = await keyed("few-key-value");
    expect(over.status).toBe(429);
    expect(Number(over.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await keyed("slow-key-value")).status).toBe(200);
    expect((await keyed("slow-key-value")).status).toBe(429);
  });

  it("meters a caller by the key that its authorizer names, and by no header", async () => {
    const keyed = (token: string, headers: Record<string, string> = {}) =>
      fetch(`${stack.url}/_api/metered/v1/keyed`, { headers: { authorization: `Bearer ${token}`, ...headers } });
    expect((await keyed("admin", { "x-api-key": "few-key-value" })).status).toBe(403);
    expect((await keyed("mistaken")).status).toBe(403);
    const first = await keyed("metered", { "x-api-key": "few-key-value" });
    expect((await first.json()).event.requestContext.identity).toMatchObject({ apiKeyId: "k2" });
    const over = await keyed("metered");
    expect(over.status).toBe(429);
    expect(Number(over.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  it("throttles a method", async () => {
    const statuses = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await call("/throttled")).status);
    expect(statuses).toEqual([200, 200, 429, 429]);
  });

  it("validates parameters and body, naming each field", async () => {
    const post = (path: string, body: string, headers: Record<string, string> = { "x-reason": "test" }) =>
      call(path, { method: "POST", headers: { "content-type": "application/json", ...headers }, body });
    expect((await post("/checked?q=1", '{"title":"x"}')).status).toBe(200);
    const missing = await post("/checked", "{}", {});
    expect(missing.status).toBe(400);
    expect((await missing.json()).errors.map((error: { field: string }) => error.field)).toEqual([
      "query.q",
      "header.x-reason",
    ]);
    const wrong = await (await post("/checked?q=1", '{"title":3,"more":1}')).json();
    expect(wrong).toMatchObject({ status: 400, code: "invalid_request" });
    expect(wrong.errors).toHaveLength(2);
    expect((await post("/checked?q=1", "{")).status).toBe(400);
  });

  it("caches by the configured key, refreshes on max-age=0 and is flushed", async () => {
    const read = async (path: string, headers: Record<string, string> = {}) =>
      (await (await call(path, { headers })).json()).call;
    const first = await read("/cached?q=1&other=1");
    expect(await read("/cached?q=1&other=2")).toBe(first);
    expect(await read("/cached?q=2")).not.toBe(first);
    expect(await read("/cached?q=1", { authorization: "Bearer b" })).not.toBe(first);
    const fresh = await read("/cached?q=1", { "cache-control": "max-age=0" });
    expect(fresh).not.toBe(first);
    expect(await read("/cached?q=1")).toBe(fresh);
    await new APIGatewayClient(stack.client).send(new FlushStageCacheCommand({ restApiId: "main", stageName: "v1" }));
    expect(await read("/cached?q=1")).not.toBe(fresh);
  });

  it("maps failures and malformed answers to 502 and late ones to 504", async () => {
    expect((await call("/fail")).status).toBe(502);
    expect((await call("/malformed")).status).toBe(502);
    expect((await call("/slow")).status).toBe(504);
  });

  it("refuses bodies above the limit and goes on", async () => {
    const response = await call("/open", { method: "POST", body: "x".repeat(1001) });
    expect(response.status).toBe(413);
    expect((await call("/open")).status).toBe(200);
  });

  it("answers preflights and puts CORS headers on its own errors, for listed origins only", async () => {
    const ask = (origin: string) =>
      call("/documents/1", { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } });
    const allowed = await ask("http://console.test");
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get("access-control-allow-origin")).toBe("http://console.test");
    expect(allowed.headers.get("access-control-allow-methods")).toBe("GET, POST");
    expect((await ask("http://evil.test")).headers.get("access-control-allow-origin")).toBeNull();
    const refused = await call("/documents/1", { headers: { origin: "http://console.test" } });
    expect(refused.headers.get("access-control-allow-origin")).toBe("http://console.test");
  });

  it("answers mock integrations without a function", async () => {
    const response = await call("/health");
    expect(await response.json()).toEqual({ ok: true });
    expect(response.headers.get("x-mock")).toBe("1");
    const mapped = await call("/mapped/a%22b?q=1");
    expect(mapped.status).toBe(201);
    expect(await mapped.json()).toEqual({ id: mapped.headers.get("x-amzn-requestid"), name: 'a"b', q: "1" });
  });

  it("lists its APIs and the use of a plan", async () => {
    const client = new APIGatewayClient(stack.client);
    expect((await client.send(new GetRestApisCommand({}))).items).toMatchObject([
      { id: "main", name: "main", apiKeySource: "HEADER" },
      { id: "metered", apiKeySource: "AUTHORIZER" },
    ]);
    const today = new Date().toISOString().slice(0, 10);
    const usage = await client.send(new GetUsageCommand({ usagePlanId: "few", startDate: today, endDate: today }));
    expect(usage.items).toEqual({ k1: [[2, 0]] });
  });

  it("writes its access log as JSON lines", async () => {
    const logs = new CloudWatchLogsClient(stack.client);
    const line = await waitFor(async () => {
      const { events } = await logs.send(
        new FilterLogEventsCommand({
          logGroupName: "/aws/apigateway/main",
          filterPattern: '{ $.path = "/documents/1" && $.status = 403 }',
        }),
      );
      return events?.[0]?.message;
    });
    expect(JSON.parse(line)).toMatchObject({
      httpMethod: "POST",
      principalId: "reader",
      resourcePath: "/documents/{documentId}",
    });
  });
});

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalAws, startLocalAws } from "../index.ts";
import { createClientSettings, TEST_ACCOUNT, TEST_CREDENTIALS, TEST_REGION, waitFor } from "../kernel/testing.ts";
import { createTestBalancer, startTarget } from "./testing.ts";

const authorizer = `
exports.handler = async (event) => {
  const token = event.headers.Authorization ?? event.headers.authorization;
  if (token !== "Bearer good") throw new Error("Unauthorized");
  const Resource = event.methodArn.split("/").slice(0, 2).join("/") + "/*";
  return { principalId: "ada", policyDocument: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "execute-api:Invoke", Resource }] } };
};`;

describe("the gateway's way to agents behind a balancer", () => {
  let dir: string;
  let aws: LocalAws;
  let api: string;
  let closeTarget: () => Promise<void>;
  let write: (text: string) => void = () => undefined;
  let isGone: Promise<unknown> = Promise.resolve();

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "local-aws-gateway-"));
    await writeFile(path.join(dir, "index.js"), authorizer);
    aws = await startLocalAws({
      dir,
      port: 0,
      region: TEST_REGION,
      accountId: TEST_ACCOUNT,
      credentials: [TEST_CREDENTIALS],
      buckets: [],
      queues: [],
      tables: [],
      functions: [
        {
          name: "authorizer",
          codeDir: dir,
          handler: "index.handler",
          timeoutSeconds: 5,
          memoryMb: 128,
          environment: {},
        },
      ],
      eventSources: [],
      restApis: [
        {
          name: "main",
          stage: "v1",
          authorizers: [{ name: "token", function: "authorizer", ttlSeconds: 60, identityHeader: "Authorization" }],
          throttle: { ratePerSecond: 1000, burst: 1000 },
          cacheSizeBytes: 1000,
          maxBodyBytes: 1000,
          usagePlans: [],
          cors: {
            origins: ["http://console.test"],
            methods: ["GET", "POST"],
            headers: ["authorization"],
            exposeHeaders: [],
            maxAgeSeconds: 60,
          },
          routes: [
            {
              method: "ANY",
              path: "/agents/{agent}/{proxy+}",
              http: { path: "/_elb/agents/agents/{agent}/{proxy}" },
              authorizer: "token",
            },
          ],
        },
      ],
      webSocketApis: [],
      rules: [],
      schedules: [],
      containers: { healthCheckTimeScale: 0.01 },
    });
    api = `${aws.url}/_api/main/v1/agents/agents`;
    const target = await startTarget(async (req, res) => {
      if (req.url === "/health") return void res.end();
      if (req.url?.endsWith("/stream")) {
        isGone = new Promise((resolve) => res.once("close", resolve));
        res.writeHead(200, { "content-type": "text/event-stream" });
        write = (text) => (text === "" ? res.end() : res.write(text));
        return void res.write("data: 1\n\n");
      }
      let body = "";
      for await (const chunk of req) body += chunk;
      res.writeHead(202, { "content-type": "application/json", "x-own": "yes" });
      res.end(JSON.stringify({ method: req.method, url: req.url, body, headers: req.headers }));
    });
    closeTarget = target.close;
    const balancer = await createTestBalancer(
      new ElasticLoadBalancingV2Client(createClientSettings(aws.url)),
      "agents",
    );
    await balancer.register(target.port);
    await balancer.untilState(target.port, "healthy");
  });
  afterAll(async () => {
    await aws.close();
    await closeTarget();
    await rm(dir, { recursive: true, force: true });
  });

  const headers = { authorization: "Bearer good" };

  it("passes method, path, query, body and Authorization, and the answer's status and headers", async () => {
    const response = await fetch(`${api}/a%20b/c?q=1`, { method: "PUT", body: "told", headers });
    expect([response.status, response.headers.get("x-own")]).toEqual([202, "yes"]);
    expect(response.headers.get("x-amzn-requestid")).toBeTruthy();
    const told = (await response.json()) as { headers: Record<string, string> };
    expect(told).toMatchObject({ method: "PUT", url: "/agents/agents/a%20b/c?q=1", body: "told" });
    expect(told.headers.authorization).toBe("Bearer good");
  });

  it("streams: each piece arrives before the next is written, and the end ends it", async () => {
    const response = await fetch(`${api}/stream`, { headers });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const read = async () => new TextDecoder().decode((await reader.read()).value);
    expect(await read()).toBe("data: 1\n\n");
    write("data: 2\n\n");
    expect(await read()).toBe("data: 2\n\n");
    write("");
    expect((await reader.read()).done).toBe(true);
  });

  it("ends the agent's work when the caller hangs up in the middle of a stream", async () => {
    const abort = new AbortController();
    const response = await fetch(`${api}/stream`, { headers, signal: abort.signal });
    await (response.body as ReadableStream<Uint8Array>).getReader().read();
    abort.abort();
    await isGone;
  });

  it("refuses who is not signed in, and bodies over the limit", async () => {
    expect((await fetch(`${api}/x`)).status).toBe(401);
    expect((await fetch(`${api}/x`, { method: "POST", body: "x".repeat(1001), headers })).status).toBe(413);
  });

  it("answers preflights itself, lets the console's origin read, and gives the balancer's own answers on", async () => {
    const preflight = await fetch(`${api}/x`, {
      method: "OPTIONS",
      headers: { origin: "http://console.test", "access-control-request-method": "POST" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe("http://console.test");
    const asked = await fetch(`${api}/x`, { headers: { ...headers, origin: "http://console.test" } });
    expect(asked.headers.get("access-control-allow-origin")).toBe("http://console.test");
    expect((await fetch(`${api}/../none/x`, { headers })).status).toBe(404);
  });

  it("writes streamed answers into the access log with their size", async () => {
    await (await fetch(`${api}/logged`, { headers })).text();
    const logs = new CloudWatchLogsClient(createClientSettings(aws.url));
    const line = await waitFor(async () => {
      const { events = [] } = await logs.send(
        new FilterLogEventsCommand({ logGroupName: "/aws/apigateway/main", filterPattern: '"/logged"' }),
      );
      return events[0]?.message;
    });
    expect(JSON.parse(line)).toMatchObject({
      status: 202,
      principalId: "ada",
      resourcePath: "/agents/{agent}/{proxy+}",
    });
    expect(JSON.parse(line).responseLength).toBeGreaterThan(100);
  });
});

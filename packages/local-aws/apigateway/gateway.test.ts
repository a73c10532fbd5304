import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { openDatabase } from "../kernel/sqlite.ts";
import { compileMappingTemplate } from "./mapping-template.ts";
import { evaluatePolicy, matchesWildcard } from "./policy.ts";
import { readProxyResponse } from "./proxy-response.ts";
import { ResponseCache } from "./response-cache.ts";
import { Router } from "./router.ts";
import { TokenBucket } from "./token-bucket.ts";
import { findQuotaPeriod, USAGE_SCHEMA, UsagePlans } from "./usage-plans.ts";

describe("Router", () => {
  const router = new Router<string>();
  for (const route of [
    "GET /",
    "GET /a",
    "GET /a/{id}",
    "POST /a/{id}",
    "GET /a/{id}/b",
    "GET /a/fixed",
    "ANY /p/{proxy+}",
  ]) {
    const [method = "", routePath = ""] = route.split(" ");
    router.add(method, routePath, route);
  }

  it.each([
    ["GET", "/", "GET /", {}],
    ["GET", "/a", "GET /a", {}],
    ["GET", "/a/", "GET /a", {}],
    ["GET", "/a/fixed", "GET /a/fixed", {}],
    ["GET", "/a/1", "GET /a/{id}", { id: "1" }],
    ["POST", "/a/fixed", "POST /a/{id}", { id: "fixed" }],
    ["GET", "/a/1/b", "GET /a/{id}/b", { id: "1" }],
    ["PUT", "/p/x/y", "ANY /p/{proxy+}", { proxy: "x/y" }],
    ["GET", "/a/__proto__", "GET /a/{id}", { id: "__proto__" }],
  ])("%s %s is %s", (method, given, value, pathParameters) => {
    expect(router.find(method, given)).toEqual({ kind: "found", value, pathParameters });
  });

  it("tells an unknown method from an unknown path", () => {
    expect(router.find("PATCH", "/a/1")).toEqual({ kind: "method", methods: ["GET", "POST"] });
    expect(router.find("GET", "/p")).toEqual({ kind: "none" });
    expect(router.find("GET", "/zzz")).toEqual({ kind: "none" });
  });

  it("refuses the same route twice, and two names for one parameter, as API Gateway does", () => {
    expect(() => router.add("GET", "/a/{other}/c", "x")).toThrow(/one name per place/);
    expect(() => router.add("GET", "/a", "again")).toThrow(/twice/);
  });
});

describe("policy", () => {
  const arn = "arn:aws:execute-api:eu-north-1:0:main/v1/GET/documents/1";
  const allow = (resource: string | string[], effect = "Allow") => ({
    Effect: effect,
    Action: "execute-api:Invoke",
    Resource: resource,
  });

  it.each([
    [[allow(arn)], "allow"],
    [[allow("arn:aws:execute-api:*:*:main/v1/GET/*")], "allow"],
    [[allow(["nothing", "*"])], "allow"],
    [[allow("*"), allow(arn, "Deny")], "deny"],
    [[allow("arn:aws:execute-api:*:*:main/v1/POST/*")], "deny"],
    [[], "deny"],
    [[{ ...allow("*"), Action: "s3:GetObject" }], "deny"],
  ])("%j gives %s", (Statement, expected) => {
    expect(evaluatePolicy({ Version: "2012-10-17", Statement }, arn)).toBe(expected);
  });

  it("refuses conditions and what is no policy rather than allowing it", () => {
    expect(() => evaluatePolicy({ Statement: [{ ...allow("*"), Condition: {} }] }, arn)).toThrow(/conditions/);
    expect(() => evaluatePolicy(null, arn)).toThrow(/Statement/);
  });

  it("matches wildcards in linear time", () => {
    expect(matchesWildcard("a*b?d", "axxbcd")).toBe(true);
    expect(matchesWildcard("*a*a*a*a*a*a*a*a*a*b", "a".repeat(5000))).toBe(false);
  });
});

describe("compileMappingTemplate", () => {
  it.each([["$util.escapeJavaScript('x')"], ["#set($a = 1)"], ["$context.unknown"], ["$input.json('$')"]])(
    "refuses %s instead of sending it as text",
    (template) => {
      expect(() => compileMappingTemplate(template)).toThrow(/does not evaluate/);
    },
  );
});

describe("TokenBucket", () => {
  it("lets a burst through, then the rate, and says how long to wait", () => {
    let now = 0;
    const bucket = new TokenBucket({ ratePerSecond: 0.5, burst: 2 }, () => now);
    expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 2]);
    now = 2000;
    expect([bucket.take(), bucket.take()]).toEqual([0, 2]);
    now = 1_000_000;
    expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 2]);
  });
});

describe("ResponseCache", () => {
  const response = (size: number) => ({ statusCode: 200, headers: {}, body: Buffer.alloc(size) });

  it("keeps entries for their time and never more bytes than its limit", () => {
    let now = 0;
    const cache = new ResponseCache(3000, () => now);
    cache.set("a", response(500), 10);
    cache.set("b", response(500), 10);
    cache.get("a");
    cache.set("c", response(1000), 10);
    expect([cache.get("a"), cache.get("b"), cache.get("c")].map((entry) => entry !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
    cache.set("huge", response(4000), 10);
    expect(cache.get("huge")).toBeUndefined();
    now = 10_000;
    expect(cache.get("a")).toBeUndefined();
    cache.clear();
    expect(cache.sizeBytes).toBe(0);
  });
});

describe("usage plans", () => {
  it("counts quotas by day, week (from Monday) and month in UTC", () => {
    const sunday = Date.parse("2026-11-22T23:59:00Z");
    expect(findQuotaPeriod("DAY", sunday)).toEqual({ id: "2026-11-22", endsMs: Date.parse("2026-11-23T00:00:00Z") });
    expect(findQuotaPeriod("WEEK", sunday)).toEqual({ id: "2026-11-16", endsMs: Date.parse("2026-11-23T00:00:00Z") });
    expect(findQuotaPeriod("MONTH", sunday)).toEqual({ id: "2026-11", endsMs: Date.parse("2026-12-01T00:00:00Z") });
  });

  it("remembers the use of a quota over a restart and begins anew with the period", async () => {
    const dir = await mkdtemp(path.join(tmpdir(), "local-aws-usage-"));
    let now = Date.parse("2026-11-23T10:00:00Z");
    const plan = {
      name: "p",
      quota: { limit: 1, period: "DAY" as const },
      apiKeys: [{ id: "k", name: "k", value: "secret" }],
    };
    const open = () => {
      const db = openDatabase(path.join(dir, "db.sqlite"), USAGE_SCHEMA);
      return { db, plans: new UsagePlans("api", [plan], db, () => now) };
    };
    const first = open();
    expect(first.plans.use("secret")).toEqual({ id: "k", name: "k" });
    first.db.close();
    const second = open();
    expect(() => second.plans.use("secret")).toThrow(/used up. Try again in 50400 s/);
    now += 86_400_000;
    expect(second.plans.use("secret").id).toBe("k");
    second.db.close();
    await rm(dir, { recursive: true });
  });
});

describe("readProxyResponse", () => {
  const read = (answer: unknown) => readProxyResponse(Buffer.from(JSON.stringify(answer)));

  it.each([
    [null],
    [[]],
    ["text"],
    [{}],
    [{ statusCode: 99 }],
    [{ statusCode: 200, body: {} }],
    [{ statusCode: 200, headers: { "a b": "c" } }],
    [{ statusCode: 200, headers: { a: "b\r\nc: d" } }],
  ])("refuses %j as malformed", (answer) => {
    expect(() => read(answer)).toThrow(/malformed/);
  });

  it("drops headers that belong to the connection", () => {
    expect(
      read({ statusCode: 200, headers: { "Content-Length": "1", Connection: "close", ETag: "x" } }).headers,
    ).toEqual({
      "content-type": "application/json",
      etag: "x",
    });
  });
});

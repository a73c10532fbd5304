import { once } from "node:events";
import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import {
  DeregisterTargetsCommand,
  ModifyLoadBalancerAttributesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createClientSettings, waitFor } from "../kernel/testing.ts";
import {
  createTestBalancer,
  startTarget,
  startTargetProcess,
  startTestBalancing,
  type TestBalancing,
} from "./testing.ts";

describe("requests through a balancer", () => {
  let stack: TestBalancing;
  const closers: (() => unknown)[] = [];
  let count = 0;
  beforeAll(async () => {
    stack = await startTestBalancing();
  });
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });
  afterAll(() => stack.close());

  const create = (intervalS?: number) => {
    count += 1;
    return createTestBalancer(stack.client, `agent-${count}`, intervalS);
  };
  const target = async (listener: Parameters<typeof startTarget>[0]) => {
    const started = await startTarget(listener);
    closers.push(() => started.close());
    return started;
  };
  const process = async (name: string) => {
    const started = await startTargetProcess(name);
    closers.push(() => started.child.kill("SIGKILL"));
    return started;
  };

  it("reach healthy targets only, in turn, and none while none is healthy", async () => {
    const balancer = await create();
    let isSickHealthy = false;
    const sick = await target((req, res) =>
      res.writeHead(req.url === "/health" && !isSickHealthy ? 500 : 200).end("sick"),
    );
    const well = await target((_, res) => res.end("well"));
    await balancer.register(sick.port);
    await balancer.untilState(sick.port, "unhealthy");
    expect((await fetch(`${balancer.address}/x`)).status).toBe(503);

    await balancer.register(well.port);
    await balancer.untilState(well.port, "healthy");
    for (let i = 0; i < 20; i++) expect(await (await fetch(`${balancer.address}/x`)).text()).toBe("well");

    isSickHealthy = true;
    await balancer.untilState(sick.port, "healthy");
    const answers = await Promise.all(Array.from({ length: 10 }, async () => (await fetch(balancer.address)).text()));
    expect(answers.filter((text) => text === "sick")).toHaveLength(5);
  });

  it("keep their path, query, method, headers and body, and tell the target who asked", async () => {
    const balancer = await create();
    const echo = await target(async (req, res) => {
      if (req.url === "/health") return void res.end();
      let body = "";
      for await (const chunk of req) body += chunk;
      res.setHeader("x-own", "yes");
      res.writeHead(201).end(JSON.stringify({ url: req.url, method: req.method, headers: req.headers, body }));
    });
    await balancer.register(echo.port);
    await balancer.untilState(echo.port, "healthy");
    const response = await fetch(`${balancer.address}/a%20b?q=1&q=2`, {
      method: "POST",
      body: "told",
      headers: { authorization: "Bearer x", "x-forwarded-for": "9.9.9.9" },
    });
    expect(response.status).toBe(201);
    expect(response.headers.get("x-own")).toBe("yes");
    const told = (await response.json()) as { url: string; headers: Record<string, string> };
    expect(told).toMatchObject({ url: `/agents/agent-${count}/a%20b?q=1&q=2`, method: "POST", body: "told" });
    expect(told.headers).toMatchObject({
      authorization: "Bearer x",
      "x-forwarded-for": "9.9.9.9, 127.0.0.1",
      "x-forwarded-proto": "http",
    });
    expect(told.headers["x-amzn-trace-id"]).toMatch(/^Root=1-/);
  });

  it("are answered piece by piece, as the target writes them", async () => {
    const balancer = await create();
    let write: (text: string) => void = () => undefined;
    const one = await target((req, res) => {
      if (req.url === "/health") return void res.end();
      res.writeHead(200, { "content-type": "text/event-stream" });
      write = (text) => (text === "" ? res.end() : res.write(text));
      res.write("data: 1\n\n");
    });
    await balancer.register(one.port);
    await balancer.untilState(one.port, "healthy");
    const response = await fetch(balancer.address);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const read = async () => new TextDecoder().decode((await reader.read()).value);
    expect(await read()).toBe("data: 1\n\n");
    // The second is written only after the first has arrived.
    write("data: 2\n\n");
    expect(await read()).toBe("data: 2\n\n");
    write("");
    expect((await reader.read()).done).toBe(true);
  });

  it("that are under way end while their target drains, and new ones go elsewhere", async () => {
    const balancer = await create();
    const waiting = Promise.withResolvers<() => void>();
    const old = await target((req, res) => {
      if (req.url === "/health") return void res.end();
      waiting.resolve(() => res.end("from old"));
    });
    await balancer.register(old.port);
    await balancer.untilState(old.port, "healthy");
    const underWay = fetch(balancer.address);
    const finish = await waiting.promise;

    const young = await target((_, res) => res.end("from young"));
    await balancer.register(young.port);
    await balancer.untilState(young.port, "healthy");
    const gone = stack.balancing.targets.deregister(balancer.groupArn, { host: "127.0.0.1", port: old.port });
    expect((await balancer.states())[old.port]).toBe("draining");
    for (let i = 0; i < 5; i++) expect(await (await fetch(balancer.address)).text()).toBe("from young");
    finish();
    expect(await (await underWay).text()).toBe("from old");
    await gone;
    expect(await balancer.states()).toEqual({ [young.port]: "healthy" });
  });

  it("are let go when the delay of the group has passed", async () => {
    const balancer = await create();
    const waiting = Promise.withResolvers<void>();
    const stuck = await target((req, res) => (req.url === "/health" ? void res.end() : waiting.resolve()));
    await balancer.setAttribute("deregistration_delay.timeout_seconds", "0");
    await balancer.register(stuck.port);
    await balancer.untilState(stuck.port, "healthy");
    const abort = new AbortController();
    const underWay = fetch(balancer.address, { signal: abort.signal }).catch(() => "aborted");
    await waiting.promise;
    const Targets = [{ Id: "127.0.0.1", Port: stuck.port }];
    await stack.client.send(new DeregisterTargetsCommand({ TargetGroupArn: balancer.groupArn, Targets }));
    await waitFor(async () => Object.keys(await balancer.states()).length === 0);
    abort.abort();
    expect(await underWay).toBe("aborted");
  });

  it("do not fail when a target is killed under load: those not begun go to another", async () => {
    const balancer = await create();
    const targets = await Promise.all(["a", "b", "c"].map(process));
    for (const { port } of targets) await balancer.register(port);
    for (const { port } of targets) await balancer.untilState(port, "healthy");
    const seen = new Map<string, number>();
    const failed: number[] = [];
    let isOver = false;
    const clients = Array.from({ length: 8 }, async () => {
      while (!isOver) {
        const response = await fetch(`${balancer.address}/work`);
        const text = await response.text();
        if (response.status === 200) seen.set(text, (seen.get(text) ?? 0) + 1);
        else failed.push(response.status);
      }
    });
    await waitFor(() => (seen.get("a") ?? 0) > 20);
    targets[0]?.child.kill("SIGKILL");
    await balancer.untilState(targets[0]?.port ?? 0, "unhealthy");
    const before = (seen.get("b") ?? 0) + (seen.get("c") ?? 0);
    await waitFor(() => (seen.get("b") ?? 0) + (seen.get("c") ?? 0) > before + 50);
    isOver = true;
    await Promise.all(clients);
    expect(failed).toEqual([]);
  });

  it("with a body go whole to another target when the first refuses the connection", async () => {
    // Health checks are seconds apart, so the dead target counts as healthy meanwhile.
    const balancer = await create(300);
    const dead = await startTarget((_, res) => res.end());
    const echo = await target(async (req, res) => {
      let sizeBytes = 0;
      for await (const chunk of req) sizeBytes += (chunk as Buffer).length;
      res.end(String(sizeBytes));
    });
    for (const { port } of [dead, echo]) await balancer.register(port);
    for (const { port } of [dead, echo]) await balancer.untilState(port, "healthy");
    await dead.close();
    const body = "x".repeat(300_000);
    for (let i = 0; i < 4; i++) {
      const response = await fetch(balancer.address, { method: "POST", body });
      expect([response.status, await response.text()]).toEqual([200, "300000"]);
    }
    expect((await balancer.states())[dead.port]).toBe("healthy");
  });

  it("get 502 when the target breaks off before it answers a POST, 504 when it is silent, 404 by the default rule", async () => {
    const balancer = await create();
    const one = await target((req, res) => {
      if (req.url === "/health") return void res.end();
      if (req.url?.endsWith("/break")) req.socket.destroy();
    });
    await balancer.register(one.port);
    await balancer.untilState(one.port, "healthy");
    const broken = await fetch(`${balancer.address}/break`, { method: "POST", body: "x" });
    expect([broken.status, broken.headers.get("server")]).toEqual([502, "awselb/2.0"]);
    expect(await broken.text()).toContain("502 Bad Gateway");

    const Attributes = [{ Key: "idle_timeout.timeout_seconds", Value: "1" }];
    await stack.client.send(
      new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn: balancer.balancerArn, Attributes }),
    );
    expect((await fetch(`${balancer.address}/silent`)).status).toBe(504);
    const other = await fetch(new URL("../none", `${balancer.address}/`));
    expect([other.status, await other.text()]).toEqual([404, "no"]);
  });

  it("cut the connection when an answer breaks off in the middle, so that half of one never looks whole", async () => {
    const balancer = await create();
    const one = await target((req, res) => {
      if (req.url === "/health") return void res.end();
      res.writeHead(200);
      res.write("half", () => res.destroy());
    });
    await balancer.register(one.port);
    await balancer.untilState(one.port, "healthy");
    const response = await fetch(balancer.address);
    await expect(response.text()).rejects.toThrow();
  });

  it("are counted: requests, statuses, response time and healthy hosts, by balancer and group", async () => {
    const balancer = await create();
    const one = await target((req, res) => res.writeHead(req.url?.endsWith("/bad") ? 500 : 200).end());
    await balancer.register(one.port);
    await balancer.untilState(one.port, "healthy");
    for (const path of ["/a", "/b", "/bad"]) await (await fetch(balancer.address + path)).text();
    const dimensions = {
      LoadBalancer: balancer.balancerArn.split(":loadbalancer/")[1] ?? "",
      TargetGroup: balancer.groupArn.slice(balancer.groupArn.lastIndexOf(":") + 1),
    };
    const metrics = new CloudWatchClient(createClientSettings(stack.url));
    const sumOf = async (MetricName: string, Statistic: "Sum" | "SampleCount" | "Maximum") => {
      const { Datapoints = [] } = await metrics.send(
        new GetMetricStatisticsCommand({
          Namespace: "AWS/ApplicationELB",
          MetricName,
          Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
          StartTime: new Date(Date.now() - 3_600_000),
          EndTime: new Date(Date.now() + 60_000),
          Period: 60,
          Statistics: [Statistic],
        }),
      );
      return Datapoints.reduce((sum, point) => sum + (point[Statistic] ?? 0), 0);
    };
    expect(await sumOf("RequestCount", "Sum")).toBe(3);
    expect(await sumOf("HTTPCode_Target_2XX_Count", "Sum")).toBe(2);
    expect(await sumOf("HTTPCode_Target_5XX_Count", "Sum")).toBe(1);
    expect(await sumOf("TargetResponseTime", "SampleCount")).toBe(3);
    expect(await sumOf("HealthyHostCount", "Maximum")).toBeGreaterThanOrEqual(1);
  });

  it("end at the target when the caller hangs up", async () => {
    const balancer = await create();
    const asked = Promise.withResolvers<[closed: Promise<unknown>]>();
    const one = await target((req, res) => {
      if (req.url === "/health") return void res.end();
      asked.resolve([once(req.socket, "close")]);
    });
    await balancer.register(one.port);
    await balancer.untilState(one.port, "healthy");
    const abort = new AbortController();
    const call = fetch(balancer.address, { signal: abort.signal }).catch(() => undefined);
    const [closed] = await asked.promise;
    abort.abort();
    await Promise.all([call, closed]);
  });
});

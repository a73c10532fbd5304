import { type ChildProcess, spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { join } from "node:path";
import { agentFatalCodeOf } from "@samla/contracts";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";

/** All that the kit asks of the API here is whether it answers. */
let api: Server;
let apiUrl: string;
let isUp = true;
const children: ChildProcess[] = [];
beforeAll(async () => {
  api = createServer((_, outgoing) =>
    outgoing
      .writeHead(isUp ? 200 : 503, { "content-type": "application/json" })
      .end(isUp ? JSON.stringify({ status: "ok", version: "1", checks: [] }) : "{}"),
  );
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  apiUrl = `http://127.0.0.1:${(api.address() as AddressInfo).port}/v1`;
});
afterEach(() => {
  isUp = true;
  for (const child of children.splice(0)) child.kill("SIGKILL");
});
afterAll(() => api.close());

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createTcpServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

const start = async (more: Record<string, string | undefined> = {}) => {
  const port = await freePort();
  const env = {
    PATH: process.env.PATH,
    SAMLA_AGENT: "probe",
    SAMLA_STAGE: "test",
    SAMLA_RELEASE_ID: "rel_01ARZ3NDEKTSV4RRFFQ69G5FAV",
    SAMLA_API_URL: apiUrl,
    SAMLA_AGENT_SETTINGS: '{"greeting":"hello"}',
    PORT: String(port),
    ...more,
  };
  const child = spawn(process.execPath, [join(import.meta.dirname, "testing-agent.ts")], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  let out = "";
  child.stdout?.on("data", (chunk) => {
    out += chunk;
  });
  const exit = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const lines = (): Record<string, unknown>[] =>
    out
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  const ready = (message = "ready") =>
    vi.waitFor(() => expect(lines().map((line) => line.message)).toContain(message), { timeout: 20_000, interval: 50 });
  return { child, url: `http://127.0.0.1:${port}`, exit, lines, ready, text: () => out };
};

describe("an agent that cannot work", () => {
  it("ends with the code of the cause, and one line that names it without any secret", async () => {
    for (const [code, more, named] of [
      ["missing_variable", { SAMLA_API_URL: "", SAMLA_RELEASE_ID: undefined }, /SAMLA_RELEASE_ID, SAMLA_API_URL/],
      ["missing_variable", { TEST_CREDENTIALS: "required" }, /SAMLA_CLIENT_SECRET/],
      ["bad_configuration", { SAMLA_AGENT_SETTINGS: "{not json" }, /not a JSON object/],
      ["bad_configuration", { SAMLA_AGENT_SETTINGS: '{"greeting":"hello","extra":1}' }, /extra/],
      ["bad_configuration", { SAMLA_AGENT_SETTINGS: '{"greeting":"far too long for a greeting"}' }, /greeting/],
      ["bad_configuration", { SAMLA_CLIENT_SECRET: '{"clientId":"x","clientSecret":"hush-hush"}' }, /issuerUrl/],
      ["bad_configuration", { SAMLA_RELEASE_ID: "rel_1" }, /SAMLA_RELEASE_ID/],
      ["api_unreachable", { SAMLA_API_URL: "http://127.0.0.1:9/v1", TEST_START_SECONDS: "1" }, /127\.0\.0\.1:9/],
    ] as const) {
      const agent = await start(more);
      const exitCode = await agent.exit;
      expect(exitCode === null ? undefined : agentFatalCodeOf(exitCode), JSON.stringify(more)).toBe(code);
      const last = agent.lines().at(-1);
      expect(last).toMatchObject({ level: "fatal", code, nextStep: expect.any(String) });
      expect(String(last?.message)).toMatch(named);
      expect(agent.text()).not.toContain("hush-hush");
    }
  });

  it("says that its port is taken", async () => {
    const first = await start();
    await first.ready();
    const second = await start({ PORT: new URL(first.url).port });
    expect(await second.exit).toBe(70);
    expect(second.lines().at(-1)).toMatchObject({ code: "port_in_use" });
  });
});

describe("a running agent", () => {
  it("answers below its own name as the gateway and the balancer give it, and refuses in the API's shape", async () => {
    const { url, ready, lines } = await start();
    await ready();
    for (const path of ["/hello/you", "/agents/probe/hello/you", "/v1/agents/probe/hello/you"])
      expect(await (await fetch(url + path)).text(), path).toBe("hello you");
    for (const [path, init, code] of [
      ["/nowhere", {}, "not_found"],
      ["/agents/other/hello/you", {}, "not_found"],
      ["/hello/%E0%A4%A", {}, "not_found"],
      ["/echo", { method: "POST", body: "x".repeat(101) }, "too_large"],
      ["/endless", {}, "timeout"],
      ["/broken", { headers: { "x-request-id": "given-1" } }, "internal"],
    ] as const) {
      const response = await fetch(url + path, init);
      const problem = (await response.json()) as Record<string, unknown>;
      expect([problem.code, problem.status], path).toEqual([code, response.status]);
      expect(JSON.stringify(problem)).not.toContain("something of ours");
    }
    await vi.waitFor(() =>
      expect(lines()).toContainEqual(
        expect.objectContaining({ message: "request", requestId: "given-1", status: 500, agent: "probe" }),
      ),
    );
    expect(lines()).toContainEqual(expect.objectContaining({ level: "error", requestId: "given-1" }));
  });

  it("is healthy only while the API answers, and says why when it is not", async () => {
    isUp = false;
    const { url, ready } = await start({ TEST_START_SECONDS: "60" });
    await ready("listening");
    const health = await fetch(`${url}/health`);
    expect(health.status).toBe(503);
    expect(await health.json()).toMatchObject({
      status: "starting",
      checks: [{ name: "api", ok: false, detail: expect.any(String) }],
    });
    isUp = true;
    await ready();
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it("finishes its answers on SIGTERM, takes no new ones, writes its counters and ends with 0", async () => {
    const { child, url, exit, ready, lines } = await start();
    await ready();
    const slow = await fetch(`${url}/slow?ms=1500`);
    child.kill("SIGTERM");
    await vi.waitFor(async () => expect(await fetch(`${url}/hello/late`).catch(() => "refused")).toBe("refused"), {
      timeout: 5_000,
      interval: 50,
    });
    expect(await slow.text()).toBe("begun ended");
    expect(await exit).toBe(0);
    expect(lines().at(-1)).toMatchObject({ message: "drained", answersCutOff: 0 });
    expect(lines()).toContainEqual(
      expect.objectContaining({
        Agent: "probe",
        Stage: "test",
        Requests: expect.any(Number),
        Errors: 0,
        Latency: expect.any(Array),
      }),
    );
  });
});

import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FunctionConfig } from "../config.ts";
import { type Database, openDatabase } from "../kernel/sqlite.ts";
import type { QueuePort, StreamPort } from "../kernel/types.ts";
import { createLambda, type Lambda } from "./index.ts";
import { waitFor } from "./test-stack.ts";

const code = `
import { appendFileSync } from "node:fs";
export const handler = async (event) => {
  appendFileSync(process.env.OUT, "x");
  if (event.ms) await new Promise((resolve) => setTimeout(resolve, event.ms));
  if (event.spinAfterMs) setTimeout(() => { const end = Date.now() + event.spinAfterMs; while (Date.now() < end); }, 0);
  if (event.fail) throw new Error("no");
  return process.pid;
};`;

describe("createLambda", () => {
  let dir: string;
  let out: string;
  let db: Database;
  let lambda: Lambda | undefined;

  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "local-aws-lambda-"));
    out = path.join(dir, "out");
    await mkdir(path.join(dir, "code"));
    await writeFile(path.join(dir, "code", "index.mjs"), code);
    db = openDatabase(path.join(dir, "db.sqlite"), "");
  });
  afterEach(async () => {
    await lambda?.close();
    db.close();
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  });

  const start = (functions: (Partial<FunctionConfig> & { name: string })[], environmentLimit = 8): Lambda => {
    lambda = createLambda({
      settings: {
        region: "eu-north-1",
        accountId: "000000000000",
        publicUrl: "http://127.0.0.1:1",
        credentials: { accessKeyId: "a", secretAccessKey: "b" },
        tmpDir: path.join(dir, "tmp"),
        writeLog: () => undefined,
      },
      functions: functions.map((given) => ({
        codeDir: path.join(dir, "code"),
        handler: "index.handler",
        timeoutSeconds: 10,
        memoryMb: 128,
        environment: { OUT: out },
        ...given,
      })),
      eventSources: [],
      db,
      queues: {} as QueuePort,
      streams: {} as StreamPort,
      tuning: { retryDelaysMs: [1, 1], maxEventAgeMs: 60_000, throttleDelayMs: 10 },
      environmentLimit,
    });
    return lambda;
  };
  const payload = (event: object) => Buffer.from(JSON.stringify(event));
  const countPending = () => db.get<{ n: number }>("SELECT COUNT(*) AS n FROM async_events")?.n;
  const countRuns = async () => (await readFile(out, "utf8").catch(() => "")).length;

  it("tries a failing event three times and then lets go of it", async () => {
    const { invoke } = start([{ name: "f" }]);
    await invoke.invoke("f", payload({ fail: true }), "event");
    await waitFor(() => (countPending() === 0 ? true : undefined));
    expect(await countRuns()).toBe(3);
  });

  it("handles every event although their number exceeds the reserved concurrency", async () => {
    const { invoke } = start([{ name: "f", concurrency: 1 }]);
    for (let i = 0; i < 12; i += 1) await invoke.invoke("f", payload({}), "event");
    await waitFor(() => (countPending() === 0 ? true : undefined));
    expect(await countRuns()).toBe(12);
  });

  it("queues calls beyond the process limit of a function without reserved concurrency", async () => {
    const { invoke, pools } = start([{ name: "f" }]);
    const calls = Array.from({ length: 30 }, () => invoke.invoke("f", payload({ ms: 5 }), "requestResponse"));
    const pids = (await Promise.all(calls)).map(({ payload: answer }) => answer.toString());
    expect(new Set(pids).size).toBeLessThanOrEqual(10);
    expect(pools.get("f")?.environmentCount).toBeLessThanOrEqual(10);
  });

  it("gives the next call to the process that just answered instead of starting another", async () => {
    const { invoke, pools } = start([{ name: "f" }]);
    for (let i = 0; i < 20; i += 1) await invoke.invoke("f", payload({}), "requestResponse");
    expect(pools.get("f")?.environmentCount).toBe(1);
  });

  it("does not wait for a process that answered but keeps itself busy", async () => {
    const { invoke } = start([{ name: "f" }]);
    const first = await invoke.invoke("f", payload({ spinAfterMs: 20_000 }), "requestResponse");
    const second = await invoke.invoke("f", payload({}), "requestResponse");
    expect(second.payload.toString()).not.toBe(first.payload.toString());
  });

  it("ends idle environments after their time, but not the warm ones", async () => {
    const { invoke, pools } = start([
      { name: "idle", idleTimeoutSeconds: 0.01 },
      { name: "warm", idleTimeoutSeconds: 0.01, warm: 1 },
    ]);
    await invoke.invoke("idle", payload({}), "requestResponse");
    await invoke.invoke("warm", payload({}), "requestResponse");
    await waitFor(() => (pools.get("idle")?.environmentCount === 0 ? true : undefined));
    expect(pools.get("warm")?.environmentCount).toBe(1);
  });

  it("makes room for a new environment by ending the one that idles longest", async () => {
    const { invoke, pools } = start([{ name: "a" }, { name: "b" }, { name: "c" }], 2);
    for (const name of ["a", "b", "c"]) await invoke.invoke(name, payload({}), "requestResponse");
    expect(["a", "b", "c"].map((name) => pools.get(name)?.environmentCount)).toEqual([0, 1, 1]);
  });

  it("starts a warm environment again after it crashed", async () => {
    const { invoke, pools } = start([{ name: "f", warm: 1 }]);
    const first = await invoke.invoke("f", payload({}), "requestResponse");
    process.kill(Number(first.payload.toString()), "SIGKILL");
    const second = await waitFor(async () => {
      const { payload: answer, functionError } = await invoke.invoke("f", payload({}), "requestResponse");
      return functionError ? undefined : answer.toString();
    });
    expect(second).not.toBe(first.payload.toString());
    expect(pools.get("f")?.environmentCount).toBe(1);
  });
});

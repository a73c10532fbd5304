import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReleaseConfig, VerdictCause } from "@samla/contracts";
import {
  executeRelease,
  getAgent,
  getTask,
  listAgents,
  listReleases,
  listTasks,
  pauseAgent,
  proposeRelease,
  protectAgent,
  readLogs,
  releaseNow,
  restartAgent,
  resumeAgent,
  rollBackAgent,
  scaleAgent,
  stopRelease,
  unpinAgent,
} from "@samla/core/agents";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalAws, startLocalAws } from "../../packages/local-aws/index.ts";
import { createWorld, person, settle, standInConfig, type World } from "./world.ts";

let dir: string;
let aws: LocalAws;
let world: World;
const otto = person("Otto");
const olga = person("Olga");

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "samla-agents-"));
  aws = await startLocalAws(standInConfig(dir, 0));
  world = await createWorld(aws.url);
}, 60_000);
afterAll(async () => {
  await aws?.close();
  await rm(dir, { recursive: true, force: true });
});

const release = async (settings: Record<string, string>, more: Partial<ReleaseConfig> = {}, digest = world.digest) => {
  const ctx = world.contextOf(otto);
  const begun = await releaseNow(ctx, {
    agent: "answer",
    digest,
    config: world.config(settings, more),
    reason: "to see what becomes of it",
  });
  return settle(ctx, begun.id);
};

describe("releases on the stand-in", { timeout: 150_000 }, () => {
  it("go out: change set in plain words, live, served through the balancer", async () => {
    const ctx = world.contextOf(otto);
    const proposed = await proposeRelease(ctx, {
      agent: "answer",
      digest: world.digest,
      config: world.config({ name: "one" }),
      reason: "the first",
    });
    expect(proposed).toMatchObject({ status: "proposed", n: 1, can: { execute: true }, changeSet: { kind: "create" } });
    expect(proposed.changeSet?.changes.length).toBeGreaterThan(5);
    const rolling = await executeRelease(ctx, { agent: "answer", releaseId: proposed.id });
    expect(rolling).toMatchObject({ status: "rolling" });
    const live = await settle(ctx, proposed.id);
    expect(live.verdict).toMatchObject({ ok: true, cause: "none" });
    expect(live.status).toBe("live");
    expect(await (await fetch(world.agentUrl)).text()).toBe("one");
    const { items } = await listAgents(ctx);
    expect(items[0]).toMatchObject({ health: "healthy", liveReleaseId: live.id, tasks: { desired: 1, running: 1 } });
    const detail = await getAgent(ctx, { agent: "answer" });
    expect(detail.endpoint.targets).toHaveLength(1);
    expect(detail.problems).toEqual([]);
  });

  it.each<[VerdictCause, Record<string, string>, Partial<ReleaseConfig>, RegExp]>([
    ["missing_variable", { mode: "missing_variable" }, {}, /DATABASE_URL is missing/],
    ["wrong_port", { mode: "wrong_port" }, {}, /listens on port 9090/],
    ["out_of_memory", { mode: "out_of_memory" }, {}, /more memory than it has/],
    ["missing_image", {}, {}, /image cannot be fetched/],
    ["access_denied", { mode: "access_denied" }, {}, /refused a right/],
    ["wrong_health_path", {}, { healthPath: "/nowhere" }, /at \/nowhere/],
    ["slow_start", { mode: "slow_start" }, {}, /nothing listened on port 8080/],
    ["crash_loop", { mode: "crash_loop" }, {}, /ended with code 1/],
    ["bad_configuration", { mode: "bad_configuration" }, {}, /configuration is not valid/],
    ["index_unreachable", { mode: "index_unreachable" }, {}, /index handbook is not there/],
  ])("that break by %s are taken back and named right", async (cause, settings, more, sentence) => {
    const digest = cause === "missing_image" ? `sha256:${"9".repeat(64)}` : world.digest;
    const ended = await release(settings, more, digest);
    expect({ cause: ended.verdict?.cause, sentence: ended.verdict?.sentence }).toMatchObject({
      cause,
      sentence: expect.stringMatching(sentence),
    });
    expect(ended).toMatchObject({ status: "rolled-back", verdict: { ok: false } });
    expect(ended.verdict?.evidence.length).toBeGreaterThan(0);
    expect(await (await fetch(world.agentUrl)).text()).toBe("one");
  });

  it("keep each stopped task with its reason and last lines", async () => {
    const ctx = world.contextOf(otto);
    const { items } = await listTasks(ctx, { agent: "answer", state: "stopped", cause: "crash_loop", limit: 50 });
    expect(items.length).toBeGreaterThan(0);
    const task = await getTask(ctx, { agent: "answer", taskId: items[0]?.id ?? "" });
    expect(task).toMatchObject({ state: "stopped", exitCode: 1, cause: "crash_loop" });
    expect(task.lines.map(({ text }) => text)).toContain("boom");
    const page = await readLogs(ctx, { agent: "answer", q: "boom", order: "newest", limit: 5 });
    expect(page.items.at(-1)?.text).toBe("boom");
  });

  it("of two people at once: one wins, the other is told who and since when", async () => {
    const [a, b] = [world.contextOf(otto), world.contextOf(olga)];
    const input = { agent: "answer", digest: world.digest, reason: "mine" };
    const first = await proposeRelease(a, { ...input, config: world.config({ name: "otto" }) });
    const second = await proposeRelease(b, { ...input, config: world.config({ name: "olga" }) });
    const ends = await Promise.allSettled([
      executeRelease(a, { agent: "answer", releaseId: first.id }),
      executeRelease(b, { agent: "answer", releaseId: second.id }),
    ]);
    const won = ends.flatMap((end) => (end.status === "fulfilled" ? [end.value] : []));
    const lost = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as Error] : []));
    expect([won.length, lost.length]).toEqual([1, 1]);
    expect(lost[0]?.message).toMatch(/(Otto|Olga) is releasing answer since \d{4}-/);
    expect(await settle(a, won[0]?.id ?? "")).toMatchObject({ status: "live" });
  });

  it("roll back under load without a failed request, pin the agent and stay", async () => {
    const ctx = world.contextOf(otto);
    const { items } = await listReleases(ctx, { agent: "answer", limit: 100 });
    const first = items.find(({ n }) => n === 1);
    let isOver = false;
    const seen: { status: number; text: string }[] = [];
    const clients = Array.from({ length: 4 }, async () => {
      while (!isOver) {
        const answer = await fetch(world.agentUrl);
        seen.push({ status: answer.status, text: await answer.text() });
      }
    });
    const begun = await rollBackAgent(ctx, { agent: "answer", toReleaseId: first?.id ?? "", reason: "it was better" });
    const ended = await settle(ctx, begun.id);
    isOver = true;
    await Promise.all(clients);
    expect(ended).toMatchObject({ status: "live", kind: "roll-back" });
    expect(seen.filter(({ status }) => status !== 200)).toEqual([]);
    expect(seen.length).toBeGreaterThan(20);
    expect(seen.at(-1)?.text).toBe("one");
    expect((await getAgent(ctx, { agent: "answer" })).pin).toMatchObject({ n: 1, reason: "it was better" });
    await expect(release({ name: "over it" })).rejects.toThrow(/pinned to release 1/);
    await unpinAgent(ctx, { agent: "answer", reason: "done" });
  });

  it("are scaled without touching tasks, paused, resumed and restarted", async () => {
    const ctx = world.contextOf(otto);
    const act = { agent: "answer", reason: "a test" };
    const before = (await listTasks(ctx, { agent: "answer", state: "running", limit: 10 })).items.map(({ id }) => id);
    const scaled = await settle(ctx, (await scaleAgent(ctx, { ...act, minTasks: 2, maxTasks: 4, cpuTarget: 60 })).id);
    expect(scaled).toMatchObject({ status: "live", kind: "scale" });
    const now = (await listTasks(ctx, { agent: "answer", state: "running", limit: 10 })).items.map(({ id }) => id);
    expect(now).toHaveLength(2);
    expect(now).toEqual(expect.arrayContaining(before));
    expect(await settle(ctx, (await pauseAgent(ctx, act)).id)).toMatchObject({ status: "live", kind: "pause" });
    expect(await getAgent(ctx, { agent: "answer" })).toMatchObject({ paused: true, health: "paused" });
    const resumed = await settle(ctx, (await resumeAgent(ctx, act)).id);
    expect(resumed).toMatchObject({ status: "live", config: { minTasks: 2, maxTasks: 4 } });
    const restarted = await settle(ctx, (await restartAgent(ctx, act)).id);
    expect(restarted).toMatchObject({ status: "live", kind: "restart" });
    const after = (await listTasks(ctx, { agent: "answer", state: "running", limit: 10 })).items.map(({ id }) => id);
    expect(after.filter((id) => now.includes(id))).toEqual([]);
  });

  it("are stopped by a person, who types the name of a protected agent, and say so", async () => {
    const ctx = world.contextOf(olga);
    const begun = await releaseNow(ctx, {
      agent: "answer",
      digest: world.digest,
      config: world.config({ mode: "slow_start" }),
      reason: "a mistake",
    });
    const stop = { agent: "answer", releaseId: begun.id, reason: "wrong settings" };
    const protect = (on: boolean) =>
      protectAgent(world.contextOf(person("Ada", "admin")), { agent: "answer", protected: on, reason: "a test" });
    await protect(true);
    await expect(stopRelease(ctx, stop)).rejects.toThrow(/answer is protected: type its name/);
    await expect(stopRelease(ctx, { ...stop, confirmName: "sync" })).rejects.toThrow(/type its name/);
    await stopRelease(ctx, { ...stop, confirmName: "answer" });
    await protect(false);
    const ended = await settle(ctx, begun.id);
    expect(ended).toMatchObject({ status: "stopped", verdict: { cause: "stopped_by_person", ok: false } });
    expect(ended.verdict?.sentence).toContain("was stopped by Olga: wrong settings");
  });
});

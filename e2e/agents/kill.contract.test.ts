import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getTask, listTasks, releaseNow } from "@samla/core/agents";
import { afterAll, expect, it } from "vitest";
import { createWorld, person, settle, standInConfig } from "./world.ts";

let child: ChildProcess | undefined;
const dirs: string[] = [];

const start = (dir: string, port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const made = spawn(process.execPath, [join(import.meta.dirname, "stand-in-process.ts"), dir, String(port)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    child = made;
    made.stdout?.once("data", (data: Buffer) => resolve(data.toString().trim()));
    made.once("exit", (code) => reject(new Error(`the stand-in ended with ${code}`)));
  });
const kill = async (): Promise<void> => {
  const ended = new Promise((resolve) => child?.once("exit", resolve));
  child?.kill("SIGKILL");
  await ended;
};

afterAll(async () => {
  if (child?.exitCode === null && child.signalCode === null) await kill();
  for (const dir of dirs) await rm(dir, { recursive: true, force: true });
});

it.each([
  ["well", "live", "none"],
  ["crash_loop", "rolled-back", "crash_loop"],
] as const)(
  "a release that rolls (%s) while the stand-in is killed ends with a true verdict, its tasks kept",
  { timeout: 180_000 },
  async (mode, status, cause) => {
    expect(standInConfig("", 0).tables).toHaveLength(2);
    const dir = await mkdtemp(join(tmpdir(), "samla-kill-"));
    dirs.push(dir);
    const url = await start(dir, 0);
    const world = await createWorld(url);
    const ctx = world.contextOf(person("Otto"));
    const input = { agent: "answer", digest: world.digest, reason: "to be killed on the way" };
    const first = await releaseNow(ctx, { ...input, config: world.config({ name: "one" }) });
    expect(await settle(ctx, first.id)).toMatchObject({ status: "live" });
    const second = await releaseNow(ctx, { ...input, config: world.config({ name: "two", mode }) });
    await kill();
    await start(dir, Number(new URL(url).port));
    const ended = await settle(ctx, second.id);
    expect({ status: ended.status, cause: ended.verdict?.cause }).toEqual({ status, cause });
    const { items } = await listTasks(ctx, { agent: "answer", state: "stopped", limit: 50 });
    expect(items.length).toBeGreaterThan(0);
    const kept = await getTask(ctx, { agent: "answer", taskId: items[0]?.id ?? "" });
    expect(kept.lines.length).toBeGreaterThan(0);
    await kill();
  },
);

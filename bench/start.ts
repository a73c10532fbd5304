/** Warm start to the first page and idle memory of everything: `node bench/start.ts` (after one `npm start` or build). */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../scripts/build.ts";
import { freePort } from "./support/backend.ts";
import { formatTable, machineLine, median } from "./support/figures.ts";

/** Resident memory in MB of a process and all its descendants, from /proc (pages shared by several count once, as PSS). */
const memoryOf = (pid: number): { megabytes: number; processes: number } => {
  const parents = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const parent = Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, "utf8"))?.[1]);
      parents.set(parent, [...(parents.get(parent) ?? []), Number(name)]);
    } catch {
      // Ended in the meantime.
    }
  }
  const all: number[] = [];
  const walk = (one: number): void => {
    all.push(one);
    for (const child of parents.get(one) ?? []) walk(child);
  };
  walk(pid);
  const kilobytes = all.reduce((sum, one) => {
    try {
      return sum + Number(/Pss:\s+(\d+)/.exec(readFileSync(`/proc/${one}/smaps_rollup`, "utf8"))?.[1] ?? 0);
    } catch {
      return sum;
    }
  }, 0);
  return { megabytes: kilobytes / 1024, processes: all.length };
};

console.log(`${await machineLine()}\n`);
const dir = mkdtempSync(join(tmpdir(), "samla-start-"));
const starts: number[] = [];
let idle = { megabytes: 0, processes: 0 };
for (let round = 0; round < 4; round += 1) {
  const [web, aws] = [await freePort(), await freePort()];
  const startedAt = performance.now();
  const child = spawn("npm", ["start", "--silent"], {
    cwd: root,
    env: { ...process.env, SAMLA_PORT: String(web), SAMLA_AWS_PORT: String(aws), SAMLA_STATE_DIR: dir },
    stdio: ["ignore", "ignore", "inherit"],
    detached: true,
  });
  for (;;) {
    const page = await fetch(`http://127.0.0.1:${web}/sign-in`).then(
      (response) => (response.ok ? response.text() : ""),
      () => "",
    );
    if (page) break;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  // The first round builds and loads the manual; it is not a warm start.
  if (round > 0) starts.push((performance.now() - startedAt) / 1000);
  if (round === 3) {
    await new Promise((resolve) => setTimeout(resolve, 140_000));
    idle = memoryOf(child.pid ?? 0);
  }
  const ended = new Promise((resolve) => child.once("exit", resolve));
  process.kill(-(child.pid ?? 0), "SIGTERM");
  await ended;
}
console.log(
  formatTable(
    ["warm start to first page, s (median of 3)", "slowest", "idle memory after 140 s, MB (PSS)", "processes"],
    [[median(starts), Math.max(...starts), idle.megabytes, String(idle.processes)]],
  ),
);
rmSync(dir, { recursive: true, force: true });
process.exit(0);

import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { closeExtractors, type ExtractOptions, type ExtractProgress, extractFile } from "./index.ts";
import { makePdf } from "./testing/make-pdf.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "samla-test-"));
  await writeFile(join(folder, "note.md"), "# Title\n\nSome words.\n");
});
afterAll(async () => {
  await closeExtractors();
  await rm(folder, { recursive: true, force: true });
});

/** A child that does `body` with every request: stands for a reader a hostile file has taken over. */
async function makeChild(name: string, body: string): Promise<string> {
  const path = join(folder, `${name}.mjs`);
  await writeFile(path, `process.on("message", async (request) => { ${body} });\nprocess.send({ type: "ready" });\n`);
  return path;
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};

/** Processor time used so far, in hundredths of a second. */
const readCpuTicks = (pid: number) => Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[11]);

function extractNote(options: Partial<ExtractOptions> = {}) {
  return extractFile({ path: join(folder, "note.md"), name: "note.md", ...options });
}

describe("reading a file in a child process", () => {
  it("yields the extraction", async () => {
    await expect(extractNote()).resolves.toMatchObject({
      kind: "markdown",
      title: "Title",
      text: "Title\n\nSome words.",
    });
  });

  it("tells of its progress", async () => {
    await writeFile(
      join(folder, "pages.pdf"),
      makePdf({ pages: [1, 2].map((n) => [{ x: 72, y: 72, text: `Page ${n}` }]) }),
    );
    const seen: ExtractProgress[] = [];
    const onProgress = (progress: ExtractProgress) => seen.push(progress);
    await extractFile({ path: join(folder, "pages.pdf"), name: "pages.pdf", onProgress });
    expect(seen[0]).toEqual({ step: "extract", page: 1, pages: 2 });
  });

  it("fails with the reader's own code", async () => {
    await writeFile(join(folder, "blank.txt"), " \n");
    await expect(extractFile({ path: join(folder, "blank.txt"), name: "blank.txt" })).rejects.toMatchObject({
      code: "empty",
    });
  });

  it("kills a reader that does not end in time", async () => {
    const childPath = await makeChild("loops", "for (;;);");
    await expect(extractNote({ childPath, limits: { childTimeoutMs: 300 } })).rejects.toMatchObject({
      code: "timeout",
    });
  });

  it("kills a reader that takes memory outside the heap", async () => {
    const childPath = await makeChild(
      "grows",
      "globalThis.kept = []; setInterval(() => kept.push(Buffer.alloc(2e7, 1)), 5);",
    );
    const failure = extractNote({ childPath, limits: { childRssBytes: 250 * 1024 * 1024 } });
    await expect(failure).rejects.toMatchObject({ code: "too_complex" });
  });

  it("calls a heap that runs over too complex, not our mistake", async () => {
    const childPath = await makeChild("heaps", "const kept = []; for (;;) kept.push({ a: [kept.length] });");
    await expect(extractNote({ childPath, limits: { childHeapMegabytes: 40 } })).rejects.toMatchObject({
      code: "too_complex",
    });
  });

  it("survives a reader that crashes", async () => {
    const childPath = await makeChild("crashes", `process.kill(process.pid, "SIGSEGV");`);
    await expect(extractNote({ childPath })).rejects.toMatchObject({ code: "internal" });
    await expect(extractNote()).resolves.toMatchObject({ kind: "markdown" });
  });

  it("kills the reader when the caller aborts", async () => {
    const pidPath = join(folder, "aborted.pid");
    const childPath = await makeChild(
      "waits",
      `(await import("node:fs")).writeFileSync(${JSON.stringify(pidPath)}, String(process.pid)); for (;;);`,
    );
    const controller = new AbortController();
    const failure = expect(extractNote({ childPath, signal: controller.signal })).rejects.toMatchObject({
      code: "cancelled",
    });
    const pid = await vi.waitUntil(() => existsSync(pidPath) && Number(readFileSync(pidPath, "utf8")), {
      timeout: 10_000,
    });
    controller.abort();
    await failure;
    await vi.waitUntil(() => !isAlive(pid), { timeout: 5_000 });
  });

  it("leaves no rejection unhandled when the caller aborts before the reader is up", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const childPath = join(folder, "never-ready.mjs");
    await writeFile(childPath, "setInterval(() => undefined, 1000);");
    const signal = AbortSignal.timeout(20);
    await expect(extractNote({ childPath, signal })).rejects.toMatchObject({ code: "cancelled" });
    // Node tells of them once the microtasks are done.
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it("hands the child none of our secrets", async () => {
    const childPath = await makeChild(
      "tells",
      `process.send({ type: "failed", id: request.id, code: "empty", detail: JSON.stringify(process.env) });`,
    );
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "very-secret");
    await expect(extractNote({ childPath })).rejects.toMatchObject({
      detail: expect.not.stringContaining("very-secret"),
    });
    vi.unstubAllEnvs();
  });

  it("uses a child again for the next file and replaces it after its share", async () => {
    const childPath = await makeChild(
      "counts",
      `process.send({ type: "failed", id: request.id, code: "empty", detail: String(process.pid) });`,
    );
    const limits = { childReuseFiles: 2 };
    const pids: string[] = [];
    for (let i = 0; i < 3; i++) await extractNote({ childPath, limits }).catch((error) => pids.push(error.detail));
    expect(pids[0]).toBe(pids[1]);
    expect(pids[2]).not.toBe(pids[1]);
  });

  it.skipIf(process.platform !== "linux")("ends a busy child when its parent is killed", async () => {
    const script = join(folder, "parent.mjs");
    const watch = new URL("./watch-parent.ts", import.meta.url).href;
    const busy = join(folder, "busy.mjs");
    // The loop starts late enough for the watching thread to be up.
    await writeFile(
      busy,
      `import { watchParent } from ${JSON.stringify(watch)}; watchParent(); setTimeout(() => { for (;;); }, 500);`,
    );
    await writeFile(
      script,
      `import { fork } from "node:child_process";
       const child = fork(${JSON.stringify(busy)}, [], { execArgv: [] });
       console.log(child.pid);
       setInterval(() => {}, 1000);`,
    );
    const parent = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
    const pid = await new Promise<number>((resolve) => parent.stdout.once("data", (data) => resolve(Number(data))));
    await vi.waitUntil(() => readCpuTicks(pid) > 60, { timeout: 10_000 });
    parent.kill("SIGKILL");
    await vi.waitUntil(() => !isAlive(pid), { timeout: 10_000 });
  });
});

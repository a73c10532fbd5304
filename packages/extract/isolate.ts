import { type ChildProcess, fork } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Extraction } from "@samla/contracts/extraction";
import { ExtractFailure } from "./failure.ts";
import type { ExtractLimits } from "./limits.ts";
import { readRssBytes } from "./memory.ts";
import type { ChildMessage } from "./protocol.ts";
import type { ExtractProgress } from "./reader.ts";
import type { ReadRequest } from "./readers.ts";

const pollEveryMs = 100;
const ocrGraceMs = 5_000;
const resultBytesMax = 1024 * 1024 * 1024;
/** What a child may see of our environment: nothing that opens a door. */
const passedVariables = ["PATH", "TMPDIR", "TEMP", "TMP", "LD_LIBRARY_PATH", "NODE_PATH", "LANG", "TZ", "SystemRoot"];

export type RunOptions = { signal?: AbortSignal; onProgress?: (progress: ExtractProgress) => void };

/** One child process. It reads one file at a time and is killed, never asked, when a limit is passed. */
export type IsolatedChild = {
  run(request: ReadRequest, options?: RunOptions): Promise<Extraction>;
  /** False once the child ended, was killed, or has served enough. */
  isReusable(): Promise<boolean>;
  /** Lets the parent end while the child waits. */
  setIdle(idle: boolean): void;
  kill(): Promise<void>;
};

function startProcess(childPath: string, folder: string, limits: ExtractLimits): ChildProcess {
  const env: NodeJS.ProcessEnv = {};
  for (const name of passedVariables) if (process.env[name] !== undefined) env[name] = process.env[name];
  return fork(childPath, [folder], {
    execArgv: [`--max-old-space-size=${limits.childHeapMegabytes}`, "--disable-warning=ExperimentalWarning"],
    env,
    serialization: "json",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
}

/** Why a child ended by itself: out of heap is the file's doing, anything else is ours. */
function explainExit(code: number | null, signal: string | null, stderr: string): ExtractFailure {
  if (/heap out of memory|Allocation failed|Array buffer allocation failed/i.test(stderr)) {
    return new ExtractFailure("too_complex", "reading it needs more memory than is allowed");
  }
  return new ExtractFailure(
    "internal",
    `the reader ended by itself (${signal ?? `exit code ${code}`}) ${stderr.slice(-500)}`.trim(),
  );
}

/** Forks a child; it is ready when its first message arrives, which `run` awaits. */
export async function startChild(childPath: string, limits: ExtractLimits): Promise<IsolatedChild> {
  const folder = await mkdtemp(join(tmpdir(), "samla-extract-"));
  const resultPath = join(folder, "result.json");
  const child = startProcess(childPath, folder, limits);
  let stderr = "";
  let served = 0;
  let tainted = false;
  let ended: ExtractFailure | null = null;
  let reason: ExtractFailure | null = null;
  let onMessage: (message: ChildMessage) => void = () => {};
  let onEnd: (failure: ExtractFailure) => void = () => {};

  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    stderr = (stderr + chunk).slice(-4000);
  });
  const closed = new Promise<void>((resolve) => {
    const finish = (failure: ExtractFailure) => {
      if (ended) return;
      ended = reason ?? failure;
      onEnd(ended);
      rm(folder, { recursive: true, force: true }).then(resolve, resolve);
    };
    child.on("error", (error) => finish(new ExtractFailure("internal", `the reader did not start: ${error.message}`)));
    child.once("close", (code, signal) => finish(explainExit(code, signal, stderr)));
  });
  let isReady = false;
  const ready = Promise.withResolvers<void>();
  ready.promise.catch(() => undefined);
  child.on("message", (message: ChildMessage) => {
    if (message.type === "ready") {
      isReady = true;
      ready.resolve();
    } else {
      onMessage(message);
    }
  });

  function stop(failure: ExtractFailure): void {
    reason ??= failure;
    child.kill("SIGKILL");
  }

  function setIdle(idle: boolean): void {
    const { channel } = child;
    if (idle) {
      child.unref();
      channel?.unref();
    } else {
      child.ref();
      channel?.ref();
    }
  }

  async function awaitResult(request: ReadRequest, id: number, options: RunOptions): Promise<Extraction> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    // A child that ends before it is ready rejects this while nobody waits for it yet: unhandled, it would end the parent.
    promise.catch(() => undefined);
    let deadline = performance.now() + limits.childStartTimeoutMs;
    let timeoutDetail = `the reader did not start within ${limits.childStartTimeoutMs / 1000} s`;
    onEnd = (failure) => {
      ready.reject(failure);
      reject(failure);
    };
    onMessage = (message) => {
      if (message.type === "ready" || message.id !== id) return;
      if (message.type === "done") resolve(message.sizeBytes);
      else if (message.type === "failed") {
        reject(new ExtractFailure(message.code, message.detail, { suspicious: message.suspicious }));
      } else {
        if (message.progress.step === "ocr") {
          tainted = true;
          deadline = performance.now() + limits.ocrPageTimeoutMs + ocrGraceMs;
          timeoutDetail = `page ${message.progress.page} took more than ${limits.ocrPageTimeoutMs / 1000} s`;
        }
        try {
          options.onProgress?.(message.progress);
        } catch (error) {
          reject(error);
        }
      }
    };
    const onAbort = () => stop(new ExtractFailure("cancelled", "processing was cancelled"));
    const poll = setInterval(async () => {
      if (performance.now() > deadline) stop(new ExtractFailure(isReady ? "timeout" : "internal", timeoutDetail));
      const rssBytes = child.pid ? await readRssBytes(child.pid) : 0;
      if (rssBytes > limits.childRssBytes) {
        stop(
          new ExtractFailure(
            "too_complex",
            `reading it needs more than ${Math.round(limits.childRssBytes / 1048576)} MB of memory`,
          ),
        );
      }
    }, pollEveryMs);
    options.signal?.addEventListener("abort", onAbort, { once: true });
    try {
      if (options.signal?.aborted) onAbort();
      await ready.promise;
      deadline = performance.now() + limits.childTimeoutMs;
      timeoutDetail = `more than ${limits.childTimeoutMs / 1000} s`;
      child.send({ ...request, id, resultPath });
      const sizeBytes = await promise;
      if (sizeBytes > resultBytesMax) throw new ExtractFailure("too_complex", "its structure is too large to keep");
      return JSON.parse(await readFile(resultPath, "utf8")) as Extraction;
    } finally {
      clearInterval(poll);
      options.signal?.removeEventListener("abort", onAbort);
      onMessage = () => {};
      onEnd = () => {};
    }
  }

  return {
    async run(request, options = {}) {
      if (ended) throw ended;
      served++;
      return awaitResult(request, served, options);
    },
    async isReusable() {
      if (ended || reason || tainted || served >= limits.childReuseFiles || !child.connected) return false;
      return (await readRssBytes(child.pid ?? 0)) < limits.childReuseRssBytes;
    },
    setIdle,
    async kill() {
      // An idle child would let the process end before its folder is removed.
      setIdle(false);
      stop(new ExtractFailure("cancelled", "the reader was closed"));
      await closed;
    },
  };
}

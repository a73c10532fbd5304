import type { HashAnswer } from "./upload-hash-worker.ts";

/** Below this the browser's own SHA-256 is used: it is faster, and holds the file in memory only for a moment. */
const wholeBytesMax = 16 * 1024 * 1024;

type Job = {
  onProgress: (hashedBytes: number) => void;
  resolve: (sha256: string) => void;
  reject: (error: unknown) => void;
};

let worker: Worker | undefined;
let nextId = 0;
const jobs = new Map<number, Job>();

const startWorker = (): Worker => {
  if (worker) return worker;
  const started = new Worker(new URL("./upload-hash-worker.ts", import.meta.url), { type: "module" });
  started.addEventListener("message", (event: MessageEvent<HashAnswer>) => {
    const answer = event.data;
    const job = jobs.get(answer.id);
    if (!job) return;
    if ("hashedBytes" in answer) {
      job.onProgress(answer.hashedBytes);
      return;
    }
    jobs.delete(answer.id);
    if ("sha256" in answer) job.resolve(answer.sha256);
    else job.reject(new DOMException(answer.error.message, answer.error.name));
  });
  started.addEventListener("error", (event) => {
    worker = undefined;
    for (const job of jobs.values())
      job.reject(new Error(`The file could not be hashed: ${event.message || "the worker did not start"}.`));
    jobs.clear();
  });
  worker = started;
  return started;
};

const toHex = (bytes: ArrayBuffer): string =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** SHA-256 of a file in small hex; large files are streamed through a worker, so memory and the page stay free. */
export const hashFile = async (
  file: File,
  onProgress: (hashedBytes: number) => void,
  signal: AbortSignal,
): Promise<string> => {
  signal.throwIfAborted();
  if (file.size <= wholeBytesMax && globalThis.crypto.subtle !== undefined)
    return toHex(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  nextId += 1;
  const id = nextId;
  const target = startWorker();
  return new Promise<string>((resolve, reject) => {
    const stop = () => {
      jobs.delete(id);
      target.postMessage({ id, stop: true });
      reject(signal.reason);
    };
    signal.addEventListener("abort", stop, { once: true });
    jobs.set(id, {
      onProgress,
      resolve: (sha256) => {
        signal.removeEventListener("abort", stop);
        resolve(sha256);
      },
      reject,
    });
    target.postMessage({ id, file });
  });
};

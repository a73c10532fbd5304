import { callApi } from "../../lib/api.ts";
import { hashFile } from "./upload-hash.ts";
import type { UploadPorts } from "./upload-ports.ts";
import { putBytes } from "./upload-put.ts";
import { UploadQueue } from "./upload-queue.ts";
import { openUploadStore } from "./upload-store.ts";

const sleep = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", end);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", end, { once: true });
  });

const waitOnline = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (navigator.onLine) return resolve();
    window.addEventListener("online", () => resolve(), { once: true, signal });
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });

/** The queue of this page, joined to the API, the browser and what earlier pages of the same person left. */
export const startUploadQueue = async (userId: string): Promise<UploadQueue> => {
  const ports: UploadPorts = {
    api: {
      create: (body, idempotencyKey) => callApi("uploads.create", { body, idempotencyKey }),
      get: (versionId, signal) => callApi("uploads.get", { params: { versionId }, signal }),
      complete: (versionId, parts, signal) =>
        callApi("uploads.complete", { params: { versionId }, body: { parts }, signal }),
      abort: (versionId) => callApi("uploads.abort", { params: { versionId } }),
    },
    store: await openUploadStore(userId),
    hash: hashFile,
    put: putBytes,
    sleep,
    waitOnline,
    now: () => performance.timeOrigin + performance.now(),
    newId: () => crypto.randomUUID(),
  };
  const queue = new UploadQueue(ports);
  await queue.restore();
  return queue;
};

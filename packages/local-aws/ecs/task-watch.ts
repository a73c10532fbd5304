import { lstatSync, readdirSync } from "node:fs";
import path from "node:path";
import { readTreeCpuSeconds, readTreeMemoryBytes } from "./process-usage.ts";

const MEMORY_WATCH_MS = 250;
const STORAGE_WATCH_MS = 2000;
/** A folder with more entries than this is not walked further. */
const WALK_ENTRIES = 50_000;

const measureFolder = (dir: string, budget = { entries: WALK_ENTRIES }): number => {
  let bytes = 0;
  let names: string[];
  try {
    names = readdirSync(dir);
  } catch {
    return 0;
  }
  for (const name of names) {
    budget.entries -= 1;
    if (budget.entries < 0) break;
    try {
      const entry = lstatSync(path.join(dir, name));
      bytes += entry.isDirectory() ? measureFolder(path.join(dir, name), budget) : entry.blocks * 512;
    } catch {
      // Removed while it was walked.
    }
  }
  return bytes;
};

/** Sizes of what a task uses; CPU as seconds of one processor since its start. */
export type Usage = { memoryBytes: number; cpuSeconds: number };

export const readUsage = (pids: readonly number[]): Usage => ({
  memoryBytes: pids.reduce((sum, pid) => sum + readTreeMemoryBytes(pid), 0),
  cpuSeconds: pids.reduce((sum, pid) => sum + readTreeCpuSeconds(pid), 0),
});

/** Watches a container's memory and its task's storage; each limit is told once. */
export function watchLimits(options: {
  pid: number;
  memoryBytes: number;
  scratchDir: string;
  storageBytes: number;
  onMemory(): void;
  onStorage(usedBytes: number): void;
}): { stop(): void } {
  const memory = setInterval(() => {
    if (readTreeMemoryBytes(options.pid) <= options.memoryBytes) return;
    clearInterval(memory);
    options.onMemory();
  }, MEMORY_WATCH_MS);
  const storage = setInterval(() => {
    const usedBytes = measureFolder(options.scratchDir);
    if (usedBytes <= options.storageBytes) return;
    clearInterval(storage);
    options.onStorage(usedBytes);
  }, STORAGE_WATCH_MS);
  memory.unref();
  storage.unref();
  return {
    stop() {
      clearInterval(memory);
      clearInterval(storage);
    },
  };
}

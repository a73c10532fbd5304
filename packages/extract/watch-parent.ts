import { Worker } from "node:worker_threads";

/**
 * Ends this process when its parent is gone, even while a file keeps the main thread busy: a thread of its
 * own looks once a second, since orphans get another parent process.
 */
export function watchParent(): void {
  const source = `const parent = process.ppid;
    setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, "SIGKILL"); }, 1000);`;
  new Worker(source, { eval: true }).unref();
}

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
let hasProc: boolean | undefined;

/** Resident memory of a process in bytes: from /proc where there is one, else from `ps`. 0 when it is gone. */
export async function readRssBytes(pid: number): Promise<number> {
  if (hasProc !== false) {
    try {
      const status = await readFile(`/proc/${pid}/status`, "utf8");
      hasProc = true;
      return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
    } catch {
      if (hasProc || process.platform === "linux") return 0;
      hasProc = false;
    }
  }
  try {
    const { stdout } = await run("ps", ["-o", "rss=", "-p", String(pid)], { timeout: 2000 });
    return Number(stdout.trim()) * 1024 || 0;
  } catch {
    return 0;
  }
}

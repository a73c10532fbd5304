import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * Ends a process that leads its own group, and everything it started in that group, at once (SIGKILL; on Windows, which
 * has no groups, its process tree). A process that is already gone is no error.
 */
export function endProcessGroup(pid: number): void {
  if (process.platform === "win32") {
    execFile("taskkill", ["/pid", String(pid), "/T", "/F"], () => undefined);
    return;
  }
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // ESRCH: the whole group has ended in the meantime.
  }
}

function readProcFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/**
 * Private memory (RssAnon, bytes) of a process and all its descendants; 0 where the system has no /proc. Mapped files,
 * such as the runtime's own binary or index files, are not counted: Lambda's pages of those are shared too.
 */
export function readTreeMemoryBytes(pid: number): number {
  const status = readProcFile(`/proc/${pid}/status`);
  const kib = /^RssAnon:\s+(\d+) kB/m.exec(status)?.[1];
  if (!kib) return 0;
  let total = Number(kib) * 1024;
  for (const child of readProcFile(`/proc/${pid}/task/${pid}/children`).split(" "))
    if (child) total += readTreeMemoryBytes(Number(child));
  return total;
}

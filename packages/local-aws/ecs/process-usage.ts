import { readdirSync, readFileSync } from "node:fs";
import { readTreeMemoryBytes } from "../lambda/process-group.ts";

/** Clock ticks of /proc a second: 100 on every Linux that Node runs on (sysconf(_SC_CLK_TCK)). */
const TICKS_PER_SECOND = 100;

const readText = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
};

/** Processor seconds a process, its descendants and its ended children have used; 0 where the system has no /proc. */
export function readTreeCpuSeconds(pid: number): number {
  const stat = readText(`/proc/${pid}/stat`);
  if (stat === "") return 0;
  // The name in brackets may hold anything; fields 14 to 17 are utime, stime, cutime, cstime (proc(5)).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  let seconds = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index] ?? 0), 0) / TICKS_PER_SECOND;
  for (const child of readText(`/proc/${pid}/task/${pid}/children`).split(" "))
    if (child) seconds += readTreeCpuSeconds(Number(child));
  return seconds;
}

export { readTreeMemoryBytes };

/**
 * Ends every process of this user whose environment has `marker`, whatever group or session it moved to. Returns how
 * many there were; 0 where the system has no /proc.
 */
export function endProcessesMarked(marker: string): number {
  let ended = 0;
  let entries: string[];
  try {
    entries = readdirSync("/proc");
  } catch {
    return 0;
  }
  for (const entry of entries) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    if (!readText(`/proc/${entry}/environ`).split("\0").includes(marker)) continue;
    try {
      process.kill(Number(entry), "SIGKILL");
      ended += 1;
    } catch {
      // It ended in the meantime.
    }
  }
  return ended;
}

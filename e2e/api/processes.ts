import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Processes that the given ones have started. */
export const childrenOf = (pids: number[]): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const [, parent] =
          readFileSync(join("/proc", name, "stat"), "utf8")
            .split(") ")[1]
            ?.split(" ") ?? [];
        return pids.includes(Number(parent));
      } catch {
        return false;
      }
    })
    .map(Number);

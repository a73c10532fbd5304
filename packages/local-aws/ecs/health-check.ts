import { findProgram } from "./container-command.ts";
import { ContainerProcess, type ProcessSpec } from "./container-process.ts";
import type { HealthCheck } from "./records.ts";

/** Docker asks more often until the first success: https://docs.docker.com/reference/dockerfile/#healthcheck */
const START_INTERVAL_SECONDS = 5;

export type HealthWatch = { stop(): void };

/**
 * Runs a container's health check as Docker does: after `interval`, then `interval` after each end; a failure counts
 * once the start period is over, `retries` of them in a row make it unhealthy, one success makes it healthy.
 */
export function watchHealth(options: {
  check: HealthCheck;
  spec: Omit<ProcessSpec, "program" | "args">;
  rootDir: string;
  searchPath: string;
  /** Length of a second of the configuration. */
  secondMs: number;
  onChange(status: "HEALTHY" | "UNHEALTHY"): void;
}): HealthWatch {
  const { check, spec, rootDir, searchPath, secondMs } = options;
  const [kind, ...words] = check.command;
  if (kind === "NONE") return { stop: () => undefined };
  const startedMs = Date.now();
  const startPeriodMs = (check.startPeriod ?? 0) * secondMs;
  let failures = 0;
  let isOver = false;
  let wasHealthy = false;
  let running: ContainerProcess | undefined;
  let timer: NodeJS.Timeout | undefined;

  const program = kind === "CMD-SHELL" ? "/bin/sh" : findProgram(rootDir, words[0] ?? "", spec.cwd, searchPath);
  const args = kind === "CMD-SHELL" ? ["-c", words.join(" ")] : words.slice(1);

  const probe = async (): Promise<boolean> => {
    if (program === undefined) return false;
    const current = new ContainerProcess({ ...spec, program, args, fileLimitBytes: 0, mark: "" }, { output: "ignore" });
    running = current;
    const limit = setTimeout(() => current.endNow(), check.timeout * 1000);
    const { code } = await current.exited;
    clearTimeout(limit);
    running = undefined;
    return code === 0;
  };
  const schedule = (): void => {
    if (isOver) return;
    const isStarting = !wasHealthy && Date.now() - startedMs < startPeriodMs;
    const seconds = isStarting ? Math.min(START_INTERVAL_SECONDS, check.interval) : check.interval;
    timer = setTimeout(turn, seconds * secondMs);
    timer.unref();
  };
  const turn = async (): Promise<void> => {
    const isGood = await probe();
    if (isOver) return;
    if (isGood) {
      failures = 0;
      wasHealthy = true;
      options.onChange("HEALTHY");
    } else if (wasHealthy || Date.now() - startedMs >= startPeriodMs) {
      failures += 1;
      if (failures >= check.retries) options.onChange("UNHEALTHY");
    }
    schedule();
  };
  schedule();
  return {
    stop() {
      isOver = true;
      clearTimeout(timer);
      running?.endNow();
    },
  };
}

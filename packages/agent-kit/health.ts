import type { Check } from "./check-needs.ts";
import type { FatalError } from "./fatal.ts";

type Finding = { check: Check; fatal?: FatalError };
export type HealthState = "starting" | "ready" | "degraded" | "unready" | "draining";
export type HealthReport = { status: HealthState; checks: Check[] };

const freshMs = 5_000;
/** So long a running agent bears an API that does not answer, before it says that it cannot work. */
const patienceMs = 60_000;
const checkTimeoutMs = 4_000;

export type Health = {
  /** Looks again when the last look is older than five seconds; callers at the same time share one look. */
  report(): Promise<HealthReport>;
  /** Looks until all is there. Throws the `FatalError` of what waiting does not mend, or undefined after `withinMs`. */
  waitUntilReady(withinMs: number): Promise<{ ready: boolean; checks: Check[] }>;
  drain(): void;
};

/** Whether an agent can work: its first look must succeed, later ones may fail for a minute. */
export const createHealth = (
  look: (signal: AbortSignal) => Promise<Finding[]>,
  now: () => number = Date.now,
): Health => {
  let last: { atMs: number; findings: Finding[] } | undefined;
  let goodMs: number | undefined;
  let underWay: Promise<Finding[]> | undefined;
  let isDraining = false;

  const lookNow = (): Promise<Finding[]> => {
    underWay ??= look(AbortSignal.timeout(checkTimeoutMs))
      .then((findings) => {
        last = { atMs: now(), findings };
        if (findings.every(({ check }) => check.ok)) goodMs = now();
        return findings;
      })
      .finally(() => {
        underWay = undefined;
      });
    return underWay;
  };
  const stateOf = (findings: Finding[]): HealthState => {
    if (isDraining) return "draining";
    if (findings.every(({ check }) => check.ok)) return "ready";
    if (goodMs === undefined) return "starting";
    return now() - goodMs < patienceMs ? "degraded" : "unready";
  };

  return {
    report: async () => {
      const findings = last && now() - last.atMs < freshMs ? last.findings : await lookNow();
      return { status: stateOf(findings), checks: findings.map(({ check }) => check) };
    },
    waitUntilReady: async (withinMs) => {
      const untilMs = now() + withinMs;
      for (;;) {
        const findings = await lookNow();
        const fatal = findings.find((finding) => finding.fatal)?.fatal;
        if (fatal) throw fatal;
        const ready = findings.every(({ check }) => check.ok);
        if (ready || isDraining || now() >= untilMs) return { ready, checks: findings.map(({ check }) => check) };
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    },
    drain: () => {
      isDraining = true;
    },
  };
};

import type { BrakeReport } from "./brake.ts";

export const runStatuses = ["running", "done", "stopped", "cancelled", "failed", "lost"] as const;
export const outcomes = ["added", "changed", "deleted", "failed", "skipped", "held"] as const;
export type Outcome = (typeof outcomes)[number];

/** What became of one thing of the source, or of one document. Unchanged ones are counted only. */
export type Row = { key: string; outcome: Outcome; reason?: string; documentId?: string; tookMs?: number };

export type Run = {
  id: string;
  /** `stopped`: by the brake or a limit, with `problem`. `lost`: its task ended in the middle. */
  status: (typeof runStatuses)[number];
  trigger: "schedule" | "request";
  by?: string;
  startedAt: string;
  endedAt?: string;
  counts: { found: number; unchanged: number } & Record<Outcome, number>;
  sentBytes: number;
  tookMs: { list: number; compare: number; delete: number };
  brake?: BrakeReport;
  problem?: { detail: string; nextStep: string };
  /** Rows beyond what one report keeps. */
  rowsLeftOut: number;
};

/** One report fits one note. */
const rowsMaxBytes = 240 * 1024;

export const newRun = (id: string, trigger: Run["trigger"], startedAt: string, by?: string): Run => ({
  id,
  status: "running",
  trigger,
  ...(by ? { by } : {}),
  startedAt,
  counts: { found: 0, unchanged: 0, added: 0, changed: 0, deleted: 0, failed: 0, skipped: 0, held: 0 },
  sentBytes: 0,
  tookMs: { list: 0, compare: 0, delete: 0 },
  rowsLeftOut: 0,
});

/** Collects rows and counts them. What went wrong is kept before what went well, when not all fits. */
export const createReport = (run: Run) => {
  const rows: Row[] = [];
  return {
    run,
    add: (row: Row): void => {
      run.counts[row.outcome] += 1;
      rows.push(row);
    },
    /** Rows that fit the report, failures first, else as they came. */
    keptRows: (): Row[] => {
      const first = rows.filter(({ outcome }) => outcome === "failed" || outcome === "held");
      const rest = rows.filter(({ outcome }) => outcome !== "failed" && outcome !== "held");
      const kept: Row[] = [];
      let sizeBytes = 2;
      for (const row of [...first, ...rest]) {
        sizeBytes += Buffer.byteLength(JSON.stringify(row)) + 1;
        if (sizeBytes > rowsMaxBytes) break;
        kept.push(row);
      }
      run.rowsLeftOut = rows.length - kept.length;
      return kept;
    },
  };
};
export type Report = ReturnType<typeof createReport>;

import type { SyncRow as Row, SyncRun as Run } from "@samla/contracts";

export type { SyncOutcome as Outcome, SyncRow as Row, SyncRun as Run } from "@samla/contracts";

/** One report fits one note. */
const rowsMaxBytes = 240 * 1024;

export const newRun = (
  begun: Pick<Run, "id" | "trigger" | "startedAt" | "by" | "source" | "dryRun" | "allowDeletes">,
): Run => ({
  ...begun,
  status: "running",
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
    rows,
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

import type { BuildFill } from "@samla/contracts";
import type { BuildDocumentRecord, DataStage, FillRecord } from "../kernel/index.ts";

/** Rates are means over this long. */
const windowMs = 60_000;
/** Moments closer together than this are one sample, so that the row stays small. */
const sampleMs = 5_000;

const none = (): Record<DataStage, number> => ({ extract: 0, split: 0, embed: 0 });

/** The fill of a new build. `total`: documents that have to be in it. */
export const newFill = (state: FillRecord["state"], total: number, nowMs: number): FillRecord => {
  const at = new Date(nowMs).toISOString();
  return {
    state,
    startedAt: at,
    ...(state === "done" ? { endedAt: at } : {}),
    total,
    done: 0,
    failed: 0,
    reused: none(),
    made: none(),
    run: 1,
    movedAt: nowMs,
    samples: [{ at: nowMs, done: 0 }],
  };
};

/** Begins to fill, or goes on: messages of earlier runs no longer count. */
export const restartFill = (fill: FillRecord, nowMs: number): FillRecord => {
  const { endedAt: _, ...rest } = fill;
  return {
    ...rest,
    state: "running",
    run: fill.run + 1,
    movedAt: nowMs,
    samples: [{ at: nowMs, done: fill.done }],
  };
};

/** Ends it in one of its last states. */
export const endFill = (fill: FillRecord, state: "done" | "failed" | "cancelled", nowMs: number): FillRecord => ({
  ...fill,
  state,
  total: Math.max(fill.done + fill.failed, state === "done" ? 0 : fill.total),
  endedAt: new Date(nowMs).toISOString(),
  movedAt: nowMs,
});

/** One document's row before and after; `stages` are those its build has. */
export type RowMove = { before?: BuildDocumentRecord | undefined; after?: BuildDocumentRecord | undefined };

/**
 * Moves the counts of a fill as rows move. A document counts once, however often it is written: what was made and reused
 * counts when it first becomes done.
 */
export const moveFill = (
  fill: FillRecord,
  moves: readonly RowMove[],
  stages: readonly DataStage[],
  nowMs: number,
): FillRecord => {
  const next: FillRecord = { ...fill, reused: { ...fill.reused }, made: { ...fill.made }, movedAt: nowMs };
  for (const { before, after } of moves) {
    if (before?.outcome) next[before.outcome] = Math.max(0, next[before.outcome] - 1);
    if (after?.outcome) next[after.outcome] += 1;
    if (after?.outcome !== "done" || before?.outcome === "done") continue;
    const work = before?.work;
    const made = work && work.versionId === after.versionId ? work.made : [];
    for (const stage of stages) next[made.includes(stage) ? "made" : "reused"][stage] += 1;
  }
  const last = fill.samples.at(-1);
  next.samples = [
    ...fill.samples.filter((sample) => sample.at > nowMs - windowMs - sampleMs),
    ...(last && nowMs - last.at < sampleMs ? [] : [{ at: nowMs, done: next.done }]),
  ];
  return next;
};

/** What people see of a fill, with its rate over the last minute. */
export const toFill = (fill: FillRecord, nowMs: number): BuildFill => {
  const { run: _r, movedAt: _m, retryBefore: _b, samples, ...shown } = fill;
  const total = Math.max(fill.total, fill.done + fill.failed);
  const [first] = samples;
  const seconds = first ? (nowMs - first.at) / 1000 : 0;
  const rate = first && fill.state === "running" && seconds >= 1 ? (fill.done - first.done) / seconds : undefined;
  if (rate === undefined || fill.done === first?.done) return { ...shown, total };
  return {
    ...shown,
    total,
    documentsPerSecond: rate,
    secondsLeft: (total - fill.done - fill.failed) / rate,
  };
};

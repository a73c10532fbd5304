import type { SyncRun } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { countsText, durationText, progressOf, runState, scheduleText } from "./words.ts";

const counts: SyncRun["counts"] = {
  found: 0,
  unchanged: 0,
  added: 0,
  changed: 0,
  deleted: 0,
  failed: 0,
  skipped: 0,
  held: 0,
};
const brake = { wanted: 4, of: 6, allowed: 1, sentence: "" };
const setup = { index: "library", source: "", label: "sync", into: "", brake: { deletesMax: 1, deletesPercentMax: 1 } };

describe("words of a run", () => {
  it("are green only for a run that did all it should", () => {
    expect(runState({ status: "done", counts }).tone).toBe("success");
    expect(runState({ status: "done", counts: { ...counts, failed: 1 } })).toEqual({
      label: "Done, with failures",
      tone: "warning",
    });
    expect(runState({ status: "stopped", counts, brake }).label).toBe("Held by the brake");
    expect(runState({ status: "stopped", counts }).label).toBe("Stopped");
  });

  it("put what failed first, and say of a dry run what it would do", () => {
    const some = { ...counts, unchanged: 1200, added: 2, failed: 1, deleted: 3 };
    expect(countsText({ counts: some, status: "done" })).toBe("1 failed, 2 added, 3 removed, 1,200 unchanged");
    expect(countsText({ counts: { ...counts, deleted: 3 }, status: "done", dryRun: true })).toBe("3 to remove");
    expect(countsText({ counts, status: "running" })).toBe("reading the source");
    expect(countsText({ counts, status: "done" })).toBe("the source is empty");
  });

  it("tell a share only once it is known how many files there are", () => {
    const tookMs = { list: 0, compare: 0, delete: 0 };
    expect(progressOf({ counts: { ...counts, found: 10, added: 5 }, tookMs })).toBeUndefined();
    expect(progressOf({ counts: { ...counts, found: 10, added: 5 }, tookMs: { ...tookMs, list: 3 } })).toBe(0.5);
  });

  it("say how long it took and when the next one is", () => {
    const startedAt = "2026-01-01T00:00:00.000Z";
    expect(durationText({ startedAt, endedAt: "2026-01-01T00:00:01.500Z" }, 0)).toBe("1.5 s");
    expect(durationText({ startedAt }, Date.parse("2026-01-01T00:20:00.000Z"))).toBe("20 min");
    const schedule = (intervalMinutes: number) => scheduleText({ ...setup, intervalMinutes });
    expect([0, 1, 15, 60, 120, 1440, 2880].map(schedule)).toEqual([
      "only when somebody starts one",
      "every 1 minute",
      "every 15 minutes",
      "every hour",
      "every 2 hours",
      "every day",
      "every 2 days",
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { makeUpload } from "./test-fixtures.ts";
import { addSample, formatSeconds, speedOf, totalsOf } from "./upload-totals.ts";

describe("totals of the queue", () => {
  it("counts files by what they need, and bytes of those that are sent or to be sent", () => {
    const totals = totalsOf([
      makeUpload({ phase: "sent", sentBytes: 100 }),
      makeUpload({ phase: "sending", sentBytes: 25 }),
      makeUpload({ phase: "waiting" }),
      makeUpload({ phase: "waiting", paused: true }),
      makeUpload({ phase: "asking" }),
      makeUpload({ phase: "refused", sizeBytes: 9999 }),
      makeUpload({ phase: "cancelled", sizeBytes: 9999 }),
      makeUpload({ phase: "failed", problem: { title: "", detail: "", retryable: true } }),
    ]);
    expect(totals).toMatchObject({
      files: 8,
      done: 1,
      failed: 1,
      refused: 1,
      asking: 1,
      paused: 1,
      active: 1,
      pending: 2,
      sentBytes: 125,
      totalBytes: 600,
      canRetry: true,
    });
  });
});

describe("speed", () => {
  it("is taken over the last 8 seconds, with the time left", () => {
    let samples = addSample([], { atMs: 0, bytes: 0 });
    samples = addSample(samples, { atMs: 10_000, bytes: 10_000 });
    samples = addSample(samples, { atMs: 14_000, bytes: 18_000 });
    expect(speedOf(samples, 20_000)).toEqual({ bytesPerSecond: 2000, secondsLeft: 10 });
  });
  it("is unknown in the first second, and standing still has no time left", () => {
    expect(
      speedOf(
        [
          { atMs: 0, bytes: 0 },
          { atMs: 500, bytes: 10 },
        ],
        10,
      ),
    ).toBeUndefined();
    expect(
      speedOf(
        [
          { atMs: 0, bytes: 5 },
          { atMs: 2000, bytes: 5 },
        ],
        10,
      ),
    ).toEqual({ bytesPerSecond: 0, secondsLeft: undefined });
  });
  it("the time left is not guessed from the first three seconds", () => {
    const samples = [
      { atMs: 0, bytes: 0 },
      { atMs: 2000, bytes: 2000 },
    ];
    expect(speedOf(samples, 10)).toEqual({ bytesPerSecond: 1000, secondsLeft: undefined });
  });
  it("starts anew when the total shrinks", () => {
    expect(addSample([{ atMs: 0, bytes: 50 }], { atMs: 10, bytes: 20 })).toEqual([{ atMs: 10, bytes: 20 }]);
  });
  it.each([
    [0.2, "1 s"],
    [59, "59 s"],
    [61, "2 min"],
    [7800, "2 h 10 min"],
    [7200, "2 h"],
  ])("%d seconds read %s", (seconds, text) => expect(formatSeconds(seconds)).toBe(text));
});

import { describe, expect, it } from "vitest";
import { statusDetail, stepDurationMs } from "./labels.ts";
import { makeDocument, makeUpload } from "./test-fixtures.ts";
import { totalsOf } from "./upload-totals.ts";
import { describeTotals, describeUpload } from "./upload-words.ts";

describe("the line under a status", () => {
  it.each([
    [{}, undefined],
    [{ vectors: 1 }, "Vectors 1 of 4"],
    [{ status: "failed", failure: { title: "This file is damaged" } }, "This file is damaged"],
    [{ status: "extracting" }, "The version before stays live"],
    [{ status: "extracting", liveVersionId: undefined }, undefined],
  ] as const)("%j: %s", (more, expected) => expect(statusDetail(makeDocument(1, more as never))).toBe(expected));
  it("a running step is measured until now", () => {
    const startedAt = "2026-01-01T00:00:00.000Z";
    expect(stepDurationMs({ startedAt }, Date.parse(startedAt) + 1500)).toBe(1500);
    expect(stepDurationMs({ startedAt, endedAt: "2026-01-01T00:00:01.000Z" }, Number.NaN)).toBe(1000);
  });
});

describe("uploads in words", () => {
  it.each([
    [{ phase: "sending", sizeBytes: 2048, sentBytes: 1024 }, "1.0 KB of 2.0 KB"],
    [{ paused: true, sizeBytes: 2048, sentBytes: 1024 }, "Paused at 1.0 KB of 2.0 KB"],
    [
      { phase: "failed", problem: { title: "t", detail: "The store answered 503.", retryable: true } },
      "The store answered 503.",
    ],
  ] as const)("%j: %s", (more, expected) => expect(describeUpload(makeUpload(more as never))).toBe(expected));
  it("the totals name what still needs a person", () => {
    const words = (...phases: string[]) =>
      describeTotals(totalsOf(phases.map((phase) => makeUpload({ phase } as never))));
    expect(words("sent", "sending", "waiting")).toBe("Uploading 1 of 3");
    expect(words("sent", "asking")).toBe("Waiting for your decision");
    expect(words("sent", "failed", "refused")).toBe("1 uploaded, 2 not");
    expect(words("failed", "refused")).toBe("2 could not be uploaded");
    expect(words("sent", "stored")).toBe("2 uploaded");
  });
});

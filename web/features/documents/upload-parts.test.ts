import type { DocumentId, VersionId } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { idOf } from "./test-fixtures.ts";
import { afterFailedPut, needsFreshUrls, planUpload, retryDelayMs } from "./upload-parts.ts";

const base = {
  documentId: idOf("doc", 1) as DocumentId,
  versionId: idOf("ver", 1) as VersionId,
  multipart: true,
  partSizeBytes: 10,
  headers: {},
  expiresAt: "2026-01-01T01:00:00.000Z",
};
const part = (number: number, start: number, end: number) => ({ number, start, end, url: `https://s3/${number}` });

describe("what is to be sent", () => {
  it("all parts of a new upload, in order", () => {
    const plan = planUpload(
      { ...base, outcome: "upload", parts: [part(2, 10, 20), part(1, 0, 10), part(3, 20, 25)] },
      25,
    );
    expect(plan.toSend.map((one) => one.number)).toEqual([1, 2, 3]);
    expect(plan.doneBytes).toBe(0);
  });
  it("only the missing parts of one that goes on", () => {
    const plan = planUpload(
      {
        ...base,
        status: "uploading",
        uploadedParts: [{ number: 2, etag: '"b"', sizeBytes: 10 }],
        parts: [part(1, 0, 10), part(2, 10, 20), part(3, 20, 25)],
      },
      25,
    );
    expect(plan.toSend.map((one) => one.number)).toEqual([1, 3]);
    expect(plan.doneBytes).toBe(10);
    expect(plan.done).toEqual([{ number: 2, etag: '"b"', sizeBytes: 10 }]);
  });
  it("refuses parts that do not cover the file exactly", () => {
    expect(() => planUpload({ ...base, outcome: "upload", parts: [part(1, 0, 10)] }, 25)).toThrow(/cover 10 bytes/);
  });
  it("renews addresses that end within a minute", () => {
    const plan = planUpload({ ...base, outcome: "upload", parts: [part(1, 0, 25)] }, 25);
    expect(needsFreshUrls(plan, Date.parse("2026-01-01T00:59:30.000Z"))).toBe(true);
    expect(needsFreshUrls(plan, Date.parse("2026-01-01T00:30:00.000Z"))).toBe(false);
  });
});

describe("after a part failed", () => {
  it.each([
    [{ kind: "network" }, 1, "retry"],
    [{ kind: "network" }, 5, "give-up"],
    [{ kind: "status", status: 403 }, 1, "renew"],
    [{ kind: "status", status: 403 }, 3, "give-up"],
    [{ kind: "status", status: 503 }, 2, "retry"],
    [{ kind: "status", status: 429 }, 2, "retry"],
    [{ kind: "status", status: 404 }, 1, "give-up"],
    [{ kind: "status", status: 413 }, 1, "give-up"],
  ] as const)("%j after %d tries: %s", (failure, tries, expected) => {
    expect(afterFailedPut(failure, tries)).toBe(expected);
  });
  it("waits longer each time, up to 8 s, less up to half by chance", () => {
    expect([1, 2, 3, 9].map((tries) => retryDelayMs(tries, 0))).toEqual([500, 1000, 2000, 8000]);
    expect(retryDelayMs(2, 1)).toBe(500);
  });
});

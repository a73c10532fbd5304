import { type Document, limits, type Step } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import type { VersionRecord } from "../kernel/index.ts";
import { formatPassages, parsePassages } from "./passages-file.ts";
import { endRunning, endStep, failureOf, mirrorHead, searchableVersionId, startStep, toVersion } from "./rules.ts";
import { planParts } from "./upload-plan.ts";
import { formatVectors, parseVectors } from "./vectors-file.ts";

const at = "2026-01-01T00:00:00.000Z";
const later = "2026-01-01T00:01:00.000Z";
const version = (id: string, more: Partial<VersionRecord> = {}): VersionRecord => ({
  id: id as VersionRecord["id"],
  documentId: "doc" as VersionRecord["documentId"],
  index: "library",
  number: 1,
  status: "ready",
  name: "a.txt",
  sizeBytes: 1,
  createdAt: at,
  createdBy: "t",
  updatedAt: at,
  attempt: 0,
  steps: [],
  warnings: [],
  passages: 2,
  vectors: 1,
  pages: 0,
  characters: 9,
  ocrPages: 0,
  ...more,
});
const document = (more: Partial<Document> = {}): Document => ({
  id: "doc" as Document["id"],
  index: "library" as Document["index"],
  name: "a.txt",
  path: "",
  tags: [],
  sizeBytes: 1,
  status: "ready",
  headVersionId: "v1" as Document["headVersionId"],
  versionCount: 1,
  passages: 0,
  vectors: 0,
  pages: 0,
  createdAt: at,
  createdBy: "t",
  updatedAt: at,
  revision: 1,
  ...more,
});

describe("steps", () => {
  it("start anew, keep when they began, and are added as ended when they never ran", () => {
    const running = startStep([], "extract", at, "page 1");
    expect(running).toEqual([{ name: "extract", status: "running", startedAt: at, detail: "page 1" }]);
    expect(endStep(running, "extract", later)).toEqual([
      { name: "extract", startedAt: at, detail: "page 1", status: "done", endedAt: later },
    ]);
    expect(endStep([], "split", later)).toEqual([{ name: "split", startedAt: later, status: "done", endedAt: later }]);
    expect(startStep(endStep(running, "extract", later), "extract", later)).toHaveLength(1);
  });

  it("end together when the work is cut off, and only those that run", () => {
    const steps: Step[] = [
      { name: "upload", status: "done", startedAt: at, endedAt: at },
      { name: "extract", status: "running", startedAt: at },
    ];
    expect(endRunning(steps, later, "cancelled").map((step) => step.status)).toEqual(["done", "cancelled"]);
  });
});

describe("what a document shows", () => {
  it("is its head version's state; another version changes only the time", () => {
    const failed = version("v1", { status: "failed", failure: failureOf("empty", "extract", "Nothing in it.") });
    const shown = mirrorHead(document({ title: "Old" }), failed, later);
    expect(shown).toMatchObject({ status: "failed", passages: 2, title: "Old", failure: { code: "empty" } });
    expect(mirrorHead(shown, version("v1", { title: "New" }), later)).toMatchObject({ title: "New" });
    expect(mirrorHead(shown, version("v1", { title: "New" }), later).failure).toBeUndefined();
    expect(mirrorHead(shown, version("v1"), later).title).toBeUndefined();
    expect(mirrorHead(shown, version("v2"), later)).toEqual({ ...shown, updatedAt: later });
  });

  it("never holds what only SAMLA needs", () => {
    const held = version("v1", { multipartId: "m", lease: { owner: "w", until: 1 } });
    const given = toVersion(held, document({ liveVersionId: "v1" as Document["headVersionId"] }));
    expect(given).toMatchObject({ live: true });
    for (const key of ["multipartId", "lease", "index"]) expect(given).not.toHaveProperty(key);
  });
});

describe("the version that searches find", () => {
  const live = document({ headVersionId: "v3" as never, liveVersionId: "v1" as never });
  it.each([
    ["the head once it is read", [version("v1"), version("v3", { status: "indexing", number: 3 })], "v3"],
    ["the live one while the head is read", [version("v1"), version("v3", { status: "extracting" })], "v1"],
    [
      "the newest that waits while the head is not read",
      [version("v1"), version("v2", { status: "indexing", number: 2 }), version("v3", { status: "failed", number: 3 })],
      "v2",
    ],
    [
      "the live one after a roll back, though a newer one was read",
      [version("v1"), version("v2", { number: 2 }), version("v3", { status: "uploading", number: 3 })],
      "v1",
    ],
  ])("is %s", (_, versions, wanted) => {
    expect(searchableVersionId(live, versions)).toBe(wanted);
  });
});

describe("an upload's parts", () => {
  it("cover every byte once, in order, within the part size", () => {
    const { multipartThresholdBytes: threshold, partSizeBytes } = limits;
    for (const size of [1, threshold, threshold + 1, 9 * 1024 * 1024, 100 * 1024 * 1024]) {
      const { multipart, parts } = planParts(size);
      expect(multipart).toBe(size > threshold);
      expect(parts[0]?.start).toBe(0);
      expect(parts.at(-1)?.end).toBe(size);
      parts.forEach((part, i) => {
        expect(part.number).toBe(i + 1);
        expect(part.start).toBe(parts[i - 1]?.end ?? 0);
        expect(part.end - part.start).toBeGreaterThan(0);
        expect(part.end - part.start).toBeLessThanOrEqual(Math.max(partSizeBytes, threshold));
      });
    }
  });
});

describe("the files beside a version", () => {
  const passage = (n: number, text: string) => ({
    n,
    start: 0,
    end: text.length,
    text,
    headingPath: ["A › B"],
    tokensEstimated: 1,
  });

  it("give passages back as they were, whatever the text holds", () => {
    const passages = ["line\nbreak", "\u2028 😀 \u0000", "قائمة", "{}"].map((text, n) => passage(n, text));
    const bytes = new TextEncoder().encode(formatPassages({ pages: [{ number: 1 }], title: "T", passages }));
    expect(parsePassages(bytes)).toEqual({ pages: [{ number: 1 }], title: "T", passages });
  });

  it("are refused when damaged", () => {
    const text = formatPassages({ pages: [], passages: [passage(0, "a"), passage(1, "b")] });
    for (const bad of ["", "{}", text.slice(0, -4), `x${text}`])
      expect(() => parsePassages(new TextEncoder().encode(bad)), bad).toThrow();
  });

  it("give vectors back, and none when their number of bytes does not fit", () => {
    const vectors = [new Float32Array([1, -0.5]), new Float32Array([0.25, 3])];
    const bytes = formatVectors(vectors);
    expect(parseVectors(bytes, 2)).toEqual(vectors);
    expect(parseVectors(bytes.subarray(1), 2)).toEqual([]);
    expect(parseVectors(bytes, 3)).toEqual([]);
    expect(parseVectors(bytes, 0)).toEqual([]);
    expect(parseVectors(formatVectors([]), 2)).toEqual([]);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect(parseVectors(shifted.subarray(1), 2)).toEqual(vectors);
  });
});

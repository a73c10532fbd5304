import { describe, expect, it } from "vitest";
import { stepRows } from "./steps.ts";

const at = "2026-01-01T00:00:00.000Z";
const step = (name: string, status = "done") => ({ name, status, startedAt: at }) as never;
const show = (version: Parameters<typeof stepRows>[0]) => stepRows(version).map((row) => `${row.name} ${row.status}`);

describe("the steps of a version", () => {
  it("under way: what was done, what runs, what comes", () => {
    expect(
      show({ status: "extracting", passages: 0, vectors: 0, steps: [step("upload"), step("extract", "running")] }),
    ).toEqual(["upload done", "extract running", "split coming", "index coming", "embed coming"]);
  });
  it("ended: only what happened, in order", () => {
    expect(
      show({ status: "failed", passages: 0, vectors: 0, steps: [step("extract", "failed"), step("upload")] }),
    ).toEqual(["upload done", "extract failed"]);
  });
  it("ready without all vectors: these are still to come; recognised text has its place", () => {
    expect(
      show({
        status: "ready",
        passages: 4,
        vectors: 1,
        steps: [step("index"), step("ocr"), step("upload"), step("extract"), step("split")],
      }),
    ).toEqual(["upload done", "extract done", "ocr done", "split done", "index done", "embed coming"]);
  });
});

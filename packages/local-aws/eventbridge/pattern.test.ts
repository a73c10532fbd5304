import { describe, expect, it } from "vitest";
import { compilePattern } from "./pattern.ts";

const event = {
  source: "samla.documents",
  "detail-type": "Document Ready",
  resources: ["a", "b"],
  detail: {
    status: "ready",
    size: 42,
    name: "Report.PDF",
    tags: ["x", "y"],
    nothing: null,
    parts: [{ n: 1 }, { n: 2 }],
  },
};

describe("compilePattern", () => {
  it.each([
    [{ source: ["samla.documents"] }, true],
    [{ source: ["other", "samla.documents"] }, true],
    [{ source: ["other"] }, false],
    [{ source: ["samla.documents"], detail: { status: ["failed"] } }, false],
    [{ source: [{ prefix: "samla." }] }, true],
    [{ detail: { name: [{ suffix: ".PDF" }] } }, true],
    [{ detail: { name: [{ suffix: { "equals-ignore-case": ".pdf" } }] } }, true],
    [{ detail: { name: [{ "equals-ignore-case": "report.pdf" }] } }, true],
    [{ detail: { name: [{ wildcard: "Re*t.P*" }] } }, true],
    [{ detail: { name: [{ wildcard: "Repor?.PDF" }] } }, false],
    [{ detail: { status: [{ "anything-but": "failed" }] } }, true],
    [{ detail: { status: [{ "anything-but": ["failed", "ready"] }] } }, false],
    [{ detail: { status: [{ "anything-but": { prefix: "re" } }] } }, false],
    [{ detail: { missing: [{ "anything-but": "x" }] } }, false],
    [{ detail: { size: [{ numeric: [">", 0, "<=", 42] }] } }, true],
    [{ detail: { size: [{ numeric: ["<", 42] }] } }, false],
    [{ detail: { size: [42] } }, true],
    [{ detail: { size: ["42"] } }, false],
    [{ detail: { missing: [{ exists: false }] } }, true],
    [{ detail: { status: [{ exists: true }] } }, true],
    [{ detail: { status: [{ exists: false }] } }, false],
    [{ detail: { nothing: [null] } }, true],
    [{ resources: ["b"] }, true],
    [{ detail: { tags: ["z"] } }, false],
    [{ detail: { parts: { n: [2] } } }, true],
    [{ $or: [{ source: ["other"] }, { detail: { size: [42] } }] }, true],
    [{ $or: [{ source: ["other"] }, { detail: { size: [43] } }] }, false],
  ])("%j gives %s", (pattern, expected) => {
    expect(compilePattern(pattern)(event)).toBe(expected);
  });

  it.each([
    [{}],
    [[]],
    ["text"],
    [{ source: "text" }],
    [{ source: [] }],
    [{ source: [{ cidr: "10.0.0.0/8" }] }],
    [{ n: [{ numeric: [">"] }] }],
  ])("refuses %j instead of ignoring it", (pattern) => {
    expect(() => compilePattern(pattern)).toThrow(/Event pattern is not valid/);
  });
});

import { describe, expect, it } from "vitest";
import { makeBuildFile, questionLines, readBuildFile } from "./build-file.ts";

const index = { slug: "manual", name: "Manual", readers: ["group:staff"], settings: { gate: {} } } as never;
const build = { note: "Short", config: { targetTokens: 80, synonyms: [["harbour", "port"]] } } as never;
const questions = [{ text: "who?", judgments: [{ documentId: "doc_1", name: "a.md", grade: 3 }] }] as never;

describe("a build as a file", () => {
  const file = makeBuildFile(index, build, questions);

  it("holds configuration, readers, settings and questions, and is read back as it was", () => {
    expect(readBuildFile(JSON.stringify(file))).toEqual({ file });
    expect(file).toMatchObject({ index: { readers: ["group:staff"] }, config: { synonyms: [["harbour", "port"]] } });
  });

  it("names documents by id at home and by name in another index", () => {
    expect(questionLines(file, "manual")).toBe('{"question":"who?","judgments":[{"document":"doc_1","grade":3}]}');
    expect(questionLines(file, "other")).toContain('"document":"a.md"');
  });

  it.each([
    ["{", "not JSON"],
    ["{}", "not made by"],
    [JSON.stringify({ ...file, version: 2 }), "version 2"],
    [JSON.stringify({ ...file, config: null }), "lacks"],
    [JSON.stringify({ ...file, questions: [{ text: "x" }] }), "Question 1"],
  ])("is refused with the reason when it is none: %s", (text, reason) => {
    expect(readBuildFile(text)).toEqual({ problem: expect.stringContaining(reason) });
  });
});

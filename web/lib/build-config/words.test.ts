import { describe, expect, it } from "vitest";
import { parseSynonyms, parseWords, printSynonyms, printWords } from "./words.ts";

describe("lists written as text", () => {
  it("words come apart at spaces, commas and lines, each once", () => {
    expect(parseWords(" the, a\nof;the  ")).toEqual(["the", "a", "of"]);
    expect(parseWords("")).toEqual([]);
  });
  it("synonyms are a line a group, and may be of several words", () => {
    expect(parseSynonyms("car, automobile , motor  car\n\nlonely\nTV,television")).toEqual([
      ["car", "automobile", "motor car"],
      ["TV", "television"],
    ]);
  });
  it("what is printed reads back the same", () => {
    expect(parseWords(printWords(["a", "b"]))).toEqual(["a", "b"]);
    const groups = [
      ["car", "motor car"],
      ["x", "y"],
    ];
    expect(parseSynonyms(printSynonyms(groups))).toEqual(groups);
  });
});

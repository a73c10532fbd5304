import { describe, expect, it } from "vitest";
import { compareAnswers, summarise } from "./real-searches.ts";

const answer = (ids: string[], totalMs = 10) =>
  ({ hits: ids.map((id) => ({ documentId: id, name: `${id}.md` })), timings: { totalMs } }) as never;

describe("a real search on two builds", () => {
  it("is compared by documents, each at the place of its first passage", () => {
    expect(compareAnswers("q", answer(["a", "a", "b"]), answer(["a", "b", "b"]))).toMatchObject({
      overlap: 1,
      moved: 0,
      isFirstAnother: false,
    });
    expect(compareAnswers("q", answer(["a", "b", "c"]), answer(["b", "a", "d"]))).toMatchObject({
      overlap: 0.5,
      moved: 2,
      isFirstAnother: true,
      lost: ["c.md"],
      gained: ["d.md"],
    });
    expect(compareAnswers("q", answer([]), answer([]))).toMatchObject({ overlap: 1, isFirstAnother: false });
  });

  it("is summed up with what people would notice, most changed first", () => {
    const rows = [
      compareAnswers("same", answer(["a"], 10), answer(["a"], 30)),
      compareAnswers("empty", answer(["a"], 10), answer([], 30)),
      compareAnswers("found", answer([], 10), answer(["a"], 30)),
    ];
    expect(summarise(rows)).toMatchObject({ same: 1, otherFirst: 2, newlyEmpty: 1, newlyFound: 1, candidateMs: 30 });
    expect(summarise(rows).rows.at(-1)?.text).toBe("same");
    expect(summarise([]).overlap).toBe(1);
  });
});

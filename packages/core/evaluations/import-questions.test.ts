import { type ImportQuestionsBody, limits } from "@samla/contracts";
import Papa from "papaparse";
import { beforeEach, describe, expect, it } from "vitest";
import type { z } from "zod";
import { openWorld, ready } from "../documents/testing-journey.ts";
import { actorOf, type TestWorld, testSlug } from "../testing.ts";
import { type CsvReader, importQuestions, listQuestions } from "./index.ts";
import { addDocuments, type Id, setReaders } from "./testing-evaluations.ts";

let world: TestWorld;
let ids: Record<string, Id>;
const readCsv: CsvReader = (text) =>
  Papa.parse<string[]>(text, { skipEmptyLines: true }).data.map((cells, i) => ({ cells, line: i + 1 }));

type Body = Partial<z.output<typeof ImportQuestionsBody>> & { content: string };
const load = (body: Body, ctx = world.ctx) =>
  importQuestions({ ...ctx, readCsv }, { index: testSlug, format: "csv", dryRun: false, ...body });
const questions = async () => (await listQuestions(world.ctx, { index: testSlug, limit: 200 })).items;

beforeEach(async () => {
  world = await openWorld();
  ids = await addDocuments(world, { "a.txt": "alpha", "B.TXT": "beta" });
});

describe("an import", () => {
  it("takes documents by id, path, name and name without its ending, and reports each line that names none", async () => {
    await ready(world, "deep.txt", "gamma", { path: "folder/below" });
    const result = await load({
      content: [
        "id,Question,document,grade",
        `1,one,${ids["a.txt"]},3`,
        "1,one,b.txt,0",
        "2,two,folder/below/deep.txt,1",
        "2,Two,deep,2",
        "3,three,missing.txt,1",
        "3,three,a.txt,good",
        "3,three,doc_01ARZ3NDEKTSV4RRFFQ69G5FAV,1",
      ].join("\n"),
    });
    expect(result).toEqual({
      created: 3,
      changed: 0,
      unchanged: 0,
      judgments: 4,
      problems: [
        { line: 6, message: 'there is no document "missing.txt"' },
        { line: 7, message: 'the grade "good" is no whole number' },
        { line: 8, message: "there is no document doc_01ARZ3NDEKTSV4RRFFQ69G5FAV" },
      ],
      problemCount: 3,
    });
    const all = await questions();
    expect(all.map((one) => [one.text, one.externalId, one.judgments.map((two) => [two.name, two.grade])])).toEqual([
      ["three", "3", []],
      ["two", "2", [["deep.txt", 2]]],
      [
        "one",
        "1",
        [
          ["a.txt", 3],
          ["B.TXT", 0],
        ],
      ],
    ]);
  });

  it("changes nothing when it only tries, and nothing the second time", async () => {
    const content = "question,document\none,a.txt\n";
    expect(await load({ content, dryRun: true })).toMatchObject({ created: 1, judgments: 1 });
    expect(await questions()).toEqual([]);
    expect(await load({ content })).toMatchObject({ created: 1 });
    expect(await load({ content })).toMatchObject({ created: 0, changed: 0, unchanged: 1 });
    expect(await load({ content: "question,document,grade\nONE,b.txt,1\n" })).toMatchObject({ changed: 1 });
    expect((await questions())[0]).toMatchObject({ text: "one", revision: 2, judgments: [{ grade: 2 }, { grade: 1 }] });
  });

  it("reads JSON lines, and says which line is none", async () => {
    const result = await load({
      format: "jsonl",
      content: [
        JSON.stringify({ id: 7, question: "one", judgments: [{ document: "a.txt", grade: 9 }] }),
        "{broken",
        JSON.stringify({ judgments: [] }),
        "",
        JSON.stringify({ question: "two" }),
      ].join("\n"),
    });
    expect(result).toMatchObject({ created: 2, judgments: 1, problemCount: 2 });
    expect(result.problems.map((one) => one.line)).toEqual([2, 3]);
    expect((await questions())[1]).toMatchObject({ externalId: "7", judgments: [{ grade: 3 }] });
  });

  it("reads TREC's topics and qrels, and refuses qrels alone", async () => {
    const content = "q1 0 a 1\nq1 0 b -1\nq9 0 a 1\nq1 0 a\n";
    await expect(load({ format: "qrels", content })).rejects.toMatchObject({ errors: [{ field: "topics" }] });
    const result = await load({ format: "qrels", content, topics: "q1\twhere is alpha\nnonsense\n" });
    expect(result.problems).toEqual([
      { line: 2, message: "topics: must be an id, a tab and a question" },
      { line: 3, message: "the topics hold no question q9" },
      { line: 4, message: "must be four fields: question, 0, document, grade" },
    ]);
    expect((await questions())[0]).toMatchObject({ externalId: "q1", judgments: [{ grade: 1 }, { grade: 0 }] });
  });

  it("takes a name that several documents bear for none of them, and a hidden document for none at all", async () => {
    await ready(world, "same.txt", "x", { path: "one" });
    await ready(world, "same.txt", "y", { path: "two" });
    setReaders(world, ids["a.txt"] as Id, ["group:board"]);
    const content = "question,document\none,same.txt\none,two/same.txt\none,a.txt\n";
    const result = await load({ content }, { ...world.ctx, actor: actorOf("editor") });
    expect(result.problems.map((one) => one.message)).toEqual([
      '2 documents are called "same.txt"; use the path or the id',
      'there is no document "a.txt"',
    ]);
    expect(result.judgments).toBe(1);
  });

  it("is refused whole, before anything is written, when it holds a hundred thousand questions", async () => {
    const lines = Array.from({ length: 100_000 }, (_, n) => `question ${n}`);
    await expect(load({ content: ["question", ...lines].join("\n") })).rejects.toMatchObject({
      code: "too_large",
      message: `The file holds 100000 questions; an index holds at most ${limits.questionsPerIndexMax}.`,
    });
    await load({ content: "question\nquestion 1\n" });
    const most = ["question", ...lines.slice(10, 10 + limits.questionsPerIndexMax)].join("\n");
    await expect(load({ content: most })).rejects.toMatchObject({ code: "too_large", message: /holds 1 questions/ });
    expect(await questions()).toHaveLength(1);
  });

  it("says what a file without the column of questions lacks", async () => {
    await expect(load({ content: "a,b\n1,2\n" })).rejects.toMatchObject({
      code: "invalid_request",
      nextStep: "Begin the file with: question,document,grade",
    });
  });
});

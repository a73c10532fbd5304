import { limits, type Question } from "@samla/contracts";
import {
  type Catalog,
  type EvaluationRecord,
  type NewEvent,
  type QuestionRecord,
  questionKeyOf,
  systemActor,
} from "@samla/core/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, needs, newId, startTestAws } from "../testing.ts";
import type { TestResources } from "../testing-resources.ts";
import { createDynamoDbCatalog } from "./dynamodb.ts";

let aws: TestResources;
let catalog: Catalog;
beforeAll(async () => {
  aws = await startTestAws("tables");
  catalog = createDynamoDbCatalog({ table: aws.tables.catalog, now: Date.now, newId });
});
afterAll(() => aws?.close());

const at = "2026-01-01T00:00:00.000Z";
const questionOf = (index: string, text: string, more: Partial<QuestionRecord> = {}): QuestionRecord => ({
  id: newId("qst") as Question["id"],
  index: index as Question["index"],
  text,
  note: "",
  judgments: [],
  source: "hand",
  createdAt: at,
  createdBy: "t",
  updatedAt: at,
  revision: 1,
  ...more,
});
const event = (index: string): NewEvent => ({
  action: "question.changed",
  outcome: "ok",
  summary: "changed a question",
  index: index as Question["index"],
});
const create = async (index: string, text: string, more: Partial<QuestionRecord> = {}): Promise<QuestionRecord> => {
  const question = questionOf(index, text, more);
  await catalog.createQuestion(question, event(index), systemActor);
  return question;
};
const next = (question: QuestionRecord, more: Partial<QuestionRecord>): QuestionRecord => ({
  ...question,
  revision: question.revision + 1,
  ...more,
});

describe("questions on DynamoDB", () => {
  it("hold a text once, free it when it changes, and count themselves", async () => {
    const first = await create("texts", "Where do ferries moor?");
    await expect(create("texts", "where do  FERRIES moor?")).rejects.toMatchObject({ code: "already_exists" });
    const other = await create("texts", "other");
    await expect(
      catalog.changeQuestion({ before: other, after: next(other, { text: first.text }) }, event("texts"), systemActor),
    ).rejects.toMatchObject({ code: "already_exists" });
    const moved = next(first, { text: "Where do boats moor?" });
    await catalog.changeQuestion({ before: first, after: moved }, event("texts"), systemActor);
    await expect(
      catalog.changeQuestion({ before: first, after: moved }, event("texts"), systemActor),
    ).rejects.toMatchObject({ code: "precondition_failed" });
    expect((await catalog.findQuestion("texts", questionKeyOf("where do BOATS moor?")))?.id).toBe(first.id);
    expect(await catalog.findQuestion("texts", questionKeyOf(first.text))).toBeUndefined();
    await create("texts", first.text);
    expect(await catalog.countQuestions("texts")).toBe(3);
    await catalog.deleteQuestion(moved, event("texts"), systemActor);
    expect(await catalog.countQuestions("texts")).toBe(2);
    expect(await catalog.getQuestion("texts", first.id)).toBeUndefined();
  });

  it("are made once when two people write the same one at the same moment", async ({ skip }) => {
    needs(aws, "concurrency", skip);
    const made = await Promise.allSettled(Array.from({ length: 6 }, () => create("race", "same")));
    expect(made.filter((one) => one.status === "fulfilled")).toHaveLength(1);
    expect(await catalog.countQuestions("race")).toBe(1);
  });

  it("are imported whole, listed in pages in both orders and found by words and by whether they are judged", async () => {
    const judgments = [{ documentId: newId("doc") as QuestionRecord["judgments"][number]["documentId"], grade: 2 }];
    const all = Array.from({ length: 95 }, (_, n) =>
      questionOf("pages", `question ${n} of ${n % 2 ? "odd" : "even"}`, n % 5 ? {} : { judgments }),
    );
    await catalog.saveQuestions("pages", all, []);
    expect(await catalog.countQuestions("pages")).toBe(95);
    const walk = async (query: Partial<Parameters<Catalog["listQuestions"]>[0]>): Promise<string[]> => {
      const ids: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await catalog.listQuestions({ index: "pages", order: "oldest", limit: 10, ...query, cursor });
        ids.push(...page.items.map((one) => one.id));
        cursor = page.nextCursor;
      } while (cursor);
      return ids;
    };
    const ids = all.map((one) => one.id as string);
    expect(await walk({})).toEqual(ids);
    expect(await walk({ order: "newest" })).toEqual(ids.toReversed());
    expect(await walk({ judged: true })).toEqual(ids.filter((_, n) => n % 5 === 0));
    expect(await walk({ q: "ODD question", judged: false })).toEqual(ids.filter((_, n) => n % 2 === 1 && n % 5 > 0));
    await expect(
      catalog.listQuestions({ index: "pages", order: "oldest", limit: 1, cursor: "forged" }),
    ).rejects.toMatchObject({ code: "invalid_cursor" });
    const changed = all.slice(0, 60).map((before) => ({ before, after: next(before, { note: "again" }) }));
    await catalog.saveQuestions("pages", [], changed);
    await expect(catalog.saveQuestions("pages", [], changed)).rejects.toMatchObject({ code: "precondition_failed" });
    expect((await catalog.getQuestion("pages", ids[59] ?? ""))?.note).toBe("again");
  });

  it("are no more than an index may hold", async () => {
    await catalog.saveQuestions(
      "full",
      Array.from({ length: limits.questionsPerIndexMax }, (_, n) => questionOf("full", `question ${n}`)),
      [],
    );
    await expect(create("full", "one more")).rejects.toMatchObject({ code: "too_large" });
  }, 120_000);
});

const evaluationOf = (index: string, more: Partial<EvaluationRecord> = {}): EvaluationRecord => ({
  id: newId("evl") as EvaluationRecord["id"],
  index: index as Question["index"],
  buildId: newId("bld") as EvaluationRecord["buildId"],
  mode: "lexical",
  status: "running",
  note: "",
  questions: 40,
  done: 0,
  questionSet: "s",
  createdAt: at,
  createdBy: "t",
  rev: 1,
  slices: 2,
  sliceSize: 20,
  nextSlice: 0,
  movedAt: at,
  ...more,
});
const started = (index: string): NewEvent => ({ ...event(index), action: "evaluation.started" });
const add = async (index: string, more: Partial<EvaluationRecord> = {}): Promise<EvaluationRecord> => {
  const evaluation = evaluationOf(index, more);
  await catalog.createEvaluation(evaluation, started(index), systemActor);
  return evaluation;
};

describe("evaluations on DynamoDB", () => {
  it("are moved on by one of two workers, and show no life once they are over or overtaken", async () => {
    const evaluation = await add("moves");
    expect(await catalog.beatEvaluation(evaluation, "2026-01-01T00:00:05.000Z")).toBe(true);
    expect((await catalog.getEvaluation("moves", evaluation.id))?.movedAt).toBe("2026-01-01T00:00:05.000Z");
    const moved = { ...evaluation, rev: 2, nextSlice: 1, done: 20 };
    expect(await catalog.changeEvaluation(moved, undefined, systemActor)).toBe(true);
    expect(await catalog.changeEvaluation(moved, undefined, systemActor)).toBe(false);
    expect(await catalog.beatEvaluation(evaluation, at)).toBe(false);
    const cancelled = { ...moved, rev: 3, status: "cancelled" as const };
    expect(await catalog.changeEvaluation(cancelled, started("moves"), systemActor)).toBe(true);
    expect(await catalog.beatEvaluation(moved, at)).toBe(false);
    expect(await catalog.getEvaluation("moves", evaluation.id)).toEqual(cancelled);
  });

  it("are found while they stand still, and listed newest first, by build", async () => {
    const still = await add("stale", { movedAt: "2025-12-31T23:00:00.000Z" });
    await add("stale", { movedAt: "2025-12-31T22:00:00.000Z", status: "done" });
    const last = await add("stale", { movedAt: "2026-01-01T00:01:00.000Z" });
    await expect
      .poll(
        async () => (await catalog.listStaleEvaluations("2026-01-01T00:00:00.000Z", 9)).map((one) => one.id),
        eventually,
      )
      .toEqual([still.id]);
    const page = await catalog.listEvaluations({ index: "stale", limit: 2 });
    expect(page.items[0]?.id).toBe(last.id);
    const rest = await catalog.listEvaluations({ index: "stale", limit: 2, cursor: page.nextCursor });
    expect(rest.items.map((one) => one.id)).toEqual([still.id]);
    const { items } = await catalog.listEvaluations({ index: "stale", buildId: last.buildId, limit: 5 });
    expect(items.map((one) => one.id)).toEqual([last.id]);
  });

  it("go with the questions of a removed index, whose neighbours stay", async () => {
    await catalog.saveQuestions(
      "gone",
      Array.from({ length: 60 }, (_, n) => questionOf("gone", `question ${n}`)),
      [],
    );
    await add("gone");
    await create("gone-not", "stays");
    let rounds = 0;
    while ((await catalog.forgetEvaluations("gone")).left) rounds += 1;
    expect(rounds).toBeGreaterThan(1);
    expect(await catalog.countQuestions("gone")).toBe(0);
    expect((await catalog.listQuestions({ index: "gone", order: "oldest", limit: 5 })).items).toEqual([]);
    expect((await catalog.listEvaluations({ index: "gone", limit: 5 })).items).toEqual([]);
    await create("gone", "question 1");
    expect(await catalog.countQuestions("gone-not")).toBe(1);
  });
});

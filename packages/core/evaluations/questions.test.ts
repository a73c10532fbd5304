import { beforeEach, describe, expect, it } from "vitest";
import { openWorld } from "../documents/testing-journey.ts";
import { actorOf, type TestWorld, testSlug } from "../testing.ts";
import { createQuestion, deleteQuestion, getQuestion, judge, listQuestions, patchQuestion } from "./index.ts";
import { addDocuments, type Id, setReaders } from "./testing-evaluations.ts";

let world: TestWorld;
let ids: Record<string, Id>;
const index = testSlug;
const ask = { index, text: "Where do ferries moor?", note: "", judgments: [], source: "hand" as const };
const list = (more: object = {}) => listQuestions(world.ctx, { index, limit: 50, ...more });

beforeEach(async () => {
  world = await openWorld();
  ids = await addDocuments(world, { "a.txt": "alpha", "b.txt": "beta" });
});

describe("questions", () => {
  it("are one whatever the case and space of their text", async () => {
    await createQuestion(world.ctx, ask);
    await expect(createQuestion(world.ctx, { ...ask, text: " where DO  ferries moor?" })).rejects.toMatchObject({
      code: "already_exists",
    });
    expect(await list()).toMatchObject({ total: 1, items: [{ text: ask.text, revision: 1 }] });
  });

  it("are made or added to by a judgment, of which the later one of a document holds", async () => {
    const a = ids["a.txt"] as Id;
    const first = await judge(world.ctx, { index, text: "moor", judgment: { documentId: a, grade: 2 } });
    expect(first).toMatchObject({ source: "search", judgments: [{ documentId: a, grade: 2, name: "a.txt" }] });
    const second = await judge(world.ctx, { index, text: "Moor", judgment: { documentId: a, grade: 0 } });
    expect(second).toMatchObject({ id: first.id, revision: 2, judgments: [{ documentId: a, grade: 0 }] });
  });

  it("keep both judgments of two people who judge at once", async () => {
    await judge(world.ctx, { index, text: "moor", judgment: { documentId: ids["a.txt"] as Id, grade: 1 } });
    await Promise.all(
      ["a.txt", "b.txt"].map((name) =>
        judge(world.ctx, { index, text: "moor", judgment: { documentId: ids[name] as Id, grade: 3 } }),
      ),
    );
    const { items } = await list();
    expect(items[0]?.judgments.map((one) => one.grade)).toEqual([3, 3]);
  });

  it("are refused for a document of nowhere, and changed only from the revision that was seen", async () => {
    const nowhere = world.ctx.newId("doc") as Id;
    await expect(
      createQuestion(world.ctx, { ...ask, judgments: [{ documentId: nowhere, grade: 1 }] }),
    ).rejects.toMatchObject({ code: "invalid_request", errors: [{ field: "judgments.0.documentId" }] });
    const question = await createQuestion(world.ctx, ask);
    const patch = { index, questionId: question.id, ifMatch: 1, note: "seen" };
    expect(await patchQuestion(world.ctx, patch)).toMatchObject({ revision: 2, note: "seen" });
    await expect(patchQuestion(world.ctx, patch)).rejects.toMatchObject({ code: "precondition_failed" });
    await deleteQuestion(world.ctx, { index, questionId: question.id });
    await expect(getQuestion(world.ctx, { index, questionId: question.id })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("show nobody a judged document that it may not read, and a change by such a person keeps it", async () => {
    const judgments = Object.values(ids).map((documentId) => ({ documentId, grade: 2 as const }));
    const question = await createQuestion(world.ctx, { ...ask, judgments });
    setReaders(world, ids["b.txt"] as Id, ["group:board"]);
    const editor = { ...world.ctx, actor: actorOf("editor") };
    const seen = await getQuestion(editor, { index, questionId: question.id });
    expect(seen.judgments.map((one) => one.name)).toEqual(["a.txt"]);
    await patchQuestion(editor, { index, questionId: question.id, judgments: [] });
    const kept = await getQuestion(world.ctx, { index, questionId: question.id });
    expect(kept.judgments.map((one) => one.name)).toEqual(["b.txt"]);
    await expect(
      judge(editor, { index, text: "x", judgment: { documentId: ids["b.txt"] as Id, grade: 1 } }),
    ).rejects.toMatchObject({ code: "invalid_request" });
  });

  it("are for readers and operators to look at or not, as their role says, and for editors to change", async () => {
    const as = (role: "reader" | "operator") => ({ ...world.ctx, actor: actorOf(role) });
    await expect(list.call(null)).resolves.toMatchObject({ total: 0 });
    await expect(listQuestions(as("reader"), { index, limit: 5 })).rejects.toMatchObject({ code: "forbidden" });
    await expect(listQuestions(as("operator"), { index, limit: 5 })).resolves.toMatchObject({ items: [] });
    await expect(createQuestion(as("operator"), ask)).rejects.toMatchObject({ code: "forbidden" });
  });
});

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Build, type Evaluation, limits, type QuestionResult } from "../../packages/contracts/index.ts";
import { getDocument, put, refusal, runTask } from "./actions.ts";
import { type Backend, library, patient, startBackend } from "./backend.ts";
import { filled, getIndex, startBuild } from "./build-actions.ts";

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend({
    tune: (config) => {
      for (const queue of config.queues) queue.visibilityTimeoutSeconds = 4;
    },
  });
  const { client } = backend;
  const sent = await Promise.all(
    Array.from({ length: 12 }, (_, n) =>
      put(client, `page-${n}.txt`, `Page ${n} tells of sextants and of ${wordOf(n)} ${wordOf(n)}.`, { path: "log" }),
    ),
  );
  for (const { documentId } of sent)
    await vi.waitFor(async () => expect((await getDocument(client, documentId)).status).toBe("ready"), patient);
}, 180_000);
afterAll(() => backend?.close());

const words = [
  "lamps",
  "ropes",
  "sails",
  "anchors",
  "tides",
  "charts",
  "knots",
  "masts",
  "oars",
  "buoys",
  "reefs",
  "gulls",
];
const wordOf = (n: number): string => words[n % words.length] ?? "";
const params = { index: library };

/** Questions, each with one right page, as a file in TREC's form. */
const trecOf = (questions: number): { topics: string; content: string } => {
  const numbers = Array.from({ length: questions }, (_, n) => n);
  return {
    topics: numbers.map((n) => `q${n}\twhere are ${wordOf(n)}, time ${n}`).join("\n"),
    content: numbers.map((n) => `q${n} 0 page-${n % words.length} 2`).join("\n"),
  };
};

const start = async (buildId: Build["id"], mode: Evaluation["mode"] = "lexical"): Promise<Evaluation> =>
  backend.client.call("evaluations.start", { params, body: { buildId, mode } });
const get = (evaluationId: Evaluation["id"]): Promise<Evaluation> =>
  backend.client.call("evaluations.get", { params: { ...params, evaluationId } });
const over = async (evaluationId: Evaluation["id"]): Promise<Evaluation> => {
  await expect.poll(async () => (await get(evaluationId)).status, patient).toMatch(/^(done|failed|cancelled)$/);
  return get(evaluationId);
};
const resultsOf = async (evaluationId: Evaluation["id"]): Promise<QuestionResult[]> => {
  const items: QuestionResult[] = [];
  let cursor: string | undefined;
  do {
    const page = await backend.client.call("evaluations.results", {
      params: { ...params, evaluationId },
      query: { order: "as-asked", limit: 200, ...(cursor ? { cursor } : {}) },
    });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return items;
};

describe("questions and evaluations", () => {
  it("go from an imported file over two builds to a comparison, question by question", async () => {
    const { client } = backend;
    const file = trecOf(30);
    const body = { format: "qrels" as const, ...file };
    expect(await client.call("questions.import", { params, body: { ...body, dryRun: true } })).toMatchObject({
      created: 30,
      judgments: 30,
      problemCount: 0,
    });
    expect(await client.call("questions.import", { params, body })).toMatchObject({ created: 30 });
    expect(await client.call("questions.import", { params, body })).toMatchObject({ created: 0, unchanged: 30 });
    const page = await client.call("questions.list", { params, query: { q: "gulls", limit: 5 } });
    expect(page).toMatchObject({ total: 30 });
    expect(page.items.map((one) => one.judgments[0]?.name)).toEqual(["page-11.txt", "page-11.txt"]);

    const live = (await getIndex(client)).liveBuildId;
    const candidate = await filled(client, (await startBuild(client, { stem: false })).id);
    const before = await over((await start(live)).id);
    const after = await over((await start(candidate.id)).id);
    for (const one of [before, after]) expect(one).toMatchObject({ status: "done", questions: 30, done: 30 });
    expect(before.figures).toMatchObject({ ndcg10: 1, recall10: 1, recall100: 1, mrr: 1, zeroResultRate: 0 });
    expect(before.figures?.p95Ms).toBeGreaterThan(0);
    expect(before.questionSet).toBe(after.questionSet);
    const results = await resultsOf(before.id);
    expect(results).toHaveLength(30);
    expect(results[0]).toMatchObject({ relevant: 1, missed: [] });
    expect(results[0]?.hits[0]).toMatchObject({ name: "page-0.txt", grade: 2 });
    const comparison = await client.call("evaluations.compare", {
      params,
      query: { before: before.id, after: after.id, show: "all", limit: 5 },
    });
    expect(comparison).toMatchObject({ sameQuestions: true, better: 0, worse: 0, same: 30 });
    expect(comparison.items[0]?.moves[0]).toMatchObject({ before: 1, after: 1, grade: 2 });
    const { items } = await client.call("evaluations.list", { params, query: { buildId: candidate.id } });
    expect(items.map((one) => one.id)).toEqual([after.id]);
    const { evaluationId } = await client.call("builds.get", { params: { ...params, buildId: candidate.id } });
    expect(evaluationId).toBe(after.id);
  });

  it("take a judgment from a search result, and a change only of the revision that was seen", async () => {
    const client = backend.as("editor");
    const hit = (await client.call("search.query", { query: { q: "anchors", index: [library] } })).hits[0];
    if (!hit) throw new Error("nothing found");
    const question = await client.call("questions.judge", {
      params,
      body: { text: "Anchors?", judgment: { documentId: hit.documentId, passageId: hit.passageId, grade: 3 } },
    });
    expect(question).toMatchObject({ source: "search", judgments: [{ grade: 3, name: hit.name }] });
    const at = { ...params, questionId: question.id };
    await client.call("questions.patch", { params: at, body: { note: "seen" }, ifMatch: '"1"' });
    const late = await refusal(client.call("questions.patch", { params: at, body: { note: "x" }, ifMatch: '"1"' }));
    expect(late.problem.code).toBe("precondition_failed");
    const twice = await refusal(client.call("questions.create", { params, body: { text: "anchors?" } }));
    expect(twice.problem).toMatchObject({ code: "already_exists", errors: [{ field: "text" }] });
    await client.call("questions.delete", { params: at });
    expect((await refusal(client.call("questions.get", { params: at }))).problem.code).toBe("not_found");
  });

  it("refuse an import of a hundred thousand questions whole, and name each line of unknown documents", async () => {
    const { client } = backend;
    const { total } = await client.call("questions.list", { params, query: { limit: 1 } });
    const many = ["question", ...Array.from({ length: 100_000 }, (_, n) => `q ${n}`)].join("\n");
    const refused = await refusal(client.call("questions.import", { params, body: { format: "csv", content: many } }));
    expect(refused.problem).toMatchObject({
      code: "too_large",
      detail: `The file holds 100000 questions; an index holds at most ${limits.questionsPerIndexMax}.`,
    });
    expect((await client.call("questions.list", { params, query: { limit: 1 } })).total).toBe(total);
    const result = await client.call("questions.import", {
      params,
      body: { format: "csv", content: "question;document;grade\nbuoys?;log/page-9.txt;2\nbuoys?;nowhere.txt;2\n" },
    });
    expect(result).toMatchObject({
      created: 1,
      judgments: 1,
      problems: [{ line: 3, message: 'there is no document "nowhere.txt"' }],
    });
  });

  it("end whole and once when the worker is killed on the way", async () => {
    const { client } = backend;
    await client.call("questions.import", { params, body: { format: "qrels", ...trecOf(600) } });
    const live = (await getIndex(client)).liveBuildId;
    const { id } = await start(live, "hybrid");
    let kills = 0;
    await expect
      .poll(async () => {
        const { status, done } = await get(id);
        if (status === "running" && done > kills * 150)
          for (const pid of backend.pidsOf("evaluate")) {
            process.kill(pid, "SIGKILL");
            kills += 1;
          }
        return kills >= 3 || status === "done";
      }, patient)
      .toBe(true);
    const done = await over(id);
    expect(kills).toBeGreaterThan(0);
    expect(done).toMatchObject({ status: "done", done: done.questions });
    const results = await resultsOf(id);
    expect(new Set(results.map((one) => one.questionId)).size).toBe(done.questions);
    expect(results).toHaveLength(done.questions);
    const events = await client.call("events.list", {
      query: { index: library, action: "evaluation.done", limit: 50 },
    });
    expect(events.items.filter((event) => event.data?.evaluationId === id)).toHaveLength(1);
  }, 120_000);

  it("stop when they are cancelled, and keep what was asked", async () => {
    const live = (await getIndex(backend.client)).liveBuildId;
    const { id } = await start(live, "hybrid");
    await expect.poll(async () => (await get(id)).done, patient).toBeGreaterThan(0);
    const at = { params: { ...params, evaluationId: id } };
    const cancelled = await backend.client.call("evaluations.cancel", at);
    expect(cancelled.status).toBe("cancelled");
    expect(await resultsOf(id)).toHaveLength(cancelled.done);
    expect(await get(id)).toEqual(cancelled);
    expect((await refusal(backend.client.call("evaluations.cancel", at))).problem.code).toBe("conflict");
  });

  it("are refused without questions, and go with their index", async () => {
    const { client } = backend;
    const slug = "harbour" as typeof library;
    const made = await client.call("indexes.create", { body: { slug, name: "Harbour" } });
    const body = { buildId: made.liveBuildId };
    const none = await refusal(client.call("evaluations.start", { params: { index: slug }, body }));
    expect(none.problem).toMatchObject({ code: "conflict" });
    await client.call("questions.create", { params: { index: slug }, body: { text: "what?" } });
    await client.call("indexes.delete", { params: { index: slug }, query: { confirm: slug } });
    // After the sweeper the name is free and nothing of the old index is found under it.
    await expect
      .poll(
        async () => {
          await runTask(backend.settings, "sweep");
          return client
            .call("indexes.create", { body: { slug, name: "Harbour" } })
            .then(() => "made")
            .catch(String);
        },
        { timeout: 90_000, interval: 200 },
      )
      .toBe("made");
    expect(await client.call("questions.list", { params: { index: slug }, query: {} })).toEqual({
      items: [],
      total: 0,
    });
  }, 120_000);
});

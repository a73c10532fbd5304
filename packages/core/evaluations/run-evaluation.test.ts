import type { BuildId, QuestionResult } from "@samla/contracts";
import { beforeEach, describe, expect, it } from "vitest";
import { changeEmbedder, openWorld } from "../documents/testing-journey.ts";
import { actorOf, type TestWorld, testSlug } from "../testing.ts";
import {
  cancelEvaluation,
  comparableEvaluations,
  compareEvaluations,
  judge,
  listResults,
  startEvaluation,
  wakeEvaluations,
} from "./index.ts";
import { addDocuments, drainEvaluations, type Id, recordOf, setReaders, start } from "./testing-evaluations.ts";

let world: TestWorld;
let ids: Record<string, Id>;
const index = testSlug;
const right = (text: string, name: string, grade: 0 | 1 | 2 | 3 = 2) =>
  judge(world.ctx, { index, text, judgment: { documentId: ids[name] as Id, grade } });
const results = async (id: string, order: "worst" | "as-asked" = "as-asked"): Promise<QuestionResult[]> =>
  (await listResults(world.ctx, { index, evaluationId: id, order, limit: 200 })).items;

beforeEach(async () => {
  world = await openWorld();
  ids = await addDocuments(world, { "a.txt": "alpha common", "b.txt": "beta common", "c.txt": "gamma common" });
});

describe("an evaluation", () => {
  it("gives figures over the questions and the results of each", async () => {
    await right("alpha", "a.txt");
    await right("common", "c.txt", 1);
    await right("nothing at all", "b.txt");
    const { id } = await start(world);
    await drainEvaluations(world);
    const done = recordOf(world, id);
    expect(done).toMatchObject({ status: "done", questions: 3, done: 3 });
    expect(done.figures).toMatchObject({
      ndcg10: (1 + 1 / Math.log2(4) + 0) / 3,
      recall10: 2 / 3,
      recall100: 2 / 3,
      mrr: (1 + 1 / 3 + 0) / 3,
      zeroResultRate: 1 / 3,
    });
    const [worst] = await results(id, "worst");
    expect(worst).toMatchObject({ text: "nothing at all", results: 0, missed: [{ name: "b.txt", grade: 2 }] });
    expect((await results(id))[1]?.hits.map(({ name, grade }) => [name, grade])).toEqual([
      ["a.txt", null],
      ["b.txt", null],
      ["c.txt", 1],
    ]);
  });

  it("leaves questions without a right document out of the means, and is refused where none has one", async () => {
    await right("alpha", "a.txt", 0);
    const refused = await start(world);
    await drainEvaluations(world);
    expect(recordOf(world, refused.id)).toMatchObject({ status: "failed", failure: { cause: /judged right/ } });
    await right("beta", "b.txt");
    const { id } = await start(world);
    await drainEvaluations(world);
    expect(recordOf(world, id).figures).toMatchObject({ ndcg10: 1, mrr: 1 });
  });

  it("ends the same, done once, whatever message is lost to a crash or comes twice", async () => {
    for (let n = 0; n < 45; n += 1) await right(`question ${n} common`, "a.txt");
    const first = await start(world);
    await drainEvaluations(world);
    const whole = (await results(first.id)).map(({ tookMs: _, ...one }) => one);
    expect(whole).toHaveLength(45);
    let crashes = 0;
    for (let step = 1; ; step += 1) {
      const { id } = await start(world);
      const until = world.calls.count + step;
      let crashed = false;
      world.calls.before = () => {
        if (world.calls.count < until) return;
        world.calls.before = () => undefined;
        crashed = true;
        throw new Error("killed");
      };
      await drainEvaluations(world).catch(() => undefined);
      world.calls.before = () => undefined;
      // The message that was under way comes again, and the sweeper asks once more; each message comes twice.
      world.clock.now += 60_000;
      await wakeEvaluations(world.ctx);
      world.queue.sent.evaluate.push(...world.queue.sent.evaluate);
      await drainEvaluations(world);
      expect(recordOf(world, id)).toMatchObject({ status: "done", done: 45, nextSlice: 3 });
      expect((await results(id)).map(({ tookMs: _, ...one }) => one)).toEqual(whole);
      const ends = world.rows.events.filter(
        (event) => event.action === "evaluation.done" && event.data?.evaluationId === id,
      );
      expect(ends).toHaveLength(1);
      if (!crashed) break;
      crashes += 1;
    }
    console.log(`crashed before each of ${crashes} port calls`);
    expect(crashes).toBeGreaterThan(100);
  });

  it("goes on by the message itself when its worker died before it asked for the next part", async () => {
    for (let n = 0; n < 45; n += 1) await right(`question ${n} common`, "a.txt");
    const { id } = await start(world);
    let sends = 0;
    world.calls.before = (name) => {
      if (name !== "queues.sendEvaluate") return;
      sends += 1;
      if (sends === 2) throw new Error("killed");
    };
    await expect(drainEvaluations(world)).rejects.toThrow("killed");
    expect(recordOf(world, id)).toMatchObject({ done: 20, nextSlice: 1 });
    world.clock.now += 5_000;
    await drainEvaluations(world);
    expect(recordOf(world, id)).toMatchObject({ status: "done", done: 45 });
  });

  it("asks no further question once it is cancelled, and keeps what it has", async () => {
    for (let n = 0; n < 45; n += 1) await right(`question ${n} common`, "a.txt");
    const { id } = await start(world);
    let asked = 0;
    world.calls.before = (name) => {
      if (name !== "engine.search") return;
      asked += 1;
      world.clock.now += 300;
      if (asked === 22) void cancelEvaluation(world.ctx, { index, evaluationId: id });
    };
    await drainEvaluations(world);
    expect(asked).toBeLessThan(30);
    expect(recordOf(world, id)).toMatchObject({ status: "cancelled", done: 20 });
    expect(await results(id)).toHaveLength(20);
    await expect(cancelEvaluation(world.ctx, { index, evaluationId: id })).rejects.toMatchObject({ code: "conflict" });
  });

  it("fails with the reason when the embedder is away, after the last attempt only", async () => {
    await right("alpha", "a.txt");
    changeEmbedder(world, { embed: () => Promise.reject(new Error("down")) });
    const { id } = await start(world, "hybrid");
    await expect(drainEvaluations(world)).rejects.toMatchObject({ code: "unavailable" });
    expect(recordOf(world, id).status).toBe("running");
    await drainEvaluations(world, true);
    expect(recordOf(world, id)).toMatchObject({
      status: "failed",
      failure: { cause: expect.stringContaining("embedder") },
    });
  });

  it("fails with the reason when its build is deleted meanwhile", async () => {
    await right("alpha", "a.txt");
    const { id } = await start(world);
    world.rows.builds.delete(world.build.id);
    await drainEvaluations(world);
    expect(recordOf(world, id).failure?.cause).toMatch(/deleted/);
  });

  it("is refused without questions, for a build that is no whole one, and for vectors that are not there", async () => {
    await expect(start(world)).rejects.toMatchObject({ code: "conflict" });
    await right("alpha", "a.txt");
    const buildId = world.ctx.newId("bld") as BuildId;
    world.rows.builds.set(buildId, { ...world.build, id: buildId, status: "building" });
    const ask = { index, buildId, mode: "lexical" as const, note: "" };
    await expect(startEvaluation(world.ctx, ask)).rejects.toMatchObject({ code: "conflict" });
    world.rows.builds.set(buildId, {
      ...world.build,
      id: buildId,
      status: "ready",
      config: { ...world.build.config, dimensions: 0, embedder: "none" },
    });
    await expect(startEvaluation(world.ctx, { ...ask, mode: "vector" })).rejects.toMatchObject({
      code: "invalid_request",
    });
  });

  it("neither shows nor counts documents that the person who started it may not read", async () => {
    await right("common", "a.txt", 1);
    await right("common", "c.txt", 3);
    setReaders(world, ids["a.txt"] as Id, ["group:board"]);
    const admin = await start(world);
    const editorCtx = { ...world.ctx, actor: actorOf("editor") };
    const own = await startEvaluation(editorCtx, { index, buildId: world.build.id, mode: "lexical", note: "" });
    await drainEvaluations(world);
    const [seen] = (await listResults(editorCtx, { index, evaluationId: own.id, order: "worst", limit: 9 })).items;
    expect(seen).toMatchObject({ judged: 1, results: 2, ndcg10: expect.closeTo(1 / Math.log2(3), 12) });
    expect(recordOf(world, own.id).questionSet).not.toBe(recordOf(world, admin.id).questionSet);
    // Somebody else's results, without what this person may not read.
    const [others] = (await listResults(editorCtx, { index, evaluationId: admin.id, order: "worst", limit: 9 })).items;
    expect(others?.hits.map((hit) => hit.name)).toEqual(["b.txt", "c.txt"]);
    const compared = await compareEvaluations(editorCtx, {
      index,
      before: admin.id,
      after: admin.id,
      show: "all",
      limit: 9,
    });
    expect(JSON.stringify(compared.items)).not.toContain("a.txt");
  });
});

describe("a comparison", () => {
  it("pairs questions, counts what rose and fell, and shows where documents went", async () => {
    await right("common", "c.txt");
    await right("alpha", "a.txt");
    const before = await start(world);
    await drainEvaluations(world);
    const table = `${testSlug}/${world.build.id}`;
    world.table.tables.set(table, (world.table.tables.get(table) ?? []).toReversed());
    const after = await start(world);
    await drainEvaluations(world);
    const compare = (show: "changed" | "worse" | "better" | "all") =>
      compareEvaluations(world.ctx, { index, before: before.id, after: after.id, show, limit: 10 });
    const changed = await compare("changed");
    expect(changed).toMatchObject({ sameQuestions: true, better: 1, worse: 0, same: 1 });
    expect(changed.items).toHaveLength(1);
    expect(changed.items[0]?.ndcg10Change).toBeCloseTo(0.5, 12);
    expect(changed.items[0]?.moves.map(({ name, before: was, after: is }) => [name, was, is])).toEqual([
      ["c.txt", 3, 1],
      ["b.txt", 2, 2],
      ["a.txt", 1, 3],
    ]);
    expect((await compare("worse")).items).toEqual([]);
    expect((await compare("all")).items).toHaveLength(2);
    const pair = await comparableEvaluations(world.ctx, index, world.build.id, world.build.id);
    expect(pair?.candidate.id).toBe(after.id);
  });

  it("says when the questions were not the same", async () => {
    await right("common", "c.txt");
    const before = await start(world);
    await drainEvaluations(world);
    await right("common", "b.txt");
    const after = await start(world);
    await drainEvaluations(world);
    expect(
      await compareEvaluations(world.ctx, { index, before: before.id, after: after.id, show: "all", limit: 10 }),
    ).toMatchObject({ sameQuestions: false });
  });
});

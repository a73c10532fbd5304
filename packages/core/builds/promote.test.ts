import type { Evaluation, Figures } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { drain, ready } from "../documents/testing-journey.ts";
import { patchIndex } from "../indexes/index.ts";
import { actorOf, type TestWorld } from "../testing.ts";
import { findObstacles } from "./gate.ts";
import {
  cancelBuild,
  deleteBuild,
  listBuilds,
  listPromotions,
  planPromotion,
  promoteBuild,
  rollBackIndex,
  sweepBuilds,
} from "./index.ts";
import { buildOf, filled, gate, holds, liveOf, open, promote, rollBack, start } from "./testing-builds.ts";

const figures: Figures = {
  ndcg10: 0.7,
  recall10: 0.8,
  recall100: 0.9,
  mrr: 0.7,
  zeroResultRate: 0.1,
  p50Ms: 5,
  p95Ms: 9,
};

/** Gives each build a finished evaluation with these figures. */
const evaluated = (world: TestWorld, of: Record<string, Figures>): void => {
  world.ctx.catalog.listEvaluations = async ({ buildId }) => ({
    items: [
      {
        id: `evl_${buildId?.slice(4)}`,
        index: "library",
        buildId,
        mode: "hybrid",
        status: "done",
        note: "",
        questions: 10,
        done: 10,
        questionSet: "same",
        figures: of[buildId ?? ""],
        createdAt: "2026-01-01T00:00:00.000Z",
        createdBy: "test",
      } as Evaluation,
    ].filter((one) => one.figures) as never,
  });
};

describe("a promotion", () => {
  it("makes the candidate live, keeps the other one fresh, and says who, when and why", async () => {
    const world = await open();
    const first = liveOf(world);
    const build = await filled(world, { language: "German" });
    const at = new Date(world.clock.now).toISOString();
    expect(await promote(world, build.id)).toMatchObject({ liveBuildId: build.id, language: "German", documents: 1 });
    expect(buildOf(world, first)).toMatchObject({ status: "superseded", supersededAt: at });
    expect(buildOf(world, build.id)).toMatchObject({ status: "live", promotedAt: at });
    const late = await ready(world, "late.txt", "came late");
    expect(holds(world, first)[late.documentId]).toEqual(["came late"]);
    expect(holds(world, build.id)[late.documentId]).toEqual(["came late"]);
    expect((await listPromotions(world.ctx, { index: "library" })).items).toMatchObject([
      { kind: "promoted", by: "Tester", reason: "better", fromBuildId: first, toBuildId: build.id },
      { kind: "created", toBuildId: first },
    ]);
    expect(world.rows.events.at(-1)).toBeDefined();
    expect(world.rows.events.filter((event) => event.action === "build.promoted")).toHaveLength(1);
  });

  it("shows afterwards what the new build holds of each document", async () => {
    const world = await open();
    const [document] = world.rows.documents.values();
    const absent = await ready(world, "b.txt", "not for everyone");
    const first = liveOf(world);
    const { split } = world.ctx.extractor;
    world.ctx.extractor.split = (extraction, options) =>
      extraction.text.startsWith("not") ? [] : split(extraction, options).slice(0, 1);
    const build = await filled(world, { targetTokens: 1000 });
    const shown = () =>
      [document?.id ?? "", absent.documentId].map((id) => {
        const { passages, vectors, status } = world.rows.documents.get(id) ?? {};
        return [passages, vectors, status];
      });
    const before = shown();
    expect(before).toEqual([
      [2, 2, "ready"],
      [1, 1, "ready"],
    ]);
    await promote(world, build.id, { override: { reason: "half of them is enough" } });
    await drain(world);
    expect(shown()).toEqual([
      [1, 1, "ready"],
      [0, 0, "ready"],
    ]);
    await rollBack(world, first);
    await drain(world);
    expect(shown()).toEqual(before);
  });

  it("by two at once is won by one; the other learns who was faster, and nothing is half done", async () => {
    const world = await open();
    const one = await filled(world, { stem: false });
    const two = await filled(world, { language: "German" });
    const results = await Promise.allSettled([promote(world, one.id), promote(world, two.id)]);
    expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
    const lost = results.find((result) => result.status === "rejected");
    expect(lost).toMatchObject({
      reason: { code: "conflict", message: expect.stringContaining("Tester promoted it") },
    });
    const statuses = [...world.rows.builds.values()].map((build) => build.status).sort();
    expect(statuses).toEqual(["live", "ready", "superseded"]);
    expect(buildOf(world, liveOf(world)).status).toBe("live");
    expect(world.rows.built.promotions).toHaveLength(1);
  });

  it("goes through although the index was changed otherwise in between", async () => {
    const world = await open();
    const build = await filled(world, { stem: false });
    const { switchLive } = world.ctx.catalog;
    let tries = 0;
    world.ctx.catalog.switchLive = async (...args) => {
      tries += 1;
      if (tries === 1) await patchIndex(world.ctx, { index: "library", name: "Renamed" });
      return switchLive(...args);
    };
    expect(await promote(world, build.id)).toMatchObject({ name: "Renamed", liveBuildId: build.id });
    expect(tries).toBe(2);
  });

  it("of a protected index needs its short name, whoever asks and by whatever way, and so does going back", async () => {
    const world = await open();
    const first = liveOf(world);
    const build = await filled(world, { stem: false });
    await patchIndex(world.ctx, { index: "library", settings: { protection: { protected: true } } });
    for (const confirmName of [undefined, "", "Library", "librar"]) {
      const refusal = { code: "invalid_request", errors: [{ field: "confirmName", message: "must be library" }] };
      await expect(promote(world, build.id, { confirmName })).rejects.toMatchObject(refusal);
      await expect(rollBack(world, build.id, { confirmName })).rejects.toMatchObject(refusal);
    }
    expect(liveOf(world)).toBe(first);
    expect(await promote(world, build.id, { confirmName: "library" })).toMatchObject({ liveBuildId: build.id });
    await expect(rollBack(world, first)).rejects.toMatchObject({ code: "invalid_request" });
    expect(await rollBack(world, first, { confirmName: "library" })).toMatchObject({ liveBuildId: first });
  });

  it("is refused for a build that is not filled, was cancelled, or is live", async () => {
    const world = await open();
    const building = await start(world, { stem: false });
    await expect(promote(world, building.id)).rejects.toMatchObject({ code: "conflict" });
    await cancelBuild(world.ctx, { index: "library", buildId: building.id });
    await expect(promote(world, building.id, { override: { reason: "I insist" } })).rejects.toMatchObject({
      code: "conflict",
    });
    await expect(promote(world, liveOf(world))).rejects.toMatchObject({ code: "conflict" });
  });

  it("and what goes with it is for those who may", async () => {
    const world = await open();
    const build = await filled(world, { stem: false });
    for (const role of ["reader", "editor"] as const) {
      const ctx = { ...world.ctx, actor: actorOf(role) };
      const input = {
        index: "library",
        buildId: build.id,
        expectedLiveBuildId: liveOf(world) as never,
        reason: "better",
      };
      await expect(promoteBuild(ctx, input)).rejects.toMatchObject({ code: "forbidden" });
      await expect(deleteBuild(ctx, input)).rejects.toMatchObject({ code: "forbidden" });
    }
    const index = world.rows.indexes.get("library");
    if (index) world.rows.indexes.set("library", { ...index, readers: ["group:board"] });
    const operator = { ...world.ctx, actor: actorOf("operator") };
    await expect(listBuilds(operator, { index: "library", limit: 10 })).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("the gate", () => {
  const judged = (candidate: Partial<Figures>, more: Partial<Parameters<typeof findObstacles>[0]> = {}) =>
    findObstacles({
      gate,
      build: { status: "ready" },
      documents: { done: 100, failed: 0, belonging: 100 },
      measured: { live: figures, candidate: { ...figures, ...candidate } },
      ...more,
    }).map((one) => one.rule);

  it("lets through what is as good, better, or just as much worse as is allowed", () => {
    expect(judged({})).toEqual([]);
    expect(judged({ ndcg10: 0.9, recall10: 1, zeroResultRate: 0 })).toEqual([]);
    expect(judged({ ndcg10: 0.69, recall10: 0.78, zeroResultRate: 0.12 })).toEqual([]);
    expect(judged({}, { documents: { done: 95, failed: 5, belonging: 100 } })).toEqual([]);
  });

  it("bars each regression beyond its threshold, missing documents and a missing evaluation", () => {
    expect(judged({ ndcg10: 0.689 })).toEqual(["ndcg10"]);
    expect(judged({ recall10: 0.77 })).toEqual(["recall10"]);
    expect(judged({ zeroResultRate: 0.13 })).toEqual(["zeroResultRate"]);
    expect(judged({}, { documents: { done: 94, failed: 6, belonging: 100 } })).toEqual(["failedDocuments"]);
    // Also those that were uploaded since and are still on their way.
    expect(judged({}, { documents: { done: 94, failed: 0, belonging: 100 } })).toEqual(["failedDocuments"]);
    expect(judged({}, { gate: { ...gate, evaluationRequired: true }, measured: undefined })).toEqual(["evaluation"]);
    expect(judged({}, { build: { status: "failed" } })).toEqual(["status"]);
    expect(judged({ ndcg10: 0, recall10: 0, zeroResultRate: 1 })).toEqual(["ndcg10", "recall10", "zeroResultRate"]);
  });

  it("refuses a seeded bad build until an administrator gives a reason, which is kept", async () => {
    const world = await open();
    const first = liveOf(world);
    const bad = await filled(world, { targetTokens: 50, splitBy: "size" });
    evaluated(world, { [first]: figures, [bad.id]: { ...figures, ndcg10: 0.3 } });
    const plan = await planPromotion(world.ctx, { index: "library", buildId: bad.id });
    expect(plan).toMatchObject({
      allowed: false,
      liveBuildId: first,
      metrics: { questions: 10, live: { ndcg10: 0.7 }, candidate: { ndcg10: 0.3 } },
      obstacles: [{ rule: "ndcg10", overridable: true, message: expect.stringContaining("0.4000") }],
      documents: { candidate: 1, failed: 0 },
    });
    await expect(promote(world, bad.id)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("nDCG@10 falls"),
      nextStep: expect.stringContaining("administrator"),
    });
    const operator = { ...world.ctx, actor: actorOf("operator") };
    const input = { index: "library", buildId: bad.id, expectedLiveBuildId: first as never, reason: "try" };
    await expect(promoteBuild(operator, { ...input, override: { reason: "please" } })).rejects.toMatchObject({
      code: "forbidden",
    });
    expect(liveOf(world)).toBe(first);
    await promote(world, bad.id, { override: { reason: "the questions are wrong" } });
    expect(liveOf(world)).toBe(bad.id);
    expect((await listPromotions(world.ctx, { index: "library" })).items[0]?.override).toEqual({
      reason: "the questions are wrong",
      obstacles: [expect.stringContaining("nDCG@10 falls by 0.4000")],
    });
  });

  it("lets an operator promote what it allows, and asks for an evaluation where the index does", async () => {
    const world = await open();
    const first = liveOf(world);
    const good = await filled(world, { stem: false });
    await patchIndex(world.ctx, { index: "library", settings: { gate: { ...gate, evaluationRequired: true } } });
    await expect(promote(world, good.id)).rejects.toMatchObject({
      message: expect.stringContaining("not been evaluated"),
    });
    evaluated(world, { [first]: figures, [good.id]: { ...figures, ndcg10: 0.75 } });
    const operator = { ...world.ctx, actor: actorOf("operator") };
    const input = { index: "library", buildId: good.id, expectedLiveBuildId: first as never, reason: "better" };
    expect((await promoteBuild(operator, input)).liveBuildId).toBe(good.id);
  });
});

describe("a roll back", () => {
  it("brings the former build back at once, and what was left stays out until it is promoted again", async () => {
    const world = await open();
    const first = liveOf(world);
    const build = await filled(world, { stem: false });
    await promote(world, build.id);
    expect(await rollBack(world, first)).toMatchObject({
      liveBuildId: first,
      rolledBackFrom: { buildId: build.id, by: "Tester", reason: "worse" },
    });
    expect(buildOf(world, build.id)).toMatchObject({
      status: "superseded",
      rolledBack: { toBuildId: first, reason: "worse" },
    });
    await drain(world);
    await sweepBuilds(world.ctx);
    expect(liveOf(world)).toBe(first);
    expect(await promote(world, build.id)).not.toHaveProperty("rolledBackFrom");
    expect(buildOf(world, build.id)).not.toHaveProperty("rolledBack");
    expect((await listPromotions(world.ctx, { index: "library" })).items.map((one) => one.kind)).toEqual([
      "promoted",
      "rolled-back",
      "promoted",
      "created",
    ]);
  });

  it("is refused to a build that was never live, and when another one is live by now", async () => {
    const world = await open();
    const first = liveOf(world);
    const build = await filled(world, { stem: false });
    await expect(rollBack(world, build.id)).rejects.toMatchObject({ code: "conflict" });
    await promote(world, build.id);
    await expect(
      rollBackIndex(world.ctx, {
        index: "library",
        toBuildId: first as never,
        expectedLiveBuildId: first as never,
        reason: "worse",
      }),
    ).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("Another build is live") });
  });
});

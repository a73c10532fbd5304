import type { Evaluation, Figures, PromotionGate } from "@samla/contracts";
import { limits } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { drain, openWorld, ready } from "../documents/testing-journey.ts";
import { deleteIndex, patchIndex } from "../indexes/index.ts";
import { actorOf, type TestWorld } from "../testing.ts";
import { findObstacles } from "./gate.ts";
import {
  applyRetention,
  cancelBuild,
  deleteBuild,
  getBuild,
  listBuildDocuments,
  listBuilds,
  listPromotions,
  planBuild,
  planPromotion,
  promoteBuild,
  rollBackIndex,
  sweepBuilds,
} from "./index.ts";
import { buildOf, configOf, filled, holds, start } from "./testing-builds.ts";

const gate: PromotionGate = {
  evaluationRequired: false,
  ndcg10DropMax: 0.01,
  recall10DropMax: 0.02,
  zeroResultRiseMax: 0.02,
  failedShareMax: 0.05,
};
const figures: Figures = {
  ndcg10: 0.7,
  recall10: 0.8,
  recall100: 0.9,
  mrr: 0.7,
  zeroResultRate: 0.1,
  p50Ms: 5,
  p95Ms: 9,
};

/** An index whose gate asks for no evaluation, with a document. */
const open = async (): Promise<TestWorld> => {
  const world = await openWorld();
  await ready(world, "a.txt", "# Tides\nfirst line");
  const index = world.rows.indexes.get("library");
  if (index) world.rows.indexes.set("library", { ...index, settings: { ...index.settings, gate } });
  return world;
};
const liveOf = (world: TestWorld) => world.rows.indexes.get("library")?.liveBuildId ?? "";
const promote = (world: TestWorld, buildId: string, more: object = {}) =>
  promoteBuild(world.ctx, {
    index: "library",
    buildId,
    expectedLiveBuildId: liveOf(world) as never,
    reason: "better",
    ...more,
  });
const rollBack = (world: TestWorld, toBuildId: string) =>
  rollBackIndex(world.ctx, {
    index: "library",
    toBuildId: toBuildId as never,
    expectedLiveBuildId: liveOf(world) as never,
    reason: "worse",
  });

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

describe("builds", () => {
  it("that are live or being filled cannot be deleted; another goes with its table, rows and data", async () => {
    const world = await open();
    const first = liveOf(world);
    const building = await start(world, { targetTokens: 200 });
    await expect(deleteBuild(world.ctx, { index: "library", buildId: first })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("live build"),
    });
    await expect(deleteBuild(world.ctx, { index: "library", buildId: building.id })).rejects.toMatchObject({
      code: "conflict",
    });
    await drain(world);
    const made = () => [...world.store.bytes.keys()].filter((key) => key.includes("/made/"));
    expect(made()).toHaveLength(1);
    const before = [...world.store.bytes.keys()].filter((key) => !key.includes("/made/"));
    await deleteBuild(world.ctx, { index: "library", buildId: building.id });
    expect([...world.table.tables.keys()]).toEqual([`library/${first}`]);
    expect(await sweepBuilds(world.ctx)).toMatchObject({ cleared: 1 });
    expect(made()).toEqual([]);
    expect([...world.store.bytes.keys()]).toEqual(before);
    expect(world.rows.built.rows.has(building.id)).toBe(false);
    expect(await sweepBuilds(world.ctx)).toMatchObject({ cleared: 0 });
  });

  it("leave behind what another build needs when they are deleted", async () => {
    const world = await open();
    const one = await filled(world, { targetTokens: 200 });
    const two = await filled(world, { targetTokens: 200, stem: false });
    await deleteBuild(world.ctx, { index: "library", buildId: one.id });
    await sweepBuilds(world.ctx);
    expect([...world.store.bytes.keys()].filter((key) => key.includes("/made/"))).toHaveLength(1);
    expect(buildOf(world, two.id).status).toBe("ready");
  });

  it("that were superseded are kept as many as the index says, and for some minutes in any case", async () => {
    const world = await open();
    const index = () => {
      const found = world.rows.indexes.get("library");
      if (!found) throw new Error("no index");
      return found;
    };
    await patchIndex(world.ctx, { index: "library", settings: { retention: { supersededMax: 1 } } });
    const first = liveOf(world);
    for (const stem of [false, true]) {
      await promote(world, (await filled(world, { stem, targetTokens: stem ? 200 : 300 })).id);
      world.clock.now += 60_000;
    }
    expect(await applyRetention(world.ctx, index())).toEqual([]);
    expect(world.rows.builds.size).toBe(3);
    world.clock.now += 10 * 60_000;
    expect(await applyRetention(world.ctx, index())).toEqual([first]);
    expect(world.rows.builds.size).toBe(2);
    expect(world.rows.events.at(-1)).toMatchObject({ action: "build.deleted", actor: { kind: "system" } });
  });

  it("stay at a bounded number of candidates", async () => {
    const world = await open();
    for (let i = 0; i < limits.candidateBuildsMax; i += 1) await start(world, { targetTokens: 100 + i });
    await expect(start(world)).rejects.toMatchObject({ code: "too_large" });
  });

  it("are refused with every part named that cannot be: an unknown embedder, other dimensions, rules that disagree", async () => {
    const world = await open();
    const id = [...world.rows.documents.keys()][0] as never;
    const wrong = {
      dimensions: 7,
      targetTokens: 100,
      overlapTokens: 90,
      pinned: [
        { query: "tides", documentIds: [id] },
        { query: " Tides ", documentIds: [id] },
      ],
      buried: [{ query: "TIDES", documentIds: [id] }],
    };
    const refused = await start(world, wrong).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "invalid_request" });
    expect((refused as { errors: { field: string }[] }).errors.map((one) => one.field)).toEqual([
      "config.dimensions",
      "config.overlapTokens",
      "config.pinned",
      "config.pinned",
      "config.pinned",
    ]);
    await expect(start(world, { embedder: "unheard-of" })).rejects.toMatchObject({
      message: expect.stringContaining("choose one of test-2d, none"),
    });
    expect(world.table.tables.size).toBe(1);
  });

  it("are planned with what they change, redo and take", async () => {
    const world = await open();
    world.ctx.engine.stats = async () => ({
      passages: 200,
      documents: 10,
      passagesWithVectors: 200,
      sizeBytes: 200 * (100 + 8),
      unindexedRows: 0,
      tableVersion: 1,
    });
    const plan = (changes: object) => planBuild(world.ctx, { index: "library", config: configOf(world, changes) });
    expect(await plan({ stem: false })).toMatchObject({
      changes: [{ path: "stem", before: true, after: false, stage: "write" }],
      stages: ["write"],
      estimate: { documents: 1, passages: 200, sizeBytes: 200 * 108, seconds: null, usd: null },
    });
    expect(await plan({ targetTokens: 200 })).toMatchObject({
      stages: ["split", "embed", "write"],
      estimate: { passages: 400, sizeBytes: 400 * 108 },
    });
    expect((await plan({ embedder: "none", dimensions: 0 })).estimate.sizeBytes).toBe(200 * 100);
    expect((await plan({})).warnings[0]).toContain("this very configuration");
    const gone = "doc_00000000000000000000000000" as never;
    const ruled = await plan({ pinned: [{ query: "tides", documentIds: [gone] }] });
    expect(ruled).toMatchObject({ stages: ["write"], changes: [{ path: "pinned", stage: "query" }] });
    expect(ruled.warnings).toEqual([expect.stringContaining(gone)]);
    const [version] = world.rows.versions.values();
    const took = {
      startedAt: "2026-01-01T00:00:00.000Z",
      endedAt: "2026-01-01T00:00:04.000Z",
      status: "done" as const,
    };
    if (version) world.rows.versions.set(version.id, { ...version, steps: [{ name: "embed", ...took }] });
    expect((await plan({ targetTokens: 200 })).estimate).toMatchObject({
      seconds: 4,
      basis: expect.stringContaining("0.25 documents a second, as the newest 1 documents took"),
    });
    if (version) world.rows.versions.set(version.id, { ...version, steps: [] });
    const build = await filled(world, { ocr: "off" });
    world.rows.built.fills.set(build.id, {
      ...(world.rows.built.fills.get(build.id) as never as object),
      endedAt: "2026-01-01T00:00:02.000Z",
    } as never);
    const timed = await plan({ ocr: "off", targetTokens: 300 });
    expect(timed.stages).toEqual(["extract", "split", "embed", "write"]);
    expect(timed.estimate.basis).toContain("no rate");
    expect((await plan({ splitBy: "size" })).estimate.seconds).toBeNull();
    expect((await plan({ embedder: "none", dimensions: 0, ocr: "off" })).estimate.seconds).toBe(2);
  });

  it("are shown with how they differ, and their documents only to those who may read them", async () => {
    const world = await open();
    const build = await filled(world, { stem: false });
    world.ctx.engine.stats = async () => Promise.reject(new Error("gone"));
    const { items } = await listBuilds(world.ctx, { index: "library", limit: 1 });
    expect(items).toMatchObject([{ id: build.id, changes: [{ path: "stem" }], fill: { done: 1 } }]);
    const detail = await getBuild(world.ctx, { index: "library", buildId: world.build.id });
    expect(detail.changes).toEqual([]);
    expect(detail.statistics).toBeUndefined();
    const input = { index: "library", buildId: build.id, outcome: undefined, cursor: undefined, limit: 10 };
    expect((await listBuildDocuments(world.ctx, input)).items).toMatchObject([{ name: "a.txt", outcome: "done" }]);
    const [document] = world.rows.documents.values();
    if (document) world.rows.documents.set(document.id, { ...document, readers: ["group:board"] });
    expect((await listBuildDocuments({ ...world.ctx, actor: actorOf("editor") }, input)).items).toEqual([]);
  });

  it("all go with their index", async () => {
    const world = await open();
    await filled(world, { stem: false });
    await start(world, { targetTokens: 200 });
    await deleteIndex(world.ctx, { index: "library", confirm: "library" });
    expect(world.table.tables.size).toBe(0);
    await drain(world);
    expect(world.table.tables.size).toBe(0);
  });
});

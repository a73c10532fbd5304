import { limits } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { drain } from "../documents/testing-journey.ts";
import { deleteIndex, patchIndex } from "../indexes/index.ts";
import { actorOf } from "../testing.ts";
import {
  applyRetention,
  deleteBuild,
  getBuild,
  listBuildDocuments,
  listBuilds,
  planBuild,
  sweepBuilds,
} from "./index.ts";
import { buildOf, configOf, filled, liveOf, open, promote, start } from "./testing-builds.ts";

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
      // 4 s of 5 GB at $0.0000166667.
      usd: expect.closeTo(0.000333, 6),
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

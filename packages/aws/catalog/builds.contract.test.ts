import { type Build, BuildConfig, IndexSettings, type Promotion } from "@samla/contracts";
import {
  type BuildDocumentRecord,
  type Catalog,
  type FillRecord,
  type IndexRecord,
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
const event = { action: "build.created" as const, outcome: "ok" as const, summary: "made" };
const none = { extract: 0, split: 0, embed: 0 };
const fillOf = (more: Partial<FillRecord> = {}): FillRecord => ({
  state: "running",
  startedAt: at,
  total: 0,
  done: 0,
  failed: 0,
  reused: none,
  made: none,
  run: 1,
  movedAt: 0,
  samples: [],
  ...more,
});
const buildOf = (index: string, status: Build["status"]): Build => ({
  id: newId("bld") as Build["id"],
  index: index as Build["index"],
  status,
  config: BuildConfig.parse({
    language: "English",
    targetTokens: 400,
    embedder: "none",
    dimensions: 0,
    fusion: { kind: "weighted", vectorWeight: 0 },
  }),
  note: "",
  createdAt: at,
  createdBy: "t",
  revision: 1,
});
const rowOf = (documentId: string, more: Partial<BuildDocumentRecord> = {}): BuildDocumentRecord => ({
  documentId,
  versionId: "ver_1",
  outcome: "done",
  passages: 1,
  vectors: 0,
  at,
  ...more,
});

/** An index with its live build. */
const makeIndex = async (slug: string): Promise<{ index: IndexRecord; live: Build }> => {
  const live = buildOf(slug, "live");
  const index: IndexRecord = {
    slug: slug as IndexRecord["slug"],
    name: slug,
    description: "",
    readers: ["everyone"],
    liveBuildId: live.id,
    language: "English",
    createdAt: at,
    createdBy: "t",
    updatedAt: at,
    revision: 1,
    settings: IndexSettings.parse({}),
  };
  await catalog.createIndex(index, live, fillOf({ state: "done" }), event, systemActor);
  return { index, live };
};
const add = async (slug: string, status: Build["status"] = "ready"): Promise<Build> => {
  const build = buildOf(slug, status);
  await catalog.createBuild(build, fillOf(), event, systemActor);
  return build;
};
const promotionOf = (from: Build, to: Build): Promotion => ({
  at,
  by: "t",
  kind: "promoted",
  fromBuildId: from.id,
  toBuildId: to.id,
  reason: "better",
});
const switchTo = (index: IndexRecord, from: Build, to: Build): Promise<void> =>
  catalog.switchLive(
    {
      index: { ...index, liveBuildId: to.id, revision: index.revision + 1 },
      from: { ...from, status: "superseded", revision: from.revision + 1 },
      to: { ...to, status: "live", revision: to.revision + 1 },
      promotion: promotionOf(from, to),
      event: { ...event, action: "build.promoted" },
    },
    systemActor,
  );

describe("builds on DynamoDB", () => {
  it("are listed newest first with their fills, and are not made in an index that is gone", async () => {
    const { live } = await makeIndex("list");
    const second = await add("list");
    expect((await catalog.listBuilds("list")).map((one) => one.id)).toEqual([second.id, live.id]);
    const fills = await catalog.getFills([second.id, live.id, "bld_unknown"]);
    expect([fills.size, fills.get(second.id)?.state, fills.get(live.id)?.state]).toEqual([2, "running", "done"]);
    await expect(add("unheard-of")).rejects.toMatchObject({ code: "not_found" });
    expect(await catalog.listBuilds("unheard-of")).toEqual([]);
  });

  it("lose no change and no count when many change one at once", async ({ skip }) => {
    needs(aws, "concurrency", skip);
    await makeIndex("busy");
    const build = await add("busy", "building");
    const documentIds = Array.from({ length: 12 }, (_, i) => `doc_${i}`);
    await Promise.all([
      ...documentIds.map((id) =>
        catalog.changeBuildDocuments(build.id, [id], (_, fill) => ({
          rows: [rowOf(id)],
          ...(fill ? { fill: { ...fill, done: fill.done + 1 } } : {}),
        })),
      ),
      ...[1, 2, 3].map((n) =>
        catalog.changeBuild("busy", build.id, systemActor, (current) => ({
          build: { ...current, note: `${current.note}${n}` },
          event: { ...event, buildId: build.id },
        })),
      ),
    ]);
    expect((await catalog.getFills([build.id])).get(build.id)?.done).toBe(12);
    expect((await catalog.getBuildDocuments(build.id, documentIds)).size).toBe(12);
    const changed = await catalog.getBuild("busy", build.id);
    expect([changed?.note.length, changed?.revision]).toEqual([3, 4]);
  });

  it("write nothing when nothing is decided, and neither row nor count when the decision throws", async () => {
    await makeIndex("quiet");
    const build = await add("quiet");
    expect(await catalog.changeBuildDocuments(build.id, ["doc_1"], () => undefined)).toBe(false);
    await expect(
      catalog.changeBuildDocuments(build.id, ["doc_1"], () => {
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    expect((await catalog.changeBuild("quiet", build.id, systemActor, () => undefined))?.changed).toBe(false);
    expect(await catalog.changeBuild("quiet", "bld_unknown", systemActor, () => undefined)).toBeUndefined();
    expect((await catalog.getBuildDocuments(build.id, ["doc_1"])).size).toBe(0);
  });

  it("page through their documents without losing or repeating one, failed ones by themselves", async () => {
    await makeIndex("pages");
    const build = await add("pages");
    const ids = Array.from({ length: 45 }, (_, i) => `doc_${String(i).padStart(2, "0")}`);
    await catalog.changeBuildDocuments(build.id, ids, () => ({
      rows: ids.map((id, i) => {
        const { outcome: _o, versionId: _v, ...working } = rowOf(id);
        if (i % 9 === 0) return { ...working, work: { versionId: "ver_1", made: [], owner: "w", until: 1 } };
        return rowOf(
          id,
          i % 5 === 0
            ? { outcome: "failed", reason: `reason ${i}`, at: `2026-01-01T00:00:${String(i).padStart(2, "0")}.000Z` }
            : {},
        );
      }),
    }));
    const all = async (outcome?: "done" | "failed"): Promise<string[]> => {
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await catalog.listBuildDocuments({ buildId: build.id, outcome, cursor, limit: 7 });
        found.push(...page.items.map((row) => row.documentId));
        cursor = page.nextCursor;
      } while (cursor);
      return found;
    };
    expect((await all()).sort()).toEqual(ids.filter((_, i) => i % 9 !== 0));
    expect(await all("done")).toEqual(ids.filter((_, i) => i % 9 !== 0 && i % 5 !== 0));
    const failed = ids.filter((_, i) => i % 9 !== 0 && i % 5 === 0).reverse();
    await expect.poll(() => all("failed"), eventually).toEqual(failed);
    await expect(catalog.listBuildDocuments({ buildId: build.id, cursor: "forged", limit: 7 })).rejects.toMatchObject({
      code: "invalid_cursor",
    });
    await catalog.changeBuildDocuments(build.id, failed, () => ({ removed: failed }));
    await expect.poll(() => all("failed"), eventually).toEqual([]);
  });

  it("take turns in being live: of two changes at once one wins wholly, the other leaves nothing", async ({ skip }) => {
    needs(aws, "concurrency", skip);
    const { index, live } = await makeIndex("turns");
    const [one, two] = [await add("turns"), await add("turns")];
    const results = await Promise.allSettled([switchTo(index, live, one), switchTo(index, live, two)]);
    expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(results.find((result) => result.status === "rejected")).toMatchObject({ reason: { code: "conflict" } });
    const now = await catalog.getIndex("turns");
    const statuses = Object.fromEntries((await catalog.listBuilds("turns")).map((build) => [build.id, build.status]));
    const winner = now?.liveBuildId ?? "";
    expect(statuses).toEqual({ [one.id]: "ready", [two.id]: "ready", [live.id]: "superseded", [winner]: "live" });
    expect((await catalog.listPromotions("turns", 10)).map((promotion) => promotion.toBuildId)).toEqual([winner]);
  });

  it("keep the order in which they were live", async () => {
    const { index, live } = await makeIndex("history");
    const next = await add("history");
    await switchTo(index, live, next);
    const [now, back, forth] = [
      await catalog.getIndex("history"),
      await catalog.getBuild("history", live.id),
      await catalog.getBuild("history", next.id),
    ];
    if (!now || !back || !forth) throw new Error("not there");
    await switchTo(now, forth, back);
    const history = (await catalog.listPromotions("history", 10)).map((promotion) => promotion.toBuildId);
    expect(history).toEqual([live.id, next.id]);
    expect(await catalog.listPromotions("history", 1)).toHaveLength(1);
  });

  it("are deleted only as they were seen, and leave no row behind, however many there are", async () => {
    await makeIndex("gone");
    const build = await add("gone");
    for (let i = 0; i < 250; i += 50) {
      const ids = Array.from({ length: 50 }, (_, n) => `doc_${i + n}`);
      await catalog.changeBuildDocuments(build.id, ids, () => ({ rows: ids.map((id) => rowOf(id)) }));
    }
    const changed = await catalog.changeBuild("gone", build.id, systemActor, (current) => ({ build: current }));
    await expect(catalog.deleteBuild(build, event, systemActor)).rejects.toMatchObject({ code: "conflict" });
    if (changed) await catalog.deleteBuild(changed.build, event, systemActor);
    expect(await catalog.getBuild("gone", build.id)).toBeUndefined();
    expect((await catalog.listRemovedBuilds()).map((one) => [one.id, one.config.embedder])).toEqual([
      [build.id, "none"],
    ]);
    const seen: string[] = [];
    let steps = 0;
    while (
      !(await catalog.forgetBuild("gone", build.id, async (rows) => void seen.push(...rows.map((r) => r.documentId))))
    )
      steps += 1;
    expect([new Set(seen).size, seen.length]).toEqual([250, 250]);
    expect(steps).toBeGreaterThan(1);
    expect(await catalog.listRemovedBuilds()).toEqual([]);
    expect((await catalog.getFills([build.id])).size).toBe(0);
  });

  it("go with their index, also when it has more than a hundred", async () => {
    await makeIndex("many");
    for (let i = 0; i < 120; i += 1) await add("many", "cancelled");
    expect(await catalog.listBuilds("many")).toHaveLength(121);
    await catalog.deleteIndex("many", { ...event, action: "index.deleted" }, systemActor);
    await catalog.forgetRemovedIndex("many");
    expect(await catalog.listBuilds("many")).toEqual([]);
    expect(await catalog.listRemovedIndexes()).toEqual([]);
  });
});

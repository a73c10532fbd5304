import { type IndexSettings, type PassageId, SearchQuery, type SearchResult } from "@samla/contracts";
import { beforeEach, describe, expect, it } from "vitest";
import { openWorld, ready } from "../documents/testing-journey.ts";
import type { Actor, EngineContext, QueryLine } from "../kernel/index.ts";
import { search } from "../search/index.ts";
import { actorOf, type TestWorld, testSlug } from "../testing.ts";
import { foldTyping } from "./fold-typing.ts";
import {
  getQuery,
  giveFeedback,
  listQueries,
  recordSearch,
  replayQuery,
  reportQueries,
  trimQueryLogs,
} from "./index.ts";

let world: TestWorld;
const index = testSlug;
const as = (actor: Actor): EngineContext => ({ ...world.ctx, actor });
const reader: Actor = { ...actorOf("reader"), id: "rita", groups: ["board"] };

const ask = async (q: string, more: Record<string, unknown> = {}, actor = reader): Promise<SearchResult> => {
  const input = SearchQuery.parse({ q, index, mode: "lexical", ...more });
  const result = await search(as(actor), input);
  await recordSearch(as(actor), input, result);
  return result;
};
const get = (queryId: string) => getQuery(world.ctx, { index, queryId });
const report = (days = 7) => reportQueries(world.ctx, { index, days });
const setLog = (queryLog: IndexSettings["queryLog"]): void => {
  const found = world.rows.indexes.get(index);
  if (found) world.rows.indexes.set(index, { ...found, settings: { ...found.settings, queryLog } });
};

beforeEach(async () => {
  world = await openWorld();
  for (const name of ["a.txt", "b.txt"]) await ready(world, name, `${name} tells of ropes`);
});

describe("a search", () => {
  it("is recorded as it was shown, in each index that was named or had hits", async () => {
    const other = { ...world.rows.indexes.get(index), slug: "empty", liveBuildId: world.build.id } as never;
    world.rows.indexes.set("empty", other);
    world.table.tables.set(`empty/${world.build.id}`, []);
    const both = await ask("ropes", { index: [index, "empty"], limit: 1 });
    expect(await get(both.queryId)).toMatchObject({
      text: "ropes",
      actor: { id: "rita" },
      total: 2,
      hits: [{ name: "a.txt" }],
      filters: { limit: 1, index: [index, "empty"], indexes: 2 },
    });
    expect(world.rows.queries.has(`empty ${both.queryId}`)).toBe(true);
    const all = await ask("ropes", { index: [] });
    expect(world.rows.queries.has(`empty ${all.queryId}`)).toBe(false);
    const none = await ask("nowhere", { index: [] });
    expect(world.rows.queries.has(`empty ${none.queryId}`)).toBe(true);
    expect((await get(none.queryId)).total).toBe(0);
  });

  it("within one document is reading, not searching, and is not recorded", async () => {
    const [documentId] = world.rows.documents.keys();
    const within = await ask("ropes", { documentId });
    expect(within.hits.length).toBeGreaterThan(0);
    expect(world.rows.queries.size).toBe(0);
  });

  it("is answered although its record cannot be written", async () => {
    world.calls.before = (name) => {
      if (name === "catalog.putQueries") throw new Error("down");
    };
    expect((await ask("ropes")).hits).toHaveLength(2);
    expect(world.logged.some((line) => line.message === "a search was not recorded")).toBe(true);
  });

  it("is anonymous where the index says so: no name, no group, and feedback by whoever knows its id", async () => {
    setLog({ days: 90, anonymous: true });
    const { queryId, hits } = await ask("ropes");
    const stored = JSON.stringify([...world.rows.queries.values()]);
    expect(stored).not.toMatch(/rita|board/);
    const passageId = hits[0]?.passageId as PassageId;
    await giveFeedback(as(reader), { queryId: queryId as never, index, passageId, kind: "up" });
    expect((await get(queryId)).thumbs).toHaveLength(1);
    expect((await report()).people).toBeNull();
  });

  it("is gone after its time, at once from sight and within the hour from the rows, and so are names", async () => {
    const { queryId } = await ask("ropes");
    setLog({ days: 90, anonymous: true });
    const trimAnHour = async (): Promise<void> => {
      for (let minute = 0; minute < 60; minute += 1) {
        world.clock.now += 60_000;
        await trimQueryLogs(world.ctx);
      }
    };
    expect((await get(queryId)).actor).toBeUndefined();
    expect(JSON.stringify([...world.rows.queries.values()])).toContain("rita");
    await trimAnHour();
    expect(JSON.stringify([...world.rows.queries.values()])).not.toMatch(/rita|board/);
    setLog({ days: 1, anonymous: true });
    world.clock.now += 86_400_000;
    await expect(get(queryId)).rejects.toMatchObject({ code: "not_found" });
    await trimAnHour();
    expect(world.rows.queries.size).toBe(0);
  });
});

describe("feedback", () => {
  it("is taken for hits of one's own search, and the later thumb of a passage holds", async () => {
    const { queryId, hits } = await ask("ropes");
    const passageId = hits[1]?.passageId as PassageId;
    const give = (kind: "click" | "up" | "down" | "none", actor = reader, passage = passageId) =>
      giveFeedback(as(actor), { queryId: queryId as never, index, passageId: passage, kind });
    await give("click");
    await give("up");
    await give("down");
    expect(await get(queryId)).toMatchObject({ clicks: [{ rank: 2 }], thumbs: [{ value: "down" }] });
    await give("none");
    expect((await get(queryId)).thumbs).toEqual([]);
    await expect(give("up", { ...reader, id: "otto" })).rejects.toMatchObject({ code: "not_found" });
    await expect(give("up", reader, "psg_01ARZ3NDEKTSV4RRFFQ69G5FAV_0" as PassageId)).rejects.toMatchObject({
      code: "invalid_request",
    });
  });
});

const lineOf = (text: string, seconds: number, more: Partial<QueryLine> = {}): QueryLine => ({
  id: `${text} ${seconds}`,
  at: new Date(seconds * 1000).toISOString(),
  who: "rita",
  text,
  total: 1,
  totalMs: 1,
  clicks: 0,
  page: false,
  ...more,
});

describe("a report", () => {
  it("folds what was typed on the way, of one person, at once, towards one search", () => {
    const lines = [
      lineOf("ro", 1),
      lineOf("ro", 2, { who: "otto" }),
      lineOf("rop", 2),
      lineOf("Ropes", 3),
      lineOf("ropes", 4),
      lineOf("ropes", 5, { page: true }),
      lineOf("ropes and sails", 30),
      lineOf("ta", 31, { clicks: 1 }),
      lineOf("tar", 32),
    ];
    expect(foldTyping(lines.toReversed()).map((line) => line.id)).toEqual([
      "tar 32",
      "ta 31",
      "ropes and sails 30",
      "ropes 4",
      "Ropes 3",
      "ro 2",
    ]);
  });

  it("counts searches, people, clicks and days, with every day shown", async () => {
    const { queryId, hits } = await ask("ropes");
    await giveFeedback(as(reader), {
      queryId: queryId as never,
      index,
      passageId: hits[0]?.passageId as PassageId,
      kind: "click",
    });
    world.clock.now += 86_400_000;
    await ask("Ropes ", {}, { ...reader, id: "otto" });
    await ask("nowhere");
    world.clock.now += 3_600_000;
    const found = await report(3);
    expect(found).toMatchObject({
      searches: 3,
      people: 2,
      zeroResults: 2,
      withClick: 1,
      complete: true,
      perDay: [{ searches: 0 }, { searches: 1, zeroResults: 0 }, { searches: 2, zeroResults: 2 }],
    });
    expect(found.top[0]).toMatchObject({ text: "Ropes", searches: 2, clicks: 1 });
    expect(found.slow).toHaveLength(3);
    expect((await listQueries(world.ctx, { index, view: "zero-results", typed: false, limit: 9 })).items).toHaveLength(
      2,
    );
    await expect(reportQueries(as(reader), { index, days: 1 })).rejects.toMatchObject({ code: "forbidden" });
  });
});

describe("a replay", () => {
  const replay = (queryId: string) => replayQuery(world.ctx, { index, queryId });
  const change = (name: string, changes: object): void => {
    const found = [...world.rows.documents.values()].find((one) => one.name === name);
    if (found) world.rows.documents.set(found.id, { ...found, ...changes });
  };

  it("gives the same hits, or says of each what became of it", async () => {
    for (const name of ["c.txt", "d.txt", "e.txt"]) await ready(world, name, `${name} tells of ropes`);
    const { queryId } = await ask("ropes");
    expect(await replay(queryId)).toMatchObject({ same: true, gone: [] });
    change("a.txt", { deletedAt: "2026-01-02T00:00:00.000Z" });
    change("b.txt", { readers: ["group:other"] });
    const [c, d] = ["c.txt", "d.txt"].map((name) =>
      [...world.rows.documents.values()].find((one) => one.name === name),
    );
    world.rows.documents.delete(c?.id ?? "");
    change("d.txt", { liveVersionId: world.ctx.newId("ver") });
    const table = `${index}/${world.build.id}`;
    const rows = world.table.tables.get(table) ?? [];
    world.table.tables.set(
      table,
      rows.filter((row) => row.document_id !== d?.id),
    );
    const { same, hits, gone } = await replay(queryId);
    expect(same).toBe(false);
    expect(hits).toMatchObject([{ name: "e.txt", before: 5, after: 1 }]);
    expect(gone.map((hit) => [hit.name, hit.cause])).toEqual([
      ["a.txt", "document-deleted"],
      ["b.txt", "access-changed"],
      ["c.txt", "document-purged"],
      ["d.txt", "version-replaced"],
    ]);
  });

  it("says that nothing can be run once the build is gone", async () => {
    const { queryId } = await ask("ropes");
    world.rows.builds.delete(world.build.id);
    const replayed = await replay(queryId);
    expect(replayed).toMatchObject({ same: false, notRun: expect.any(String), hits: [] });
    expect(replayed.gone.map((hit) => hit.cause)).toEqual(["build-deleted", "build-deleted"]);
  });
});

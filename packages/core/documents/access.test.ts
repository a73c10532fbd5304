import { ListDocumentsQuery, type Principal, SearchQuery } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { listEvents, routeEvent } from "../events/index.ts";
import type { Actor, IndexMessage } from "../kernel/index.ts";
import { search, suggest } from "../search/index.ts";
import { actorOf, type TestWorld } from "../testing.ts";
import { accessFilters } from "./access-filter.ts";
import {
  batchDocuments,
  countDocuments,
  createUpload,
  deleteDocument,
  getContent,
  getDocument,
  getUpload,
  getVersion,
  listDocuments,
  listPassages,
  listVersions,
  patchDocument,
  restoreDocument,
  sweep,
  writeIndex,
} from "./index.ts";
import { bodyOf, drain, openWorld, ready } from "./testing-journey.ts";

const editor = (id: string, ...groups: string[]): Actor => ({ ...actorOf("editor"), id, groups });
const list = (deleted = false) => ListDocumentsQuery.parse({ index: "library", limit: 200, deleted: String(deleted) });
const query = (q: string) => SearchQuery.parse({ q, mode: "lexical", limit: 100, perDocument: 0 });
const as = (world: TestWorld, actor: Actor): TestWorld["ctx"] => ({ ...world.ctx, actor });
const isAnswered = (call: Promise<unknown>): Promise<boolean> =>
  call.then(
    () => true,
    (error: { code?: string }) => {
      // As if it did not exist: nothing else may be told.
      expect(error.code).toBe("not_found");
      return false;
    },
  );

describe("documents with readers of their own", () => {
  it("exist, over 10,000 pairs of person and document, for those only whom index and document both let in", async () => {
    const world = await openWorld();
    // Park and Miller's generator: the same pairs in every run.
    let state = 7;
    const below = (count: number): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state % count;
    };
    const pick = <T>(from: readonly T[], count: number): T[] =>
      Array.from({ length: count }, () => from[below(from.length)] as T);
    const groups = ["staff", "legal", "board", "team"];
    const persons = Array.from({ length: 100 }, (_, i): Actor => {
      const roles = pick(["reader", "editor", "operator"] as const, 1 + below(2));
      return {
        ...actorOf(...(i % 20 === 19 ? (["admin"] as const) : roles)),
        id: `u${i}`,
        groups: pick(groups, below(3)),
      };
    });
    const principals = [
      "everyone",
      ...groups.map((group) => `group:${group}`),
      ...["reader", "editor", "operator"].map((role) => `role:${role}`),
      ...persons.map((person) => `user:${person.id}`),
    ] as Principal[];
    const documents = [];
    for (let i = 0; i < 100; i += 1) {
      const readers = i % 3 === 0 ? undefined : [...new Set(pick(principals, 1 + below(3)))];
      const ids = await ready(world, `paper-${i}.txt`, `# Paper ${i}\nlantern ${i}`, readers ? { readers } : {});
      if (i % 10 === 9) {
        await deleteDocument(world.ctx, ids);
        await drain(world);
      }
      documents.push({ ...ids, readers, deleted: i % 10 === 9, text: `# Paper ${i}\nlantern ${i}` });
    }
    const indexReaders = ["group:staff", "role:operator", "user:u3", "user:u50"];
    const index = world.rows.indexes.get("library");
    if (index) world.rows.indexes.set("library", { ...index, readers: indexReaders as Principal[] });
    const holds = (person: Actor, readers: readonly string[] | undefined): boolean =>
      person.roles.includes("admin") ||
      !readers ||
      readers.some(
        (one) =>
          one === "everyone" ||
          one === `user:${person.id}` ||
          person.groups.some((group) => one === `group:${group}`) ||
          person.roles.some((role) => one === `role:${role}`),
      );
    let pairs = 0;
    let hidden = 0;
    for (const person of persons) {
      const ctx = as(world, person);
      const mayIndex = holds(person, indexReaders);
      const visible = documents.filter((one) => mayIndex && holds(person, one.readers));
      const living = visible.filter((one) => !one.deleted).map((one) => one.documentId);
      const found = await search(ctx, query("lantern"));
      expect(new Set(found.hits.map((hit) => hit.documentId))).toEqual(new Set(living));
      expect(found.total.value).toBe(living.length);
      const { suggestions } = await suggest(ctx, { q: "Paper", index: [], limit: 100 });
      expect(suggestions.map((one) => one.documentId).sort()).toEqual([...living].sort());
      if (mayIndex) {
        expect((await listDocuments(ctx, list())).items.map((one) => one.id).sort()).toEqual([...living].sort());
        expect((await listDocuments(ctx, list(true))).items).toHaveLength(visible.length - living.length);
        expect(await countDocuments(ctx, { index: "library" })).toMatchObject({
          total: living.length,
          deleted: visible.length - living.length,
        });
      } else expect(await isAnswered(listDocuments(ctx, list()))).toBe(false);
      world.ctx.catalog.listConnections = async () => [
        { connectionId: "c", id: person.id, roles: [...person.roles], groups: [...person.groups] },
      ];
      const told = (await routeEvent(ctx, world.rows.events)).flatMap((one) => one.events);
      expect(new Set(told.map((event) => event.documentId))).toEqual(new Set(visible.map((one) => one.documentId)));
      if (!person.roles.every((role) => role === "reader")) {
        const events = (await listEvents(ctx, { limit: 50 })).items;
        expect(new Set(events.map((event) => event.documentId))).toEqual(new Set(visible.map((one) => one.documentId)));
      }
      for (const { documentId, versionId, ...document } of documents) {
        pairs += 1;
        const wanted = visible.some((one) => one.documentId === documentId);
        if (!wanted) hidden += 1;
        const calls = [
          getDocument(ctx, { documentId }),
          listVersions(ctx, { documentId }),
          getVersion(ctx, { documentId, versionId }),
          listPassages(ctx, { documentId, from: 0, limit: 10 }),
          getContent(ctx, { documentId, what: "source", download: true }),
          getContent(ctx, { documentId, what: "extracted", download: false }),
        ];
        if (person.roles.some((role) => role === "editor" || role === "admin") && mayIndex) {
          const same = await createUpload(ctx, bodyOf("other.txt", document.text, { onDuplicate: "ask" }));
          expect(same.outcome === "duplicate").toBe(wanted && !document.deleted);
          if (same.outcome !== "duplicate") {
            expect(same.outcome).toBe("upload");
            world.rows.documents.delete(same.documentId);
            world.rows.versions.delete(same.versionId);
            world.rows.events.pop();
          }
        }
        for (const call of calls) expect(await isAnswered(call)).toBe(wanted);
      }
    }
    expect(pairs).toBe(10_000);
    expect(hidden).toBeGreaterThan(2_000);
  }, 60_000);

  it("are shut to others at once: hits, totals and suggestions do not wait for the table", async () => {
    const world = await openWorld();
    const ids = await ready(world, "merger.txt", "# Merger\nThessaly");
    await ready(world, "other.txt", "# Memo\nThessaly");
    const eve = as(world, editor("eve"));
    expect((await search(eve, query("Thessaly"))).total.value).toBe(2);
    await patchDocument(world.ctx, { ...ids, readers: ["group:board"] });
    expect(world.passages().some((row) => row.readers.includes("everyone") && row.document_id === ids.documentId)).toBe(
      true,
    );
    const hidden = await search(eve, query("Thessaly"));
    expect([hidden.hits.length, hidden.total]).toEqual([1, { value: 1, exact: true }]);
    expect((await suggest(eve, { q: "Me", index: [], limit: 9 })).suggestions.map((one) => one.text)).toEqual([
      "Memo other.txt",
    ]);
    expect((await search(as(world, editor("bea", "board")), query("Thessaly"))).hits).toHaveLength(2);
    expect((await search(world.ctx, query("Thessaly"))).total.value).toBe(2);
    await drain(world);
    expect(world.rows.access.changes.size).toBe(0);
    expect((await search(eve, query("Thessaly"))).total.value).toBe(1);
    await patchDocument(world.ctx, { ...ids, readers: null });
    await drain(world);
    expect((await search(eve, query("Thessaly"))).total.value).toBe(2);
  });

  it("are looked out for until the tables of all builds that may serve carry a change", async () => {
    const world = await openWorld();
    const ids = await ready(world, "merger.txt", "Thessaly");
    const second = { ...world.build, id: world.ctx.newId("bld") as typeof world.build.id, status: "ready" as const };
    world.rows.builds.set(second.id, second);
    world.table.tables.set(`library/${second.id}`, []);
    await patchDocument(world.ctx, { ...ids, readers: ["group:board"] });
    const messages = world.queue.sent.index.splice(0) as IndexMessage[];
    expect(messages.map((message) => message.buildId).sort()).toEqual([world.build.id, second.id].sort());
    const isOut = async (buildId: string) =>
      JSON.stringify((await accessFilters(as(world, editor("eve")))).of("library", buildId)).includes(ids.documentId);
    const write = (buildId: string) =>
      writeIndex(
        world.ctx,
        messages.filter((message) => message.buildId === buildId),
      );
    expect([await isOut(world.build.id), await isOut(second.id)]).toEqual([true, true]);
    await write(world.build.id);
    expect([await isOut(world.build.id), await isOut(second.id)]).toEqual([false, true]);
    await write(second.id);
    await drain(world);
    expect([await isOut(second.id), world.rows.access.changes.size]).toEqual([false, 0]);
    expect(world.table.tables.get(`library/${second.id}`)?.map((row) => row.readers)).toEqual([["group:board"]]);
  });

  it("do not show in totals and facets while more of them change than a query can name", async () => {
    const world = await openWorld();
    const ids = await ready(world, "merger.txt", "Thessaly");
    await patchDocument(world.ctx, { ...ids, readers: ["group:board"] });
    const [change] = world.rows.access.changes.values();
    if (!change) throw new Error("no change");
    for (let i = 0; i < 5_001; i += 1) world.rows.access.changes.set(`d${i}`, { ...change, documentId: `d${i}` });
    const result = await search(as(world, editor("eve")), query("Thessaly"));
    expect(result).toMatchObject({ hits: [], total: { value: 0, exact: false }, facets: { kind: [], index: [] } });
  });

  it("are asked for again when the call that changed them died before it told the writer", async () => {
    const world = await openWorld();
    const ids = await ready(world, "merger.txt", "Thessaly");
    const { sendIndex } = world.ctx.queues;
    world.ctx.queues.sendIndex = () => Promise.reject(new Error("the process died"));
    await expect(patchDocument(world.ctx, { ...ids, readers: ["group:board"] })).rejects.toThrow("died");
    world.ctx.queues.sendIndex = sendIndex;
    expect((await search(as(world, editor("eve")), query("Thessaly"))).total.value).toBe(0);
    world.clock.now += 2 * 60_000;
    await sweep(world.ctx);
    await drain(world);
    expect(world.passages().map((row) => row.readers)).toEqual([["group:board"]]);
    expect(world.rows.access.changes.size).toBe(0);
    await sweep(world.ctx);
    expect(world.queue.sent.index).toEqual([]);
  });

  it("keep their events to themselves, also when they are gone for good", async () => {
    const world = await openWorld();
    const ids = await ready(world, "merger.txt", "Thessaly", { readers: ["group:board"] });
    const told = async (actor: Actor) => (await listEvents(as(world, actor), { limit: 50 })).items.length;
    expect([await told(editor("eve")), (await told(editor("bea", "board"))) > 3]).toEqual([0, true]);
    await deleteDocument(world.ctx, ids);
    world.clock.now += 40 * 86_400_000;
    await sweep(world.ctx);
    expect(world.rows.documents.size).toBe(0);
    expect([await told(editor("eve")), (await told(editor("bea", "board"))) > 4]).toEqual([0, true]);
  });

  it("are changed one by one or many at once by those who see them, with an event that tells from what to what", async () => {
    const world = await openWorld();
    const [one, two] = [await ready(world, "a.txt", "a"), await ready(world, "b.txt", "b", { readers: ["user:bea"] })];
    const eve = as(world, editor("eve", "board"));
    const body = { documentIds: [one.documentId, two.documentId] as never[], action: "access" as const };
    const { results } = await batchDocuments(eve, { ...body, readers: ["group:board"] });
    expect(results.map((result) => result.code ?? "ok")).toEqual(["ok", "not_found"]);
    const event = world.rows.events.at(-1);
    expect(event).toMatchObject({
      action: "document.access-changed",
      summary: 'let group:board read "a.txt"',
      data: { before: { readers: null }, after: { readers: ["group:board"] } },
    });
    await expect(batchDocuments(eve, body)).rejects.toMatchObject({ code: "invalid_request" });
    const same = world.rows.events.length;
    await patchDocument(eve, { ...one, readers: ["group:board"] });
    expect(world.rows.events).toHaveLength(same);
  });

  it("are never lost to the one who restricts them, and a new version keeps their readers", async () => {
    const world = await openWorld();
    const eve = as(world, editor("eve", "board"));
    const ids = await ready(world, "a.txt", "a");
    const refused = { code: "invalid_request", errors: [{ field: "readers", message: "must include you" }] };
    await expect(patchDocument(eve, { ...ids, readers: ["user:bea"] })).rejects.toMatchObject(refused);
    await expect(createUpload(eve, bodyOf("b.txt", "b", { readers: ["user:bea"] }))).rejects.toMatchObject(refused);
    await patchDocument(eve, { ...ids, readers: ["user:bea", "role:editor"] });
    const next = bodyOf("a.txt", "other", { documentId: ids.documentId as never });
    await expect(createUpload(eve, { ...next, readers: ["group:board"] })).rejects.toMatchObject({ code: "conflict" });
    expect((await createUpload(eve, next)).outcome).toBe("upload");
    expect(world.rows.documents.get(ids.documentId)?.readers).toEqual(["user:bea", "role:editor"]);
  });

  it("shut out uploads, restorations and batches that others have under way", async () => {
    const world = await openWorld();
    const created = await createUpload(world.ctx, bodyOf("a.txt", "a", { readers: ["user:bea"] }));
    if (created.outcome === "duplicate") throw new Error("duplicate");
    const eve = as(world, editor("eve"));
    expect(await isAnswered(getUpload(eve, created))).toBe(false);
    const ids = await ready(world, "b.txt", "b", { readers: ["user:bea"] });
    await deleteDocument(world.ctx, ids);
    expect(await isAnswered(restoreDocument(eve, ids))).toBe(false);
    for (const action of ["delete", "restore", "reprocess", "cancel", "tag", "access"] as const) {
      const documentIds = [ids.documentId] as never[];
      const { results } = await batchDocuments(eve, { action, documentIds, tags: ["x"], readers: null });
      expect(results[0], action).toMatchObject({ ok: false, code: "not_found" });
    }
  });
});

import { describe, expect, it } from "vitest";
import { listEvents } from "../events/index.ts";
import { objectKeys } from "../kernel/index.ts";
import { search } from "../search/index.ts";
import { actorOf } from "../testing.ts";
import {
  abortUpload,
  batchDocuments,
  createUpload,
  deleteDocument,
  getUpload,
  patchDocument,
  restoreDocument,
  sweep,
} from "./index.ts";
import { accept, bodyOf, changeEmbedder, deliver, drain, openWorld, ready } from "./testing-journey.ts";

const text = "first line\nsecond line";
const day = 86_400_000;
const noId = "ver_01ARZ3NDEKTSV4RRFFQ69G5FAV";

describe("callers without the permission", () => {
  it("learn nothing of which versions there are", async () => {
    const world = await openWorld();
    const ids = await deliver(world, "a.txt", text);
    const reader = { ...world.ctx, actor: actorOf("reader") };
    for (const versionId of [ids.versionId, noId])
      await expect(getUpload(reader, { versionId })).rejects.toMatchObject({ code: "forbidden" });
  });

  it("are refused a batch as a whole", async () => {
    const world = await openWorld();
    const { documentId } = await ready(world, "a.txt", text);
    const reader = { ...world.ctx, actor: actorOf("reader") };
    await expect(
      batchDocuments(reader, { action: "delete", documentIds: [documentId as never] }),
    ).rejects.toMatchObject({ code: "forbidden" });
  });
});

describe("bytes", () => {
  it("that come after their upload was abandoned do not stay", async () => {
    const world = await openWorld();
    const created = await createUpload(world.ctx, bodyOf("a.txt", text));
    if (created.outcome !== "upload") throw new Error(created.outcome);
    await abortUpload(world.ctx, created);
    world.store.bytes.set(objectKeys.source(created.documentId, created.versionId), new TextEncoder().encode(text));
    await accept(world, created);
    expect([...world.store.bytes.keys()]).toEqual([]);
    expect(world.queue.sent.process).toEqual([]);
  });

  it("go only when nobody can restore their document any more", async () => {
    const world = await openWorld();
    const ids = await ready(world, "a.txt", text);
    await deleteDocument(world.ctx, ids);
    world.clock.now += 30 * day - 1;
    expect((await sweep(world.ctx)).purged).toBe(0);
    world.clock.now += 2;
    await expect(restoreDocument(world.ctx, ids)).rejects.toMatchObject({ code: "conflict" });
    expect((await sweep(world.ctx)).purged).toBe(0);
    world.clock.now += 6 * 60_000;
    expect((await sweep(world.ctx)).purged).toBe(1);
    expect([...world.store.bytes.keys()]).toEqual([]);
  });

  it("stay when a list that lags behind names a restored document", async () => {
    const world = await openWorld();
    const ids = await ready(world, "a.txt", text);
    const deleted = await deleteDocument(world.ctx, ids);
    await restoreDocument(world.ctx, ids);
    world.ctx.catalog.listPurgeable = async () => [deleted];
    world.clock.now += 31 * day;
    expect((await sweep(world.ctx)).purged).toBe(0);
    expect(world.store.bytes.has(objectKeys.source(ids.documentId, ids.versionId))).toBe(true);
  });
});

describe("an embedder", () => {
  const broken: [name: string, embed: () => Promise<Float32Array[]>][] = [
    ["throws", () => Promise.reject(new Error("down"))],
    ["gives vectors of another length", async () => [new Float32Array(7), new Float32Array(7)]],
    ["gives too few", async () => []],
    ["gives no numbers", async () => [new Float32Array([Number.NaN, 1]), new Float32Array([1, Number.NaN])]],
  ];
  const everyBroken = broken.flatMap(([name, embed]) =>
    [false, true].map((instant) => ({ name: instant ? `${name} in the writer` : name, embed, instant })),
  );
  it.each(everyBroken)("that $name leaves documents ready and searches to words", async ({ embed, instant }) => {
    const world = await openWorld();
    changeEmbedder(world, { embed, instant });
    const ids = await deliver(world, "a.txt", text);
    await accept(world, ids);
    await expect(drain(world)).rejects.toThrow();
    expect(world.rows.documents.get(ids.documentId)).toMatchObject({ status: "ready", vectors: 0 });
    const found = await search(world.ctx, query);
    expect(found.hits).toHaveLength(2);
  });

  it("that failed is not waited for by every search, and is asked again after a while", async () => {
    const world = await openWorld();
    let asked = 0;
    const embed = () => {
      asked += 1;
      return Promise.reject(new Error("down"));
    };
    changeEmbedder(world, { embed });
    for (let i = 0; i < 3; i += 1) await search(world.ctx, query);
    expect(asked).toBe(1);
    world.clock.now += 60_000;
    await search(world.ctx, query);
    expect(asked).toBe(2);
  });

  it("that is instant gives a document its vectors in the commit that makes it searchable", async () => {
    const world = await openWorld();
    changeEmbedder(world, { instant: true });
    const commits = world.table.commits();
    const ids = await ready(world, "a.txt", text);
    expect(world.table.commits() - commits).toBe(1);
    expect(world.passages().every((one) => one.vector?.length === 2)).toBe(true);
    const version = world.rows.versions.get(ids.versionId);
    expect([version?.vectors, version?.steps.at(-1)]).toMatchObject([2, { name: "embed", status: "done" }]);
  });

  it.each([false, true])(
    "other than the build's leaves its vectors alone: documents become ready by their words (instant: %s)",
    async (instant) => {
      const world = await openWorld();
      changeEmbedder(world, { instant });
      const before = await ready(world, "a.txt", text);
      changeEmbedder(world, { id: "other", dimensions: 3 });
      await patchDocument(world.ctx, { ...before, tags: ["kept"] });
      await drain(world);
      expect(world.passages().map((one) => [one.tags, one.vector?.length])).toEqual([
        [["kept"], 2],
        [["kept"], 2],
      ]);
      const asked: unknown[] = [];
      const { engine } = world.ctx;
      world.ctx.engine = {
        ...engine,
        search: (table, one) => {
          asked.push([one.mode, one.vector]);
          return engine.search(table, one);
        },
      };
      changeEmbedder(world, { embed: async (texts) => texts.map(() => new Float32Array(3)) });
      const next = await ready(world, "b.txt", "third line");
      expect(world.rows.versions.get(next.versionId)?.steps.at(-1)).toMatchObject({ name: "embed", status: "skipped" });
      expect(world.passages().find((one) => one.document_id === next.documentId)?.vector).toBeUndefined();
      expect((await search(world.ctx, query)).hits).toHaveLength(3);
      expect(asked).toEqual([["lexical", undefined]]);
    },
  );
});

const query = {
  q: "line",
  index: [],
  kind: [],
  tag: [],
  mode: "hybrid" as const,
  sort: "relevance" as const,
  limit: 20,
  offset: 0,
  perDocument: 0,
  explain: false,
  facets: false,
};

describe("a search", () => {
  it("beyond the passages that are looked at is refused, not called a failure of the engine", async () => {
    const world = await openWorld();
    await expect(search(world.ctx, { ...query, offset: 990 })).rejects.toMatchObject({ code: "invalid_request" });
  });
});

describe("an index that takes the name of a deleted one", () => {
  it("does not show the other's timeline to its readers", async () => {
    const world = await openWorld();
    await ready(world, "secret.txt", text);
    const index = world.rows.indexes.get("library");
    if (!index) throw new Error("no index");
    world.clock.now += 60_000;
    const at = new Date(world.clock.now).toISOString();
    world.rows.indexes.set("library", { ...index, readers: ["everyone"], createdAt: at });
    await ready(world, "public.txt", "other words");
    const seen = async (role: "editor" | "admin") =>
      (await listEvents({ ...world.ctx, actor: actorOf(role) }, { limit: 50 })).items.map((event) => event.summary);
    expect((await seen("editor")).some((summary) => summary.includes("public.txt"))).toBe(true);
    expect((await seen("editor")).some((summary) => summary.includes("secret.txt"))).toBe(false);
    expect((await seen("admin")).some((summary) => summary.includes("secret.txt"))).toBe(true);
  });
});

describe("an upload", () => {
  it("into an index that is deleted meanwhile leaves no document that a later index of the name would show", async () => {
    const world = await openWorld();
    const { createDocument } = world.ctx.catalog;
    world.ctx.catalog.createDocument = async (...args) => {
      world.rows.indexes.delete("library");
      return createDocument(...args);
    };
    await expect(createUpload(world.ctx, bodyOf("a.txt", text))).rejects.toMatchObject({ code: "not_found" });
    expect([world.rows.documents.size, world.rows.versions.size]).toEqual([0, 0]);
  });
});

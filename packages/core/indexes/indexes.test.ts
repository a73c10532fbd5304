import { CreateIndexBody, limits } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { deleteDocument, getDocument, sweep, writeIndex } from "../documents/index.ts";
import { drain, openWorld, ready } from "../documents/testing-journey.ts";
import { actorOf } from "../testing.ts";
import { createIndex, deleteIndex, getIndex, listIndexes, patchIndex } from "./index.ts";

const body = (slug: string) => CreateIndexBody.parse({ slug, name: slug.toUpperCase() });

describe("indexes", () => {
  it("are made with a live, empty build, and leave no table behind when that fails", async () => {
    const world = await openWorld();
    const index = await createIndex(world.ctx, body("new-one"));
    expect(index).toMatchObject({ slug: "new-one", documents: 0, readers: ["everyone"], revision: 1 });
    expect(world.table.tables.get(`new-one/${index.liveBuildId}`)).toEqual([]);
    await expect(createIndex(world.ctx, body("new-one"))).rejects.toMatchObject({ code: "already_exists" });
    world.calls.before = (name) => {
      if (name === "catalog.createIndex") throw new Error("crash");
    };
    await expect(createIndex(world.ctx, body("other"))).rejects.toThrow("crash");
    expect([...world.table.tables.keys()].filter((table) => table.startsWith("other/"))).toEqual([]);
  });

  it("are limited in number, and only administrators make them", async () => {
    const world = await openWorld();
    await expect(createIndex({ ...world.ctx, actor: actorOf("editor") }, body("ab"))).rejects.toMatchObject({
      code: "forbidden",
    });
    const [index] = world.rows.indexes.values();
    for (let i = 1; index && i < limits.indexesMax; i += 1)
      world.rows.indexes.set(`i-${i}`, { ...index, slug: `i-${i}` as never });
    await expect(createIndex(world.ctx, body("ab"))).rejects.toMatchObject({ code: "too_large" });
  });

  it("are listed for those only who may read them, and changed on the revision that was seen", async () => {
    const world = await openWorld();
    const input = { index: "library", readers: ["group:board"], ifMatch: 1 };
    expect(await patchIndex(world.ctx, input)).toMatchObject({ revision: 2 });
    await expect(patchIndex(world.ctx, input)).rejects.toMatchObject({ code: "precondition_failed" });
    expect((await listIndexes({ ...world.ctx, actor: actorOf("editor") })).items).toEqual([]);
    expect((await listIndexes(world.ctx)).items).toHaveLength(1);
  });

  it("tell their readers to those who manage them; others learn only why they may read", async () => {
    const world = await openWorld();
    await patchIndex(world.ctx, { index: "library", readers: ["group:board", "group:staff", "user:bea"] });
    const member = { ...world.ctx, actor: { ...actorOf("operator"), groups: ["staff"] } };
    expect((await listIndexes(member)).items[0]?.readers).toEqual(["group:staff"]);
    expect((await getIndex(member, { index: "library" })).readers).toEqual(["group:staff"]);
    expect((await listIndexes(world.ctx)).items[0]?.readers).toHaveLength(3);
    const ids = await ready(world, "a.txt", "a", { readers: ["group:board", "group:staff"] });
    const reader = { ...world.ctx, actor: { ...actorOf("reader"), groups: ["staff"] } };
    expect((await getDocument(reader, ids)).readers).toEqual(["group:staff"]);
    expect((await getDocument({ ...reader, actor: { ...actorOf("editor"), groups: ["staff"] } }, ids)).readers).toEqual(
      ["group:board", "group:staff"],
    );
  });

  it("are kept while they are protected, also from those who type their name", async () => {
    const world = await openWorld();
    await patchIndex(world.ctx, { index: "library", settings: { protection: { protected: true } } });
    const input = { index: "library", confirm: "library" };
    await expect(deleteIndex(world.ctx, input)).rejects.toMatchObject({ code: "conflict" });
    await patchIndex(world.ctx, { index: "library", settings: { protection: { protected: false } } });
    await deleteIndex(world.ctx, input);
    expect(world.rows.indexes.size).toBe(0);
  });

  it("are deleted with everything in them, and late messages about them do no harm", async () => {
    const world = await openWorld();
    const ids = await ready(world, "a.txt", "text");
    await deleteDocument(world.ctx, await ready(world, "b.txt", "gone"));
    const late = { index: "library", buildId: world.build.id, documentId: ids.documentId };
    await expect(deleteIndex(world.ctx, { index: "library", confirm: "Library" })).rejects.toMatchObject({
      code: "invalid_request",
    });
    await deleteIndex(world.ctx, { index: "library", confirm: "library" });
    await expect(writeIndex(world.ctx, [late])).resolves.toBeUndefined();
    await expect(createIndex(world.ctx, body("library"))).rejects.toMatchObject({ code: "conflict" });
    expect(await sweep(world.ctx)).toMatchObject({ purged: 2 });
    await sweep(world.ctx);
    await drain(world);
    expect([world.rows.documents.size, world.rows.versions.size, world.store.bytes.size]).toEqual([0, 0, 0]);
    await expect(createIndex(world.ctx, body("library"))).resolves.toBeDefined();
  });
});

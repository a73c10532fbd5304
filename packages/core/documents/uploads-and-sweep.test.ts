import { describe, expect, it } from "vitest";
import { objectKeys } from "../kernel/index.ts";
import { actorOf } from "../testing.ts";
import {
  cancelDocument,
  createUpload,
  deleteDocument,
  getUpload,
  patchDocument,
  reprocessDocument,
  restoreDocument,
  sweep,
} from "./index.ts";
import { accept, bodyOf, deliver, drain, openWorld, ready } from "./testing-journey.ts";

const text = "# Tides\nfirst line\nsecond line";
const documentOf = (world: Awaited<ReturnType<typeof openWorld>>, id: string) => {
  const document = world.rows.documents.get(id);
  if (!document) throw new Error(`no document ${id}`);
  return document;
};

describe("uploads", () => {
  it("ask, skip, replace or keep apart what is there already", async () => {
    const world = await openWorld();
    const first = await ready(world, "a.txt", text);
    const create = (name: string, body: string, onDuplicate: "ask" | "skip" | "version" | "separate") =>
      createUpload(world.ctx, bodyOf(name, body, { onDuplicate }));
    expect(await create("b.txt", text, "ask")).toMatchObject({
      outcome: "duplicate",
      matches: [{ reason: "same-bytes" }],
    });
    expect(await create("a.txt", "x", "ask")).toMatchObject({
      outcome: "duplicate",
      matches: [{ reason: "same-name" }],
    });
    expect(await create("b.txt", text, "skip")).toEqual({ outcome: "stored", ...first });
    expect(await create("a.txt", "x", "version")).toMatchObject({ outcome: "upload", documentId: first.documentId });
    expect((await create("c.txt", "new", "ask")).outcome).toBe("upload");
  });

  it("of the same bytes at once become one document, for whoever is asked", async () => {
    const world = await openWorld();
    const many = await Promise.all(
      [1, 2, 3, 4].map((n) => createUpload(world.ctx, bodyOf(`${n}.txt`, text, { onDuplicate: "ask" }))),
    );
    expect(many.map(({ outcome }) => outcome).sort()).toEqual(["duplicate", "duplicate", "duplicate", "upload"]);
    expect(world.rows.documents.size).toBe(1);
    const apart = [5, 6].map((n) => createUpload(world.ctx, bodyOf(`${n}.txt`, text, { onDuplicate: "separate" })));
    await Promise.all(apart);
    expect(world.rows.documents.size).toBe(3);
  });

  it("do not count what was deleted, what never came and what came damaged as there already", async () => {
    const world = await openWorld();
    const gone = await ready(world, "gone.txt", "gone");
    await deleteDocument(world.ctx, gone);
    expect((await createUpload(world.ctx, bodyOf("gone.txt", "gone", { onDuplicate: "ask" }))).outcome).toBe("upload");
    await createUpload(world.ctx, bodyOf("never.txt", "never"));
    expect((await createUpload(world.ctx, bodyOf("never.txt", "never", { onDuplicate: "skip" }))).outcome).toBe(
      "upload",
    );
    const bad = await deliver(world, "bad.txt", "good bytes");
    world.store.bytes.set(objectKeys.source(bad.documentId, bad.versionId), new TextEncoder().encode("evil bytes"));
    await accept(world, bad);
    await drain(world);
    const again = await createUpload(world.ctx, bodyOf("bad.txt", "good bytes", { onDuplicate: "version" }));
    expect(again).toMatchObject({ outcome: "upload", documentId: bad.documentId });
  });

  it("are refused when empty, over the limit of their kind or into a deleted document", async () => {
    const world = await openWorld();
    const { ctx } = world;
    await expect(createUpload(ctx, bodyOf("a.txt", ""))).rejects.toMatchObject({ code: "invalid_request" });
    const big = { ...bodyOf("a.png", "x"), sizeBytes: 20 * 1024 * 1024 + 1 };
    await expect(createUpload(ctx, big)).rejects.toMatchObject({
      code: "too_large",
      message: expect.stringContaining("20 MB"),
    });
    const ids = await ready(world, "a.txt", text);
    await deleteDocument(ctx, ids);
    const into = bodyOf("a.txt", "y", { documentId: ids.documentId as never });
    await expect(createUpload(ctx, into)).rejects.toMatchObject({ code: "conflict" });
  });

  it("go on in one piece when they are small, whatever was asked before", async () => {
    const world = await openWorld();
    const created = await createUpload(world.ctx, bodyOf("a.txt", "x"));
    if (created.outcome !== "upload") throw new Error(created.outcome);
    const state = await getUpload(world.ctx, { versionId: created.versionId });
    expect(state).toMatchObject({ multipart: false, status: "uploading" });
    expect(state.parts).toHaveLength(1);
  });
});

describe("the sweeper", () => {
  it("asks again for what nobody works on, and leaves what somebody does", async () => {
    const world = await openWorld();
    const queued = await deliver(world, "q.txt", text);
    await accept(world, queued);
    const held = await deliver(world, "h.txt", text);
    await accept(world, held);
    world.queue.sent.process.length = 0;
    const version = world.rows.versions.get(held.versionId);
    const document = documentOf(world, held.documentId);
    if (!version) throw new Error("no version");
    world.rows.documents.set(document.id, { ...document, status: "extracting" });
    const hold = (until: number): void =>
      void world.rows.versions.set(version.id, { ...version, status: "extracting", lease: { owner: "w", until } });
    world.clock.now += 4 * 60_000;
    hold(world.clock.now + 1);
    expect(await sweep(world.ctx)).toMatchObject({ requeued: 1 });
    expect(world.queue.sent.process).toEqual([queued]);
    hold(world.clock.now - 1);
    expect(await sweep(world.ctx)).toMatchObject({ requeued: 2 });
  });

  it("cancels uploads abandoned for a day, accepts those whose event was lost, and purges after the time to undo", async () => {
    const world = await openWorld();
    const lost = await deliver(world, "lost.txt", text);
    const left = await createUpload(world.ctx, bodyOf("left.txt", "left"));
    if (left.outcome !== "upload") throw new Error(left.outcome);
    const gone = await ready(world, "gone.txt", "gone");
    await deleteDocument(world.ctx, gone);
    world.clock.now += 25 * 3_600_000;
    expect(await sweep(world.ctx)).toEqual({ requeued: 1, abandoned: 1, purged: 0, failed: 0 });
    await drain(world);
    expect(documentOf(world, lost.documentId).status).toBe("ready");
    expect(documentOf(world, left.documentId).status).toBe("cancelled");
    world.clock.now += 30 * 86_400_000;
    expect(await sweep(world.ctx)).toMatchObject({ purged: 1 });
    expect(world.rows.documents.has(gone.documentId)).toBe(false);
    expect([...world.store.bytes.keys()].some((key) => key.includes(gone.documentId))).toBe(false);
  });

  it("goes on with the others when one document cannot be swept", async () => {
    const world = await openWorld();
    for (const name of ["a.txt", "b.txt"]) await deleteDocument(world.ctx, await ready(world, name, name));
    world.clock.now += 31 * 86_400_000;
    let refused = 0;
    world.calls.before = (name) => {
      if (name === "objects.deletePrefix" && refused++ === 0) throw new Error("the store refused");
    };
    expect(await sweep(world.ctx)).toMatchObject({ purged: 1, failed: 1 });
  });
});

describe("who may what", () => {
  it("is forbidden for a role that lacks it, and not found where the caller may not even know", async () => {
    const world = await openWorld();
    const ids = await ready(world, "a.txt", text);
    const as = (...roles: Parameters<typeof actorOf>) => ({ ...world.ctx, actor: actorOf(...roles) });
    await expect(deleteDocument(as("reader"), ids)).rejects.toMatchObject({ code: "forbidden" });
    const index = world.rows.indexes.get("library");
    if (index) world.rows.indexes.set("library", { ...index, readers: ["group:board"] });
    for (const act of [deleteDocument, restoreDocument, cancelDocument, reprocessDocument, patchDocument])
      await expect(act(as("editor"), ids)).rejects.toMatchObject({ code: "not_found" });
    await expect(createUpload(as("editor"), bodyOf("b.txt", "b"))).rejects.toMatchObject({ code: "not_found" });
    const member = { ...actorOf("editor"), groups: ["board"] };
    await expect(patchDocument({ ...world.ctx, actor: member }, { ...ids, tags: ["x"] })).resolves.toBeDefined();
    await expect(patchDocument(as("admin"), { ...ids, tags: ["y"] })).resolves.toBeDefined();
  });

  it("is refused on a revision that has passed", async () => {
    const world = await openWorld();
    const ids = await ready(world, "a.txt", text);
    await patchDocument(world.ctx, { ...ids, name: "b.txt", ifMatch: 1 });
    await expect(patchDocument(world.ctx, { ...ids, name: "c.txt", ifMatch: 1 })).rejects.toMatchObject({
      code: "precondition_failed",
    });
    expect(documentOf(world, ids.documentId)).toMatchObject({ name: "b.txt", revision: 2 });
  });
});

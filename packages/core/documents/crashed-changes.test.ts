import { limits } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { objectKeys } from "../kernel/index.ts";
import type { TestWorld } from "../testing.ts";
import {
  cancelDocument,
  completeUpload,
  createUpload,
  deleteDocument,
  patchDocument,
  processVersion,
  restoreDocument,
  rollBackDocument,
} from "./index.ts";
import { accept, bodyOf, deliver, drain, openWorld, ready } from "./testing-journey.ts";

type Ids = { documentId: string; versionId: string };
type Act = { name: string; before?: (world: TestWorld, ids: Ids) => Promise<unknown>; act: typeof deleteDocument };

const acts: Act[] = [
  { name: "a deletion", act: deleteDocument },
  {
    name: "a restoration",
    before: (world, ids) => deleteDocument(world.ctx, ids).then(() => drain(world)),
    act: restoreDocument,
  },
  { name: "new readers", act: (ctx, ids) => patchDocument(ctx, { ...ids, readers: ["group:board"] }) },
  { name: "new tags", act: (ctx, ids) => patchDocument(ctx, { ...ids, tags: ["a"] }) },
  {
    name: "a roll back",
    before: (world, ids) => ready(world, "a.txt", "other", { documentId: ids.documentId as never }),
    act: (ctx, ids) => rollBackDocument(ctx, ids as Ids),
  },
  {
    name: "a cancel",
    before: async (world, ids) => {
      const next = await deliver(world, "a.txt", "other", { documentId: ids.documentId as never });
      await accept(world, next);
      await processVersion(world.ctx, { ...next, lastAttempt: false });
      world.queue.sent.process.length = 0;
    },
    act: cancelDocument,
  },
];

describe("a change that crashes before any of its steps and is repeated", () => {
  it.each(acts)("ends as one that did not: $name", async ({ before, act }) => {
    const run = async (crashAt: number) => {
      const world = await openWorld();
      const ids = await ready(world, "a.txt", "one\ntwo");
      await before?.(world, ids);
      const told = world.rows.events.length;
      world.calls.count = 0;
      world.calls.before = (name) => {
        if (world.calls.count === crashAt) throw new Error(`crash before ${name}`);
      };
      await act(world.ctx, ids).catch(() => act(world.ctx, ids));
      const { count } = world.calls;
      await drain(world);
      const document = world.rows.documents.get(ids.documentId);
      return {
        count,
        status: document?.status,
        deleted: document?.deletedAt !== undefined,
        live: document?.liveVersionId === ids.versionId,
        tags: document?.tags,
        table: world.passages().map((row) => [row.version_id === ids.versionId, row.n, row.tags, row.readers]),
        events: world.rows.events.slice(told).map((event) => event.action),
      };
    };
    const { count, ...whole } = await run(-1);
    for (let at = 1; at <= count; at += 1) {
      const { count: _, ...after } = await run(at);
      expect(after, `crash before call ${at}`).toEqual(whole);
    }
  });
});

describe("a completed upload", () => {
  it("may be completed again while its event is on its way, but not when it was abandoned", async () => {
    const world = await openWorld();
    const sizeBytes = limits.multipartThresholdBytes + 1;
    const created = await createUpload(world.ctx, { ...bodyOf("a.txt", "x"), sizeBytes });
    if (created.outcome !== "upload") throw new Error(created.outcome);
    const input = { versionId: created.versionId, parts: [{ number: 1, etag: "e" }] };
    expect((await completeUpload(world.ctx, input)).status).toBe("uploading");
    await expect(completeUpload(world.ctx, input)).rejects.toMatchObject({ code: "gone" });
    world.store.bytes.set(objectKeys.source(created.documentId, created.versionId), new Uint8Array(1));
    expect((await completeUpload(world.ctx, input)).status).toBe("uploading");
  });
});

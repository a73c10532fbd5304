import { describe, expect, it } from "vitest";
import { objectKeys } from "../kernel/index.ts";
import { testExtractor } from "../testing.ts";
import {
  cancelDocument,
  deleteDocument,
  processVersion,
  reprocessDocument,
  restoreDocument,
  rollBackDocument,
  writeIndex,
} from "./index.ts";
import { accept, changeEmbedder, deliver, drain, openWorld, ready } from "./testing-journey.ts";

const text = "# Tides\nfirst line\nsecond line";
const documentOf = (world: Awaited<ReturnType<typeof openWorld>>, id: string) => {
  const document = world.rows.documents.get(id);
  if (!document) throw new Error(`no document ${id}`);
  return document;
};

describe("crashes between any two steps", () => {
  it.each([
    { vectors: "follow", instant: false },
    { vectors: "are made by the writer", instant: true },
  ])(
    "end in the same rows and objects as no crash, with nothing doubled, when vectors $vectors",
    async ({ instant }) => {
      const run = async (crashAt: number) => {
        const world = await openWorld();
        changeEmbedder(world, { instant });
        const ids = await deliver(world, "a.txt", text);
        world.calls.count = 0;
        world.calls.before = (name) => {
          if (world.calls.count === crashAt) throw new Error(`crash before ${name}`);
        };
        let crashes = 0;
        for (let tries = 0; tries < 4; tries += 1) {
          try {
            if (world.rows.versions.get(ids.versionId)?.status === "uploading") await accept(world, ids);
            // The object event comes again until it was handled, and so do messages.
            else if (crashes > 0 && world.queue.sent.process.length === 0) await accept(world, ids);
            await drain(world);
          } catch {
            crashes += 1;
            // A worker that died keeps its lease until it has passed.
            world.clock.now += 60_000;
          }
        }
        const document = documentOf(world, ids.documentId);
        return {
          crashes,
          calls: world.calls.count,
          status: document.status,
          live: document.liveVersionId === ids.versionId,
          counts: [document.passages, document.vectors],
          table: world.passages().map((row) => [row.n, row.text, row.vector?.length]),
          objects: [...world.store.bytes.keys()].map((key) => key.split("/").at(-1)).sort(),
          readyEvents: world.rows.events.filter((event) => event.action === "document.ready").length,
          failures: world.rows.events.filter((event) => event.outcome === "failed").length,
          steps: world.rows.versions
            .get(ids.versionId)
            ?.steps.map((step) => `${step.name} ${step.status}`)
            .sort(),
        };
      };
      const { calls, crashes: none, ...whole } = await run(-1);
      expect(none).toBe(0);
      expect(whole).toMatchObject({ status: "ready", live: true, counts: [3, 3], readyEvents: 1, failures: 0 });
      for (let at = 1; at <= calls; at += 1) {
        const { calls: _, crashes, ...after } = await run(at);
        expect(after, `crash before call ${at}`).toEqual(whole);
        // Some calls are only asked for comfort, such as a heartbeat; those do not stop the work.
        expect(crashes, `crash before call ${at}`).toBeLessThanOrEqual(1);
      }
      console.log(`crashed before each of ${calls} port calls`);
    },
  );
});

describe("reading", () => {
  const input = (ids: { documentId: string; versionId: string }, lastAttempt = false) => ({ ...ids, lastAttempt });

  it("is left to the worker that holds the lease, and taken over when the lease has passed", async () => {
    const world = await openWorld();
    const ids = await deliver(world, "a.txt", text);
    await accept(world, ids);
    const version = world.rows.versions.get(ids.versionId);
    if (!version) throw new Error("no version");
    world.rows.versions.set(ids.versionId, {
      ...version,
      status: "extracting",
      attempt: 1,
      lease: { owner: "worker-2", until: world.clock.now + 30_000 },
    });
    expect(await processVersion(world.ctx, input(ids))).toBe("busy");
    expect(world.rows.versions.get(ids.versionId)).toMatchObject({ attempt: 1, lease: { owner: "worker-2" } });
    world.clock.now += 30_001;
    expect(await processVersion(world.ctx, input(ids))).toBe("done");
    expect(world.rows.versions.get(ids.versionId)).toMatchObject({ attempt: 2, status: "indexing" });
  });

  it("ends within a heartbeat of a cancel, and leaves the version cancelled", async () => {
    let cancelled: (() => Promise<unknown>) | undefined;
    const world = await openWorld({
      ...testExtractor(),
      extract: ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
          void cancelled?.();
        }),
    });
    const ids = await deliver(world, "a.txt", text);
    await accept(world, ids);
    cancelled = () => cancelDocument(world.ctx, ids);
    expect(await processVersion(world.ctx, input(ids))).toBe("done");
    expect(documentOf(world, ids.documentId)).toMatchObject({ status: "cancelled" });
    expect(documentOf(world, ids.documentId).failure).toBeUndefined();
  });

  it("fails with step, title and next step when the file cannot be read", async () => {
    const world = await openWorld(
      testExtractor({ fail: () => ({ code: "encrypted", detail: "It asks for a password." }) }),
    );
    const ids = await ready(world, "a.txt", text);
    expect(documentOf(world, ids.documentId)).toMatchObject({
      status: "failed",
      failure: {
        code: "encrypted",
        step: "extract",
        title: "This file is protected by a password",
        detail: "It asks for a password.",
        nextStep: expect.stringContaining("Remove the password"),
        retryable: false,
      },
    });
    expect(world.rows.versions.get(ids.versionId)?.steps.find((step) => step.name === "extract")?.status).toBe(
      "failed",
    );
  });

  it("goes back to the queue on a fault of ours, and fails on the last attempt without telling its cause", async () => {
    const world = await openWorld(testExtractor({ fail: () => ({ detail: "ENOENT /secret/path" }) }));
    const ids = await deliver(world, "a.txt", text);
    await accept(world, ids);
    await expect(processVersion(world.ctx, input(ids))).rejects.toThrow("ENOENT");
    expect(world.rows.versions.get(ids.versionId)).toMatchObject({ status: "queued" });
    expect(world.rows.versions.get(ids.versionId)?.lease).toBeUndefined();
    expect(await processVersion(world.ctx, input(ids, true))).toBe("done");
    const failure = documentOf(world, ids.documentId).failure;
    expect(failure).toMatchObject({ code: "internal", retryable: true });
    expect(failure?.detail).not.toContain("secret");
    expect(failure?.detail).toContain("req-1");
  });

  it("fails when the bytes differ from their announcement in size or hash", async () => {
    for (const bytes of ["shorter", text.replace("first", "third")]) {
      const world = await openWorld();
      const ids = await deliver(world, "a.txt", text);
      world.store.bytes.set(objectKeys.source(ids.documentId, ids.versionId), new TextEncoder().encode(bytes));
      await accept(world, ids);
      await drain(world);
      expect(documentOf(world, ids.documentId).failure?.code).toBe("corrupt");
    }
  });

  it("does nothing for a deleted document, and is asked for again when that is restored", async () => {
    const world = await openWorld();
    const ids = await deliver(world, "a.txt", text);
    await accept(world, ids);
    await deleteDocument(world.ctx, ids);
    await drain(world);
    expect(world.passages()).toEqual([]);
    await restoreDocument(world.ctx, ids);
    await drain(world);
    expect(documentOf(world, ids.documentId).status).toBe("ready");
    expect(world.passages()).toHaveLength(3);
  });

  it("may happen again with other passages, whose vectors are made anew", async () => {
    const world = await openWorld();
    const ids = await ready(world, "a.txt", text);
    const before = world.passages().map((row) => row.vector?.[0]);
    const split = world.ctx.extractor.split;
    world.ctx.extractor.split = (extraction, tokens) =>
      split(extraction, tokens).map((draft) => ({ ...draft, text: `${draft.text} longer` }));
    await reprocessDocument(world.ctx, ids);
    await drain(world);
    const after = world.passages().map((row) => row.vector?.[0]);
    expect(after).toHaveLength(3);
    expect(after.every((value, i) => value !== before[i])).toBe(true);
  });
});

describe("versions", () => {
  const second = "# Second\nother words";

  it("replace each other only when the new one is in, and its failure leaves the old one live", async () => {
    const world = await openWorld();
    const first = await ready(world, "a.txt", text);
    const next = await deliver(world, "a.txt", second, { documentId: first.documentId as never });
    await accept(world, next);
    expect(documentOf(world, first.documentId)).toMatchObject({ liveVersionId: first.versionId, title: "Tides" });
    world.store.bytes.set(objectKeys.source(next.documentId, next.versionId), new TextEncoder().encode("bad"));
    await drain(world);
    expect(documentOf(world, first.documentId)).toMatchObject({ status: "failed", liveVersionId: first.versionId });
    expect(new Set(world.passages().map((row) => row.version_id))).toEqual(new Set([first.versionId]));
  });

  it("roll back to an earlier one with its title and counts", async () => {
    const world = await openWorld();
    const first = await ready(world, "a.txt", text);
    const next = await ready(world, "a.txt", second, { documentId: first.documentId as never });
    expect(documentOf(world, first.documentId)).toMatchObject({ liveVersionId: next.versionId, title: "Second" });
    await rollBackDocument(world.ctx, first);
    await drain(world);
    expect(documentOf(world, first.documentId)).toMatchObject({
      liveVersionId: first.versionId,
      headVersionId: first.versionId,
      title: "Tides",
      passages: 3,
    });
    expect(world.passages().map((row) => row.version_id)).toEqual(Array(3).fill(first.versionId));
    await expect(
      rollBackDocument(world.ctx, { documentId: first.documentId, versionId: "ver_00000000000000000000000000" }),
    ).rejects.toMatchObject({ code: "not_found" });
  });

  it("settle also when a newer one comes while they are read", async () => {
    const world = await openWorld();
    const first = await deliver(world, "a.txt", text);
    await accept(world, first);
    const next = await deliver(world, "a.txt", second, { documentId: first.documentId as never });
    // The older one is read while the newer one still uploads: it serves until that is in.
    await drain(world);
    expect(documentOf(world, first.documentId).liveVersionId).toBe(first.versionId);
    await accept(world, next);
    await drain(world);
    expect(documentOf(world, first.documentId).liveVersionId).toBe(next.versionId);
    expect([...world.rows.versions.values()].map((version) => version.status)).toEqual(["ready", "ready"]);
  });

  it("settle when the newer one is faster", async () => {
    const world = await openWorld();
    const first = await deliver(world, "a.txt", text);
    await accept(world, first);
    await processVersion(world.ctx, { ...first, lastAttempt: false });
    const next = await deliver(world, "a.txt", second, { documentId: first.documentId as never });
    await accept(world, next);
    world.queue.sent.process.shift();
    await drain(world);
    expect(documentOf(world, first.documentId).liveVersionId).toBe(next.versionId);
    expect(world.rows.versions.get(first.versionId)?.status).toBe("ready");
    expect(new Set(world.passages().map((row) => row.version_id))).toEqual(new Set([next.versionId]));
    const told = world.rows.events.filter((event) => event.action === "document.ready").map((event) => event.versionId);
    expect(new Set(told).size).toBe(told.length);
  });

  it("leave the table when they are cancelled after the writer put them in", async () => {
    const world = await openWorld();
    const ids = await deliver(world, "a.txt", text);
    await accept(world, ids);
    await processVersion(world.ctx, { ...ids, lastAttempt: false });
    world.queue.sent.process.length = 0;
    const [message] = world.queue.sent.index.splice(0);
    const { replaceDocuments } = world.ctx.engine;
    world.ctx.engine.replaceDocuments = async (...args) => {
      world.ctx.engine.replaceDocuments = replaceDocuments;
      const answer = await replaceDocuments(...args);
      await cancelDocument(world.ctx, ids);
      return answer;
    };
    await writeIndex(world.ctx, [message as never]);
    expect(documentOf(world, ids.documentId).status).toBe("cancelled");
    expect(world.passages()).toHaveLength(3);
    await drain(world);
    expect(world.passages()).toEqual([]);
  });
});

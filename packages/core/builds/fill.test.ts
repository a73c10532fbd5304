import type { Build } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { deleteDocument, patchDocument, processVersion, reprocessDocument, writeIndex } from "../documents/index.ts";
import { accept, changeEmbedder, deliver, drain, openWorld, ready } from "../documents/testing-journey.ts";
import type { IndexMessage } from "../kernel/index.ts";
import { type TestWorld, testExtractor } from "../testing.ts";
import { cancelBuild, handleFillMessage, pauseBuild, resumeBuild, retryBuild, sweepBuilds } from "./index.ts";
import { buildOf, configOf, filled, fillOf, holds, start } from "./testing-builds.ts";

const text = "# Tides\nfirst line\nsecond line";
const input = (build: Build) => ({ index: "library", buildId: build.id });

/** Works off messages until the condition holds; false when none is left. */
const workUntil = async (world: TestWorld, holdsNow: () => boolean): Promise<boolean> => {
  const { sent } = world.queue;
  while (!holdsNow()) {
    const index = sent.index.shift();
    const fill = index ? undefined : (sent.fill.shift() as { message: never } | undefined);
    if (index) await writeIndex(world.ctx, [index as IndexMessage]);
    else if (fill) await handleFillMessage(world.ctx, fill.message, false);
    else return false;
  }
  return true;
};

describe("a candidate", () => {
  it("is filled with every document and is ready then, while the live build stays as it is", async () => {
    const world = await openWorld();
    const ids = await ready(world, "a.txt", text);
    await ready(world, "b.txt", "third");
    const before = structuredClone(world.passages());
    const build = await filled(world, { targetTokens: 200 });
    expect(build.status).toBe("ready");
    expect(fillOf(world, build.id)).toMatchObject({ state: "done", total: 2, done: 2, failed: 0 });
    expect(holds(world, build.id)[ids.documentId]).toEqual(["# Tides", "first line", "second line"]);
    expect(world.table.tables.get(`library/${build.id}`)?.every((row) => row.vector)).toBe(true);
    expect(world.passages()).toEqual(before);
    expect(world.rows.indexes.get("library")?.liveBuildId).toBe(world.build.id);
    expect(world.rows.events.filter((event) => event.buildId === build.id).map((event) => event.action)).toEqual([
      "build.created",
      "build.ready",
    ]);
  });

  it("of an empty index is ready at once", async () => {
    const world = await openWorld();
    expect((await filled(world)).status).toBe("ready");
  });

  it("finds every document of a long list, also those that change while it looks", async () => {
    const world = await openWorld();
    const ids: { documentId: string }[] = [];
    for (let i = 0; i < 230; i += 1) ids.push(await ready(world, `${i}.txt`, `number ${i}`));
    const build = await start(world, { targetTokens: 100 });
    await workUntil(world, () => fillOf(world, build.id).done > 20);
    world.clock.now += 1000;
    for (const { documentId } of ids.slice(0, 5)) await patchDocument(world.ctx, { documentId, tags: ["moved"] });
    await drain(world);
    expect(fillOf(world, build.id)).toMatchObject({ total: 230, done: 230 });
    expect(Object.keys(holds(world, build.id))).toHaveLength(230);
  });
});

describe("crashes between any two steps of a fill", () => {
  it.each([
    { changes: { targetTokens: 200 }, what: "passages are made anew" },
    { changes: { targetTokens: 300 }, what: "passages and vectors are made anew" },
    { changes: { ocr: "off" as const }, what: "texts are read anew" },
    { changes: { stem: false }, what: "everything is there" },
  ])("end in the same rows, objects and counts as no crash when $what", async ({ changes }) => {
    const run = async (crashAt: number) => {
      const world = await openWorld();
      await ready(world, "a.txt", text);
      await ready(world, "b.txt", "third");
      const { split } = world.ctx.extractor;
      world.ctx.extractor.split = (extraction, options) =>
        split(extraction, options).map((one) =>
          options.targetTokens === 300 ? { ...one, text: `${one.text} otherwise` } : one,
        );
      const events = world.rows.events.length;
      let build: Build | undefined;
      world.calls.count = 0;
      world.calls.before = (name) => {
        if (world.calls.count === crashAt) throw new Error(`crash before ${name}`);
      };
      let crashes = 0;
      for (let tries = 0; tries < 6; tries += 1)
        try {
          build ??= await start(world, changes);
          await drain(world);
          if (world.rows.builds.get(build.id)?.status === "ready") break;
          await sweepBuilds(world.ctx);
        } catch {
          crashes += 1;
          // Creating may have died after it was done; a person then finds the build in the list.
          build ??= [...world.rows.builds.values()].find((one) => one.id !== world.build.id);
          // A worker that died keeps its claim until that has passed.
          world.clock.now += 61_000;
          await sweepBuilds(world.ctx).catch(() => undefined);
        }
      if (!build) throw new Error("no build");
      const { state, total, done, failed, made, reused } = fillOf(world, build.id);
      return {
        crashes,
        calls: world.calls.count,
        status: buildOf(world, build.id).status,
        fill: { state, total, done, failed, made, reused },
        table: Object.values(holds(world, build.id)).sort(),
        vectors: world.table.tables.get(`library/${build.id}`)?.map((row) => row.vector?.length),
        rows: [...(world.rows.built.rows.get(build.id)?.values() ?? [])]
          .map(({ outcome, passages, vectors, work }) => ({ outcome, passages, vectors, work }))
          .sort((a, b) => a.passages - b.passages),
        objects: [...world.store.bytes.keys()].map((key) => key.split("/").slice(3).join("/")).sort(),
        events: world.rows.events.slice(events).map((event) => event.action),
        builds: world.rows.builds.size,
      };
    };
    const { calls, crashes: none, ...whole } = await run(-1);
    expect(none).toBe(0);
    expect(whole).toMatchObject({ status: "ready", fill: { total: 2, done: 2, failed: 0 }, builds: 2 });
    for (let at = 1; at <= calls; at += 1) {
      const { calls: _, crashes, ...after } = await run(at);
      expect(after, `crash before call ${at}`).toEqual(whole);
      expect(crashes, `crash before call ${at}`).toBeLessThanOrEqual(2);
    }
    console.log(`crashed before each of ${calls} port calls`);
  });
});

describe("while a candidate is being filled", () => {
  const twelve = async (): Promise<{ world: TestWorld; ids: { documentId: string; versionId: string }[] }> => {
    const world = await openWorld();
    const ids: { documentId: string; versionId: string }[] = [];
    for (let i = 0; i < 12; i += 1) ids.push(await ready(world, `${i}.txt`, `number ${i}`));
    return { world, ids };
  };

  it("uploads, deletions, tags, new versions and readings reach it and the live build", async () => {
    const { world, ids } = await twelve();
    const build = await start(world, { targetTokens: 200 });
    await workUntil(world, () => fillOf(world, build.id).done === 4);
    const late = await deliver(world, "late.txt", "came late");
    await accept(world, late);
    const second = await deliver(world, "0.txt", "another text", { documentId: ids[0]?.documentId as never });
    await accept(world, second);
    for (const at of [1, 11]) await deleteDocument(world.ctx, { documentId: ids[at]?.documentId ?? "" });
    for (const at of [2, 10]) await patchDocument(world.ctx, { documentId: ids[at]?.documentId ?? "", tags: ["new"] });
    await reprocessDocument(world.ctx, { documentId: ids[3]?.documentId ?? "" });
    await drain(world);
    expect(buildOf(world, build.id).status).toBe("ready");
    const live = holds(world, world.build.id);
    expect(Object.keys(live)).toHaveLength(11);
    expect(live[late.documentId]).toEqual(["came late"]);
    expect(live[second.documentId]).toEqual(["another text"]);
    expect(holds(world, build.id)).toEqual(live);
    const tags = (table: string) =>
      Object.fromEntries(world.table.tables.get(table)?.map((row) => [row.document_id, row.tags]) ?? []);
    expect(tags(`library/${build.id}`)).toEqual(tags(`library/${world.build.id}`));
    expect(fillOf(world, build.id)).toMatchObject({ done: 11, failed: 0 });
  });

  it("a pause stops it, uploads go on to the live build, and it goes on where it was", async () => {
    const { world } = await twelve();
    const build = await start(world, { targetTokens: 200 });
    await workUntil(world, () => fillOf(world, build.id).done === 4);
    await pauseBuild(world.ctx, input(build));
    await drain(world);
    const { done } = fillOf(world, build.id);
    expect(done).toBeLessThan(12);
    const late = await ready(world, "late.txt", "came late");
    expect(holds(world, world.build.id)[late.documentId]).toEqual(["came late"]);
    expect(fillOf(world, build.id)).toMatchObject({ state: "paused", done });
    const made = fillOf(world, build.id).made.split;
    await resumeBuild(world.ctx, input(build));
    await drain(world);
    expect(buildOf(world, build.id).status).toBe("ready");
    expect(fillOf(world, build.id)).toMatchObject({ done: 13, made: { split: 13 } });
    expect(made).toBe(done);
  });

  it("a cancel drops what there is, also what a worker makes that has not seen it", async () => {
    const { world, ids } = await twelve();
    const build = await start(world, { targetTokens: 200 });
    await workUntil(world, () => fillOf(world, build.id).done === 4);
    expect((await cancelBuild(world.ctx, input(build))).status).toBe("cancelled");
    const fill = structuredClone(fillOf(world, build.id));
    await drain(world);
    expect(world.table.tables.has(`library/${build.id}`)).toBe(false);
    expect(fillOf(world, build.id)).toEqual({ ...fill, state: "cancelled" });
    const [late] = ids;
    await writeIndex(world.ctx, [{ index: "library", buildId: build.id, documentId: late?.documentId ?? "" }]);
    expect((await cancelBuild(world.ctx, input(build))).status).toBe("cancelled");
    await expect(pauseBuild(world.ctx, input(build))).rejects.toMatchObject({ code: "conflict" });
    await expect(retryBuild(world.ctx, input(build))).rejects.toMatchObject({ code: "conflict" });
  });

  it("a cancel ends an extraction that is under way within a second", async () => {
    let seen: AbortSignal | undefined;
    let cancel: (() => Promise<unknown>) | undefined;
    const world = await openWorld();
    await ready(world, "a.txt", text);
    world.ctx.extractor = {
      ...testExtractor(),
      extract: ({ signal }) =>
        new Promise((_, reject) => {
          seen = signal;
          signal.addEventListener("abort", () => reject(signal.reason));
          void cancel?.();
        }),
    };
    const build = await start(world, { ocr: "off" });
    cancel = () => cancelBuild(world.ctx, input(build));
    await drain(world);
    expect(seen?.aborted).toBe(true);
    expect(fillOf(world, build.id)).toMatchObject({ state: "cancelled", failed: 0 });
  });

  it("a document is left to the worker that is at it, and taken over when that one has died", async () => {
    const world = await openWorld();
    const ids = await ready(world, "a.txt", text);
    const build = await start(world, { ocr: "off" });
    const message = { kind: "prepare" as const, index: "library", buildId: build.id, documentId: ids.documentId };
    const { extract } = world.ctx.extractor;
    const workers: string[] = [];
    const extractAs =
      (worker: string, before: () => Promise<void>): typeof extract =>
      async (one) => {
        workers.push(worker);
        await before();
        return extract(one);
      };
    const second = (): Promise<void> =>
      handleFillMessage(
        {
          ...world.ctx,
          owner: "worker-2",
          extractor: { ...world.ctx.extractor, extract: extractAs("worker-2", async () => undefined) },
        },
        message,
        false,
      );
    world.ctx.extractor.extract = extractAs("worker-1", second);
    await handleFillMessage(world.ctx, message, false);
    expect(workers).toEqual(["worker-1"]);
    const row = world.rows.built.rows.get(build.id)?.get(ids.documentId);
    for (const key of world.store.bytes.keys()) if (key.includes("/made/")) world.store.bytes.delete(key);
    world.clock.now = (row?.work?.until ?? 0) + 1;
    await second();
    expect(workers).toEqual(["worker-1", "worker-2"]);
    await drain(world);
    expect(buildOf(world, build.id).status).toBe("ready");
  });
});

describe("documents that cannot be brought in", () => {
  it("are named with their reason, and the rest is there", async () => {
    const world = await openWorld();
    const bad = await ready(world, "a.txt", "one");
    await ready(world, "b.txt", "two");
    world.ctx.extractor = testExtractor();
    const { split } = world.ctx.extractor;
    world.ctx.extractor.split = (extraction, options) => (extraction.text === "one" ? [] : split(extraction, options));
    const build = await filled(world, { targetTokens: 200 });
    expect(build.status).toBe("ready");
    expect(fillOf(world, build.id)).toMatchObject({ total: 2, done: 1, failed: 1 });
    expect(world.rows.built.rows.get(build.id)?.get(bad.documentId)).toMatchObject({
      outcome: "failed",
      reason: expect.stringContaining("No passage could be made"),
      nextStep: expect.any(String),
    });
    expect(Object.keys(holds(world, build.id))).toHaveLength(1);
    world.ctx.extractor = testExtractor();
    await retryBuild(world.ctx, input(build));
    await drain(world);
    expect(fillOf(world, build.id)).toMatchObject({ state: "done", done: 2, failed: 0, made: { split: 2 } });
    expect(Object.keys(holds(world, build.id))).toHaveLength(2);
    await expect(retryBuild(world.ctx, input(build))).rejects.toMatchObject({ code: "conflict" });
  });

  it("fail the build when they are all, with the commonest reason, and it can be tried again", async () => {
    const world = await openWorld();
    await ready(world, "a.txt", "one");
    await ready(world, "b.txt", "two");
    const { split } = world.ctx.extractor;
    world.ctx.extractor.split = () => [];
    const build = await filled(world, { targetTokens: 200 });
    expect(build).toMatchObject({
      status: "failed",
      failure: { cause: expect.stringContaining("None of 2 documents"), nextStep: expect.any(String) },
    });
    expect(build.failure?.cause).toContain("No passage could be made");
    world.ctx.extractor.split = split;
    await retryBuild(world.ctx, input(build));
    await drain(world);
    expect(buildOf(world, build.id).status).toBe("ready");
    expect(buildOf(world, build.id).failure).toBeUndefined();
    expect(fillOf(world, build.id)).toMatchObject({ done: 2, failed: 0 });
  });

  it.each([
    ["is down", async () => Promise.reject(new Error("connection refused")), "connection refused"],
    ["gives vectors of a wrong size", async (texts: string[]) => texts.map(() => new Float32Array(7)), "7 values"],
  ])("are those of an embedder that %s: a reason, never a hang", async (_, embed, reason) => {
    const world = await openWorld();
    for (let i = 0; i < 40; i += 1) await ready(world, `${i}.txt`, `number ${i}`);
    const fits = async (texts: string[]) => texts.map(() => new Float32Array([1, 0, 0]));
    changeEmbedder(world, { id: "broken", dimensions: 3, embed: fits });
    const build = await start(world, { embedder: "broken", dimensions: 3 });
    changeEmbedder(world, { id: "broken", dimensions: 3, embed });
    let attempts = 0;
    while (buildOf(world, build.id).status === "building" && attempts < 1000) {
      attempts += 1;
      const index = world.queue.sent.index.shift();
      const fill = index ? undefined : (world.queue.sent.fill.shift() as { message: never; delaySeconds: number });
      if (index) await writeIndex(world.ctx, [index as IndexMessage]);
      else if (fill) {
        world.clock.now += fill.delaySeconds * 1000;
        await handleFillMessage(world.ctx, fill.message, true);
      } else break;
    }
    expect(buildOf(world, build.id)).toMatchObject({ status: "failed" });
    expect(buildOf(world, build.id).failure?.cause).toContain(reason);
    // It gives up long before the last document.
    expect(fillOf(world, build.id).failed).toBeLessThanOrEqual(40);
    expect(world.rows.indexes.get("library")?.liveBuildId).toBe(world.build.id);
  });

  it("are not tried again where the embedder gives vectors of another size, and no build begins with such a one", async () => {
    const world = await openWorld();
    const ids = await ready(world, "a.txt", "one");
    const late = { id: "late", dimensions: 3, embed: async (texts: string[]) => texts.map(() => new Float32Array(3)) };
    changeEmbedder(world, late);
    const build = await start(world, { embedder: "late", dimensions: 3 });
    changeEmbedder(world, { ...late, embed: async (texts) => texts.map(() => new Float32Array(7)) });
    const message = { kind: "prepare" as const, index: "library", buildId: build.id, documentId: ids.documentId };
    await handleFillMessage(world.ctx, message, false);
    expect(fillOf(world, build.id)).toMatchObject({ failed: 1 });
    const { items } = await world.ctx.catalog.listBuildDocuments({ buildId: build.id, outcome: "failed", limit: 1 });
    expect(items[0]?.reason).toContain("one of 7 values that are not 3 numbers");
    await expect(start(world, { embedder: "late", dimensions: 3, stem: false })).rejects.toMatchObject({
      code: "invalid_request",
      errors: [{ field: "config.embedder" }],
    });
    expect(world.rows.builds.size).toBe(2);
  });

  it("are tried again by the queue before they count as failed", async () => {
    const world = await openWorld();
    const ids = await ready(world, "a.txt", "one");
    const build = await start(world, { targetTokens: 200 });
    const { split } = world.ctx.extractor;
    world.ctx.extractor.split = () => {
      throw new Error("out of memory");
    };
    const message = { kind: "prepare" as const, index: "library", buildId: build.id, documentId: ids.documentId };
    await expect(handleFillMessage(world.ctx, message, false)).rejects.toThrow("out of memory");
    expect(fillOf(world, build.id).failed).toBe(0);
    world.ctx.extractor.split = split;
    // Another worker may take it at once.
    await handleFillMessage({ ...world.ctx, owner: "worker-2" }, message, false);
    await drain(world);
    expect(fillOf(world, build.id)).toMatchObject({ done: 1, failed: 0 });
  });
});

describe("a worker whose time is over", () => {
  it("hands its document back, and that counts as no failure", async () => {
    const world = await openWorld();
    const ids = await ready(world, "a.txt", text);
    const build = await start(world, { ocr: "off" });
    const over = new AbortController();
    const { extract } = world.ctx.extractor;
    world.ctx.extractor.extract = async (one) => {
      over.abort();
      return extract(one);
    };
    const message = { kind: "prepare" as const, index: "library", buildId: build.id, documentId: ids.documentId };
    await handleFillMessage({ ...world.ctx, signal: over.signal }, message, true);
    expect(fillOf(world, build.id)).toMatchObject({ done: 0, failed: 0 });
    world.ctx.extractor.extract = extract;
    await drain(world);
    expect(fillOf(world, build.id)).toMatchObject({ done: 1, failed: 0 });
  });
});

describe("a version that is marked by the live build", () => {
  it("is marked also when the live build changes while it is written", async () => {
    const world = await openWorld();
    const build = await filled(world, { stem: false });
    const ids = await deliver(world, "a.txt", text);
    await accept(world, ids);
    await processVersion(world.ctx, { ...ids, lastAttempt: false });
    world.queue.sent.process.length = 0;
    // Its message names the build that was live when it was read.
    const index = world.rows.indexes.get("library");
    if (!index) throw new Error("no index");
    world.rows.indexes.set("library", { ...index, liveBuildId: build.id });
    world.rows.builds.set(world.build.id, { ...world.build, status: "superseded" });
    world.rows.builds.set(build.id, { ...buildOf(world, build.id), status: "live" });
    await drain(world);
    expect(world.rows.documents.get(ids.documentId)).toMatchObject({ status: "ready", liveVersionId: ids.versionId });
    expect(holds(world, build.id)[ids.documentId]).toHaveLength(3);
    expect(holds(world, world.build.id)[ids.documentId]).toHaveLength(3);
  });

  it("fails when the live build cannot hold it", async () => {
    const world = await openWorld();
    const ids = await deliver(world, "a.txt", text);
    await accept(world, ids);
    await processVersion(world.ctx, { ...ids, lastAttempt: false });
    world.queue.sent.process.length = 0;
    for (const key of world.store.bytes.keys()) if (key.endsWith("passages.jsonl")) world.store.bytes.delete(key);
    world.ctx.extractor.split = () => [];
    await drain(world);
    expect(world.rows.documents.get(ids.documentId)).toMatchObject({ status: "failed", failure: { code: "empty" } });
    expect(configOf(world).embedder).toBe("test-2d");
  });
});

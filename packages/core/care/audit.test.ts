import { describe, expect, it } from "vitest";
import { deleteDocument, patchDocument } from "../documents/index.ts";
import { drain, openWorld, ready } from "../documents/testing-journey.ts";
import { objectKeys, systemActor } from "../kernel/index.ts";
import { actorOf, type TestWorld } from "../testing.ts";
import { auditDueIndexes, auditIndex, getCareReport, startAudit } from "./index.ts";

const graceMs = 60_000;
const later = (world: TestWorld, ms = 10 * graceMs): void => {
  world.clock.now += ms;
};
const contextOf = (world: TestWorld) => ({ ...world.ctx, actor: systemActor, graceMs });
const audit = async (world: TestWorld) => {
  const index = world.rows.indexes.get("library");
  if (!index) throw new Error("no index");
  const found = await auditIndex(contextOf(world), index, { by: "test", deadline: world.clock.now + 60_000 });
  if (!found) throw new Error("somebody else is at it");
  expect(found.complete).toBe(true);
  return found;
};
const table = (world: TestWorld): string => `library/${world.build.id}`;
const kinds = (found: { findings: { kind: string; count: number }[] }) =>
  Object.fromEntries(found.findings.map((finding) => [finding.kind, finding.count]));

/** What may go wrong, what the auditor calls it, and what must hold once it was repaired. */
const faults: [
  kind: string,
  count: number,
  harm: (world: TestWorld, ids: { documentId: string; versionId: string }) => unknown,
][] = [
  ["passages-missing", 1, (world) => world.table.tables.set(table(world), [])],
  ["passages-missing", 1, (world) => world.table.tables.set(table(world), world.passages().slice(1))],
  ["passages-doubled", 1, (world) => world.table.tables.set(table(world), [...world.passages(), ...world.passages()])],
  [
    "passages-stale",
    1,
    (world) =>
      world.table.tables.set(
        table(world),
        world.passages().map((row) => ({ ...row, version_id: "ver_old" })),
      ),
  ],
  [
    "passages-stale",
    1,
    (world) =>
      world.table.tables.set(
        table(world),
        world.passages().map((row) => ({ ...row, readers: ["user:x"] })),
      ),
  ],
  [
    "passages-orphaned",
    1,
    (world) =>
      world.table.tables.set(table(world), [
        ...world.passages(),
        ...world.passages().map((row) => ({ ...row, id: `${row.id}x`, document_id: "doc_01M84XRZYTJ7PXMAFJ502KY852" })),
      ]),
  ],
  ["objects-missing", 1, (world, ids) => world.store.bytes.delete(objectKeys.passages(ids.documentId, ids.versionId))],
  ["objects-missing", 1, (world, ids) => world.store.bytes.delete(objectKeys.extracted(ids.documentId, ids.versionId))],
  [
    "objects-orphaned",
    2,
    (world) => {
      const [documentId, versionId] = ["doc_01M84XRZYTJ7PXMAFJ502KY852", "ver_01M84XRZYTJ7PXMAFJ502KY852"];
      world.store.bytes.set(objectKeys.source(documentId, versionId), new Uint8Array(1));
      world.store.bytes.set(objectKeys.passages(documentId, versionId), new Uint8Array(1));
    },
  ],
  [
    "objects-orphaned",
    1,
    (world, ids) =>
      world.store.bytes.set(objectKeys.passages(ids.documentId, "ver_01M84XRZYTJ7PXMAFJ502KY852"), new Uint8Array(1)),
  ],
  [
    "objects-orphaned",
    2,
    (world, ids) => {
      // Made for a build that is gone.
      world.store.bytes.set(objectKeys.passages(ids.documentId, ids.versionId, "0123456789abcdef"), new Uint8Array(1));
      world.store.bytes.set(objectKeys.extracted(ids.documentId, ids.versionId, "0123456789abcdef"), new Uint8Array(1));
    },
  ],
  [
    "objects-orphaned",
    2,
    (world, ids) => {
      // Of an embedder that no build uses, and of passages that no build has.
      const { documentId, versionId } = ids;
      for (const embedder of ["gone", world.build.config.embedder])
        world.store.bytes.set(
          objectKeys.vectors(documentId, versionId, embedder, "0123456789abcdef"),
          new Uint8Array(1),
        );
    },
  ],
  ["table-missing", 1, (world) => world.table.tables.delete(table(world))],
  ["table-orphaned", 1, (world) => world.table.tables.set("library/bld_01AAAAAAAAAAAAAAAAAAAAAAAA", [])],
];

describe("the auditor", () => {
  it("finds nothing in an index where all is well, and says how much it compared", async () => {
    const world = await openWorld();
    await ready(world, "a.txt", "one\ntwo");
    await ready(world, "b.txt", "three", { readers: ["group:board"] });
    await deleteDocument(world.ctx, await ready(world, "c.txt", "four"));
    await drain(world);
    later(world);
    expect(await audit(world)).toMatchObject({
      differences: 0,
      repaired: 0,
      findings: [],
      checked: { documents: 2, versions: 2, passages: 3, builds: 1 },
    });
    expect(world.rows.events.some((event) => event.action.startsWith("care."))).toBe(false);
  });

  it("says how many documents it left to the next check, as they changed just before", async () => {
    const world = await openWorld();
    await ready(world, "a.txt", "one");
    later(world);
    await ready(world, "b.txt", "two");
    expect((await audit(world)).checked).toMatchObject({ documents: 1, settling: 1 });
    later(world);
    expect((await audit(world)).checked).toMatchObject({ documents: 2, settling: 0 });
  });

  it.each(faults)("names %s, repairs it and is at zero the next time", async (kind, count, harm) => {
    const world = await openWorld();
    const ids = await ready(world, "a.txt", "one\ntwo");
    const whole = JSON.stringify([world.passages(), [...world.store.bytes.keys()].sort()]);
    later(world);
    await harm(world, ids);
    const first = await audit(world);
    expect(kinds(first)).toMatchObject({ [kind]: count });
    expect(first.repaired).toBe(first.differences);
    expect(first.findings[0]?.samples.length).toBeGreaterThan(0);
    await drain(world);
    later(world);
    expect(await audit(world)).toMatchObject({ differences: 0 });
    expect(JSON.stringify([world.passages(), [...world.store.bytes.keys()].sort()])).toBe(whole);
    expect(world.rows.documents.get(ids.documentId)?.status).toBe("ready");
    expect(world.rows.events.some((one) => one.action === "care.repaired")).toBe(true);
  });

  it("says of a document whose bytes are lost that it failed, and is at zero then", async () => {
    const world = await openWorld();
    const ids = await ready(world, "a.txt", "one\ntwo");
    for (const key of [...world.store.bytes.keys()]) world.store.bytes.delete(key);
    later(world);
    expect(kinds(await audit(world))).toEqual({ "objects-missing": 1 });
    await drain(world);
    expect(world.rows.documents.get(ids.documentId)).toMatchObject({ status: "failed", failure: { code: "corrupt" } });
    later(world);
    expect((await audit(world)).differences).toBe(0);
  });

  it("leaves alone what is under way: fresh changes, work in the queues and uploads", async () => {
    const world = await openWorld();
    const ids = await ready(world, "a.txt", "one");
    later(world);
    await patchDocument(world.ctx, { ...ids, tags: ["new"] });
    expect((await audit(world)).differences).toBe(0);
    world.ctx.queues.states = async () => [{ name: "index", purpose: "", waiting: 1, inFlight: 0, deadLetters: 0 }];
    later(world, 2 * graceMs);
    expect((await audit(world)).differences).toBe(0);
    world.ctx.queues.states = async () => [{ name: "index", purpose: "", waiting: 0, inFlight: 0, deadLetters: 1 }];
    // Its message is a dead letter now: nobody but the auditor knows.
    world.queue.sent.index.length = 0;
    expect(kinds(await audit(world))).toEqual({ "passages-stale": 1 });
    await drain(world);
    expect(world.passages()[0]?.tags).toEqual(["new"]);
    later(world);
    expect((await audit(world)).differences).toBe(0);
  });

  it("goes on where a slice ended or died, one at a time, and counts nothing twice", async () => {
    const world = await openWorld();
    for (let i = 0; i < 130; i += 1) await ready(world, `${i}.txt`, `text ${i}`);
    const removed = world.passages().slice(0, 20);
    world.table.tables.set(table(world), world.passages().slice(20));
    later(world);
    const index = world.rows.indexes.get("library");
    if (!index) return;
    const slice = (ctx = contextOf(world)) => auditIndex(ctx, index, { by: "test", deadline: 0 });
    let slices = 0;
    for (;;) {
      world.clock.now += 1;
      slices += 1;
      if (slices > 50) throw new Error("it never ends");
      if (slices === 2) {
        // Dies in the middle of its second slice, and its claim runs out.
        const { getDocuments } = world.ctx.catalog;
        world.ctx.catalog.getDocuments = () => Promise.reject(new Error("the process died"));
        await expect(slice(contextOf(world))).rejects.toThrow("died");
        world.ctx.catalog.getDocuments = getDocuments;
        continue;
      }
      const found = await slice();
      if (!found?.complete) {
        expect((await getCareReport(world.ctx, { index: "library" })).audits[0]).toMatchObject({ complete: false });
        continue;
      }
      expect(found).toMatchObject({ differences: removed.length, checked: { documents: 130 } });
      break;
    }
    expect(slices).toBeGreaterThan(4);
    await world.ctx.catalog.claimAudit("library", "other", world.clock.now, world.clock.now + 1000);
    expect(await slice()).toBeUndefined();
    await expect(startAudit({ ...world.ctx, graceMs }, { index: "library" })).rejects.toMatchObject({
      code: "conflict",
    });
  });

  it("runs by itself: at first, again at once after it found something, then at its leisure", async () => {
    const world = await openWorld();
    await ready(world, "a.txt", "one");
    later(world);
    const run = () => auditDueIndexes(contextOf(world), world.clock.now + 60_000);
    expect(await run()).toEqual(["library"]);
    expect(await run()).toEqual([]);
    world.table.tables.set(table(world), []);
    later(world, 11 * 60_000);
    expect(await run()).toEqual(["library"]);
    await drain(world);
    expect(await run()).toEqual(["library"]);
    expect(await run()).toEqual([]);
    const { audits, documentsBytes } = await getCareReport(world.ctx, { index: "library" });
    expect(audits.map((one) => one.differences)).toEqual([0, 1, 0]);
    expect(documentsBytes).toBeGreaterThan(0);
  });

  it("is shown to those who care for the index, without ids of documents they may not read", async () => {
    const world = await openWorld();
    await ready(world, "a.txt", "one");
    await ready(world, "b.txt", "two", { readers: ["group:board"] });
    world.table.tables.set(table(world), []);
    later(world);
    await audit(world);
    const report = (...roles: Parameters<typeof actorOf>) =>
      getCareReport({ ...world.ctx, actor: actorOf(...roles) }, { index: "library" });
    const [seen] = (await report("operator")).audits;
    expect([seen?.differences, seen?.findings[0]?.samples.length]).toEqual([2, 1]);
    expect((await report("admin")).audits[0]?.findings[0]?.samples).toHaveLength(2);
    await expect(report("editor")).rejects.toMatchObject({ code: "forbidden" });
    const operator = { ...contextOf(world), actor: actorOf("operator") };
    await expect(startAudit(operator, { index: "library" })).rejects.toMatchObject({ code: "forbidden" });
    await expect(report("admin").then(() => getCareReport(world.ctx, { index: "other" }))).rejects.toMatchObject({
      code: "not_found",
    });
  });
});

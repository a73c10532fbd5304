import { SearchQuery } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { createUpload, deleteDocument, patchDocument, restoreDocument, sweep } from "../documents/index.ts";
import { parsePassages } from "../documents/passages-file.ts";
import { accept, bodyOf, drain, openWorld, ready } from "../documents/testing-journey.ts";
import { objectKeys, systemActor } from "../kernel/index.ts";
import { search } from "../search/index.ts";
import type { TestWorld } from "../testing.ts";
import { auditIndex } from "./index.ts";

const graceMs = 60_000;
const minute = 60_000;

/** Everything that was on its way is lost, as if each message had ended among the dead letters. */
const loseMessages = (world: TestWorld): void => {
  for (const queue of Object.values(world.queue.sent)) queue.length = 0;
};

/** A document that is changed in one of these ways; `word` is in its text. */
type Act = (world: TestWorld, documentId: string, word: string) => Promise<unknown>;
const ingest = async (world: TestWorld, word: string, more: object = {}): Promise<void> => {
  const created = await createUpload(world.ctx, bodyOf(`${word}.txt`, `${word}\nand more`, more));
  if (created.outcome === "duplicate") return;
  const key = objectKeys.source(created.documentId, created.versionId);
  world.store.bytes.set(key, new TextEncoder().encode(`${word}\nand more`));
  await accept(world, created);
  await drain(world);
};
const acts: Record<string, Act> = {
  ingest: (world, _, word) => ingest(world, word),
  replace: (world, documentId, word) => ingest(world, word, { documentId }),
  delete: async (world, documentId) => {
    await deleteDocument(world.ctx, { documentId });
    await drain(world);
  },
  share: async (world, documentId) => {
    await patchDocument(world.ctx, { documentId, readers: ["group:board"], tags: ["shared"] });
    await drain(world);
  },
  restore: async (world, documentId) => {
    await restoreDocument(world.ctx, { documentId });
    await drain(world);
  },
};

const callsOf = async (act: Act, name: string): Promise<number> => {
  const world = await openWorld();
  const { documentId } = await ready(world, "a.txt", "before");
  if (name === "restore") await deleteDocument(world.ctx, { documentId });
  world.calls.count = 0;
  await act(world, documentId, "word");
  return world.calls.count;
};

/** Lets time pass and the schedules run until the auditor has nothing to say; returns what it found on the way. */
const heal = async (world: TestWorld): Promise<number[]> => {
  const found: number[] = [];
  const ctx = { ...world.ctx, actor: systemActor, graceMs };
  for (let round = 0; round < 12; round += 1) {
    world.clock.now += 10 * minute;
    await sweep(world.ctx);
    await drain(world);
    world.clock.now += 10 * minute;
    const index = world.rows.indexes.get("library");
    const audit = index && (await auditIndex(ctx, index, { by: "test", deadline: world.clock.now + minute }));
    if (!audit?.complete) throw new Error("the audit did not end");
    found.push(audit.differences);
    await drain(world);
    if (audit.differences === 0) return found;
  }
  throw new Error(`never at zero: ${found.join(", ")}`);
};

const expectAgreement = async (world: TestWorld, words: ReadonlyMap<string, string>): Promise<void> => {
  const wanted: string[] = [];
  for (const document of world.rows.documents.values()) {
    if (document.deletedAt || !document.liveVersionId) continue;
    const bytes = world.store.bytes.get(objectKeys.passages(document.id, document.liveVersionId));
    for (const passage of bytes ? parsePassages(bytes).passages : [])
      wanted.push(`${document.id} ${document.liveVersionId} ${passage.n} ${document.readers ?? "everyone"}`);
  }
  const held = world.passages().map((row) => `${row.document_id} ${row.version_id} ${row.n} ${row.readers}`);
  expect(held.sort()).toEqual(wanted.sort());
  for (const [documentId, word] of words) {
    const document = world.rows.documents.get(documentId);
    const { hits } = await search(world.ctx, SearchQuery.parse({ q: word, mode: "lexical", perDocument: 0 }));
    const expected = document && !document.deletedAt && document.status === "ready" ? [documentId] : [];
    expect([...new Set(hits.map((hit) => hit.documentId))], word).toEqual(expected);
  }
  expect(world.rows.access.changes.size).toBe(0);
};

describe("kill -9", () => {
  it("at each step of 200 ingests and deletions with all messages lost: the auditor reaches zero by itself, and searches agree with the rows", async () => {
    const plan: { name: string; at: number }[] = [];
    for (const [name, act] of Object.entries(acts))
      for (let at = 1, calls = await callsOf(act, name); at <= calls; at += 1) plan.push({ name, at });
    const steps = plan.length;
    while (plan.length < 200) plan.push(plan[plan.length - steps] as { name: string; at: number });
    const world = await openWorld();
    const words = new Map<string, string>();
    let killed = 0;
    for (const [i, { name, at }] of plan.entries()) {
      const word = `word${i}x`;
      const before = new Set(world.rows.documents.keys());
      const ids = name === "ingest" ? undefined : await ready(world, `${word}old.txt`, `old ${i}`);
      if (name === "restore" && ids) {
        await deleteDocument(world.ctx, ids);
        await drain(world);
      }
      world.calls.count = 0;
      world.calls.before = (call) => {
        if (world.calls.count === at) throw new Error(`killed before ${call}`);
      };
      try {
        await acts[name]?.(world, ids?.documentId ?? "", word);
      } catch (error) {
        if (!String(error).includes("killed before")) throw error;
        killed += 1;
        loseMessages(world);
      }
      world.calls.before = () => undefined;
      for (const [id, document] of world.rows.documents)
        if (!before.has(id) && document.name === `${word}.txt`) words.set(id, word);
    }
    expect(plan.length).toBeGreaterThanOrEqual(200);
    console.log(`killed ${killed} times at ${steps} different steps of ${plan.length} changes`);
    // Uploads that were only announced are given a day.
    world.clock.now += 25 * 60 * minute;
    const found = await heal(world);
    console.log(`differences found, check by check: ${found.join(", ")}`);
    await expectAgreement(world, words);
    const open = [...world.rows.documents.values()].filter(
      (one) => !one.deletedAt && !["ready", "cancelled"].includes(one.status),
    );
    expect(open.map((one) => `${one.name} ${one.status}`)).toEqual([]);
  }, 60_000);

  it("of the auditor at each of its own steps: it goes on, and reaches zero all the same", async () => {
    const prepare = async (): Promise<TestWorld> => {
      const world = await openWorld();
      for (let i = 0; i < 6; i += 1) await ready(world, `${i}.txt`, `word${i}x\nmore`);
      const [name] = [...world.table.tables.keys()];
      const rows = world.passages();
      if (name) world.table.tables.set(name, [...rows.slice(3), ...rows.slice(6)]);
      const [first] = [...world.store.bytes.keys()].filter((key) => key.endsWith("extracted.json"));
      world.store.bytes.delete(first ?? "");
      world.store.bytes.set(
        objectKeys.source("doc_01M84XRZYTJ7PXMAFJ502KY852", "ver_01M84XRZYTJ7PXMAFJ502KY852"),
        new Uint8Array(1),
      );
      world.clock.now += 10 * minute;
      return world;
    };
    const run = async (world: TestWorld): Promise<void> => {
      const index = world.rows.indexes.get("library");
      const ctx = { ...world.ctx, actor: systemActor, graceMs };
      if (index) await auditIndex(ctx, index, { by: "test", deadline: world.clock.now + minute });
    };
    const whole = await prepare();
    whole.calls.count = 0;
    await run(whole);
    const { count } = whole.calls;
    expect(count).toBeGreaterThan(20);
    for (let at = 1; at <= count; at += 1) {
      const world = await prepare();
      world.calls.count = 0;
      world.calls.before = () => {
        if (world.calls.count >= at) throw new Error("killed");
      };
      await expect(run(world)).rejects.toThrow("killed");
      world.calls.before = () => undefined;
      loseMessages(world);
      await heal(world);
      await expectAgreement(world, new Map());
      expect(
        world.store.bytes.has("documents/doc_01M84XRZYTJ7PXMAFJ502KY852/ver_01M84XRZYTJ7PXMAFJ502KY852/source"),
      ).toBe(false);
    }
    console.log(`the auditor was killed before each of ${count} calls`);
  }, 60_000);
});

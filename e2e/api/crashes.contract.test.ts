import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Document } from "../../packages/contracts/index.ts";
import { makePdf } from "../../packages/extract/testing/make-pdf.ts";
import { find, getDocument, put, settled } from "./actions.ts";
import { type Backend, library, patient, startBackend } from "./backend.ts";
import { childrenOf } from "./processes.ts";

let backend: Backend;
beforeAll(async () => {
  // A reader's death is noticed in seconds, so that the tests need not wait for the real times.
  backend = await startBackend({
    environment: { SAMLA_LEASE_MS: "2000" },
    tune: (config) => {
      for (const queue of config.queues) queue.visibilityTimeoutSeconds = 4;
    },
  });
}, 120_000);
afterAll(() => backend?.close());

/** Takes the readers some seconds. */
const slowPdf = (word: string, pages = 200): Buffer =>
  makePdf({
    pages: Array.from({ length: pages }, (_, page) =>
      Array.from({ length: 40 }, (_, line) => ({
        x: 60,
        y: 60 + line * 16,
        text: `Line ${line} of page ${page} tells of the ${word} and of the ${page * 40 + line} lamps along the quay.`,
      })),
    ),
  });

const eventsOf = async (documentId: string): Promise<string[]> =>
  (
    await backend.client.call("events.list", { query: { documentId: documentId as Document["id"], limit: 200 } })
  ).items.map((event) => event.action);

/** The engine holds just what the passages file holds, and the document became ready once. */
const expectWhole = async (documentId: string, word: string): Promise<void> => {
  const { client } = backend;
  const document = await getDocument(client, documentId);
  const { total } = await client.call("documents.passages", { params: { documentId: document.id }, query: {} });
  expect(document.passages).toBe(total);
  const { hits } = await client.call("search.query", {
    query: { q: word, index: [library], mode: "lexical", documentId: document.id, perDocument: 0, limit: 100 },
  });
  expect(new Set(hits.map((hit) => hit.passageId)).size).toBe(hits.length);
  expect(hits).toHaveLength(Math.min(total, 100));
  const ready = (await eventsOf(documentId)).filter((action) => action === "document.ready");
  expect(ready).toHaveLength(1);
};

const extracting = (documentId: string): Promise<void> =>
  expect.poll(async () => (await getDocument(backend.client, documentId)).status, patient).toBe("extracting");

describe("crashes", () => {
  it("ends the reader of a document that is cancelled while it is being read, and reads it again when asked", async () => {
    const { client } = backend;
    const { documentId } = await put(client, "cancelled.pdf", slowPdf("mooring"));
    const readers = (): number[] => childrenOf(backend.pidsOf("process"));
    await expect.poll(() => readers().length, patient).toBeGreaterThan(0);
    const params = { documentId: documentId as Document["id"] };
    const begun = performance.now();
    expect((await client.call("documents.cancel", { params })).status).toBe("cancelled");
    await expect.poll(readers, { timeout: 10_000, interval: 20 }).toEqual([]);
    console.log(`cancel: the reader had ended after ${Math.round(performance.now() - begun)} ms`);
    expect((await getDocument(client, documentId)).status).toBe("cancelled");
    const again = await client.call("documents.reprocess", { params });
    expect(again.status).toBe("queued");
    expect((await settled(client, documentId)).status).toBe("ready");
    await expectWhole(documentId, "mooring");
  });

  it("reads a document once and wholly when its reader is killed in the middle", async () => {
    const { client } = backend;
    const { documentId } = await put(client, "killed.pdf", slowPdf("bollard"));
    await extracting(documentId);
    const pids = backend.pidsOf("process");
    expect(pids.length).toBeGreaterThan(0);
    for (const pid of pids) process.kill(pid, "SIGKILL");
    const begun = performance.now();
    expect((await settled(client, documentId)).status).toBe("ready");
    console.log(`kill -9 of the reader: ready again ${((performance.now() - begun) / 1000).toFixed(1)} s later`);
    await expectWhole(documentId, "bollard");
    const version = (await client.call("documents.versions", { params: { documentId: documentId as Document["id"] } }))
      .items[0];
    expect(version?.attempt).toBe(2);
  });

  it("ends every document of a batch ready when the whole backend is killed and started again", async () => {
    const { client } = backend;
    const names = Array.from({ length: 12 }, (_, i) => `batch-${i}.txt`);
    const sent = await Promise.all(names.map((name, i) => put(client, name, `Crate ${i} carries the sextant.`)));
    await expect
      .poll(async () => (await client.call("documents.counts", { query: { index: library } })).byStatus.ready, patient)
      .toBeGreaterThan(3);
    const left = backend.pidsOf("*");
    await backend.kill();
    const begun = performance.now();
    const alive = (): number[] => left.filter((pid) => readdirSync("/proc").includes(String(pid)));
    await expect.poll(alive, patient).toEqual([]);
    await backend.start();
    for (const { documentId } of sent) expect((await settled(client, documentId)).status).toBe("ready");
    console.log(`kill -9 of everything: 12 documents ready ${((performance.now() - begun) / 1000).toFixed(1)} s later`);
    await expect.poll(async () => (await find(client, "sextant")).length, patient).toBe(12);
    expect(new Set(await find(client, "sextant"))).toEqual(new Set(sent.map((one) => one.documentId)));
    for (const { documentId } of sent)
      expect((await eventsOf(documentId)).filter((action) => action === "document.ready")).toHaveLength(1);
    const queues = await client.call("queues.list");
    expect(queues.items.every((queue) => queue.deadLetters === 0)).toBe(true);
  });

  it("leaves no process behind when it ends", async () => {
    const left = backend.pidsOf("*");
    expect(left.length).toBeGreaterThan(0);
    await backend.close();
    await expect.poll(() => backend.pidsOf("*"), patient).toEqual([]);
  });
});

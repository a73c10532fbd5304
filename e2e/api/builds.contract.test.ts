import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Build, Client, DocumentId, SearchResult } from "../../packages/contracts/index.ts";
import { makePdf } from "../../packages/extract/testing/make-pdf.ts";
import { put, refusal, settled } from "./actions.ts";
import { type Backend, library, patient, startBackend } from "./backend.ts";
import { filled, getBuild, getIndex, openGate, promote, rollBack, startBuild } from "./build-actions.ts";
import { childrenOf } from "./processes.ts";

let backend: Backend;
let documentIds: DocumentId[] = [];
const documents = 24;

/** Enough for several passages, so that another target makes others. */
const logText = (i: number): string =>
  [
    `# Log ${i}`,
    ...Array.from(
      { length: 30 },
      (_, line) => `On day ${line} the ship number ${i} took the sextant and noted the height of star ${line * i}.`,
    ),
  ].join("\n\n");

beforeAll(async () => {
  // Deaths are noticed in seconds, so that the tests need not wait for the real times.
  backend = await startBackend({
    environment: { SAMLA_LEASE_MS: "2000" },
    tune: (config) => {
      for (const queue of config.queues) queue.visibilityTimeoutSeconds = 4;
    },
  });
}, 120_000);
afterAll(() => backend?.close());

/** The documents of these tests, put there by the first of them. */
const fillLibrary = async (): Promise<void> => {
  if (documentIds.length > 0) return;
  const { client } = backend;
  const sent = await Promise.all(Array.from({ length: documents }, (_, i) => put(client, `log-${i}.md`, logText(i))));
  documentIds = sent.map((one) => one.documentId as DocumentId);
  for (const id of documentIds) expect((await settled(client, id)).status).toBe("ready");
  await openGate(client);
};
beforeEach(fillLibrary, 120_000);

const ask = (client: Client): Promise<SearchResult> =>
  client.call("search.query", { query: { q: "sextant star", index: [library], limit: 20, perDocument: 0 } });

/** The text of every passage that a build makes of the documents, by its id. */
const textsOf = async (client: Client, build: Build["id"]): Promise<Map<string, string>> => {
  const texts = new Map<string, string>();
  for (const documentId of documentIds) {
    const { items } = await client.call("documents.passages", { params: { documentId }, query: { build, limit: 200 } });
    for (const passage of items) texts.set(passage.id, passage.text);
  }
  return texts;
};

describe("a candidate", () => {
  it("whose workers are killed while they fill it holds every document once and wholly in the end", async () => {
    const { client } = backend;
    const candidate = await startBuild(client, { targetTokens: 60, splitBy: "size" });
    await expect.poll(async () => (await getBuild(client, candidate.id)).fill?.done, patient).toBeGreaterThan(2);
    const pids = [...backend.pidsOf("fill"), ...backend.pidsOf("write-index")];
    expect(pids.length).toBeGreaterThan(1);
    for (const pid of pids) process.kill(pid, "SIGKILL");
    expect((await getBuild(client, candidate.id)).status).toBe("building");
    const begun = performance.now();
    const ready = await filled(client, candidate.id);
    console.log(`kill -9 of the workers: ready ${((performance.now() - begun) / 1000).toFixed(1)} s later`);
    const texts = await textsOf(client, candidate.id);
    expect(texts.size).toBeGreaterThan(documents * 3);
    expect(ready).toMatchObject({
      status: "ready",
      fill: { state: "done", total: documents, done: documents, failed: 0, made: { extract: 0, split: documents } },
      statistics: { documents, passages: texts.size, vectors: texts.size },
    });
    const queues = await client.call("queues.list");
    expect(queues.items.every((queue) => queue.deadLetters === 0)).toBe(true);
    await client.call("builds.delete", { params: { index: library, buildId: candidate.id } });
    expect((await refusal(getBuild(client, candidate.id))).problem.code).toBe("not_found");
  });

  it("that is cancelled ends the reading that is under way, and its table is gone", async () => {
    const { client } = backend;
    const pages = Array.from({ length: 400 }, (_, page) =>
      Array.from({ length: 40 }, (_, line) => ({
        x: 60,
        y: 60 + line * 16,
        text: `Line ${line} of page ${page} tells of the ${page * 40 + line} lamps along the quay.`,
      })),
    );
    const slow = await put(client, "slow.pdf", makePdf({ pages }));
    expect((await settled(client, slow.documentId)).status).toBe("ready");
    const candidate = await startBuild(client, { ocr: "off" });
    const params = { index: library, buildId: candidate.id };
    const readers = (): number[] => childrenOf(backend.pidsOf("fill"));
    // Only the slow one is left to read; a reader that has nothing to do waits for the next file.
    await expect.poll(async () => (await getBuild(client, candidate.id)).fill?.done, patient).toBe(documents);
    const before = readers();
    const begun = performance.now();
    expect((await client.call("builds.cancel", { params })).status).toBe("cancelled");
    const left = () => before.filter((pid) => readers().includes(pid)).length;
    await expect.poll(left, { timeout: 10_000, interval: 20 }).toBe(before.length - 1);
    console.log(`cancel: the reader had ended after ${Math.round(performance.now() - begun)} ms`);
    const cancelled = await getBuild(client, candidate.id);
    expect(cancelled).toMatchObject({ status: "cancelled", fill: { state: "cancelled" } });
    expect(cancelled.statistics).toBeUndefined();
    await client.call("builds.delete", { params });
    await client.call("documents.delete", { params: { documentId: slow.documentId as DocumentId } });
  });
});

describe("32 people who search", () => {
  it("get no failure and no mixed answer while builds are promoted and rolled back", async () => {
    const { client } = backend;
    const first = (await getIndex(client)).liveBuildId;
    const candidate = await filled(client, (await startBuild(client, { targetTokens: 60, splitBy: "size" })).id);
    expect(candidate.status).toBe("ready");
    const seconds = (Date.parse(candidate.fill?.endedAt ?? "") - Date.parse(candidate.fill?.startedAt ?? "")) / 1000;
    console.log(`${documents} documents, ${candidate.statistics?.passages} passages filled in ${seconds.toFixed(1)} s`);
    const texts = new Map([
      [first, await textsOf(client, first)],
      [candidate.id, await textsOf(client, candidate.id)],
    ]);
    const totals = new Map([[first, (await ask(client)).total.value]]);
    type Answer = { from: number; to: number; answer: SearchResult };
    const answers: Answer[] = [];
    let searching = true;
    const people = Array.from({ length: 32 }, async () => {
      while (searching) {
        const from = performance.now();
        const answer = await ask(client);
        answers.push({ from, to: performance.now(), answer });
      }
    });
    /** When a build may have been live at the earliest, and at the latest. */
    const windows: { build: string; from: number; to: number }[] = [{ build: first, from: 0, to: Infinity }];
    const turn = async (build: Build["id"], change: () => Promise<unknown>): Promise<void> => {
      const seen = answers.length;
      await expect.poll(() => answers.length, patient).toBeGreaterThan(seen + 64);
      const from = performance.now();
      await change();
      const to = performance.now();
      console.log(`${build === first ? "roll back" : "promote"} under load: ${Math.round(to - from)} ms`);
      const last = windows.at(-1);
      if (last) last.to = to;
      windows.push({ build, from, to: Infinity });
    };
    for (let round = 0; round < 3; round += 1) {
      await turn(candidate.id, () => promote(client, candidate.id));
      totals.set(candidate.id, (await ask(client)).total.value);
      await turn(first, () => rollBack(client, first));
    }
    await expect.poll(() => answers.at(-1)?.from, patient).toBeGreaterThan(windows.at(-1)?.from ?? 0);
    searching = false;
    // A refused or failed search would reject here.
    await Promise.all(people);
    for (const { from, to, answer } of answers) {
      const [build = "", ...others] = new Set([
        ...answer.hits.map((hit) => hit.buildId),
        ...answer.indexes.map((index) => index.buildId),
      ]);
      expect(others).toEqual([]);
      expect(answer.missing).toEqual([]);
      expect(answer.hits).toHaveLength(20);
      expect(windows.some((window) => window.build === build && window.from <= to && window.to >= from)).toBe(true);
      for (const hit of answer.hits) expect(texts.get(build as Build["id"])?.get(hit.passageId)).toBe(hit.text);
      expect(answer.total.value).toBe(totals.get(build as Build["id"]));
    }
    const builds = new Set(answers.flatMap(({ answer }) => answer.hits.map((hit) => hit.buildId)));
    expect(builds.size).toBe(2);
    console.log(`${answers.length} searches, ${windows.length - 1} changes of the live build, no failure`);
  });

  it("two at once who promote: one wins, the other learns it", async () => {
    const { client } = backend;
    const live = (await getIndex(client)).liveBuildId;
    const candidates = [
      await filled(client, (await startBuild(client, { stem: false })).id),
      await filled(client, (await startBuild(client, { fieldWeights: { title: 1, section: 1 } })).id),
    ];
    const results = await Promise.allSettled(
      candidates.map((one) => promote(client, one.id, { expectedLiveBuildId: live })),
    );
    expect(results.map((one) => one.status).sort()).toEqual(["fulfilled", "rejected"]);
    const lost = results.find((one) => one.status === "rejected");
    expect(lost?.reason).toMatchObject({ problem: { code: "conflict" } });
    const now = (await getIndex(client)).liveBuildId;
    expect(candidates.map((one) => one.id)).toContain(now);
    const states = (await client.call("builds.list", { params: { index: library }, query: {} })).items;
    expect(states.filter((one) => one.status === "live").map((one) => one.id)).toEqual([now]);
    const refused = await refusal(client.call("builds.delete", { params: { index: library, buildId: now } }));
    expect(refused.problem).toMatchObject({ code: "conflict", detail: expect.stringContaining("live build") });
  });

  it("find what is uploaded after a promotion, and still find it after a roll back", async () => {
    const { client } = backend;
    const live = (await getIndex(client)).liveBuildId;
    const { items } = await client.call("indexes.promotions", { params: { index: library } });
    const before = items[0]?.fromBuildId;
    if (!before) throw new Error("nothing was promoted");
    const late = await put(client, "late.md", "# Late\n\nA late page tells of the astrolabe.");
    expect((await settled(client, late.documentId)).status).toBe("ready");
    const find = async () =>
      (await client.call("search.query", { query: { q: "astrolabe", index: [library], mode: "lexical" } })).hits.map(
        (hit) => [hit.documentId, hit.buildId],
      );
    expect(await find()).toEqual([[late.documentId, live]]);
    const held = async () => (await getBuild(client, before)).statistics?.documents;
    await expect.poll(held, patient).toBe(documents + 1);
    expect((await rollBack(client, before)).rolledBackFrom?.buildId).toBe(live);
    expect(await find()).toEqual([[late.documentId, before]]);
    expect((await getBuild(client, live)).rolledBack).toMatchObject({
      toBuildId: before,
      reason: "it was better before",
    });
  });
});

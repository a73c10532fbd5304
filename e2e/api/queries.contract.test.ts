import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Client, QueryId, SearchResult } from "../../packages/contracts/index.ts";
import { getDocument, put, refusal } from "./actions.ts";
import { type Backend, library, patient, startBackend } from "./backend.ts";
import { filled, getIndex, startBuild } from "./build-actions.ts";

let backend: Backend;
const ids: string[] = [];
beforeAll(async () => {
  backend = await startBackend();
  for (let n = 0; n < 6; n += 1)
    ids.push((await put(backend.client, `page-${n}.txt`, `Page ${n} tells of sextants.`)).documentId);
  for (const id of ids)
    await vi.waitFor(async () => expect((await getDocument(backend.client, id)).status).toBe("ready"), patient);
}, 180_000);
afterAll(() => backend?.close());

const params = { index: library };
const search = (q: string, client: Client = backend.client, more: object = {}): Promise<SearchResult> =>
  client.call("search.query", { query: { q, index: [library], ...more } });
const recordOf = (queryId: QueryId) => backend.client.call("queries.get", { params: { ...params, queryId } });
const replay = (queryId: QueryId) => backend.client.call("queries.replay", { params: { queryId }, body: params });

describe("the log of searches", () => {
  it("holds each search as it was shown, whoever made it", async () => {
    const reader = backend.as("reader");
    const result = await search("sextants", reader, { limit: 3, kind: ["text"] });
    const record = await recordOf(result.queryId);
    expect(record).toMatchObject({
      text: "sextants",
      actor: { id: "test-reader" },
      mode: "hybrid",
      filters: { limit: 3, kind: ["text"] },
      buildId: result.indexes[0]?.buildId,
      total: result.total.value,
      clicks: [],
      thumbs: [],
    });
    expect(record.hits.map((hit) => hit.passageId)).toEqual(result.hits.map((hit) => hit.passageId));
    expect((await refusal(reader.call("queries.list", { params, query: {} }))).problem.code).toBe("forbidden");
    const nothing = await search("zzyzx qqqq", reader, { mode: "lexical" });
    const list = await backend.client.call("queries.list", { params, query: { view: "zero-results" } });
    expect(list.items.map((one) => one.id)).toEqual([nothing.queryId]);
    const slow = await backend.client.call("queries.list", { params, query: { view: "slow", limit: 1 } });
    expect(slow.nextCursor).toBeDefined();
    expect(slow.items[0]?.timings.totalMs).toBeGreaterThanOrEqual(record.timings.totalMs);
  });

  it("takes clicks and thumbs of one's own searches only", async () => {
    const reader = backend.as("reader");
    const { queryId, hits } = await search("sextants tell", reader);
    const passageId = hits[0]?.passageId;
    if (!passageId) throw new Error("nothing found");
    const give = (client: Client, kind: "click" | "up" | "down" | "none") =>
      client.call("queries.feedback", { params: { queryId }, body: { ...params, passageId, kind } });
    await give(reader, "click");
    await give(reader, "up");
    await give(reader, "down");
    expect(await recordOf(queryId)).toMatchObject({
      clicks: [{ passageId, rank: 1 }],
      thumbs: [{ passageId, value: "down" }],
    });
    const seen = await backend.client.call("queries.list", { params, query: { view: "with-thumbs" } });
    expect(seen.items.map((one) => one.id)).toEqual([queryId]);
    await give(reader, "none");
    expect((await recordOf(queryId)).thumbs).toEqual([]);
    expect((await refusal(give(backend.as("editor"), "up"))).problem.code).toBe("not_found");
  });

  it("counts a search once that was typed letter by letter, and finds what people ask most", async () => {
    const editor = backend.as("editor");
    for (const text of ["qua", "quad", "quadr", "quadrant"]) await search(text, editor);
    await search("quadrant", backend.as("operator"));
    const report = await backend.client.call("queries.report", { params, query: { days: 7 } });
    expect(report.top.find((one) => one.text === "quadrant")).toMatchObject({ searches: 2 });
    expect(report.top.some((one) => one.text === "quad")).toBe(false);
    expect(report).toMatchObject({ complete: true, days: 7 });
    expect(report.perDay).toHaveLength(7);
    expect(report.searches).toBe(report.perDay.reduce((sum, day) => sum + day.searches, 0));
    const listed = await backend.client.call("queries.list", { params, query: { q: "qua" } });
    expect(listed.items.map((one) => one.text)).toEqual(["quadrant", "quadrant"]);
    const typed = await backend.client.call("queries.list", { params, query: { q: "qua", typed: "true" } });
    expect(typed.items).toHaveLength(5);
  });

  it("runs a search again on its build with the same hits, or says what became of each", async () => {
    const { client } = backend;
    const { queryId, hits } = await search("sextants", client);
    expect(await replay(queryId)).toMatchObject({ same: true, gone: [] });
    const [first, second] = hits;
    if (!first || !second) throw new Error("too few found");
    await client.call("documents.delete", { params: { documentId: first.documentId } });
    const replayed = await replay(queryId);
    expect(replayed.same).toBe(false);
    expect(replayed.gone).toMatchObject([{ passageId: first.passageId, cause: "document-deleted" }]);
    expect(replayed.hits[0]).toMatchObject({ passageId: second.passageId, before: 2, after: 1 });
    await client.call("documents.restore", { params: { documentId: first.documentId } });
  });

  it("stays when another build goes live, and names nobody once it is anonymous", async () => {
    const { client } = backend;
    const { queryId } = await search("sextants", backend.as("reader"));
    const before = (await getIndex(client)).liveBuildId;
    const candidate = await filled(client, (await startBuild(client, { stem: false })).id);
    await client.call("builds.promote", {
      params: { ...params, buildId: candidate.id },
      body: { expectedLiveBuildId: before, reason: "test", override: { reason: "no questions here" } },
    });
    expect(await recordOf(queryId)).toMatchObject({ buildId: before, actor: { id: "test-reader" } });
    await client.call("indexes.patch", { params, body: { settings: { queryLog: { days: 30, anonymous: true } } } });
    expect((await recordOf(queryId)).actor).toBeUndefined();
    const later = await search("sextants", backend.as("reader"));
    expect(JSON.stringify(await recordOf(later.queryId))).not.toContain("test-reader");
    const report = await client.call("queries.report", { params, query: {} });
    expect(report.people).toBeNull();
  });
});

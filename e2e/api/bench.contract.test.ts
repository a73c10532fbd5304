import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Build, SearchResult, TrySearchBody, TrySearchResult } from "../../packages/contracts/index.ts";
import { put, refusal, settled } from "./actions.ts";
import { type Backend, library, startBackend } from "./backend.ts";
import { filled, getBuild, getIndex, openGate, promote, startBuild } from "./build-actions.ts";

/** An embedding endpoint of the test's own; `answer` may be changed while it runs. */
let answer: (input: string[]) => { status?: number; body: unknown };
const unit = (text: string): number[] => [text.length % 7, text.length % 5, text.length % 3, 1];
const vectorsOf = (input: string[]) => ({
  body: { data: input.map((text, index) => ({ index, embedding: unit(text) })) },
});
let endpoint: Server;
let backend: Backend;
const ids: Record<string, string> = {};
const texts = {
  fridge: "The fridge hums in the kitchen.",
  refrigerator: "The refrigerator hums in the kitchen.",
  rules: "House rules: no humming after ten.",
};

beforeAll(async () => {
  answer = vectorsOf;
  endpoint = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { status = 200, body } = answer((JSON.parse(Buffer.concat(parts).toString()) as { input: string[] }).input);
    response.statusCode = status;
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
  const { port } = endpoint.address() as AddressInfo;
  backend = await startBackend({
    tune: (config) => {
      for (const one of config.functions) {
        const more = JSON.parse(one.environment?.SAMLA_EMBEDDERS ?? "[]") as object[];
        const remote = {
          kind: "openai",
          baseUrl: `http://127.0.0.1:${port}/v1`,
          model: "own",
          dimensions: 4,
          attempts: 1,
        };
        // The endpoint gives vectors of four numbers whatever it is asked.
        const wrong = { ...remote, model: "wrong", dimensions: 5 };
        Object.assign(one.environment ?? {}, { SAMLA_EMBEDDERS: JSON.stringify([...more, remote, wrong]) });
      }
    },
  });
}, 180_000);
afterAll(async () => {
  await backend?.close();
  endpoint?.close();
});

const params = { index: library };
const trying = async (q: string, more: Partial<TrySearchBody> = {}): Promise<TrySearchResult> =>
  backend.client.call("search.try", {
    params,
    body: { q, buildId: (await getIndex(backend.client)).liveBuildId, mode: "lexical", ...more },
  });
const idsOf = (result: TrySearchResult | SearchResult): string[] => result.hits.map((hit) => hit.documentId);
const named = (...names: (keyof typeof texts)[]): string[] => names.map((name) => ids[name] ?? "");

describe("the test bench", () => {
  it("has something to search", async () => {
    for (const [name, text] of Object.entries(texts))
      ids[name] = (await put(backend.client, `${name}.txt`, text)).documentId;
    for (const id of Object.values(ids)) expect((await settled(backend.client, id)).status).toBe("ready");
  });

  it("lists the embedders there are: shipped, configured, none", async () => {
    const { items } = await backend.client.call("embedders.list", {});
    expect(items.map(({ dimensions, local }) => [dimensions, local])).toEqual([
      [100, true],
      [50, true],
      [4, false],
      [5, false],
      [0, true],
    ]);
    const refused = await refusal(backend.as("reader").call("embedders.list", {}));
    expect(refused.problem.code).toBe("forbidden");
  });

  it("shows what settings would do to a query before a build is made of them", async () => {
    expect(idsOf(await trying("fridge"))).toEqual(named("fridge"));
    const synonyms = [["fridge", "refrigerator"]];
    const tried = await trying("fridge", { settings: { synonyms } });
    expect(idsOf(tried).sort()).toEqual(named("fridge", "refrigerator").sort());
    expect(tried.words).toMatchObject({ used: ["fridge"], added: ["refrigerator"] });
    for (const hit of tried.hits)
      expect(hit.terms.reduce((sum, part) => sum + part.score, 0)).toBeCloseTo(hit.parts?.lexical ?? -1, 3);
    const pinned = [{ query: "Fridge", documentIds: named("rules") as never }];
    const buried = [{ query: "fridge", documentIds: named("fridge") as never }];
    const ruled = await trying("fridge", { settings: { synonyms, pinned, buried } });
    expect(idsOf(ruled)).toEqual(named("rules", "refrigerator"));
    expect(ruled.hits.map((hit) => hit.rule)).toEqual(["pinned", undefined]);
  });

  it("searches as somebody else and says why a document is not shown", async () => {
    await backend.client.call("documents.patch", {
      params: { documentId: ids.fridge as never },
      body: { readers: ["group:kitchen"] },
    });
    const others = await trying("hums", { as: ["user:paul"] });
    expect(idsOf(others)).not.toContain(ids.fridge);
    expect(others.hidden).toMatchObject([{ documentId: ids.fridge, reason: expect.stringContaining("group:kitchen") }]);
    expect(idsOf(await trying("hums", { as: ["group:kitchen"] }))).toContain(ids.fridge);
    const body = { q: "hums", buildId: (await getIndex(backend.client)).liveBuildId, as: ["user:paul"] };
    const refused = await refusal(backend.as("editor").call("search.try", { params, body }));
    expect(refused.problem.code).toBe("forbidden");
    await backend.client.call("documents.patch", {
      params: { documentId: ids.fridge as never },
      body: { readers: null },
    });
  });
});

describe("builds of other embedders", () => {
  const build = async (changes: Parameters<typeof startBuild>[1]): Promise<Build> => {
    const started = await startBuild(backend.client, changes);
    const done = await filled(backend.client, started.id);
    expect(done).toMatchObject({ status: "ready", fill: { done: 3, failed: 0 } });
    return done;
  };

  it("of half the dimensions, of an endpoint and of words only are filled and searched beside one another", async () => {
    const { items } = await backend.client.call("embedders.list", {});
    for (const { id, dimensions, fusion } of items.filter((one) => ![100, 5].includes(one.dimensions))) {
      const { id: buildId } = await build({ embedder: id, dimensions, fusion });
      const { statistics } = await getBuild(backend.client, buildId);
      expect(statistics?.vectors, id).toBe(dimensions > 0 ? 3 : 0);
      const found = await trying("humming kitchen", { buildId, mode: "hybrid" });
      expect(found.hits[0]?.parts?.vector === null, id).toBe(dimensions === 0);
    }
  });

  it("answer by words and say so while their endpoint fails; the test bench refuses half an answer", async () => {
    const { items } = await backend.client.call("embedders.list", {});
    const remote = items.find((one) => one.dimensions === 4);
    if (!remote) throw new Error("the endpoint is not listed");
    const { id: buildId } = await build({
      embedder: remote.id,
      dimensions: 4,
      fusion: remote.fusion,
      note: undefined,
    } as never);
    await openGate(backend.client);
    await promote(backend.client, buildId);
    const search = () =>
      backend.client.call("search.query", { query: { q: "humming", index: [library], explain: "true" } });
    const whole = await search();
    expect([whole.wordsOnly, whole.hits[0]?.parts?.vector]).toEqual([undefined, expect.any(Number)]);
    answer = () => ({ status: 500, body: "out of order" });
    const byWords = await search();
    expect(byWords.wordsOnly).toMatchObject([{ slug: library, reason: expect.stringContaining("own at 127.0.0.1") }]);
    expect(idsOf(byWords).length).toBeGreaterThan(0);
    const refused = await refusal(trying("humming", { mode: "hybrid" }));
    expect(refused.problem).toMatchObject({ code: "unavailable" });
    answer = vectorsOf;
    expect((await trying("humming", { mode: "hybrid" })).hits[0]?.parts?.vector).toEqual(expect.any(Number));
  });

  it("of an endpoint that gives vectors of the wrong size are refused at once with the reason", async () => {
    const { items } = await backend.client.call("embedders.list", {});
    const wrong = items.find((one) => one.dimensions === 5);
    const begun = performance.now();
    const { problem } = await refusal(startBuild(backend.client, { embedder: wrong?.id ?? "", dimensions: 5 }));
    console.log(`an embedder of a wrong size was refused after ${Math.round(performance.now() - begun)} ms`);
    expect(problem).toMatchObject({
      code: "invalid_request",
      detail: expect.stringContaining("returned 4 dimensions, configured are 5"),
      nextStep: expect.any(String),
    });
  });
});

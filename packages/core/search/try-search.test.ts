import { type Build, type BuildConfig, SearchQuery, TrySearchBody } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { changeEmbedder, openWorld, ready } from "../documents/testing-journey.ts";
import { createEmbedderRegistry, type Embedder, type EngineQuery, isFailure } from "../kernel/index.ts";
import { actorOf, type TestWorld, testEmbedder, testSlug } from "../testing.ts";
import { search } from "./search.ts";
import { searchBuild } from "./search-build.ts";
import { trySearch } from "./try-search.ts";

/** What the engine is asked, table by table. */
const watchEngine = (world: TestWorld): { table: string; query: EngineQuery }[] => {
  const asked: { table: string; query: EngineQuery }[] = [];
  const { engine } = world.ctx;
  world.ctx.engine = {
    ...engine,
    search: (table, query) => {
      asked.push({ table, query });
      return engine.search(table, query);
    },
  };
  return asked;
};

/** Another build of the index, or of a second index, with a table of its own. */
const addBuild = async (world: TestWorld, config: Partial<BuildConfig>, more: Partial<Build> = {}): Promise<Build> => {
  const build = {
    ...world.build,
    id: world.ctx.newId("bld") as Build["id"],
    status: "ready" as const,
    config: { ...world.build.config, ...config },
    ...more,
  };
  world.rows.builds.set(build.id, build);
  world.table.tables.set(`${build.index}/${build.id}`, world.passages());
  return build;
};

const addIndex = (world: TestWorld, slug: string, build: Build) => {
  const index = world.rows.indexes.get(testSlug);
  if (!index) throw new Error("no index");
  world.rows.indexes.set(slug, { ...index, slug: slug as typeof index.slug, name: slug, liveBuildId: build.id });
};

const countingEmbedder = (id: string, dimensions: number): Embedder & { asked: string[] } => {
  const asked: string[] = [];
  return {
    ...testEmbedder,
    id,
    label: id,
    dimensions,
    asked,
    embed: async (texts) => {
      asked.push(...texts);
      return texts.map(() => new Float32Array(dimensions).fill(1));
    },
  };
};

const query = (more: Record<string, unknown> = {}) => SearchQuery.parse({ q: "line", mode: "hybrid", ...more });
const body = (world: TestWorld, more: Record<string, unknown> = {}) => ({
  index: testSlug,
  ...TrySearchBody.parse({ q: "line", buildId: world.build.id, ...more }),
});

describe("a search over indexes of several embedders", () => {
  it("embeds the query once for each embedder and gives every table the vector of its own", async () => {
    const world = await openWorld();
    const [two, three] = [countingEmbedder("test-2d", 2), countingEmbedder("other-3d", 3)];
    world.ctx.embedders = createEmbedderRegistry([two, three]);
    const other = { embedder: "other-3d", dimensions: 3 };
    for (const slug of ["second", "third"])
      addIndex(world, slug, await addBuild(world, other, { index: slug as Build["index"], status: "live" }));
    const asked = watchEngine(world);
    const { wordsOnly } = await search(world.ctx, query());
    expect(asked.map(({ table, query: one }) => [table.split("/")[0], one.mode, one.vector?.length])).toEqual([
      ["library", "hybrid", 2],
      ["second", "hybrid", 3],
      ["third", "hybrid", 3],
    ]);
    expect([two.asked, three.asked]).toEqual([["line"], ["line"]]);
    expect(wordsOnly).toBeUndefined();
  });

  it("searches an index by words when its embedder is absent or silent, and says so; one without vectors is no news", async () => {
    const world = await openWorld();
    const silent = { ...countingEmbedder("silent", 2), embed: () => Promise.reject(new Error("down")) };
    world.ctx.embedders = createEmbedderRegistry([countingEmbedder("test-2d", 2), silent]);
    for (const [slug, config] of [
      ["gone", { embedder: "no-more", dimensions: 9 }],
      ["silent", { embedder: "silent", dimensions: 2 }],
      ["plain", { embedder: "none", dimensions: 0 }],
      ["resized", { embedder: "test-2d", dimensions: 7 }],
    ] as const)
      addIndex(world, slug, await addBuild(world, config, { index: slug as Build["index"], status: "live" }));
    const asked = watchEngine(world);
    const { wordsOnly } = await search(world.ctx, query());
    const modes = Object.fromEntries(asked.map(({ table, query: one }) => [table.split("/")[0], one.mode]));
    expect(modes).toEqual({
      library: "hybrid",
      gone: "lexical",
      silent: "lexical",
      plain: "lexical",
      resized: "lexical",
    });
    expect(wordsOnly?.map(({ slug }) => slug)).toEqual(["gone", "silent", "resized"]);
    expect(wordsOnly?.[0]?.reason).toContain("no-more");
  });
});

describe("a build's configuration", () => {
  it("goes with every search of its index, its rules only with the query they name, in any case", async () => {
    const world = await openWorld();
    const config: Partial<BuildConfig> = {
      stopWords: { kind: "custom", words: ["etc"] },
      synonyms: [["line", "row"]],
      pinned: [{ query: " Line  one", documentIds: ["doc_01" as never] }],
      buried: [{ query: "LINE", documentIds: ["doc_02" as never] }],
    };
    const build = await addBuild(world, config, { status: "live" });
    addIndex(world, testSlug, build);
    const asked = watchEngine(world);
    await search(world.ctx, query());
    await search(world.ctx, query({ q: "line ONE " }));
    expect(asked[0]?.query).toMatchObject({
      stopWords: config.stopWords,
      synonyms: config.synonyms,
      buried: ["doc_02"],
    });
    expect(asked[0]?.query.pinned).toBeUndefined();
    expect(asked[1]?.query.pinned).toEqual(["doc_01"]);
    expect(asked[1]?.query.buried).toBeUndefined();
  });
});

describe("the test bench", () => {
  it("searches the named build, not the live one, with all scores taken apart", async () => {
    const world = await openWorld();
    await ready(world, "a.txt", "first line");
    const candidate = await addBuild(world, {});
    const asked = watchEngine(world);
    const result = await trySearch(world.ctx, body(world, { buildId: candidate.id }));
    expect(asked).toMatchObject([
      {
        table: `library/${candidate.id}`,
        query: { explain: true, explainTerms: true, highlight: true, mode: "hybrid" },
      },
    ]);
    expect(result.hits.map((hit) => [hit.rank, hit.buildId])).toEqual([[1, candidate.id]]);
  });

  it("puts tried settings in the place of the build's, one by one", async () => {
    const world = await openWorld();
    const build = await addBuild(world, {
      synonyms: [["line", "row"]],
      stopWords: { kind: "none" },
      pinned: [{ query: "line", documentIds: ["doc_01" as never] }],
    });
    const asked = watchEngine(world);
    const fusion = { kind: "rrf", k: 10, lexicalWeight: 1, vectorWeight: 2 };
    await trySearch(world.ctx, body(world, { buildId: build.id, settings: { fusion, synonyms: [] } }));
    expect(asked[0]?.query).toMatchObject({ fusion, stopWords: { kind: "none" }, pinned: ["doc_01"] });
    expect(asked[0]?.query.synonyms).toBeUndefined();
    expect(TrySearchBody.safeParse({ q: "x", buildId: build.id, settings: { stem: false } }).success).toBe(false);
  });

  it("refuses builds without data, of other indexes, and callers who may not", async () => {
    const world = await openWorld();
    const cancelled = await addBuild(world, {}, { status: "cancelled" });
    await expect(trySearch(world.ctx, body(world, { buildId: cancelled.id }))).rejects.toMatchObject({
      code: "conflict",
    });
    const unknown = body(world, { buildId: world.ctx.newId("bld") });
    await expect(trySearch(world.ctx, unknown)).rejects.toMatchObject({ code: "not_found" });
    const as = (role: "reader" | "editor") => ({ ...world.ctx, actor: actorOf(role) });
    await expect(trySearch(as("reader"), body(world))).rejects.toMatchObject({ code: "forbidden" });
    await trySearch(as("editor"), body(world));
    await expect(trySearch(as("editor"), body(world, { as: ["user:x"] }))).rejects.toMatchObject({ code: "forbidden" });
  });

  it("says that the embedder is absent or fails instead of giving half an answer", async () => {
    const world = await openWorld();
    changeEmbedder(world, { embed: () => Promise.reject(new Error("down")) });
    await expect(trySearch(world.ctx, body(world))).rejects.toMatchObject({ code: "unavailable" });
    world.ctx.embedders = createEmbedderRegistry([]);
    const error = await trySearch(world.ctx, body(world)).catch((caught: unknown) => caught);
    expect(isFailure(error) && [error.code, error.message, error.nextStep]).toMatchObject([
      "unavailable",
      expect.stringContaining("test-2d"),
      expect.stringContaining("words"),
    ]);
    await trySearch(world.ctx, body(world, { mode: "lexical" }));
    const plain = await addBuild(world, { embedder: "none", dimensions: 0 });
    await trySearch(world.ctx, body(world, { buildId: plain.id }));
  });

  it("as somebody else asks the engine with their rights and names what they are not shown, and why", async () => {
    const world = await openWorld();
    const seen = await ready(world, "open.txt", "first line");
    const hidden = await ready(world, "closed.txt", "second line");
    const row = world.rows.documents.get(hidden.documentId);
    if (row) world.rows.documents.set(hidden.documentId, { ...row, readers: ["group:board"] });
    const asked = watchEngine(world);
    const result = await trySearch(world.ctx, body(world, { as: ["user:paul", "group:staff"] }));
    expect(asked.map(({ query: one }) => one.filter)).toEqual([
      undefined,
      { hasAny: ["readers", ["everyone", "user:paul", "group:staff"]] },
    ]);
    expect(result.hits.map((hit) => hit.documentId)).toEqual([seen.documentId]);
    expect(result.hidden).toEqual([
      expect.objectContaining({
        documentId: hidden.documentId,
        name: "closed.txt",
        rank: 2,
        reason: "Only group:board, administrators may read this document.",
      }),
    ]);
    const admins = await trySearch(world.ctx, body(world, { as: ["role:admin"] }));
    expect([admins.hits.length, admins.hidden]).toEqual([2, []]);
  });

  it("as somebody who may not read the index shows nothing, not even a number", async () => {
    const world = await openWorld();
    await ready(world, "a.txt", "first line");
    const index = world.rows.indexes.get(testSlug);
    if (index) world.rows.indexes.set(testSlug, { ...index, readers: ["group:board"] });
    const result = await trySearch(world.ctx, body(world, { as: ["user:paul"] }));
    expect([result.hits, result.total]).toEqual([[], { value: 0, exact: true }]);
    expect(result.hidden[0]?.reason).toBe("Only group:board, administrators may read this index.");
  });
});

describe("searchBuild", () => {
  it("answers with what it took, and names the build when the engine fails", async () => {
    const world = await openWorld();
    await ready(world, "a.txt", "first line");
    const asked = {
      build: world.build,
      q: "line",
      mode: "hybrid",
      limit: 5,
      perDocument: 0,
      principals: undefined,
    } as const;
    const answer = await searchBuild(world.ctx, asked);
    expect(answer.hits).toHaveLength(1);
    expect(answer.engineMs).toBeGreaterThan(0);
    world.calls.before = (name) => {
      if (name === "engine.search") throw new Error("disk");
    };
    await expect(searchBuild(world.ctx, asked)).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining(world.build.id),
    });
  });
});

import { SearchQuery } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { deleteDocument } from "../documents/index.ts";
import { openWorld, ready } from "../documents/testing-journey.ts";
import { mayRead, systemActor } from "../kernel/index.ts";
import { actorOf } from "../testing.ts";
import { chooseAnswers, filterOf, mergeHits, search, suggest } from "./search.ts";

const query = (more: Record<string, unknown> = {}) => SearchQuery.parse({ q: "line", mode: "lexical", ...more });

describe("filterOf", () => {
  it("asks for nothing without conditions, for one alone, and for all of several", () => {
    expect(filterOf(query())).toBeUndefined();
    expect(filterOf(query({ kind: "pdf" }))).toEqual({ in: ["kind", ["pdf"]] });
    expect(filterOf(query({ tag: ["a", "b"], path: "x/" }))).toEqual({
      and: [{ hasAny: ["tags", ["a", "b"]] }, { startsWith: ["path", "x/"] }],
    });
  });

  it("includes the whole last day", () => {
    expect(filterOf(query({ from: "2026-01-01", to: "2026-01-01" }))).toEqual({
      range: ["updated_at", { gte: Date.UTC(2026, 0, 1), lt: Date.UTC(2026, 0, 2) }],
    });
  });
});

describe("mergeHits", () => {
  const answer = (name: string, scores: number[], updated: number[], bestLexical: number | null = 10) =>
    ({
      index: { slug: name },
      answer: {
        bestLexical,
        hits: scores.map((score, i) => ({ score, passage: { updated_at: updated[i] ?? 0, title: `${name}${i}` } })),
      },
    }) as never;
  const a = answer("a", [0.9, 0.8], [1, 4]);
  const b = answer("b", [0.9, 0.1], [3, 2]);
  const order = (sort: "relevance" | "newest" | "oldest" | "title") =>
    mergeHits([a, b], sort).map(({ hit }) => hit.passage.title);

  it("compares scores of two tables by how well the words match in each", () => {
    const strong = answer("s", [1, 0.4], [], 20);
    const weak = answer("w", [1, 0.9], [], 5);
    expect(mergeHits([weak, strong], "relevance").map(({ hit }) => hit.passage.title)).toEqual([
      "s0",
      "s1",
      "w0",
      "w1",
    ]);
  });
  it("shows pinned documents of every table first, in the order of relevance only", () => {
    const pinned = answer("p", [0, 0.3], [9, 0]) as { answer: { hits: { rule?: "pinned" }[] } };
    for (const hit of pinned.answer.hits.slice(0, 1)) hit.rule = "pinned";
    const titles = (sort: "relevance" | "title") =>
      mergeHits([a, pinned as never], sort).map(({ hit }) => hit.passage.title);
    expect(titles("relevance")).toEqual(["p0", "a0", "a1", "p1"]);
    expect(titles("title")).toEqual(["a0", "a1", "p0", "p1"]);
  });
  it("leaves out tables without the words once another has them", () => {
    const similarOnly = answer("n", [0.15], [], null);
    expect(chooseAnswers([a, similarOnly], "hybrid")).toEqual([a]);
    expect(chooseAnswers([similarOnly], "hybrid")).toEqual([similarOnly]);
    expect(chooseAnswers([a, similarOnly], "vector")).toEqual([a, similarOnly]);
  });
  it("sorts by the hits' own key where there is one", () => {
    expect(order("newest")).toEqual(["a1", "b0", "b1", "a0"]);
    expect(order("oldest")).toEqual(["a0", "b1", "b0", "a1"]);
    expect(order("title")).toEqual(["a0", "a1", "b0", "b1"]);
  });
});

describe("mayRead", () => {
  it("follows the index's readers; administrators and SAMLA itself read everything", () => {
    const member = { ...actorOf("reader"), groups: ["board"] };
    expect(mayRead(actorOf("reader"), ["everyone"])).toBe(true);
    expect(mayRead(actorOf("editor"), ["group:board"])).toBe(false);
    expect(mayRead(member, ["group:board"])).toBe(true);
    expect(mayRead(actorOf("reader"), ["user:a-reader"])).toBe(true);
    expect(mayRead({ ...actorOf("reader"), groups: ["admin"] }, ["group:board"])).toBe(false);
    expect(mayRead(actorOf("admin"), [])).toBe(true);
    expect(mayRead(systemActor, [])).toBe(true);
  });
});

describe("search", () => {
  const text = "# Tides\nfirst line\nsecond line";

  it("never shows a deleted document, even while the table still holds it", async () => {
    const world = await openWorld();
    const ids = await ready(world, "a.txt", text);
    expect((await search(world.ctx, query())).hits).toHaveLength(2);
    await deleteDocument(world.ctx, ids);
    expect(world.passages()).toHaveLength(3);
    expect((await search(world.ctx, query())).hits).toEqual([]);
    expect((await suggest(world.ctx, { q: "Tides", index: [], limit: 5 })).suggestions).toEqual([]);
  });

  it("goes on by words when the embedder fails, and says which index did not answer", async () => {
    const world = await openWorld();
    await ready(world, "a.txt", text);
    world.calls.before = (name) => {
      if (name === "embedder.embed") throw new Error("throttled");
    };
    expect((await search(world.ctx, query({ mode: "hybrid" }))).hits).toHaveLength(2);
    const index = world.rows.indexes.get("library");
    if (index) world.rows.indexes.set("other", { ...index, slug: "other" as never, liveBuildId: "gone" as never });
    const half = await search(world.ctx, query());
    expect(half.missing).toEqual([{ slug: "other", reason: "The index did not answer." }]);
    expect(half.hits).toHaveLength(2);
    await expect(search(world.ctx, query({ index: "other" }))).rejects.toMatchObject({ code: "unavailable" });
  });

  it("says of an index that the caller may not read just what it says of one that is not there", async () => {
    const world = await openWorld();
    const index = world.rows.indexes.get("library");
    if (index) world.rows.indexes.set("hidden", { ...index, slug: "hidden" as never, readers: ["group:board"] });
    const ctx = { ...world.ctx, actor: actorOf("reader") };
    const refused = (slug: string) => search(ctx, query({ index: slug })).catch((error: Error) => error.message);
    expect(String(await refused("hidden")).replace("hidden", "absent")).toBe(await refused("absent"));
    expect((await search(ctx, query())).indexes.map((one) => one.slug)).toEqual(["library"]);
    await expect(search({ ...ctx, actor: actorOf() }, query())).rejects.toMatchObject({ code: "forbidden" });
  });
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type {
  EngineAnswer,
  EnginePassage,
  EngineQuery,
  SearchEngine,
  TableSpec,
} from "../../core/kernel/ports/search-engine.ts";
import { createPassage, createQuery } from "../testing/passages.ts";
import { createLanceEngine } from "./index.ts";

const fusion = { kind: "weighted", vectorWeight: 0.15 } as const;
const createSpec = (table: string, fields: Partial<TableSpec> = {}): TableSpec => ({
  table,
  dimensions: 3,
  language: "en",
  fusion,
  ...fields,
});
const table = "manual/bld_01";
const listIds = (answer: EngineAnswer) => answer.hits.map((hit) => hit.passage.id);

const passages: EnginePassage[] = [
  createPassage("pump", 0, {
    title: "Vacuum pumps",
    section: "Care › Valves",
    text: "Oil the valve of the vacuum pump every month. The pump runs warm.",
    page: 3,
    tags: ["care", "oil"],
    path: "manuals/pump.pdf",
    vector: Float32Array.of(1, 0, 0),
  }),
  createPassage("pump", 1, {
    title: "Vacuum pumps",
    text: "To be or not to be is no question for pumps.",
    page: 4,
    path: "manuals/pump.pdf",
    vector: Float32Array.of(0.9, 0.1, 0),
  }),
  createPassage("fridge", 0, {
    title: "Refrigerators",
    text: "The compressor cools. It is no pump of vacuum.",
    kind: "docx",
    readers: ["group:service"],
    vector: Float32Array.of(0, 1, 0),
    updated_at: 1_800_000_000_000,
  }),
  createPassage("cjk", 0, { title: "搜索", text: "搜索引擎技术很有用", readers: ["everyone", "user:u1"] }),
  createPassage("rtl", 0, { title: "מנוע", text: "מנוע חיפוש טוב מאוד", readers: ["user:u1"] }),
  createPassage("code", 0, {
    title: "Programming in C",
    text: "The function max_size_bytes of version 1.2.3 is written in C.",
  }),
  createPassage("other", 0, {
    title: "Programming in Pascal",
    text: "Pascal has functions and procedures, canned or willing.",
  }),
];

describe("the engine on a folder", () => {
  let uri: string;
  let engine: SearchEngine;
  const search = (text: string | undefined, fields: Partial<EngineQuery> = {}) =>
    engine.search(table, createQuery(text, fields));

  beforeAll(async () => {
    uri = await mkdtemp(path.join(tmpdir(), "samla-engine-"));
    engine = await createLanceEngine({ uri, log: () => undefined, readConsistencyMs: 0 });
    await engine.createTable(createSpec(table));
    // One part is in the indices, the other is not yet: both are searched.
    const documents = [...Map.groupBy(passages, (passage) => passage.document_id)].map(([documentId, list]) => ({
      documentId,
      passages: list,
    }));
    await engine.replaceDocuments(table, documents.slice(0, 4));
    await engine.maintain(table);
    await engine.replaceDocuments(table, documents.slice(4));
  });
  afterAll(async () => {
    await engine.close();
    await rm(uri, { recursive: true, force: true });
  });

  it("finds a passage by another form of its words", async () => {
    expect(listIds(await search("oiling the valves"))[0]).toBe("pump#0");
  });

  it("finds a passage without a vector by its words in hybrid mode", async () => {
    expect(listIds(await search("pascal", { mode: "hybrid", vector: Float32Array.of(1, 0, 0) }))[0]).toBe("other#0");
  });

  it("matches a quoted phrase word by word, stop words included", async () => {
    expect(listIds(await search('"or not to be"'))).toEqual(["pump#1"]);
    expect(listIds(await search('"not or to be"'))).toEqual([]);
  });

  it("tolerates an unbalanced quote", async () => {
    expect(listIds(await search('"the vacuum pump'))).toEqual(["pump#0"]);
  });

  it("still searches a query of nothing but stop words", async () => {
    expect(listIds(await search("to be or not to be"))[0]).toBe("pump#1");
  });

  it("leaves out passages with a word behind a minus sign, also those that are only similar", async () => {
    const vector = Float32Array.of(1, 0, 0);
    expect(listIds(await search("vacuum -compressor", { mode: "hybrid", vector })).sort()).toEqual([
      "pump#0",
      "pump#1",
    ]);
  });

  it("treats quotes and dashes of a long question as punctuation", async () => {
    const text =
      'I would like to know how often a technician should oil the -dash valve of what is called a "vacuum device"';
    expect(listIds(await search(text))[0]).toBe("pump#0");
  });

  it("finds single letters that matter, such as the language C", async () => {
    expect(listIds(await search("programming C"))[0]).toBe("code#0");
    expect(listIds(await search("C"))).toEqual(["code#0"]);
  });

  it("finds parts of identifiers", async () => {
    expect(listIds(await search("max size"))).toEqual(["code#0"]);
  });

  it("does not lose content words whose stem is a stop word", async () => {
    expect(listIds(await search("canned"))).toEqual(["other#0"]);
  });

  it("finds and marks words of Chinese and Hebrew text", async () => {
    const [chinese] = (await search("引擎", { highlight: true })).hits;
    expect(chinese?.passage.id).toBe("cjk#0");
    expect(chinese?.marks.map(([start, end]) => chinese.passage.text.slice(start, end))).toEqual(["引擎"]);
    expect(listIds(await search("חיפוש"))).toEqual(["rtl#0"]);
  });

  it("corrects a misspelt word only when no passage holds it, and says so", async () => {
    const misspelt = await search("vaccum pump");
    expect(misspelt.correctedText).toBe("vacuum pump");
    expect(listIds(misspelt)).toEqual(listIds(await search("vacuum pump")));
    expect((await search("vacuum pump")).correctedText).toBeUndefined();
  });

  it("does not correct towards words that the reader may not see", async () => {
    const answer = await search("compresor", { filter: { hasAny: ["readers", ["everyone"]] } });
    expect(answer.correctedText).toBeUndefined();
    expect(answer.hits).toEqual([]);
  });

  it("applies the access filter to both legs", async () => {
    const filter = { hasAny: ["readers", ["everyone", "user:u1"]] } satisfies EngineQuery["filter"];
    const answer = await search("pump vacuum compressor", { mode: "hybrid", vector: Float32Array.of(0, 1, 0), filter });
    expect(listIds(answer)).not.toContain("fridge#0");
    expect(listIds(answer)).toContain("pump#0");
  });

  it("marks what matched, in text and title, and cuts a fragment around it", async () => {
    const [hit] = (await search("oiled valves pump", { highlight: true })).hits;
    expect(hit?.marks.map(([start, end]) => hit.passage.text.slice(start, end))).toEqual([
      "Oil",
      "valve",
      "pump",
      "pump",
    ]);
    expect(hit?.titleMarks.map(([start, end]) => hit.passage.title.slice(start, end))).toEqual(["pumps"]);
    expect(hit?.fragment).toEqual({ start: 0, end: hit?.passage.text.length, marks: hit?.marks });
  });

  it("returns every field of a passage as it was given", async () => {
    const [stored] = await engine.listPassages(table, "pump");
    const { vector: _, ...given } = passages[0] as EnginePassage;
    expect(stored).toEqual(given);
  });

  it("counts facets over the matches", async () => {
    const facets = (
      await search("vacuum", {
        facets: [
          { field: "kind", size: 5 },
          { field: "tags", size: 5 },
          { field: "path", size: 5 },
        ],
      })
    ).facets;
    expect(facets.kind).toEqual([
      { value: "pdf", count: 2 },
      { value: "docx", count: 1 },
    ]);
    expect(facets.tags).toEqual([
      { value: "care", count: 1 },
      { value: "oil", count: 1 },
    ]);
    expect(facets.path).toEqual([
      { value: "manuals/", count: 2 },
      { value: "", count: 1 },
    ]);
  });

  it("sorts by age and title and limits passages of one document", async () => {
    expect(listIds(await search("vacuum", { sort: "newest" }))[0]).toBe("fridge#0");
    expect(listIds(await search("vacuum", { sort: "oldest" }))[0]).toBe("pump#0");
    expect(listIds(await search("vacuum", { sort: "title" }))[0]).toBe("fridge#0");
    expect(listIds(await search("vacuum", { perDocumentMax: 1 })).filter((id) => id.startsWith("pump"))).toHaveLength(
      1,
    );
  });

  it("pages without repeating or dropping a hit", async () => {
    const all = listIds(await search("vacuum pump pascal c"));
    const paged = [];
    for (let offset = 0; offset < all.length; offset++)
      paged.push(...listIds(await search("vacuum pump pascal c", { offset, limit: 1 })));
    expect(paged).toEqual(all);
  });

  it("lists passages by filter when nothing is asked, counted exactly", async () => {
    const answer = await search(undefined, { filter: { eq: ["kind", "pdf"] }, sort: "newest", limit: 2 });
    expect(answer.total).toEqual({ value: 6, exact: true });
    expect(answer.hits).toHaveLength(2);
  });

  it("explains a score that adds up", async () => {
    const [hit] = (await search("vacuum pump", { mode: "hybrid", vector: Float32Array.of(1, 0, 0), explain: true }))
      .hits;
    const parts = hit?.parts;
    expect(hit?.score).toBeCloseTo(0.85 * (parts?.lexicalNormalised ?? 0) + 0.15 * (parts?.vectorNormalised ?? 0), 6);
  });

  it("completes titles and headings of what the reader may see", async () => {
    const everyone = { hasAny: ["readers", ["everyone"]] } satisfies EngineQuery["filter"];
    expect((await engine.suggest(table, "vacuum pu", everyone, 5)).map((entry) => entry.text)).toEqual([
      "Vacuum pumps",
    ]);
    expect((await engine.suggest(table, "valv", everyone, 5)).map((entry) => entry.text)).toEqual(["Valves"]);
    expect(await engine.suggest(table, "refri", everyone, 5)).toEqual([]);
  });

  it("answers odd texts without an error", async () => {
    const odd = [
      '"',
      "-",
      "--",
      "*",
      "\\",
      "'",
      "';",
      "()",
      "AND OR NOT",
      "\u0000",
      "\ud800",
      "👩‍👩‍👧",
      "a".repeat(10_000),
      "wort ".repeat(2_000),
      '"'.repeat(99),
      "-x ".repeat(99),
    ];
    for (const text of odd)
      await expect(search(text, { highlight: true }), JSON.stringify(text.slice(0, 20))).resolves.toBeDefined();
  });

  it("refuses vectors of another length, for a passage and for a query, and changes nothing", async () => {
    const wrong = createPassage("wrong", 0, { text: "wrongly sized", vector: Float32Array.of(1, 2) });
    await expect(engine.replaceDocuments(table, [{ documentId: "wrong", passages: [wrong] }])).rejects.toThrow(
      "wrong#0 has 2 dimensions, the table has 3",
    );
    await expect(search("pump", { mode: "hybrid", vector: Float32Array.of(1) })).rejects.toThrow(
      "the query has 1 dimensions",
    );
    expect(await engine.listPassages(table, "wrong")).toEqual([]);
  });

  it("refuses unknown languages, table names and fields by name", async () => {
    await expect(engine.createTable(createSpec("x", { language: "Klingon" }))).rejects.toThrow(
      '"Klingon" is not known',
    );
    for (const name of ["../x", "a/../b", "", "A B", "a//b", "a.b", "/etc"])
      await expect(engine.createTable(createSpec(name)), name).rejects.toThrow("table name");
    await expect(search("x", { filter: { eq: ["secret", 1] } })).rejects.toThrow('"secret" is not a field');
    await expect(engine.search("manual/none", createQuery("x"))).rejects.toThrow("manual/none cannot be opened");
  });

  it("replaces a document's passages in one commit and removes it by an empty list", async () => {
    const before = await engine.stats(table);
    const give = (version: string, count: number) =>
      Array.from({ length: count }, (_, n) =>
        createPassage("changing", n, { version_id: version, text: `walrus ${version} part ${n}` }),
      );
    await engine.replaceDocuments(table, [{ documentId: "changing", passages: give("v1", 5) }]);
    const first = await engine.stats(table);
    await engine.replaceDocuments(table, [{ documentId: "changing", passages: give("v2", 2) }]);
    expect((await engine.stats(table)).tableVersion).toBe(first.tableVersion + 1);
    expect((await search("walrus")).hits.map((hit) => hit.passage.version_id)).toEqual(["v2", "v2"]);
    await engine.replaceDocuments(table, [{ documentId: "changing", passages: [] }]);
    expect((await search("walrus")).hits).toEqual([]);
    expect((await engine.stats(table)).passages).toBe(before.passages);
  });

  it("writes each passage once when writers of one process and of two race on the same document", async () => {
    const second = await createLanceEngine({ uri, log: () => undefined, readConsistencyMs: 0 });
    const give = (text: string) => [
      {
        documentId: "raced",
        passages: Array.from({ length: 4 }, (_, n) => createPassage("raced", n, { text: `otter ${text}` })),
      },
    ];
    await Promise.all(
      [1, 2, 3, 4].flatMap((n) => [
        engine.replaceDocuments(table, give(`a${n}`)),
        second.replaceDocuments(table, give(`b${n}`)),
      ]),
    );
    const stored = await second.listPassages(table, "raced");
    expect(stored.map((passage) => passage.id)).toEqual(["raced#0", "raced#1", "raced#2", "raced#3"]);
    expect(new Set(stored.map((passage) => passage.text)).size).toBe(1);
    expect(listIds(await engine.search(table, createQuery("otter"))).sort()).toEqual([
      "raced#0",
      "raced#1",
      "raced#2",
      "raced#3",
    ]);
    await second.close();
  });

  it("finds the same passages before and after maintenance", async () => {
    const ask = async () =>
      listIds(await search("vacuum pump pascal", { mode: "hybrid", vector: Float32Array.of(1, 0, 0) })).sort();
    const before = await ask();
    const { after } = await engine.maintain(table);
    expect(after.unindexedRows).toBe(0);
    expect(await ask()).toEqual(before);
  });

  it("creates a table again without harm, but not with another configuration", async () => {
    await engine.createTable(createSpec(table));
    expect((await engine.stats(table)).passages).toBeGreaterThan(6);
    await expect(engine.createTable(createSpec(table, { dimensions: 4 }))).rejects.toThrow("another configuration");
    expect(await engine.listTables()).toEqual([table]);
  });

  it("searches tables without vectors, and tables without a stemmer", async () => {
    await engine.createTable(createSpec("plain", { dimensions: 0, language: "none" }));
    await engine.replaceDocuments("plain", [
      { documentId: "d", passages: [createPassage("d", 0, { text: "die Häuser und the houses" })] },
    ]);
    expect(listIds(await engine.search("plain", createQuery("hauser")))).toEqual(["d#0"]);
    expect(listIds(await engine.search("plain", createQuery("the")))).toEqual(["d#0"]);
    await engine.dropTable("plain");
    await engine.dropTable("plain");
    expect(await engine.listTables()).toEqual([table]);
  });

  it("stems and strips stop words in other languages", async () => {
    await engine.createTable(createSpec("german", { dimensions: 0, language: "de" }));
    await engine.replaceDocuments("german", [
      {
        documentId: "d",
        passages: [createPassage("d", 0, { title: "", text: "Die Pumpen werden im Werk gewartet." })],
      },
    ]);
    expect(listIds(await engine.search("german", createQuery("die Pumpe")))).toEqual(["d#0"]);
    await engine.dropTable("german");
  });

  it("leaves the queue of searches when its caller gives up", async () => {
    const signal = AbortSignal.abort(new Error("gone"));
    await expect(engine.search(table, createQuery("pump"), signal)).rejects.toThrow("gone");
  });
});

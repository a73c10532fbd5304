import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EngineAnswer, EngineQuery, SearchEngine, TableSpec } from "../../core/kernel/ports/search-engine.ts";
import { createPassage, createQuery } from "../testing/passages.ts";
import { createAnalyzer } from "./analyzer.ts";
import { createLanceEngine } from "./index.ts";
import { listTerms } from "./passage-terms.ts";

const listIds = (answer: EngineAnswer) => answer.hits.map((hit) => hit.passage.document_id);
const filler = ["gravel", "copper", "lantern", "meadow", "harbour", "violin", "marble", "saddle", "timber", "walnut"];

let uri: string;
let engine: SearchEngine;
const texts: Record<string, { title?: string; section?: string; text: string; readers?: string[] }> = {
  fridge: { text: "The fridge hums in the kitchen." },
  refrigerator: { text: "The refrigerator hums in the kitchen." },
  both: { text: "The fridge or refrigerator hums in kitchens." },
  unit: { text: "A cooling unit hums in the kitchen." },
  apart: { text: "The unit hums. Cooling needs a kitchen." },
  twice: { text: "The fridge or fridge hums in kitchens." },
  title: { title: "Torque", text: "How tight a screw sits." },
  heading: { title: "Screws", section: "Torque", text: "How tight one of them sits." },
  body: { title: "Screws", text: "The torque says how tight one sits. No torque, no seat." },
  form: { text: "Torques of many screws are measured daily." },
  hidden: { text: "A secret fridge.", readers: ["group:service"] },
  it: { text: "Ask the department of information technology." },
};
const passages = [
  ...Object.entries(texts).map(([id, fields]) => createPassage(id, 0, { title: "", ...fields })),
  ...filler.flatMap((word, at) => [
    createPassage(`filler-${word}`, 0, { title: "", text: `A ${word} and a ${filler[(at + 3) % 10]} hums.` }),
  ]),
];
const documents = passages.map((passage) => ({ documentId: passage.document_id, passages: [passage] }));

const make = async (table: string, spec: Partial<TableSpec> = {}) => {
  await engine.createTable({
    table,
    dimensions: 0,
    language: "en",
    fusion: { kind: "weighted", vectorWeight: 0 },
    ...spec,
  });
  await engine.replaceDocuments(table, documents);
  await engine.maintain(table);
};
const search = (text: string, fields: Partial<EngineQuery> = {}, table = "t") =>
  engine.search(table, createQuery(text, { explain: true, explainTerms: true, ...fields }));

beforeAll(async () => {
  uri = await mkdtemp(path.join(tmpdir(), "samla-settings-"));
  engine = await createLanceEngine({ uri, log: () => undefined, readConsistencyMs: 0 });
  await make("t");
});
afterAll(async () => {
  await engine.close();
  await rm(uri, { recursive: true, force: true });
});

describe("settings of a table", () => {
  it("keep forms of a word apart when stemming is off", async () => {
    await make("unstemmed", { stem: false });
    expect(listIds(await search("torques", {}, "unstemmed"))).toEqual(["form"]);
    expect(listIds(await search("torques")).sort()).toEqual(["body", "form", "heading", "title"]);
    const [hit] = (await search("Torques", { highlight: true }, "unstemmed")).hits;
    expect(hit?.marks).toEqual([[0, 7]]);
  });

  it("let titles and headings count as often as they weigh, or not at all", async () => {
    await make("by-title", { fieldWeights: { title: 5, section: 0 } });
    await make("by-heading", { fieldWeights: { title: 0, section: 5 } });
    expect(listIds(await search("torque", {}, "by-title"))[0]).toBe("title");
    expect(listIds(await search("torque", {}, "by-title"))).not.toContain("heading");
    expect(listIds(await search("torque", {}, "by-heading"))[0]).toBe("heading");
    expect(listIds(await search("torque", {}, "by-heading"))).not.toContain("title");
  });

  it("that were not there when it was made have their defaults; others are refused", async () => {
    const spec: TableSpec = {
      table: "t",
      dimensions: 0,
      language: "en",
      fusion: { kind: "weighted", vectorWeight: 0 },
    };
    await engine.createTable({ ...spec, stem: true, fieldWeights: { title: 3, section: 1 } });
    await expect(engine.createTable({ ...spec, stem: false })).rejects.toThrow("another configuration");
    await expect(engine.createTable({ ...spec, fieldWeights: { title: 1, section: 1 } })).rejects.toThrow("another");
  });
});

describe("stop words", () => {
  it("of the language, none, or some more are passed by, and the answer says which", async () => {
    const by = async (stopWords: EngineQuery["stopWords"]) =>
      (await search("how is the torque", stopWords ? { stopWords } : {})).words;
    expect(await by(undefined)).toEqual({ used: ["torque"], left: ["how", "is", "the"], added: [] });
    expect((await by({ kind: "none" })).used).toEqual(["torque", "how", "is", "the"]);
    const custom = await search("torque of a screw", { stopWords: { kind: "custom", words: ["Torque"] } });
    expect(custom.words).toEqual({ used: ["screw"], left: ["torque", "of", "a"], added: [] });
    expect(listIds(custom)).not.toContain("apart");
  });

  it("count when none are passed by", async () => {
    expect(listIds(await search("how torque"))).toContain("form");
    const [first] = (await search("how torque", { stopWords: { kind: "none" } })).hits;
    expect(first?.terms?.map((part) => part.term)).toContain("how");
    expect(listIds(await search("how screws", { stopWords: { kind: "none" } }))).toContain("title");
  });

  it("of one's own are searched when there is nothing else", async () => {
    expect(listIds(await search("violin", { stopWords: { kind: "custom", words: ["violin"] } }))).toContain(
      "filler-violin",
    );
  });
});

describe("synonyms", () => {
  const synonyms = [["fridge", "refrigerator", "cooling unit"]];
  const scoreOf = (answer: EngineAnswer, id: string) =>
    answer.hits.find((hit) => hit.passage.document_id === id)?.parts?.lexical ?? 0;

  it("find passages that say it otherwise, in one word or several, and mark them", async () => {
    expect(listIds(await search("fridges")).sort()).toEqual(["both", "fridge", "hidden", "twice"]);
    const answer = await search("fridges", { synonyms, highlight: true });
    expect(listIds(answer).sort()).toEqual(["both", "fridge", "hidden", "refrigerator", "twice", "unit"]);
    expect(answer.words).toMatchObject({ used: ["fridges"], added: ["refrigerator", "cooling unit"] });
    const unit = answer.hits.find((hit) => hit.passage.document_id === "unit");
    expect(unit?.marks.map(([start, end]) => unit.passage.text.slice(start, end))).toEqual(["cooling unit"]);
  });

  it("score as one word does: whichever is said, and however they are mixed", async () => {
    const answer = await search("fridge", { synonyms });
    // The same length, so the same score; one more mention counts as one more of the same word.
    expect(scoreOf(answer, "refrigerator")).toBeCloseTo(scoreOf(answer, "fridge"), 4);
    expect(scoreOf(answer, "both")).toBeCloseTo(scoreOf(answer, "twice"), 4);
    expect(scoreOf(answer, "both")).toBeGreaterThan(scoreOf(answer, "fridge"));
    const asked = await search("refrigerator", { synonyms });
    expect(scoreOf(asked, "fridge")).toBeCloseTo(scoreOf(answer, "fridge"), 4);
  });

  it("of a typed phrase are found too, and its words still count one by one", async () => {
    const answer = await search("cooling unit", { synonyms });
    expect(listIds(answer)).toEqual(expect.arrayContaining(["unit", "apart", "fridge", "refrigerator"]));
    expect(scoreOf(answer, "fridge")).toBeGreaterThan(0.5 * scoreOf(answer, "unit"));
    expect(answer.words.added).toEqual(["fridge", "refrigerator"]);
  });

  it("stand beside other words, and are left alone within quotes", async () => {
    const [first] = (await search("kitchen refrigerator", { synonyms })).hits;
    expect(first?.passage.text).toMatch(/fridge|refrigerator|cooling/);
    expect(listIds(await search('"fridge"', { synonyms })).sort()).toEqual(["both", "fridge", "hidden", "twice"]);
  });

  it("of a word that is also a stop word need its capitals", async () => {
    const it = [["IT", "information technology"]];
    expect(listIds(await search("IT department", { synonyms: it }))[0]).toBe("it");
    expect((await search("is it warm", { synonyms: it })).words.added).toEqual([]);
  });

  it("are not corrected as misspelt when only the others are in use", async () => {
    const answer = await search("fridgo", { synonyms: [["fridgo", "violin"]] });
    expect(answer.correctedText).toBeUndefined();
    expect(listIds(answer).sort()).toEqual(listIds(await search("violin")).sort());
    expect((await search("fridgo")).correctedText).toBe("fridge");
  });

  it("that nothing holds change nothing", async () => {
    const plain = await search("fridge kitchen");
    const with_ = await search("fridge kitchen", { synonyms: [["fridge", "zzyzx", "qwrtz plugh"]] });
    expect(listIds(with_)).toEqual(listIds(plain));
    expect(with_.hits[0]?.parts?.lexical).toBeCloseTo(plain.hits[0]?.parts?.lexical ?? 0, 4);
  });
});

describe("rules of a query", () => {
  it("pin documents first in their order, found or not, once, and leave the rest as it was", async () => {
    const plain = listIds(await search("fridge"));
    const answer = await search("fridge", { pinned: ["it", "twice"] });
    expect(listIds(answer)).toEqual(["it", "twice", ...plain.filter((id) => id !== "twice")]);
    expect(answer.hits.map((hit) => hit.rule)).toEqual(["pinned", "pinned", undefined, undefined, undefined]);
    expect(answer.total.value).toBe(plain.length + 1);
    const paged = await search("fridge", { pinned: ["it", "twice"], offset: 1, limit: 2 });
    expect(listIds(paged)).toEqual(listIds(answer).slice(1, 3));
  });

  it("pin nothing that the filter does not let through, nor what is unknown", async () => {
    const filter = { hasAny: ["readers", ["everyone"]] } satisfies EngineQuery["filter"];
    const answer = await search("meadow", { pinned: ["hidden", "no-such", "it"], filter });
    expect(listIds(answer)[0]).toBe("it");
    expect(listIds(answer)).not.toContain("hidden");
    const other = await search("meadow", { pinned: ["it"], filter: { eq: ["document_id", "title"] } });
    expect(listIds(other)).toEqual([]);
  });

  it("pin within facets and the limit a document, not in other orders", async () => {
    const answer = await search("fridge", { pinned: ["it"], perDocumentMax: 1, facets: [{ field: "kind", size: 5 }] });
    expect(answer.facets.kind?.[0]?.count).toBe(answer.total.value);
    expect(listIds(await search("fridge", { pinned: ["it"], sort: "newest" }))).not.toContain("it");
  });

  it("bury documents altogether, also pinned ones", async () => {
    const answer = await search("fridge", { buried: ["twice", "fridge"], pinned: ["fridge"] });
    expect(listIds(answer).sort()).toEqual(["both", "hidden"]);
    expect(answer.total.value).toBe(2);
  });
});

describe("score parts", () => {
  const sumOf = (hit: EngineAnswer["hits"][number]) => (hit.terms ?? []).reduce((sum, part) => sum + part.score, 0);

  it.each([
    ["kitchen fridge fridge torque", {}],
    ["how is the torque of a screw", { stopWords: { kind: "none" } }],
    ["fridge kitchen", { synonyms: [["fridge", "refrigerator", "cooling unit"]] }],
    ["cooling unit kitchen cooling", { synonyms: [["fridge", "refrigerator", "cooling unit"]] }],
    ['"cooling unit" hums', {}],
    ["in the", {}],
    ["a", {}],
  ] as [string, Partial<EngineQuery>][])("of %j add up to the engine's own word score", async (text, fields) => {
    const { hits } = await search(text, fields);
    expect(hits.length).toBeGreaterThan(0);
    for (const hit of hits) expect(sumOf(hit), hit.passage.id).toBeCloseTo(hit.parts?.lexical ?? -1, 4);
  });

  it("of each word are BM25 with k1 = 1.2 and b = 0.75 over the terms of title, heading and text", async () => {
    const analyzer = createAnalyzer("en");
    const lists = await Promise.all(
      passages.map(async (passage) => {
        const words = (await listTerms(analyzer, passage)).split(" ").filter(Boolean);
        const analyzed = await analyzer.analyzeWords(words);
        return words.flatMap((word) => analyzed(word).tokens);
      }),
    );
    const meanLength = lists.flat().length / lists.length;
    const { hits } = await search("hums torque kitchen");
    for (const hit of hits) {
      const tokens = lists[passages.findIndex((passage) => passage.id === hit.passage.id)] ?? [];
      for (const [word, token] of [
        ["hums", "hum"],
        ["torque", "torqu"],
        ["kitchen", "kitchen"],
      ]) {
        const holding = lists.filter((list) => list.includes(token ?? "")).length;
        const count = tokens.filter((one) => one === token).length;
        const rarity = Math.log(1 + (lists.length - holding + 0.5) / (holding + 0.5));
        const expected = (rarity * count * 2.2) / (count + 1.2 * (0.25 + (0.75 * tokens.length) / meanLength));
        const parts = (hit.terms ?? []).filter((part) => part.term === word);
        expect(
          parts.reduce((sum, part) => sum + part.score, 0),
          `${word} in ${hit.passage.id}`,
        ).toBeCloseTo(expected, 4);
      }
    }
  });

  it("tell where a word stands and weigh the fields as they count", async () => {
    const { hits } = await search("torque");
    const partsOf = (id: string) => hits.find((hit) => hit.passage.document_id === id)?.terms;
    expect(partsOf("title")).toMatchObject([{ term: "torque", field: "title", occurrences: 1 }]);
    expect(partsOf("heading")).toMatchObject([{ term: "torque", field: "section", occurrences: 1 }]);
    expect(partsOf("body")).toMatchObject([{ term: "torque", field: "text", occurrences: 2 }]);
    await make("mixed", {});
    await engine.replaceDocuments("mixed", [
      { documentId: "m", passages: [createPassage("m", 0, { title: "Torque", text: "Torque matters." })] },
    ]);
    const [mixed] = (await search("torque", { filter: { eq: ["document_id", "m"] } }, "mixed")).hits;
    expect(mixed?.terms?.map((part) => part.field)).toEqual(["title", "text"]);
    expect(mixed?.terms?.[0]?.score).toBeCloseTo(3 * (mixed?.terms?.[1]?.score ?? 0), 6);
    expect(sumOf(mixed as EngineAnswer["hits"][number])).toBeCloseTo(mixed?.parts?.lexical ?? -1, 4);
  });

  it("add up for rows that the indices have not taken in yet", async () => {
    await engine.createTable({
      table: "fresh",
      dimensions: 0,
      language: "en",
      fusion: { kind: "weighted", vectorWeight: 0 },
    });
    await engine.replaceDocuments("fresh", documents.slice(0, 6));
    await engine.maintain("fresh");
    await engine.replaceDocuments("fresh", documents.slice(6));
    const { hits } = await search("torque fridge kitchen screws", {}, "fresh");
    expect(hits.length).toBeGreaterThan(6);
    for (const hit of hits) expect(sumOf(hit)).toBeCloseTo(hit.parts?.lexical ?? -1, 4);
  });
});

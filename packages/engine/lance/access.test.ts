import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Actor, readersFilter, readingAs } from "../../core/kernel/context.ts";
import type { EngineQuery, SearchEngine } from "../../core/kernel/ports/search-engine.ts";
import { createPassage, createQuery } from "../testing/passages.ts";
import { createLanceEngine } from "./index.ts";

const table = "access/bld_01";
const documentsCount = 200;
const personsCount = 50;

/** Park and Miller's generator: the same pairs in every run, so that a leak found once is found again. */
const createRandom = (seed: number) => {
  let state = seed;
  const next = (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  return {
    next,
    some: <T>(from: readonly T[], count: number): T[] =>
      Array.from({ length: count }, () => from[next(from.length)] as T),
  };
};
const random = createRandom(20_261_123);
const groups = Array.from({ length: 8 }, (_, i) => `team-${i}`);
const roles = ["reader", "editor", "operator"] as const;

const persons: Actor[] = Array.from({ length: personsCount }, (_, i) => ({
  kind: "person",
  id: `u${i}`,
  name: `Person ${i}`,
  roles: i % 25 === 24 ? ["admin"] : random.some(roles, random.next(2) + (i % 3 === 0 ? 0 : 1)),
  groups: random.some(groups, random.next(3)),
}));
const principals = [
  "everyone",
  ...groups.map((group) => `group:${group}`),
  ...roles.map((role) => `role:${role}`),
  ...persons.map((person) => `user:${person.id}`),
  // Alike, but nobody's: a part of a name, a quote, a wildcard.
  "group:team",
  "user:u",
  "user:U1",
  "group:team-1' OR '1'='1",
  "user:%",
];
const documents = Array.from({ length: documentsCount }, (_, i) => ({
  id: `doc${i}`,
  readers: i % 4 === 0 ? ["everyone"] : random.some(principals, 1 + random.next(4)),
}));
/** A word that one document alone holds, without digits so that spelling is corrected to it. */
const ownWord = (i: number): string => `zeph${String.fromCharCode(97 + Math.floor(i / 26), 97 + (i % 26))}yrus`;

/** Written apart from the code under test, from the rule as it is told to people. */
const mayRead = (person: Actor, readers: readonly string[]): boolean =>
  person.roles.includes("admin") ||
  readers.some((reader) => {
    if (reader === "everyone") return true;
    const [kind, name] = reader.split(/:(.*)/s);
    if (kind === "user") return name === person.id;
    if (kind === "group") return person.groups.includes(name ?? "");
    return (person.roles as readonly string[]).includes(name ?? "");
  });
const visibleTo = (person: Actor): Set<string> =>
  new Set(documents.filter((one) => mayRead(person, one.readers)).map((one) => one.id));

let folder = "";
let engine: SearchEngine;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "samla-access-"));
  engine = await createLanceEngine({ uri: folder, readConsistencyMs: 0, log: () => undefined });
  await engine.createTable({
    table,
    dimensions: 3,
    language: "English",
    fusion: { kind: "weighted", vectorWeight: 0.15 },
  });
  const put = (from: number, to: number) =>
    engine.replaceDocuments(
      table,
      documents.slice(from, to).map(({ id, readers }, i) => ({
        documentId: id,
        passages: [
          createPassage(id, 0, {
            title: `Lantern ${id}`,
            text: `A lantern in the harbour, known as ${ownWord(from + i)}.`,
            tags: [`tag-${id}`],
            readers,
            vector: Float32Array.of(1, (from + i) / documentsCount, 0.1),
          }),
        ],
      })),
    );
  // Most rows in the indices, some in the tail that a search reads row by row.
  await put(0, 160);
  await engine.maintain(table);
  await put(160, documentsCount);
}, 60_000);
afterAll(async () => {
  await engine?.close();
  await rm(folder, { recursive: true, force: true });
});

const vector = Float32Array.of(1, 0.5, 0.1);
const facets: EngineQuery["facets"] = [
  { field: "tags", size: 1000 },
  { field: "kind", size: 10 },
];
const modes: [name: string, query: EngineQuery][] = [
  ["words", createQuery("lantern", { limit: documentsCount, facets })],
  ["similarity", createQuery(undefined, { mode: "vector", vector, limit: documentsCount, facets })],
  ["both", createQuery("lantern", { mode: "hybrid", vector, limit: documentsCount, facets })],
  [
    "both, newest first",
    createQuery("lantern", { mode: "hybrid", vector, limit: documentsCount, sort: "newest", facets }),
  ],
  ["a phrase", createQuery('"lantern in the harbour"', { limit: documentsCount, facets })],
  ["no words", createQuery(undefined, { limit: documentsCount, facets })],
];

describe(`readers, over ${documentsCount * personsCount} pairs of person and document`, () => {
  it.each(modes)(
    "let through what a person may read and nothing else, by %s: hits, totals and facets",
    async (_, query) => {
      for (const person of persons) {
        const visible = visibleTo(person);
        const filter = readersFilter(readingAs(person));
        const answer = await engine.search(table, { ...query, ...(filter ? { filter } : {}) });
        const label = `${person.id} ${person.roles} ${person.groups}`;
        expect(new Set(answer.hits.map((hit) => hit.passage.document_id)), label).toEqual(visible);
        expect(answer.total.value, label).toBe(visible.size);
        expect(new Set(answer.facets.tags?.map((one) => one.value)), label).toEqual(
          new Set([...visible].map((id) => `tag-${id}`)),
        );
        expect(answer.facets.kind?.reduce((sum, one) => sum + one.count, 0) ?? 0, label).toBe(visible.size);
      }
    },
  );

  it("hold for the figures of a table", async () => {
    for (const person of persons) {
      const visible = visibleTo(person).size;
      const stats = await engine.stats(table, readersFilter(readingAs(person)));
      expect([stats.documents, stats.passages, stats.passagesWithVectors], person.id).toEqual([
        visible,
        visible,
        visible,
      ]);
    }
  });

  it("hold for suggestions", async () => {
    for (const person of persons) {
      const found = await engine.suggest(table, "lan", readersFilter(readingAs(person)), 1000);
      expect(new Set(found.map((one) => one.documentId)), person.id).toEqual(visibleTo(person));
    }
  });

  it("hold for spelling: a word that only others may read corrects nothing", async () => {
    let hidden = 0;
    for (const [i, person] of persons.entries())
      for (const number of [i, i + 70, i + 140]) {
        const filter = readersFilter(readingAs(person));
        const typed = ownWord(number).replace("yrus", "yrsu");
        const answer = await engine.search(table, createQuery(typed, { ...(filter ? { filter } : {}) }));
        const shown = `${answer.correctedText} ${answer.hits.map((hit) => hit.passage.document_id)}`;
        if (visibleTo(person).has(`doc${number}`)) continue;
        hidden += 1;
        expect(shown, `${person.id} doc${number}`).not.toContain(ownWord(number));
        expect(shown, `${person.id} doc${number}`).not.toMatch(new RegExp(`doc${number}\\b`));
      }
    expect(hidden).toBeGreaterThan(50);
  });

  it("name many documents to leave out beside the readers", async () => {
    const ids = [...documents.slice(0, 100).map((one) => one.id), ...Array.from({ length: 4_900 }, (_, i) => `x${i}`)];
    const filter = { and: [{ hasAny: ["readers", ["everyone"]] }, { not: { in: ["document_id", ids] } }] } as never;
    const { total } = await engine.search(table, createQuery("lantern", { filter }));
    const left = documents.slice(100).filter((one) => one.readers.includes("everyone"));
    expect(total.value).toBe(left.length);
  });
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EnginePassage, Filter, SearchEngine } from "../../core/kernel/ports/search-engine.ts";
import { createPassage, createQuery } from "../testing/passages.ts";
import { compileFilter } from "./filter-sql.ts";
import { createLanceEngine } from "./index.ts";

const nasty = [
  "",
  "'",
  "''",
  '"',
  "\\",
  "\\'",
  "%",
  "_",
  "a%b",
  "'; DROP TABLE x --",
  "') OR (1=1",
  "--",
  "/*",
  "$1",
  "{}",
  "[]",
  "`",
  "é",
  "ß",
  "ﬁ",
  "文",
  "🙂",
  "\u200b",
  "\u202e",
  "a\nb",
  "\t",
  "NULL",
  "x'y\"z\\",
];

/** Deterministic numbers, so that a failure can be repeated. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** What a filter means, without SQL. */
function matches(filter: Filter, passage: EnginePassage): boolean {
  const read = (field: string) => (passage as unknown as Record<string, unknown>)[field];
  const isEqual = (field: string, values: unknown[]) => {
    const value = read(field);
    return Array.isArray(value) ? values.some((one) => value.includes(one)) : values.includes(value);
  };
  if ("and" in filter) return filter.and.every((part) => matches(part, passage));
  if ("or" in filter) return filter.or.some((part) => matches(part, passage));
  if ("not" in filter) return !matches(filter.not, passage);
  if ("eq" in filter) return isEqual(filter.eq[0], [filter.eq[1]]);
  if ("in" in filter) return isEqual(filter.in[0], filter.in[1]);
  if ("hasAny" in filter) return isEqual(filter.hasAny[0], filter.hasAny[1]);
  if ("startsWith" in filter) return String(read(filter.startsWith[0])).startsWith(filter.startsWith[1]);
  const value = read(filter.range[0]);
  const { gte, lt } = filter.range[1];
  return (
    value !== null &&
    (gte === undefined || Number(value) >= Number(gte)) &&
    (lt === undefined || Number(value) < Number(lt))
  );
}

describe("filters", () => {
  let uri: string;
  let engine: SearchEngine;
  const random = createRandom(7);
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  const passages = nasty.map((text, n) =>
    createPassage(`d${n}`, 0, {
      kind: text,
      path: `${pick(nasty)}${text}`,
      tags: [text, pick(nasty)],
      page: n % 3 === 0 ? null : n,
      updated_at: n * 1_000,
      readers: [pick(nasty)],
    }),
  );

  beforeAll(async () => {
    uri = await mkdtemp(path.join(tmpdir(), "samla-filter-"));
    engine = await createLanceEngine({ uri, log: () => undefined });
    await engine.createTable({
      table: "f",
      dimensions: 0,
      language: "en",
      fusion: { kind: "weighted", vectorWeight: 0 },
    });
    await engine.replaceDocuments(
      "f",
      passages.map((passage) => ({ documentId: passage.document_id, passages: [passage] })),
    );
    await engine.maintain("f");
  });
  afterAll(async () => {
    await engine.close();
    await rm(uri, { recursive: true, force: true });
  });

  const createFilter = (depth: number): Filter => {
    const kinds: (() => Filter)[] = [
      () => ({ eq: [pick(["kind", "path", "tags", "readers"]), pick(nasty)] }),
      () => ({ in: ["kind", [pick(nasty), pick(nasty)].slice(0, random(3))] }),
      () => ({ hasAny: [pick(["tags", "readers"]), [pick(nasty), pick(nasty)].slice(0, random(3))] }),
      () => ({ startsWith: [pick(["path", "kind"]), pick(nasty)] }),
      () => ({ range: [pick(["page", "updated_at"]), { gte: random(20), lt: random(20_000) }] }),
      () => ({ eq: ["page", random(20)] }),
    ];
    const joined: (() => Filter)[] = [
      () => ({ and: Array.from({ length: random(3) }, () => createFilter(depth - 1)) }),
      () => ({ or: Array.from({ length: random(3) }, () => createFilter(depth - 1)) }),
      () => ({ not: createFilter(depth - 1) }),
    ];
    return pick(depth > 0 ? [...kinds, ...joined] : kinds)();
  };

  it("select exactly the rows they describe, whatever quotes, backslashes and signs the values hold", async () => {
    for (let round = 0; round < 250; round++) {
      const filter = createFilter(3);
      const answer = await engine.search("f", createQuery(undefined, { filter, limit: 100 }));
      const wanted = passages.filter((passage) => matches(filter, passage)).map((passage) => passage.id);
      expect(answer.hits.map((hit) => hit.passage.id).sort(), JSON.stringify(filter)).toEqual(wanted.sort());
    }
  });

  it("refuse unknown fields, wrong types and endless nesting", () => {
    expect(() => compileFilter({ eq: ["kind) OR (1=1", "x"] })).toThrow("is not a field");
    expect(() => compileFilter({ eq: ["__proto__", "x"] })).toThrow("is not a field");
    expect(() => compileFilter({ eq: ["page", "1"] })).toThrow("compared with numbers");
    expect(() => compileFilter({ eq: ["page", Number.NaN] })).toThrow("compared with numbers");
    expect(() => compileFilter({ hasAny: ["kind", ["x"]] })).toThrow("holds text");
    let deep: Filter = { eq: ["kind", "x"] };
    for (let depth = 0; depth < 100; depth++) deep = { not: deep };
    expect(() => compileFilter(deep)).toThrow("nested deeper");
  });
});

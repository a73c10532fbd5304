import type { Catalog, StoredQuery } from "@samla/core/kernel";
import { createIds } from "@samla/core/kernel";
import { ulid } from "ulid";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, startTestAws } from "../testing.ts";
import type { TestResources } from "../testing-resources.ts";
import { createDynamoDbCatalog } from "./dynamodb.ts";

let aws: TestResources;
let catalog: Catalog;
const now = Date.now();
const day = 86_400_000;
beforeAll(async () => {
  aws = await startTestAws("tables");
  catalog = createDynamoDbCatalog({ table: aws.tables.catalog, now: () => now, newId: createIds() });
});
afterAll(() => aws?.close());

const queryOf = (index: string, atMs: number, text: string, more: Partial<StoredQuery> = {}): StoredQuery => ({
  id: `qry_${ulid(atMs)}` as StoredQuery["id"],
  index: index as StoredQuery["index"],
  at: new Date(atMs).toISOString(),
  actor: { id: "ada", name: "Ada" },
  text,
  mode: "hybrid",
  filters: {},
  buildId: "bld_1" as StoredQuery["buildId"],
  tableVersion: 1,
  total: 3,
  hits: [],
  timings: { embedMs: 1, engineMs: 2, totalMs: 12.5 },
  clicks: [],
  thumbs: [],
  expiresAtSeconds: Math.floor((now + 400 * day) / 1000),
  ...more,
});

type View = Parameters<Catalog["listQueryLines"]>[0];
const walk = async (query: Pick<View, "index"> & Partial<View>): Promise<string[]> => {
  const texts: string[] = [];
  let cursor: string | undefined;
  let pages = 0;
  do {
    const page = await catalog.listQueryLines({
      view: "recent",
      since: "2000-01-01T00:00:00Z",
      limit: 3,
      ...query,
      cursor,
    });
    texts.push(...page.items.map((line) => line.text));
    cursor = page.nextCursor;
    pages += 1;
  } while (cursor && pages < 100);
  expect(cursor).toBeUndefined();
  return texts;
};

describe("the log of searches on DynamoDB", () => {
  it("is listed newest first over months without any, in pages that neither repeat nor leave out", async () => {
    const ages = [0, 1, 2, 3, 40, 41, 160, 161, 162, 163, 390];
    const queries = ages.map((age) => queryOf("months", now - age * day - 1000, `age ${age}`));
    await catalog.putQueries(queries.toSorted(() => 1));
    for (const limit of [1, 2, 3, 4, 50])
      expect(await walk({ index: "months", limit })).toEqual(ages.map((age) => `age ${age}`));
    const since = new Date(now - 100 * day).toISOString();
    expect(await walk({ index: "months", since })).toEqual([0, 1, 2, 3, 40, 41].map((age) => `age ${age}`));
    expect(await walk({ index: "months", q: "AGE 16", limit: 2 })).toEqual([160, 161, 162, 163].map((a) => `age ${a}`));
  });

  it("finds what found nothing, what was slow and what has thumbs", async () => {
    const slow = queryOf("views", now - 3000, "slow", { timings: { embedMs: 0, engineMs: 0, totalMs: 900 } });
    const empty = queryOf("views", now - 2000, "empty", { total: 0 });
    const plain = queryOf("views", now - 1000, "plain");
    await catalog.putQueries([slow, empty, plain]);
    const passageId = "psg_1" as StoredQuery["hits"][number]["passageId"];
    await catalog.changeQuery("views", plain.id, (query) => ({
      ...query,
      thumbs: [{ passageId, value: "up", at: query.at }],
      clicks: [{ passageId, rank: 1, at: query.at }],
    }));
    await expect.poll(() => walk({ index: "views", view: "slow" }), eventually).toEqual(["slow", "plain", "empty"]);
    await expect.poll(() => walk({ index: "views", view: "zero-results" }), eventually).toEqual(["empty"]);
    await expect.poll(() => walk({ index: "views", view: "with-thumbs" }), eventually).toEqual(["plain"]);
    const { items } = await catalog.listQueryLines({
      index: "views",
      view: "recent",
      since: "2000-01-01T00:00:00Z",
      limit: 1,
    });
    expect(items).toEqual([
      { id: plain.id, at: plain.at, who: "ada", text: "plain", total: 3, totalMs: 12.5, clicks: 1, page: false },
    ]);
    await catalog.changeQuery("views", plain.id, (query) => ({ ...query, thumbs: [] }));
    await expect.poll(() => walk({ index: "views", view: "with-thumbs" }), eventually).toEqual([]);
  });

  it("keeps every change of one search that many make at once", async () => {
    const query = queryOf("clicks", now, "one");
    await catalog.putQueries([query]);
    const passageId = "psg_1" as StoredQuery["hits"][number]["passageId"];
    await Promise.all(
      Array.from({ length: 5 }, (_, n) =>
        catalog.changeQuery("clicks", query.id, (current) => ({
          ...current,
          clicks: [...current.clicks, { passageId, rank: n + 1, at: current.at }],
        })),
      ),
    );
    expect((await catalog.getQuery("clicks", query.id))?.clicks).toHaveLength(5);
    expect(await catalog.changeQuery("clicks", "qry_nowhere", (current) => current)).toBeUndefined();
  });

  it("forgets what is older than asked, or everything, of one index alone", async () => {
    const ages = Array.from({ length: 50 }, (_, n) => n * 5);
    await catalog.putQueries(ages.map((age) => queryOf("old", now - age * day - 1, `age ${age}`)));
    await catalog.putQueries([queryOf("older", now - 300 * day, "stays")]);
    const forget = async (before?: string): Promise<number> => {
      let removed = 0;
      for (let left = true; left; ) {
        const round = await catalog.forgetQueries("old", before);
        removed += round.removed;
        left = round.left;
      }
      return removed;
    };
    expect(await forget(new Date(now - 100 * day).toISOString())).toBe(ages.filter((age) => age >= 100).length);
    expect(await walk({ index: "old", limit: 50 })).toHaveLength(ages.filter((age) => age < 100).length);
    expect(await walk({ index: "old", named: true, limit: 7 })).toHaveLength(20);
    await forget();
    expect(await walk({ index: "old" })).toEqual([]);
    expect(await walk({ index: "older" })).toEqual(["stays"]);
  });
});

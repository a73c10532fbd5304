import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { SQLInputValue } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Database } from "../kernel/sqlite.ts";
import { ensureTable } from "./configured-tables.ts";
import { type Engine, openEngine } from "./engine.ts";
import { planPut } from "./item-writes.ts";
import { selectPage } from "./select.ts";

let dir: string;
let engine: Engine;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "samla-rows-"));
  engine = openEngine(dir, { region: "eu-north-1", accountId: "000000000000" });
  ensureTable(engine, {
    name: "rows",
    attributes: { pk: "S", sk: "N", group: "S" },
    partitionKey: "pk",
    sortKey: "sk",
    indexes: [{ name: "by-group", partitionKey: "group", sortKey: "sk", projection: "ALL" }],
  });
  engine.commit(() => {
    for (let place = 0; place < 600; place++) {
      const Item = { pk: { S: "one" }, sk: { N: String(place) }, group: { S: "g" } };
      planPut(engine, { TableName: "rows", Item }).run();
    }
  });
});
afterEach(async () => {
  engine.database.close();
  await rm(dir, { recursive: true, force: true });
});

/** The engine with its statements watched: their plans, and how many rows they gave. */
function watch() {
  const plans: string[] = [];
  let rows = 0;
  const database: Database = {
    ...engine.database,
    all<Row>(sql: string, ...params: SQLInputValue[]) {
      const plan = engine.database.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...params);
      plans.push(...plan.map((step) => step.detail));
      const found = engine.database.all<Row>(sql, ...params);
      rows += found.length;
      return found;
    },
  };
  return { engine: { ...engine, database }, plans, countRows: () => rows };
}

const BASE = { TableName: "rows", Limit: 10 };
const BY_KEY = { KeyConditionExpression: "pk = :p", ExpressionAttributeValues: { ":p": { S: "one" } } };
const BY_GROUP = {
  IndexName: "by-group",
  KeyConditionExpression: "#g = :p",
  ExpressionAttributeNames: { "#g": "group" },
  ExpressionAttributeValues: { ":p": { S: "g" } },
};
const KEY = { pk: { S: "one" }, sk: { N: "300" } };

it.each([
  ["the first page", BY_KEY],
  ["the last page", { ...BY_KEY, ScanIndexForward: false }],
  ["a page in the middle", { ...BY_KEY, ExclusiveStartKey: KEY }],
  ["a page backward from the middle", { ...BY_KEY, ExclusiveStartKey: KEY, ScanIndexForward: false }],
  ["a page of an index", { ...BY_GROUP, ExclusiveStartKey: { ...KEY, group: { S: "g" } } }],
  [
    "a page of an index backward",
    { ...BY_GROUP, ExclusiveStartKey: { ...KEY, group: { S: "g" } }, ScanIndexForward: false },
  ],
])("reads %s by its index and no more rows than it needs", (_name, input) => {
  const watched = watch();
  const page = selectPage(watched.engine, { ...BASE, ...input }, "Query");
  expect(page).toMatchObject({ Count: 10 });
  expect(watched.countRows()).toBeLessThanOrEqual(16);
  for (const step of watched.plans) expect(step).toMatch(/^SEARCH .* USING (INDEX|PRIMARY KEY|INTEGER PRIMARY KEY)/);
});

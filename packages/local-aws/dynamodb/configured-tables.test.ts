import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { TableConfig } from "../config.ts";
import { ensureTable } from "./configured-tables.ts";
import { type Engine, openEngine } from "./engine.ts";
import { planPut } from "./item-writes.ts";
import { selectPage } from "./select.ts";

const IDENTITY = { region: "eu-north-1", accountId: "000000000000" };
const BASE: TableConfig = {
  name: "things",
  attributes: { pk: "S", kind: "S", rank: "N" },
  partitionKey: "pk",
  indexes: [{ name: "by-kind", partitionKey: "kind", sortKey: "rank", projection: "ALL" }],
  ttlAttribute: "until",
};

let dir: string;
let engine: Engine;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "samla-tables-"));
  engine = openEngine(dir, IDENTITY);
});
afterEach(async () => {
  engine.database.close();
  await rm(dir, { recursive: true, force: true });
});

function restart() {
  engine.database.close();
  engine = openEngine(dir, IDENTITY);
}

const put = (pk: string, kind: string, rank: number) =>
  engine.commit(
    planPut(engine, { TableName: "things", Item: { pk: { S: pk }, kind: { S: kind }, rank: { N: String(rank) } } }).run,
  );
const countByKind = (IndexName: string, kind: string) =>
  selectPage(
    engine,
    {
      TableName: "things",
      IndexName,
      KeyConditionExpression: "kind = :k",
      ExpressionAttributeValues: { ":k": { S: kind } },
    },
    "Query",
  );

it("keeps the items of a table through a restart with the same configuration", () => {
  ensureTable(engine, BASE);
  put("1", "x", 1);
  const { tableId } = engine.catalog.require("things");
  restart();
  ensureTable(engine, BASE);
  expect(engine.catalog.require("things").tableId).toBe(tableId);
  expect(countByKind("by-kind", "x")).toMatchObject({ Count: 1 });
});

it("brings indexes, TTL and stream to a changed configuration, with the items there are", () => {
  ensureTable(engine, BASE);
  put("1", "x", 1);
  put("2", "x", 2);
  restart();
  ensureTable(engine, {
    ...BASE,
    indexes: [
      { name: "by-kind", partitionKey: "kind", projection: "KEYS_ONLY" },
      { name: "by-rank", partitionKey: "rank", projection: { include: ["kind"] } },
    ],
    ttlAttribute: "expires",
    stream: "NEW_IMAGE",
  });
  const table = engine.catalog.require("things");
  expect(table.indexes.map((index) => [index.name, index.sortKey, index.projection])).toEqual([
    ["by-kind", undefined, "KEYS_ONLY"],
    ["by-rank", undefined, { include: ["kind"] }],
  ]);
  expect(table).toMatchObject({ ttlAttribute: "expires", stream: { viewType: "NEW_IMAGE" } });
  expect(countByKind("by-kind", "x")).toMatchObject({ Count: 2, Items: [{ kind: { S: "x" } }, { kind: { S: "x" } }] });
});

it("refuses a configuration with another key, and says what to do", () => {
  ensureTable(engine, BASE);
  expect(() => ensureTable(engine, { ...BASE, sortKey: "rank" })).toThrow(
    /A key cannot be changed: give the table another name/,
  );
});

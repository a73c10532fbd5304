import {
  ConditionalCheckFailedException,
  ListBackupsCommand,
  PutItemCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TableConfig } from "../config.ts";
import { startTestDynamoDb, type TestDynamoDb } from "./testing.ts";

const THINGS: TableConfig = {
  name: "things",
  attributes: { pk: "S", sk: "S", group: "S", rank: "N" },
  partitionKey: "pk",
  sortKey: "sk",
  indexes: [
    { name: "by-group", partitionKey: "group", sortKey: "rank", projection: "ALL" },
    { name: "keys-by-group", partitionKey: "group", projection: "KEYS_ONLY" },
  ],
};

let local: TestDynamoDb;
let documents: DynamoDBDocumentClient;

beforeAll(async () => {
  local = await startTestDynamoDb([THINGS]);
  documents = DynamoDBDocumentClient.from(local.client, { marshallOptions: { removeUndefinedValues: true } });
});
afterAll(() => local.close());

const TableName = "things";
const put = (Item: Record<string, unknown>) => documents.send(new PutCommand({ TableName, Item }));
const read = async (pk: string, sk: string) =>
  (await documents.send(new GetCommand({ TableName, Key: { pk, sk } }))).Item;

describe("single items", () => {
  it("gives back every type as it was put", async () => {
    const item = {
      pk: "types",
      sk: "1",
      text: "å 😀",
      empty: "",
      number: -12.5,
      yes: true,
      nothing: null,
      bytes: new Uint8Array([0, 255, 7]),
      names: new Set(["b", "a"]),
      numbers: new Set([1, 2]),
      list: [1, "two", { three: [3] }],
      map: { "a.b": 1, "": 2 },
    };
    await put(item);
    expect(await read("types", "1")).toEqual(item);
    expect(await read("types", "none")).toBeUndefined();
  });

  it("lets exactly one of many racing conditional puts win", async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 30 }, (_, racer) =>
        documents.send(
          new PutCommand({
            TableName,
            Item: { pk: "race", sk: "1", racer },
            ConditionExpression: "attribute_not_exists(pk)",
          }),
        ),
      ),
    );
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toBeInstanceOf(ConditionalCheckFailedException);
    }
  });

  it("loses no increment of parallel updates", async () => {
    await Promise.all(
      Array.from({ length: 60 }, () =>
        documents.send(
          new UpdateCommand({
            TableName,
            Key: { pk: "count", sk: "1" },
            UpdateExpression: "SET n = if_not_exists(n, :zero) + :one ADD total :one",
            ExpressionAttributeValues: { ":zero": 0, ":one": 1 },
          }),
        ),
      ),
    );
    expect(await read("count", "1")).toMatchObject({ n: 60, total: 60 });
  });

  it("returns what ReturnValues asks for", async () => {
    await put({ pk: "return", sk: "1", a: 1, keep: "k", map: { x: 1, y: 2 } });
    const update = (ReturnValues: "ALL_OLD" | "ALL_NEW" | "UPDATED_OLD" | "UPDATED_NEW") =>
      documents
        .send(
          new UpdateCommand({
            TableName,
            Key: { pk: "return", sk: "1" },
            UpdateExpression: "SET a = a + :one, #map.x = :one",
            ExpressionAttributeNames: { "#map": "map" },
            ExpressionAttributeValues: { ":one": 1 },
            ReturnValues,
          }),
        )
        .then((result) => result.Attributes);
    expect(await update("UPDATED_NEW")).toEqual({ a: 2, map: { x: 1 } });
    expect(await update("UPDATED_OLD")).toEqual({ a: 2, map: { x: 1 } });
    expect(await update("ALL_OLD")).toMatchObject({ a: 3, keep: "k" });
    expect(await update("ALL_NEW")).toMatchObject({ a: 5, map: { x: 1, y: 2 } });
    const removed = await documents.send(
      new DeleteCommand({ TableName, Key: { pk: "return", sk: "1" }, ReturnValues: "ALL_OLD" }),
    );
    expect(removed.Attributes).toMatchObject({ a: 5 });
  });

  it("hands the present item back with a failed condition when asked", async () => {
    await put({ pk: "held", sk: "1", owner: "bo" });
    const failed = documents.send(
      new UpdateCommand({
        TableName,
        Key: { pk: "held", sk: "1" },
        UpdateExpression: "SET #o = :me",
        ConditionExpression: "#o = :me",
        ExpressionAttributeNames: { "#o": "owner" },
        ExpressionAttributeValues: { ":me": "anna" },
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
    await expect(failed).rejects.toMatchObject({
      name: "ConditionalCheckFailedException",
      Item: { owner: { S: "bo" } },
    });
  });

  it("counts consumed capacity when asked", async () => {
    const written = await documents.send(
      new PutCommand({
        TableName,
        Item: { pk: "big", sk: "1", text: "x".repeat(3000) },
        ReturnConsumedCapacity: "TOTAL",
      }),
    );
    expect(written.ConsumedCapacity).toMatchObject({ TableName, CapacityUnits: 3 });
    const found = await documents.send(
      new GetCommand({ TableName, Key: { pk: "big", sk: "1" }, ConsistentRead: true, ReturnConsumedCapacity: "TOTAL" }),
    );
    expect(found.ConsumedCapacity?.CapacityUnits).toBe(1);
  });
});

describe("refusals", () => {
  const refuse = (command: Promise<unknown>, message: RegExp) =>
    expect(command).rejects.toMatchObject({ name: "ValidationException", message: expect.stringMatching(message) });

  it("names the reserved word, the missing placeholder and the unused one", async () => {
    const update = (UpdateExpression: string, more: object) =>
      documents.send(new UpdateCommand({ TableName, Key: { pk: "a", sk: "b" }, UpdateExpression, ...more }));
    await refuse(update("SET status = :x", { ExpressionAttributeValues: { ":x": 1 } }), /reserved keyword: status/);
    await refuse(update("SET a = :x", {}), /not defined; attribute value: :x/);
    await refuse(
      update("SET a = :x", { ExpressionAttributeValues: { ":x": 1, ":y": 1 } }),
      /ExpressionAttributeValues unused in expressions: keys: \{:y\}/,
    );
    await refuse(update("SET pk = :x", { ExpressionAttributeValues: { ":x": "z" } }), /part of the key/);
    await refuse(update("SET a = :x, a.b = :x", { ExpressionAttributeValues: { ":x": 1 } }), /overlap/);
  });

  it("refuses items above 400 KB and keys that do not fit the schema", async () => {
    await refuse(put({ pk: "large", sk: "1", text: "x".repeat(410 * 1024) }), /Item size has exceeded/);
    await refuse(put({ pk: "a" }), /Missing the key sk/);
    await refuse(put({ pk: "a", sk: 1 }), /Type mismatch for key sk/);
    await refuse(put({ pk: "a", sk: "" }), /empty string/);
    await refuse(put({ pk: "a", sk: "b", group: 5 }), /Type mismatch for Index Key group/);
    await refuse(documents.send(new GetCommand({ TableName, Key: { pk: "a" } })), /does not match the schema/);
  });

  it("answers an unknown table with ResourceNotFoundException", async () => {
    await expect(documents.send(new GetCommand({ TableName: "nowhere", Key: { pk: "a" } }))).rejects.toBeInstanceOf(
      ResourceNotFoundException,
    );
  });

  it("answers operations and options it lacks with 501 and their name", async () => {
    await expect(local.client.send(new ListBackupsCommand({}))).rejects.toMatchObject({
      name: "NotImplemented",
      message: expect.stringContaining("ListBackups"),
      $metadata: { httpStatusCode: 501 },
    });
    const legacy = local.client.send(
      new PutItemCommand({
        TableName,
        Item: { pk: { S: "a" }, sk: { S: "b" } },
        Expected: { pk: { Exists: false } },
      }),
    );
    await expect(legacy).rejects.toMatchObject({ message: expect.stringContaining("Expected") });
  });
});

describe("query and scan", () => {
  beforeAll(async () => {
    for (let start = 0; start < 60; start += 20) {
      await documents.send(
        new BatchWriteCommand({
          RequestItems: {
            [TableName]: Array.from({ length: 20 }, (_, place) => ({
              PutRequest: {
                Item: {
                  pk: "list",
                  sk: `s${String(start + place).padStart(3, "0")}`,
                  group: (start + place) % 2 ? "odd" : "even",
                  rank: 30 - (start + place),
                  note: "n",
                },
              },
            })),
          },
        }),
      );
    }
  });

  const query = (input: object) => documents.send(new QueryCommand({ TableName, ...input }));

  it("pages through a partition in order, forward and backward, without gap or repeat", async () => {
    for (const ScanIndexForward of [true, false]) {
      const seen: string[] = [];
      let ExclusiveStartKey: Record<string, unknown> | undefined;
      do {
        const page = await query({
          KeyConditionExpression: "pk = :p",
          ExpressionAttributeValues: { ":p": "list" },
          Limit: 7,
          ScanIndexForward,
          ExclusiveStartKey,
        });
        seen.push(...(page.Items ?? []).map((item) => String(item.sk)));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      expect(seen).toHaveLength(60);
      expect(new Set(seen).size).toBe(60);
      expect(seen).toEqual(ScanIndexForward ? [...seen].sort() : [...seen].sort().reverse());
    }
  });

  it("selects ranges, prefixes and numbers of an index in numeric order", async () => {
    const range = await query({
      KeyConditionExpression: "pk = :p AND sk BETWEEN :a AND :b",
      ExpressionAttributeValues: { ":p": "list", ":a": "s010", ":b": "s012" },
    });
    expect(range.Items?.map((item) => item.sk)).toEqual(["s010", "s011", "s012"]);
    const prefix = await query({
      KeyConditionExpression: "pk = :p AND begins_with(sk, :a)",
      ExpressionAttributeValues: { ":p": "list", ":a": "s01" },
      Select: "COUNT",
    });
    expect(prefix).toMatchObject({ Count: 10, ScannedCount: 10 });
    expect(prefix.Items).toBeUndefined();
    const ranked = await query({
      IndexName: "by-group",
      KeyConditionExpression: "#g = :g AND #r < :r",
      ExpressionAttributeNames: { "#g": "group", "#r": "rank" },
      ExpressionAttributeValues: { ":g": "even", ":r": 4 },
    });
    const ranks = ranked.Items?.map((item) => Number(item.rank)) ?? [];
    expect(ranks).toEqual([...ranks].sort((left, right) => left - right));
    expect(Math.max(...ranks)).toBe(2);
    expect(Math.min(...ranks)).toBe(-28);
  });

  it("refuses a filter on what the index does not project", async () => {
    await expect(
      documents.send(
        new QueryCommand({
          TableName,
          IndexName: "keys-by-group",
          KeyConditionExpression: "#group = :g",
          FilterExpression: "attribute_exists(other)",
          ExpressionAttributeNames: { "#group": "group" },
          ExpressionAttributeValues: { ":g": "g" },
        }),
      ),
    ).rejects.toMatchObject({ name: "ValidationException" });
  });

  it("pages through an index, shows only what it projects, and follows updates", async () => {
    const keys: string[] = [];
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const page = await query({
        IndexName: "keys-by-group",
        KeyConditionExpression: "#g = :g",
        ExpressionAttributeNames: { "#g": "group" },
        ExpressionAttributeValues: { ":g": "odd" },
        Limit: 4,
        ExclusiveStartKey,
      });
      for (const item of page.Items ?? []) {
        expect(Object.keys(item).sort()).toEqual(["group", "pk", "sk"]);
        keys.push(String(item.sk));
      }
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    expect(new Set(keys).size).toBe(30);
    await put({ pk: "moves", sk: "1", group: "first", rank: 1 });
    await put({ pk: "moves", sk: "1", group: "second", rank: 1 });
    for (const [group, count] of [
      ["first", 0],
      ["second", 1],
    ] as const) {
      const found = await query({
        IndexName: "by-group",
        KeyConditionExpression: "#g = :g",
        ExpressionAttributeNames: { "#g": "group" },
        ExpressionAttributeValues: { ":g": group },
      });
      expect(found.Count).toBe(count);
    }
  });

  it("filters after the page is cut and says how much it read", async () => {
    const page = await query({
      KeyConditionExpression: "pk = :p",
      FilterExpression: "#r < :zero",
      ProjectionExpression: "sk, #r",
      ExpressionAttributeNames: { "#r": "rank" },
      ExpressionAttributeValues: { ":p": "list", ":zero": -20 },
      Limit: 55,
    });
    expect(page).toMatchObject({ ScannedCount: 55, Count: 4 });
    expect(page.LastEvaluatedKey).toEqual({ pk: "list", sk: "s054" });
    expect(page.Items?.[0]).toEqual({ sk: "s051", rank: -21 });
  });

  it("cuts a page at 1 MB", async () => {
    for (let place = 0; place < 12; place++) {
      await put({ pk: "heavy", sk: String(place).padStart(2, "0"), text: "x".repeat(100 * 1024) });
    }
    const page = await query({ KeyConditionExpression: "pk = :p", ExpressionAttributeValues: { ":p": "heavy" } });
    expect(page.Count).toBe(10);
    expect(page.LastEvaluatedKey).toEqual({ pk: "heavy", sk: "09" });
  });

  it("covers every item exactly once over the segments of a parallel scan", async () => {
    const seen: string[] = [];
    for (let Segment = 0; Segment < 3; Segment++) {
      let ExclusiveStartKey: Record<string, unknown> | undefined;
      do {
        const page = await documents.send(
          new ScanCommand({ TableName, Segment, TotalSegments: 3, Limit: 9, ExclusiveStartKey }),
        );
        seen.push(...(page.Items ?? []).map((item) => `${item.pk}/${item.sk}`));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
    }
    const all = await documents.send(new ScanCommand({ TableName, Select: "COUNT", IndexName: "by-group" }));
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(75);
    expect(all.Count).toBe(61);
  });
});

describe("batches", () => {
  it("reads what exists of 100 keys and refuses a key named twice", async () => {
    await put({ pk: "batch", sk: "1", a: 1, b: 2 });
    const found = await documents.send(
      new BatchGetCommand({
        RequestItems: {
          [TableName]: {
            Keys: [
              { pk: "batch", sk: "1" },
              { pk: "batch", sk: "2" },
            ],
            ProjectionExpression: "a",
          },
        },
      }),
    );
    expect(found.Responses?.[TableName]).toEqual([{ a: 1 }]);
    expect(found.UnprocessedKeys).toEqual({});
    const twice = documents.send(
      new BatchWriteCommand({
        RequestItems: {
          [TableName]: [
            { PutRequest: { Item: { pk: "twice", sk: "1" } } },
            { DeleteRequest: { Key: { pk: "twice", sk: "1" } } },
          ],
        },
      }),
    );
    await expect(twice).rejects.toMatchObject({ message: "Provided list of item keys contains duplicates" });
  });
});

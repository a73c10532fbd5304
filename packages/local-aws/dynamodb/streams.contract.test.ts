import {
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import {
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
  type ShardIteratorType,
} from "@aws-sdk/client-dynamodb-streams";
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
} from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestDynamoDb, type TestDynamoDb } from "./testing.ts";

const TableName = "watched";
let local: TestDynamoDb;
let documents: DynamoDBDocumentClient;

beforeAll(async () => {
  const base = { attributes: { pk: "S" as const }, partitionKey: "pk", indexes: [] };
  local = await startTestDynamoDb([
    { ...base, name: TableName, stream: "NEW_AND_OLD_IMAGES", ttlAttribute: "expires" },
    { ...base, name: "plain" },
  ]);
  documents = DynamoDBDocumentClient.from(local.client);
});
afterAll(() => local.close());

const put = (Item: Record<string, unknown>) => documents.send(new PutCommand({ TableName, Item }));
const signal = () => AbortSignal.timeout(20_000);

async function readShard(type: ShardIteratorType, SequenceNumber?: string) {
  const { Streams } = await local.streamsClient.send(new ListStreamsCommand({ TableName }));
  const StreamArn = Streams?.[0]?.StreamArn;
  const { StreamDescription } = await local.streamsClient.send(new DescribeStreamCommand({ StreamArn }));
  const ShardId = StreamDescription?.Shards?.[0]?.ShardId;
  const { ShardIterator } = await local.streamsClient.send(
    new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: type, SequenceNumber }),
  );
  const { Records, NextShardIterator } = await local.streamsClient.send(new GetRecordsCommand({ ShardIterator }));
  return { records: Records ?? [], next: NextShardIterator };
}

describe("streams", () => {
  it("tells every change in order with its images, and nothing of a write that changed nothing", async () => {
    await put({ pk: "a", n: 1 });
    await put({ pk: "a", n: 1 });
    await put({ pk: "a", n: 2 });
    await documents.send(new DeleteCommand({ TableName, Key: { pk: "a" } }));
    const { records } = await readShard("TRIM_HORIZON");
    expect(
      records.map((record) => [record.eventName, record.dynamodb?.OldImage?.n, record.dynamodb?.NewImage?.n]),
    ).toEqual([
      ["INSERT", undefined, { N: "1" }],
      ["MODIFY", { N: "1" }, { N: "2" }],
      ["REMOVE", { N: "2" }, undefined],
    ]);
    expect(records[0]?.dynamodb?.ApproximateCreationDateTime).toBeInstanceOf(Date);
    const after = await readShard("AFTER_SEQUENCE_NUMBER", records[1]?.dynamodb?.SequenceNumber);
    expect(after.records.map((record) => record.eventName)).toEqual(["REMOVE"]);
    const latest = await readShard("LATEST");
    expect(latest.records).toEqual([]);
    await put({ pk: "later" });
    const next = await local.streamsClient.send(new GetRecordsCommand({ ShardIterator: latest.next }));
    expect(next.Records?.map((record) => record.dynamodb?.Keys?.pk)).toEqual([{ S: "later" }]);
  });

  it("tells nothing of a transaction that was rolled back", async () => {
    const before = await local.streams.read(TableName, { limit: 1000, waitMs: 0, signal: signal() });
    const failed = documents.send(
      new TransactWriteCommand({
        TransactItems: [
          { Put: { TableName, Item: { pk: "ghost" } } },
          { Put: { TableName, Item: { pk: "later" }, ConditionExpression: "attribute_not_exists(pk)" } },
        ],
      }),
    );
    await expect(failed).rejects.toThrow();
    const after = await local.streams.read(TableName, { limit: 1000, waitMs: 0, signal: signal() });
    expect(after).toHaveLength(before.length);
  });

  it("wakes a waiting reader of the process with the next change", async () => {
    const seen = await local.streams.read(TableName, { limit: 1000, waitMs: 0, signal: signal() });
    const afterSequenceNumber = seen[seen.length - 1]?.dynamodb.SequenceNumber;
    const waiting = local.streams.read(TableName, { afterSequenceNumber, limit: 10, waitMs: 20_000, signal: signal() });
    await put({ pk: "awaited" });
    const records = await waiting;
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      eventName: "INSERT",
      eventSource: "aws:dynamodb",
      eventSourceARN: expect.stringContaining(`:table/${TableName}/stream/`),
      dynamodb: { Keys: { pk: { S: "awaited" } } },
    });
  });

  it("ends a wait when its reader gives up", async () => {
    const stop = new AbortController();
    const seen = await local.streams.read(TableName, { limit: 1000, waitMs: 0, signal: signal() });
    const afterSequenceNumber = seen[seen.length - 1]?.dynamodb.SequenceNumber;
    const waiting = local.streams.read(TableName, {
      afterSequenceNumber,
      limit: 10,
      waitMs: 60_000,
      signal: stop.signal,
    });
    stop.abort();
    expect(await waiting).toEqual([]);
  });
});

describe("time to live", () => {
  it("deletes an expired item and names the service in its stream record", async () => {
    await put({ pk: "stays", expires: Math.floor(Date.now() / 1000) + 3600 });
    await put({ pk: "old", expires: Math.floor(Date.now() / 1000) - 10 });
    await expect
      .poll(async () => (await documents.send(new GetCommand({ TableName, Key: { pk: "old" } }))).Item, {
        timeout: 15_000,
      })
      .toBeUndefined();
    expect((await documents.send(new GetCommand({ TableName, Key: { pk: "stays" } }))).Item).toBeDefined();
    const { records } = await readShard("TRIM_HORIZON");
    const removal = records.find((record) => record.eventName === "REMOVE" && record.dynamodb?.Keys?.pk?.S === "old");
    expect(removal?.userIdentity).toMatchObject({ Type: "Service", PrincipalId: "dynamodb.amazonaws.com" });
  });

  it("switches on and off", async () => {
    const set = (Enabled: boolean) =>
      local.client.send(
        new UpdateTimeToLiveCommand({
          TableName: "plain",
          TimeToLiveSpecification: { AttributeName: "until", Enabled },
        }),
      );
    const status = async () =>
      (await local.client.send(new DescribeTimeToLiveCommand({ TableName: "plain" }))).TimeToLiveDescription;
    await set(true);
    expect(await status()).toEqual({ TimeToLiveStatus: "ENABLED", AttributeName: "until" });
    await expect(set(true)).rejects.toMatchObject({ message: "TimeToLive is already enabled" });
    await set(false);
    expect(await status()).toEqual({ TimeToLiveStatus: "DISABLED" });
  });
});

describe("tables", () => {
  it("fills an index that is added later and drops everything with the table", async () => {
    await documents.send(new PutCommand({ TableName: "plain", Item: { pk: "1", kind: "x" } }));
    await documents.send(new PutCommand({ TableName: "plain", Item: { pk: "2" } }));
    await local.client.send(
      new UpdateTableCommand({
        TableName: "plain",
        AttributeDefinitions: [{ AttributeName: "kind", AttributeType: "S" }],
        GlobalSecondaryIndexUpdates: [
          {
            Create: {
              IndexName: "by-kind",
              KeySchema: [{ AttributeName: "kind", KeyType: "HASH" }],
              Projection: { ProjectionType: "ALL" },
            },
          },
        ],
      }),
    );
    const found = await documents.send(
      new QueryCommand({
        TableName: "plain",
        IndexName: "by-kind",
        KeyConditionExpression: "kind = :k",
        ExpressionAttributeValues: { ":k": "x" },
      }),
    );
    expect(found.Items).toEqual([{ pk: "1", kind: "x" }]);
    const { Table } = await local.client.send(new DescribeTableCommand({ TableName: "plain" }));
    expect(Table).toMatchObject({ TableStatus: "ACTIVE", ItemCount: 2, GlobalSecondaryIndexes: [{ ItemCount: 1 }] });
    await local.client.send(new DeleteTableCommand({ TableName: "plain" }));
    await expect(local.client.send(new DescribeTableCommand({ TableName: "plain" }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });
});

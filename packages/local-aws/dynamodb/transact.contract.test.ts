import { randomUUID } from "node:crypto";
import { IdempotentParameterMismatchException, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  TransactGetCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestDynamoDb, type TestDynamoDb } from "./testing.ts";

const TableName = "ledger";
let local: TestDynamoDb;
let documents: DynamoDBDocumentClient;

beforeAll(async () => {
  local = await startTestDynamoDb([{ name: TableName, attributes: { pk: "S" }, partitionKey: "pk", indexes: [] }]);
  documents = DynamoDBDocumentClient.from(local.client);
});
afterAll(() => local.close());

const read = async (pk: string) => (await documents.send(new GetCommand({ TableName, Key: { pk } }))).Item;
const transact = (TransactItems: TransactWriteCommandInput["TransactItems"], ClientRequestToken?: string) =>
  documents.send(new TransactWriteCommand({ TransactItems, ClientRequestToken }));

it("writes all of a transaction: put, update, delete and a check", async () => {
  await documents.send(new PutCommand({ TableName, Item: { pk: "gone" } }));
  await documents.send(new PutCommand({ TableName, Item: { pk: "guard", open: true } }));
  await transact([
    { Put: { TableName, Item: { pk: "new", a: 1 } } },
    {
      Update: {
        TableName,
        Key: { pk: "counter" },
        UpdateExpression: "ADD n :one",
        ExpressionAttributeValues: { ":one": 1 },
      },
    },
    { Delete: { TableName, Key: { pk: "gone" } } },
    {
      ConditionCheck: {
        TableName,
        Key: { pk: "guard" },
        ConditionExpression: "#o = :yes",
        ExpressionAttributeNames: { "#o": "open" },
        ExpressionAttributeValues: { ":yes": true },
      },
    },
  ]);
  const found = await documents.send(
    new TransactGetCommand({
      TransactItems: ["new", "counter", "gone"].map((pk) => ({ Get: { TableName, Key: { pk } } })),
    }),
  );
  expect(found.Responses).toEqual([{ Item: { pk: "new", a: 1 } }, { Item: { pk: "counter", n: 1 } }, {}]);
});

it("writes nothing when one condition fails, and says which one with the item asked for", async () => {
  await documents.send(new PutCommand({ TableName, Item: { pk: "taken", by: "bo" } }));
  const failed = transact([
    { Put: { TableName, Item: { pk: "never" } } },
    {
      Put: {
        TableName,
        Item: { pk: "taken", by: "anna" },
        ConditionExpression: "attribute_not_exists(pk)",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      },
    },
    {
      Update: {
        TableName,
        Key: { pk: "taken-not" },
        UpdateExpression: "SET a = b",
      },
    },
  ]);
  const error: unknown = await failed.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(TransactionCanceledException);
  expect(error).toMatchObject({
    CancellationReasons: [
      { Code: "None" },
      { Code: "ConditionalCheckFailed", Item: { pk: { S: "taken" }, by: { S: "bo" } } },
      { Code: "ValidationError" },
    ],
  });
  expect(await read("never")).toBeUndefined();
  expect(await read("taken")).toMatchObject({ by: "bo" });
});

it("runs a transaction once per ClientRequestToken and refuses the token for another one", async () => {
  const token = randomUUID();
  const add = (amount: number): TransactWriteCommandInput["TransactItems"] => [
    {
      Update: {
        TableName,
        Key: { pk: "once" },
        UpdateExpression: "ADD n :amount",
        ExpressionAttributeValues: { ":amount": amount },
      },
    },
  ];
  await transact(add(5), token);
  await transact(add(5), token);
  expect(await read("once")).toMatchObject({ n: 5 });
  await expect(transact(add(6), token)).rejects.toBeInstanceOf(IdempotentParameterMismatchException);
  expect(await read("once")).toMatchObject({ n: 5 });
});

it("refuses two actions on one item and more than 100 actions", async () => {
  await expect(
    transact([{ Put: { TableName, Item: { pk: "double" } } }, { Delete: { TableName, Key: { pk: "double" } } }]),
  ).rejects.toMatchObject({ message: "Transaction request cannot include multiple operations on one item" });
  const many = Array.from({ length: 101 }, (_, place) => ({ Put: { TableName, Item: { pk: `many-${place}` } } }));
  await expect(transact(many)).rejects.toMatchObject({ name: "ValidationException" });
});

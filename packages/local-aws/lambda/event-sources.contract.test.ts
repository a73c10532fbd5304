import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { GetQueueUrlCommand, SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestStack, type TestStack, waitFor } from "./test-stack.ts";

const queueCode = `
import { appendFileSync } from "node:fs";
export const handler = async (event) => {
  const failures = [];
  for (const record of event.Records) {
    if (record.body === "poison") failures.push({ itemIdentifier: record.messageId });
    else appendFileSync(process.env.OUT, record.body + "\\n");
  }
  appendFileSync(process.env.OUT + ".batches", JSON.stringify(event.Records.map((r) => [r.attributes.MessageGroupId, r.eventSourceARN])) + "\\n");
  return { batchItemFailures: failures };
};`;

const fifoCode = `
import { appendFileSync } from "node:fs";
export const handler = async (event) => {
  const groups = [...new Set(event.Records.map((record) => record.attributes.MessageGroupId))];
  for (const group of groups) appendFileSync(process.env.OUT, "begin " + group + "\\n");
  await new Promise((resolve) => setTimeout(resolve, 20));
  for (const record of event.Records) appendFileSync(process.env.OUT, "item " + record.attributes.MessageGroupId + " " + record.body + "\\n");
  for (const group of groups) appendFileSync(process.env.OUT, "end " + group + "\\n");
};`;

const streamCode = `
import { appendFileSync } from "node:fs";
export const handler = async (event) => {
  for (const record of event.Records) {
    const id = record.dynamodb.Keys.id.S;
    if (id === "poison") throw new Error("poison");
    appendFileSync(process.env.OUT, record.eventName + " " + id + "\\n");
  }
};`;

describe("event sources", () => {
  let stack: TestStack;
  let scratch: string;
  const lines = async (name: string) =>
    (await readFile(path.join(scratch, name), "utf8").catch(() => "")).split("\n").filter((line) => line !== "");

  beforeAll(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), "local-aws-sources-"));
    const environment = (name: string) => ({ OUT: path.join(scratch, name) });
    stack = await startTestStack({
      queues: [
        { name: "work", fifo: false, visibilityTimeoutSeconds: 1, deadLetter: { queue: "dead", maxReceiveCount: 2 } },
        { name: "dead", fifo: false, visibilityTimeoutSeconds: 30 },
        { name: "ordered.fifo", fifo: true, visibilityTimeoutSeconds: 30 },
      ],
      tables: [{ name: "things", attributes: { id: "S" }, partitionKey: "id", indexes: [], stream: "NEW_IMAGE" }],
      functions: [
        { name: "consume", code: queueCode, environment: environment("consumed") },
        { name: "order", code: fifoCode, environment: environment("ordered") },
        { name: "follow", code: streamCode, environment: environment("followed") },
      ],
      eventSources: [
        { function: "consume", queue: "work", batchSize: 5, reportBatchItemFailures: true },
        { function: "order", queue: "ordered.fifo", batchSize: 3, maxConcurrency: 3, reportBatchItemFailures: false },
        { function: "follow", tableStream: "things", batchSize: 2, maxRetries: 1, deadLetterQueue: "dead" },
      ],
    });
  });
  afterAll(() => stack?.close());

  const receiveDead = (matches: (body: string) => boolean) =>
    waitFor(async () => {
      const messages = await stack.queues.receive("dead", {
        maxMessages: 10,
        waitMs: 200,
        visibilityTimeoutSeconds: 0,
        signal: new AbortController().signal,
      });
      return messages.find(({ body }) => matches(body));
    });

  it("consumes a queue in batches; only the failed message comes back, and ends in the dead-letter queue", async () => {
    const sqs = new SQSClient(stack.client);
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: "work" }));
    const bodies = ["a", "b", "poison", "c", "d", "e"];
    const Entries = bodies.map((MessageBody, i) => ({ Id: String(i), MessageBody }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    await receiveDead((body) => body === "poison");
    expect((await lines("consumed")).sort()).toEqual(["a", "b", "c", "d", "e"]);
    const batches = (await lines("consumed.batches")).map((line) => JSON.parse(line) as [string, string][]);
    expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(5);
    expect(batches[0]?.[0]?.[1]).toBe("arn:aws:sqs:eu-north-1:000000000000:work");
  });

  it("never processes two batches of one FIFO group at once, and keeps each group's order", async () => {
    const sqs = new SQSClient(stack.client);
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: "ordered.fifo" }));
    for (const group of ["x", "y", "z"])
      await sqs.send(
        new SendMessageBatchCommand({
          QueueUrl,
          Entries: Array.from({ length: 8 }, (_, i) => ({
            Id: String(i),
            MessageBody: String(i),
            MessageGroupId: group,
            MessageDeduplicationId: `${group}${i}`,
          })),
        }),
      );
    const done = await waitFor(async () => {
      const all = await lines("ordered");
      return all.filter((line) => line.startsWith("item")).length >= 24 && all.at(-1)?.startsWith("end")
        ? all
        : undefined;
    });
    const active = new Set<string>();
    for (const line of done) {
      const [word, group = ""] = line.split(" ");
      if (word === "begin") {
        expect(active.has(group)).toBe(false);
        active.add(group);
      } else if (word === "end") active.delete(group);
    }
    for (const group of ["x", "y", "z"])
      expect(done.filter((line) => line.startsWith(`item ${group}`)).map((line) => line.split(" ")[2])).toEqual(
        Array.from({ length: 8 }, (_, i) => String(i)),
      );
  });

  it("follows a table's stream in order, and past a poisonous batch after its retries", async () => {
    const dynamo = new DynamoDBClient(stack.client);
    const put = (id: string) => dynamo.send(new PutItemCommand({ TableName: "things", Item: { id: { S: id } } }));
    for (const id of ["1", "2", "3"]) await put(id);
    await waitFor(async () => ((await lines("followed")).length >= 3 ? true : undefined));
    await put("poison");
    const dead = await receiveDead((body) => body.includes("DDBStreamBatchInfo"));
    expect(JSON.parse(dead.body)).toMatchObject({
      requestContext: { condition: "RetryAttemptsExhausted", approximateInvokeCount: 2 },
    });
    await put("4");
    await waitFor(async () => ((await lines("followed")).length >= 4 ? true : undefined));
    expect(await lines("followed")).toEqual(["INSERT 1", "INSERT 2", "INSERT 3", "INSERT 4"]);
  });
});

import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { createSqsWorkQueues } from "@samla/aws/work-queues/sqs";
import type { SQSEvent } from "aws-lambda";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestAws } from "../../packages/aws/testing.ts";
import { createHttpHandler } from "./http.ts";
import { createQueueHandler } from "./queue.ts";
import { testIndex } from "./testing-answers.ts";
import { testEnvironment } from "./testing-env.ts";
import { eventOf } from "./testing-events.ts";

let aws: Awaited<ReturnType<typeof startTestAws>>;
beforeAll(async () => {
  aws = await startTestAws("queues", "tables");
  const queues = Object.fromEntries(
    ["stored", "process", "index", "embed", "fill", "evaluate"].map((name) => {
      const suffix = name === "index" ? ".fifo" : "";
      return [name, { url: aws.queueUrl(`${name}${suffix}`), deadLetterUrl: aws.queueUrl(`${name}-dead${suffix}`) }];
    }),
  );
  const rest = Object.fromEntries(Object.entries(testEnvironment).filter(([name]) => name.startsWith("SAMLA_")));
  Object.assign(process.env, rest, {
    SAMLA_QUEUES: JSON.stringify(queues),
    SAMLA_CATALOG_TABLE: aws.tables.catalog,
  });
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterAll(() => aws?.close());

const record = (messageId: string, body: string) => ({
  messageId,
  body,
  receiptHandle: `handle-${messageId}`,
  attributes: { ApproximateReceiveCount: "1" },
});

describe("a batch of messages", () => {
  it("sends back only those that failed, also when they cannot be put back sooner", async () => {
    const done: string[] = [];
    const handler = createQueueHandler("process", async (_, { body }) => {
      if (body === "bad") throw new Error("cannot");
      done.push(body);
    });
    const event = { Records: [record("1", "a"), record("2", "bad"), record("3", "b")] } as unknown as SQSEvent;
    const result = await handler(event, { awsRequestId: "r" } as never);
    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: "2" }] });
    expect(done).toEqual(["a", "b"]);
  });

  it("puts a failed message back to come again after the given time", async () => {
    const client = new SQSClient({});
    const QueueUrl = aws.queueUrl("embed");
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "again" }));
    const take = async (): Promise<string | undefined> =>
      (await client.send(new ReceiveMessageCommand({ QueueUrl }))).Messages?.[0]?.ReceiptHandle;
    const handle = await take();
    expect(await take()).toBeUndefined();
    const queues = createSqsWorkQueues(JSON.parse(process.env.SAMLA_QUEUES ?? "{}"));
    await queues.retryLater("embed", handle ?? "", 0);
    // One receive is this queue's limit, so it is found among the dead.
    await take();
    await expect.poll(async () => (await queues.states()).find((one) => one.name === "embed")?.deadLetters).toBe(1);
  });
});

describe("a repeated request", () => {
  let runs = 0;
  let outcome: () => Promise<unknown> = async () => testIndex;
  const handler = createHttpHandler({
    "indexes.create": async () => {
      runs += 1;
      return (await outcome()) as never;
    },
  });
  const call = (key: string, name = "x", sub = "ada") =>
    handler(
      eventOf({
        method: "POST",
        path: "/indexes",
        body: JSON.stringify({ slug: "ab", name }),
        headers: { "Idempotency-Key": key },
        authorizer: { sub, roles: "admin" },
      }),
    );

  it("is done once, gets the same answer, and is refused with another body", async () => {
    runs = 0;
    const first = await call("key-1");
    expect(first.statusCode).toBe(201);
    expect(await call("key-1")).toEqual(first);
    expect(runs).toBe(1);
    expect(JSON.parse((await call("key-1", "y")).body)).toMatchObject({ code: "idempotency_mismatch", status: 409 });
    expect((await call("key-1", "x", "eve")).statusCode).toBe(201);
    expect(runs).toBe(2);
    expect((await call("k".repeat(129))).statusCode).toBe(400);
  });

  it("waits for the one under way, and may be tried again when that failed", async () => {
    let release: (value: unknown) => void = () => undefined;
    outcome = () =>
      new Promise((resolve) => {
        release = resolve;
      });
    runs = 0;
    const first = call("key-2");
    await expect.poll(() => runs).toBe(1);
    expect(JSON.parse((await call("key-2")).body)).toMatchObject({ code: "conflict" });
    release(testIndex);
    expect((await first).statusCode).toBe(201);
    outcome = async () => {
      throw new Error("fault");
    };
    expect((await call("key-3")).statusCode).toBe(500);
    outcome = async () => testIndex;
    expect((await call("key-3")).statusCode).toBe(201);
  });
});

import {
  CancelMessageMoveTaskCommand,
  GetQueueAttributesCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createClientSettings, createQueueConfig, startStorage, type TestStorage, waitFor } from "../kernel/testing.ts";

let aws: TestStorage;
let sqs: SQSClient;
beforeEach(async () => {
  aws = await startStorage({
    queues: [
      createQueueConfig("source", { visibilityTimeoutSeconds: 0, deadLetter: { queue: "dead", maxReceiveCount: 2 } }),
      createQueueConfig("dead"),
      createQueueConfig("elsewhere"),
    ],
  });
  sqs = new SQSClient(createClientSettings(aws.url));
});
afterEach(() => aws.close());

const url = (name: string) => `${aws.url}/000000000000/${name}`;
const arn = (name: string) => `arn:aws:sqs:eu-north-1:000000000000:${name}`;
const send = (name: string, MessageBody: string) =>
  sqs.send(new SendMessageCommand({ QueueUrl: url(name), MessageBody }));
const receive = async (name: string, VisibilityTimeout?: number) => {
  const command = new ReceiveMessageCommand({
    QueueUrl: url(name),
    VisibilityTimeout,
    MaxNumberOfMessages: 10,
    MessageSystemAttributeNames: ["All"],
  });
  return (await sqs.send(command)).Messages ?? [];
};
const countOf = async (name: string) => {
  const command = new GetQueueAttributesCommand({
    QueueUrl: url(name),
    AttributeNames: ["ApproximateNumberOfMessages"],
  });
  return Number((await sqs.send(command)).Attributes?.ApproximateNumberOfMessages);
};
/** Receives until the message has gone to the dead-letter queue. */
async function poison(body: string) {
  await send("source", body);
  for (let turn = 0; turn < 2; turn += 1) expect(await receive("source")).toHaveLength(1);
  expect(await receive("source")).toEqual([]);
}
const moveAll = async (DestinationArn?: string) => {
  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arn("dead"), DestinationArn }));
  return waitFor(async () => {
    const { Results } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: arn("dead") }));
    return Results?.[0]?.Status === "RUNNING" ? undefined : Results?.[0];
  });
};

describe("dead-letter queues", () => {
  it("take a message that was received too often, with where it came from", async () => {
    await poison("poison");
    const [message] = await receive("dead");
    expect(message).toMatchObject({ Body: "poison", Attributes: { DeadLetterQueueSourceArn: arn("source") } });
    const sources = await sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: url("dead") }));
    expect(sources.queueUrls).toEqual([url("source")]);
  });

  it("give their messages back to where they came from", async () => {
    await poison("one");
    await poison("two");
    expect(await moveAll()).toMatchObject({ Status: "COMPLETED", ApproximateNumberOfMessagesMoved: 2 });
    expect(await countOf("dead")).toBe(0);
    const back = await receive("source");
    expect(back.map((message) => message.Body).sort()).toEqual(["one", "two"]);
    expect(back[0]?.Attributes?.ApproximateReceiveCount).toBe("1");
  });

  it("give their messages to another queue when asked", async () => {
    await poison("one");
    await moveAll(arn("elsewhere"));
    expect((await receive("elsewhere"))[0]?.Body).toBe("one");
  });

  it("say why a redrive failed: a message that no queue sent there", async () => {
    await send("dead", "direct");
    expect(await moveAll()).toMatchObject({ Status: "FAILED", FailureReason: "CouldNotDetermineMessageSource" });
    expect(await countOf("dead")).toBe(1);
  });

  it("stop a redrive that is cancelled, with what it has moved so far", async () => {
    for (const body of ["one", "two", "three"]) await poison(body);
    const SourceArn = arn("dead");
    const slow = new StartMessageMoveTaskCommand({ SourceArn, MaxNumberOfMessagesPerSecond: 1 });
    const { TaskHandle } = await sqs.send(slow);
    await expect(sqs.send(slow)).rejects.toMatchObject({ name: "UnsupportedOperation" });
    await waitFor(async () => (await countOf("dead")) < 3);
    await sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
    const { Results } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn }));
    expect(Results?.[0]).toMatchObject({ Status: "CANCELLED", MaxNumberOfMessagesPerSecond: 1 });
    expect((await countOf("dead")) + (await countOf("source"))).toBe(3);
  });

  it("refuse a redrive from a queue that is none", async () => {
    const command = new StartMessageMoveTaskCommand({ SourceArn: arn("elsewhere") });
    await expect(sqs.send(command)).rejects.toMatchObject({ name: "InvalidParameterValue" });
  });
});

describe("the queue port", () => {
  it("sends, receives, gives back and deletes inside the process", async () => {
    const { signal } = new AbortController();
    await aws.queues.send("elsewhere", "inside", {
      messageAttributes: { a: { DataType: "String", StringValue: "1" } },
    });
    const options = { maxMessages: 10, waitMs: 0, signal };
    const [message] = await aws.queues.receive("elsewhere", options);
    expect(message).toMatchObject({
      body: "inside",
      attributes: { ApproximateReceiveCount: "1" },
      messageAttributes: { a: { StringValue: "1" } },
    });
    await aws.queues.changeVisibility("elsewhere", message?.receiptHandle ?? "", 0);
    const [again] = await aws.queues.receive("elsewhere", options);
    await aws.queues.delete("elsewhere", again?.receiptHandle ?? "");
    expect(await countOf("elsewhere")).toBe(0);
    expect(aws.queues.visibilityTimeoutSeconds("elsewhere")).toBe(30);
    await expect(aws.queues.send("absent", "x")).rejects.toThrow(/does not exist: absent/);
  });

  it("ends a wait on abort", async () => {
    const abort = new AbortController();
    const waiting = aws.queues.receive("elsewhere", { maxMessages: 1, waitMs: 600_000, signal: abort.signal });
    abort.abort();
    expect(await waiting).toEqual([]);
  });
});

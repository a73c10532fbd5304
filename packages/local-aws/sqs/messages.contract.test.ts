import {
  BatchEntryIdsNotDistinct,
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  EmptyBatchRequest,
  GetQueueAttributesCommand,
  MessageNotInflight,
  ReceiptHandleIsInvalid,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClientSettings, startStorage, type TestStorage } from "../kernel/testing.ts";

let aws: TestStorage;
let sqs: SQSClient;
let count = 0;
beforeAll(async () => {
  aws = await startStorage({});
  sqs = new SQSClient(createClientSettings(aws.url));
});
afterAll(() => aws.close());

async function createQueue(Attributes: Record<string, string> = {}) {
  count += 1;
  const QueueName = `q${count}${Attributes.FifoQueue ? ".fifo" : ""}`;
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  return {
    QueueUrl,
    send: (MessageBody: string, more: Partial<SendMessageCommandInput> = {}) =>
      sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more })),
    receive: async (more: Partial<ReceiveMessageCommandInput> = {}) =>
      (await sqs.send(new ReceiveMessageCommand({ QueueUrl, ...more }))).Messages ?? [],
    remove: (ReceiptHandle?: string) => sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })),
    hide: (ReceiptHandle: string | undefined, VisibilityTimeout: number) =>
      sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout })),
    count: async () => {
      const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] });
      return Number((await sqs.send(command)).Attributes?.ApproximateNumberOfMessages);
    },
  };
}

describe("messages", () => {
  it("arrive with body, attributes and the digests the SDK verifies", async () => {
    const queue = await createQueue();
    const MessageAttributes = {
      text: { DataType: "String", StringValue: "å" },
      number: { DataType: "Number.int", StringValue: "7" },
      bytes: { DataType: "Binary", BinaryValue: new Uint8Array([0, 255]) },
    };
    await queue.send("hej å", { MessageAttributes });
    const [message] = await queue.receive({ MessageAttributeNames: ["All"], MessageSystemAttributeNames: ["All"] });
    expect(message?.Body).toBe("hej å");
    expect(message?.MessageAttributes?.bytes?.BinaryValue).toEqual(new Uint8Array([0, 255]));
    expect(message?.MessageAttributes?.text?.StringValue).toBe("å");
    expect(message?.Attributes).toMatchObject({ ApproximateReceiveCount: "1", SenderId: "000000000000" });
  });

  it("are hidden while one receiver works on them and gone when it deletes them", async () => {
    const queue = await createQueue();
    await queue.send("one");
    const [message] = await queue.receive();
    expect(await queue.receive()).toEqual([]);
    await queue.remove(message?.ReceiptHandle);
    await queue.remove(message?.ReceiptHandle);
    expect(await queue.count()).toBe(0);
  });

  it("come back after the visibility timeout, counted", async () => {
    const queue = await createQueue({ VisibilityTimeout: "1" });
    await queue.send("again");
    const [first] = await queue.receive();
    const [second] = await queue.receive({ WaitTimeSeconds: 5, MessageSystemAttributeNames: ["All"] });
    expect(second).toMatchObject({ MessageId: first?.MessageId, Attributes: { ApproximateReceiveCount: "2" } });
    // The first receiver is late: its handle no longer removes what another one works on.
    await queue.remove(first?.ReceiptHandle);
    await queue.hide(second?.ReceiptHandle, 0);
    expect(await queue.receive()).toHaveLength(1);
  });

  it("come back at once when given back, and later when hidden for longer", async () => {
    const queue = await createQueue();
    await queue.send("back");
    const [message] = await queue.receive();
    await queue.hide(message?.ReceiptHandle, 0);
    await expect(queue.hide(message?.ReceiptHandle, 10)).rejects.toBeInstanceOf(MessageNotInflight);
    const [again] = await queue.receive({ VisibilityTimeout: 0 });
    expect(again?.MessageId).toBe(message?.MessageId);
    await expect(queue.hide("nonsense", 1)).rejects.toBeInstanceOf(ReceiptHandleIsInvalid);
  });

  it("wake a long poll when they are sent and when their delay ends", async () => {
    const queue = await createQueue();
    const waiting = queue.receive({ WaitTimeSeconds: 20 });
    await queue.send("awaited");
    expect((await waiting)[0]?.Body).toBe("awaited");
    await queue.send("delayed", { DelaySeconds: 1 });
    expect(await queue.receive()).toEqual([]);
    expect((await queue.receive({ WaitTimeSeconds: 20 }))[0]?.Body).toBe("delayed");
  });

  it("are not taken by a receiver that has hung up", async () => {
    const queue = await createQueue();
    const abort = new AbortController();
    const command = new ReceiveMessageCommand({ QueueUrl: queue.QueueUrl, WaitTimeSeconds: 20 });
    const gone = sqs.send(command, { abortSignal: abort.signal });
    await queue.count();
    abort.abort();
    await expect(gone).rejects.toMatchObject({ name: "AbortError" });
    const live = queue.receive({ WaitTimeSeconds: 20 });
    await queue.send("for the living");
    expect((await live)[0]?.Body).toBe("for the living");
  });

  it("go to exactly one of many receivers", async () => {
    const queue = await createQueue();
    for (let batch = 0; batch < 5; batch += 1) {
      const Entries = Array.from({ length: 10 }, (_, index) => ({ Id: `e${index}`, MessageBody: `${batch}-${index}` }));
      await sqs.send(new SendMessageBatchCommand({ QueueUrl: queue.QueueUrl, Entries }));
    }
    const seen: string[] = [];
    const consume = async () => {
      for (;;) {
        const messages = await queue.receive({ MaxNumberOfMessages: 10 });
        if (messages.length === 0) return;
        seen.push(...messages.map((message) => message.Body ?? ""));
      }
    };
    await Promise.all(Array.from({ length: 8 }, consume));
    expect(seen).toHaveLength(50);
    expect(new Set(seen).size).toBe(50);
  });

  it("refuse empty, too large and forbidden bodies and values out of bounds", async () => {
    const queue = await createQueue({ MaximumMessageSize: "1024" });
    await expect(queue.send("")).rejects.toMatchObject({ name: "MissingParameter" });
    await expect(queue.send("x".repeat(1025))).rejects.toMatchObject({ name: "InvalidParameterValue" });
    await expect(queue.send("\u0001")).rejects.toMatchObject({ name: "InvalidMessageContents" });
    await expect(queue.send("x", { DelaySeconds: 901 })).rejects.toMatchObject({ name: "InvalidParameterValue" });
    await expect(queue.receive({ MaxNumberOfMessages: 11 })).rejects.toMatchObject({ name: "InvalidParameterValue" });
    await expect(queue.receive({ WaitTimeSeconds: 21 })).rejects.toMatchObject({ name: "InvalidParameterValue" });
  });
});

describe("batches", () => {
  it("send, hide and delete, each entry on its own", async () => {
    const queue = await createQueue();
    const { QueueUrl } = queue;
    const sent = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: "good", MessageBody: "1" },
          { Id: "bad", MessageBody: "2", DelaySeconds: 5000 },
        ],
      }),
    );
    expect(sent.Successful?.map((entry) => entry.Id)).toEqual(["good"]);
    expect(sent.Failed?.[0]).toMatchObject({ Id: "bad", SenderFault: true });
    const [message] = await queue.receive();
    const ReceiptHandle = message?.ReceiptHandle;
    const hidden = await sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl,
        Entries: [{ Id: "a", ReceiptHandle, VisibilityTimeout: 60 }],
      }),
    );
    expect(hidden.Successful).toHaveLength(1);
    const removed = await sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: "a", ReceiptHandle },
          { Id: "b", ReceiptHandle: "nonsense" },
        ],
      }),
    );
    expect(removed.Successful?.map((entry) => entry.Id)).toEqual(["a"]);
    expect(removed.Failed?.[0]?.Code).toBe("ReceiptHandleIsInvalid");
  });

  it("are refused whole when empty or with repeated ids", async () => {
    const { QueueUrl } = await createQueue();
    const empty = new SendMessageBatchCommand({ QueueUrl, Entries: [] });
    await expect(sqs.send(empty)).rejects.toBeInstanceOf(EmptyBatchRequest);
    const Entries = ["1", "2"].map((MessageBody) => ({ Id: "same", MessageBody }));
    const repeated = new SendMessageBatchCommand({ QueueUrl, Entries });
    await expect(sqs.send(repeated)).rejects.toBeInstanceOf(BatchEntryIdsNotDistinct);
  });
});

describe("FIFO queues", () => {
  const fifo = { FifoQueue: "true", ContentBasedDeduplication: "true" };
  const inGroup = (MessageGroupId: string) => ({ MessageGroupId });

  it("keep order and drop duplicates of five minutes", async () => {
    const queue = await createQueue(fifo);
    const sequence: string[] = [];
    for (const body of ["1", "2", "2", "3"]) sequence.push((await queue.send(body, inGroup("g"))).SequenceNumber ?? "");
    expect(sequence[1]).toBe(sequence[2]);
    const messages = await queue.receive({ MaxNumberOfMessages: 10, MessageSystemAttributeNames: ["All"] });
    expect(messages.map((message) => message.Body)).toEqual(["1", "2", "3"]);
    expect(messages[0]?.Attributes).toMatchObject({ MessageGroupId: "g", SequenceNumber: sequence[0] });
  });

  it("lock a group while one of its messages is in flight, and no other group", async () => {
    const queue = await createQueue(fifo);
    for (const body of ["a1", "a2"]) await queue.send(body, inGroup("a"));
    await queue.send("b1", inGroup("b"));
    const [first] = await queue.receive();
    expect(first?.Body).toBe("a1");
    expect((await queue.receive({ MaxNumberOfMessages: 10 })).map((message) => message.Body)).toEqual(["b1"]);
    const waiting = queue.receive({ WaitTimeSeconds: 20 });
    await queue.remove(first?.ReceiptHandle);
    expect((await waiting)[0]?.Body).toBe("a2");
  });

  it("refuse a message without group or deduplication id", async () => {
    const queue = await createQueue({ FifoQueue: "true" });
    await expect(queue.send("x")).rejects.toMatchObject({ name: "MissingParameter" });
    await expect(queue.send("x", inGroup("g"))).rejects.toMatchObject({ name: "InvalidParameterValue" });
    await queue.send("x", { MessageGroupId: "g", MessageDeduplicationId: "1" });
  });
});

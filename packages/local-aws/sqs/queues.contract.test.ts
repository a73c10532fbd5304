import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  QueueDoesNotExist,
  QueueNameExists,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
  TagQueueCommand,
  UntagQueueCommand,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClientSettings, createQueueConfig, startStorage, type TestStorage } from "../kernel/testing.ts";

let aws: TestStorage;
let sqs: SQSClient;
beforeAll(async () => {
  aws = await startStorage({
    queues: [
      createQueueConfig("main", { retentionSeconds: 3600, deadLetter: { queue: "main-dlq", maxReceiveCount: 3 } }),
      createQueueConfig("main-dlq"),
      createQueueConfig("builds.fifo", { contentBasedDeduplication: true }),
    ],
  });
  sqs = new SQSClient(createClientSettings(aws.url));
});
afterAll(() => aws.close());

const create = async (QueueName: string, Attributes?: Record<string, string>) =>
  (await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl ?? "";
const describeQueue = async (QueueUrl: string) =>
  (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }))).Attributes ?? {};

describe("queues", () => {
  it("have URLs on the public endpoint, which clients follow", async () => {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: "main" }));
    expect(QueueUrl).toBe(`${aws.url}/000000000000/main`);
  });

  it("come with the configuration they were started with", async () => {
    const attributes = await describeQueue(`${aws.url}/000000000000/main`);
    expect(attributes).toMatchObject({
      VisibilityTimeout: "30",
      MessageRetentionPeriod: "3600",
      QueueArn: "arn:aws:sqs:eu-north-1:000000000000:main",
      ApproximateNumberOfMessages: "0",
    });
    expect(JSON.parse(attributes.RedrivePolicy ?? "")).toEqual({
      deadLetterTargetArn: "arn:aws:sqs:eu-north-1:000000000000:main-dlq",
      maxReceiveCount: 3,
    });
    expect(await describeQueue(`${aws.url}/000000000000/builds.fifo`)).toMatchObject({
      FifoQueue: "true",
      ContentBasedDeduplication: "true",
    });
  });

  it("are made again without error, but not with other attributes", async () => {
    const url = await create("again", { VisibilityTimeout: "5" });
    expect(await create("again", { VisibilityTimeout: "5" })).toBe(url);
    await expect(create("again", { VisibilityTimeout: "6" })).rejects.toBeInstanceOf(QueueNameExists);
  });

  it("refuse bad names, unknown attributes, values out of bounds, and dead-letter queues that do not exist", async () => {
    await expect(create("bad name")).rejects.toMatchObject({ name: "InvalidParameterValue" });
    await expect(create("missing.fifo")).rejects.toMatchObject({ name: "InvalidParameterValue" });
    await expect(create("q1", { Nonsense: "1" })).rejects.toMatchObject({ name: "InvalidAttributeName" });
    const QueueUrl = await create("known");
    await expect(
      sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["Nonsense" as "All"] })),
    ).rejects.toMatchObject({ name: "InvalidAttributeName" });
    await expect(create("q2", { VisibilityTimeout: "43201" })).rejects.toMatchObject({ name: "InvalidAttributeValue" });
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: "arn:aws:sqs:eu-north-1:000000000000:none",
      maxReceiveCount: 1,
    });
    await expect(create("q3", { RedrivePolicy })).rejects.toMatchObject({ name: "InvalidParameterValue" });
  });

  it("are listed by prefix and page by page", async () => {
    for (const name of ["list-a", "list-b", "list-c"]) await create(name);
    const first = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: "list-", MaxResults: 2 }));
    expect(first.QueueUrls).toHaveLength(2);
    const rest = await sqs.send(
      new ListQueuesCommand({ QueueNamePrefix: "list-", MaxResults: 2, NextToken: first.NextToken }),
    );
    expect(rest.QueueUrls).toEqual([`${aws.url}/000000000000/list-c`]);
    expect(rest.NextToken).toBeUndefined();
  });

  it("change attributes, count and purge messages, carry tags, and go", async () => {
    const QueueUrl = await create("life");
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { DelaySeconds: "60" } }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "delayed" }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "now", DelaySeconds: 0 }));
    expect(await describeQueue(QueueUrl)).toMatchObject({
      ApproximateNumberOfMessages: "1",
      ApproximateNumberOfMessagesDelayed: "1",
    });
    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
    expect(await describeQueue(QueueUrl)).toMatchObject({
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesDelayed: "0",
    });
    await sqs.send(new TagQueueCommand({ QueueUrl, Tags: { a: "1", b: "2" } }));
    await sqs.send(new UntagQueueCommand({ QueueUrl, TagKeys: ["a"] }));
    expect((await sqs.send(new ListQueueTagsCommand({ QueueUrl }))).Tags).toEqual({ b: "2" });
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    await expect(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }))).rejects.toBeInstanceOf(
      QueueDoesNotExist,
    );
  });
});

import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { CreateQueueCommand, DeleteQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createBucketConfig,
  createClientSettings,
  createQueueConfig,
  startStorage,
  type TestStorage,
} from "../kernel/testing.ts";

const Bucket = "watched";
let aws: TestStorage;
let s3: S3Client;
beforeAll(async () => {
  aws = await startStorage({
    queues: [createQueueConfig("events"), createQueueConfig("others"), createQueueConfig("ordered.fifo")],
    buckets: [
      createBucketConfig(Bucket, {
        versioned: true,
        notifications: [
          { events: ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"], prefix: "in/", suffix: ".pdf", queue: "events" },
        ],
      }),
      createBucketConfig("plain"),
    ],
  });
  s3 = new S3Client(createClientSettings(aws.url));
});
afterAll(() => aws.close());

async function receive(queue: string) {
  const [message] = await aws.queues.receive(queue, {
    maxMessages: 1,
    waitMs: 5000,
    signal: AbortSignal.timeout(6000),
  });
  if (!message) throw new Error("No event came.");
  await aws.queues.delete(queue, message.receiptHandle);
  return JSON.parse(message.body);
}

describe("object events", () => {
  it("come in the form AWS gives them, keys encoded as in forms", async () => {
    const Key = "in/tenant a/å+b.pdf";
    const { VersionId, ETag } = await s3.send(new PutObjectCommand({ Bucket, Key, Body: "%PDF" }));
    const { Records } = await receive("events");
    expect(Records).toHaveLength(1);
    expect(Records[0]).toMatchObject({
      eventVersion: "2.1",
      eventSource: "aws:s3",
      awsRegion: "eu-north-1",
      eventName: "ObjectCreated:Put",
      s3: {
        s3SchemaVersion: "1.0",
        bucket: { name: Bucket, arn: "arn:aws:s3:::watched" },
        object: { key: "in/tenant+a/%C3%A5%2Bb.pdf", size: 4, eTag: ETag?.replaceAll('"', ""), versionId: VersionId },
      },
    });
    expect(decodeURIComponent(Records[0].s3.object.key.replaceAll("+", " "))).toBe(Key);
  });

  it("name every way an object comes and goes, in order, within prefix and suffix only", async () => {
    const target = { Bucket, Key: "in/m.pdf" };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(target));
    const { ETag } = await s3.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: "x" }));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    await s3.send(new PutObjectCommand({ Bucket, Key: "in/m.txt", Body: "x" }));
    await s3.send(new PutObjectCommand({ Bucket, Key: "out/m.pdf", Body: "x" }));
    await s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload }));
    const copy = await s3.send(new CopyObjectCommand({ Bucket, Key: "in/c.pdf", CopySource: `${Bucket}/in/m.pdf` }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "in/c.pdf" }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "in/c.pdf", VersionId: copy.VersionId }));
    const records = [];
    for (let count = 0; count < 4; count += 1) records.push((await receive("events")).Records[0]);
    expect(records.map((record) => record.eventName)).toEqual([
      "ObjectCreated:CompleteMultipartUpload",
      "ObjectCreated:Copy",
      "ObjectRemoved:DeleteMarkerCreated",
      "ObjectRemoved:Delete",
    ]);
    const sequence = records.map((record) => record.s3.object.sequencer);
    expect(sequence).toEqual(sequence.toSorted());
  });

  it("are set up by PutBucketNotificationConfiguration, which tests the queue", async () => {
    const configure = (queue: string) =>
      s3.send(
        new PutBucketNotificationConfigurationCommand({
          Bucket: "plain",
          NotificationConfiguration: {
            QueueConfigurations: [
              { QueueArn: `arn:aws:sqs:eu-north-1:000000000000:${queue}`, Events: ["s3:ObjectCreated:Put"] },
            ],
          },
        }),
      );
    await expect(configure("ordered.fifo")).rejects.toMatchObject({ name: "InvalidArgument" });
    await expect(configure("absent")).rejects.toMatchObject({ name: "InvalidArgument" });
    await configure("others");
    expect(await receive("others")).toMatchObject({ Event: "s3:TestEvent", Bucket: "plain" });
    await s3.send(new PutObjectCommand({ Bucket: "plain", Key: "k", Body: "x" }));
    expect((await receive("others")).Records[0].s3.object.key).toBe("k");
  });

  it("to a queue that was deleted do not hold up those to others", async () => {
    const QueueConfigurations = ["doomed", "others"].map((queue) => ({
      QueueArn: `arn:aws:sqs:eu-north-1:000000000000:${queue}`,
      Events: ["s3:ObjectCreated:Put" as const],
    }));
    const sqs = new SQSClient(createClientSettings(aws.url));
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "doomed" }));
    await s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: "plain",
        NotificationConfiguration: { QueueConfigurations },
        SkipDestinationValidation: true,
      }),
    );
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    await s3.send(new PutObjectCommand({ Bucket: "plain", Key: "after", Body: "x" }));
    expect((await receive("others")).Records[0].s3.object.key).toBe("after");
  });
});

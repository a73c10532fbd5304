import { randomBytes } from "node:crypto";
import {
  type AttributeDefinition,
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  type KeySchemaElement,
  type Projection,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import {
  AbortMultipartUploadCommand,
  type BucketLocationConstraint,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateQueueCommand, DeleteQueueCommand, GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { queues, type TableResource, tables } from "../../infra/resources.ts";
import { clientConfig } from "./client-config.ts";

export type TestPart = "bucket" | "queues" | "tables";

export type Gap = "signatures" | "concurrency" | "message move tasks";

export type TestResources = {
  bucket: string;
  tables: { catalog: string; sessions: string };
  /** By name as in `process`, `process-dead`, `index.fifo`, `index-dead.fifo`. */
  queueUrl: (name: string) => string;
  /** What this endpoint is known to lack, with the reason; a test of it would say nothing of our code. */
  gaps: Partial<Record<Gap, string>>;
  close: () => Promise<void>;
};

type Undo = () => Promise<unknown>;

const makeBucket = async (Bucket: string, undo: Undo[]): Promise<void> => {
  const client = new S3Client(clientConfig);
  const region = await client.config.region();
  await client.send(
    new CreateBucketCommand({
      Bucket,
      // The oldest region has no name here: AWS refuses its own.
      ...(region === "us-east-1"
        ? {}
        : { CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint } }),
    }),
  );
  undo.push(async () => {
    const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
    for (const { Key, UploadId } of Uploads ?? [])
      await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    for (;;) {
      const page = await client.send(new ListObjectVersionsCommand({ Bucket }));
      const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
      if (found.length === 0) break;
      const Objects = found.map(({ Key, VersionId }) => ({ Key, VersionId }));
      await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    }
    await client.send(new DeleteBucketCommand({ Bucket }));
  });
  await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
};

/** Of moto as it is (5.2.5): its sources have no lock around a table and no message move tasks. */
const motoGaps: TestResources["gaps"] = {
  signatures: "moto takes requests with any signature",
  concurrency: "moto lets several callers win when they write one row at once",
  "message move tasks": "moto has no StartMessageMoveTask",
};

const findGaps = async (): Promise<TestResources["gaps"]> => {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  if (!endpoint) return {};
  const answer = await fetch(new URL("/moto-api/config", endpoint), { signal: AbortSignal.timeout(5_000) });
  await answer.body?.cancel();
  return answer.ok ? motoGaps : {};
};

const makeQueues = async (prefix: string, undo: Undo[]): Promise<Map<string, string>> => {
  const client = new SQSClient(clientConfig);
  const urls = new Map<string, string>();
  const make = async (name: string, attributes: Record<string, string>): Promise<string> => {
    const { QueueUrl = "" } = await client.send(
      new CreateQueueCommand({ QueueName: `${prefix}-${name}`, Attributes: attributes }),
    );
    undo.push(() => client.send(new DeleteQueueCommand({ QueueUrl })));
    urls.set(name, QueueUrl);
    return QueueUrl;
  };
  for (const [name, { fifo }] of Object.entries(queues)) {
    const end = fifo ? ".fifo" : "";
    const kind: Record<string, string> = fifo ? { FifoQueue: "true" } : {};
    const dead = await make(`${name}-dead${end}`, { ...kind });
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: dead, AttributeNames: ["QueueArn"] }),
    );
    await make(name + end, {
      ...kind,
      VisibilityTimeout: "30",
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount: 1 }),
    });
  }
  return urls;
};

const keySchema = (of: { partitionKey: string; sortKey?: string }): KeySchemaElement[] => [
  { AttributeName: of.partitionKey, KeyType: "HASH" },
  ...(of.sortKey ? [{ AttributeName: of.sortKey, KeyType: "RANGE" as const }] : []),
];

const makeTable = async (TableName: string, table: TableResource, undo: Undo[]): Promise<void> => {
  const client = new DynamoDBClient(clientConfig);
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: Object.entries(table.attributes).map(
        ([AttributeName, AttributeType]): AttributeDefinition => ({ AttributeName, AttributeType }),
      ),
      KeySchema: keySchema(table),
      GlobalSecondaryIndexes: table.indexes.map(({ name, projection, ...key }) => ({
        IndexName: name,
        KeySchema: keySchema(key),
        Projection:
          projection === "ALL"
            ? { ProjectionType: "ALL" }
            : ({ ProjectionType: "INCLUDE", NonKeyAttributes: projection.include } satisfies Projection),
      })),
      ...(table.stream ? { StreamSpecification: { StreamEnabled: true, StreamViewType: table.stream } } : {}),
    }),
  );
  undo.push(() => client.send(new DeleteTableCommand({ TableName })));
  await waitUntilTableExists({ client, maxWaitTime: 120, minDelay: 1 }, { TableName });
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName,
      TimeToLiveSpecification: { Enabled: true, AttributeName: table.ttlAttribute },
    }),
  );
};

/**
 * Makes the given parts through the AWS SDK, under names that no one else has. `close` removes them, also when a later
 * one could not be made.
 */
export const makeTestResources = async (parts: TestPart[]): Promise<TestResources> => {
  const prefix = `samla-test-${randomBytes(6).toString("hex")}`;
  const undo: Undo[] = [];
  const close = async (): Promise<void> => {
    const ends = await Promise.allSettled(undo.splice(0).map((one) => one()));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  };
  const bucket = `${prefix}-documents`;
  const names = { catalog: `${prefix}-catalog`, sessions: `${prefix}-sessions` };
  try {
    if (parts.includes("bucket")) await makeBucket(bucket, undo);
    const urls = parts.includes("queues") ? await makeQueues(prefix, undo) : new Map<string, string>();
    if (parts.includes("tables"))
      await Promise.all([
        makeTable(names.catalog, tables.catalog, undo),
        makeTable(names.sessions, tables.sessions, undo),
      ]);
    return {
      bucket,
      tables: names,
      queueUrl: (name) => {
        const url = urls.get(name);
        if (!url)
          throw new Error(
            `no queue ${name} was made: startTestAws("queues") makes ${[...urls.keys()].join(", ") || "them"}`,
          );
        return url;
      },
      gaps: await findGaps(),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};

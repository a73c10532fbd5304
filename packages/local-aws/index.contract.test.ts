import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalAws, type LocalAwsConfig, startLocalAws } from "./index.ts";
import {
  createBucketConfig,
  createClientSettings,
  createQueueConfig,
  TEST_CREDENTIALS,
  waitFor,
} from "./kernel/testing.ts";

/** A function that notes the objects its queue's events name, in DynamoDB, with nothing but the environment to go by. */
const HANDLER = `
import { createRequire } from "node:module";
const { DynamoDBClient, PutItemCommand } = createRequire(process.env.SDK_FROM)("@aws-sdk/client-dynamodb");
const db = new DynamoDBClient({});
export const handler = async (event) => {
  for (const message of event.Records ?? [])
    for (const record of JSON.parse(message.body).Records) {
      console.log("noting", record.s3.object.key);
      await db.send(new PutItemCommand({ TableName: "notes", Item: { id: { S: record.s3.object.key }, size: { N: String(record.s3.object.size) } } }));
    }
  return { statusCode: 200, body: "hello " + (event.path ?? "nobody") };
};
`;

let dir: string;
let aws: LocalAws;

const createConfig = (): LocalAwsConfig => ({
  dir: path.join(dir, "state"),
  port: 0,
  region: "eu-north-1",
  accountId: "000000000000",
  credentials: [TEST_CREDENTIALS],
  buckets: [createBucketConfig("docs", { notifications: [{ events: ["s3:ObjectCreated:*"], queue: "process" }] })],
  queues: [
    createQueueConfig("process", { deadLetter: { queue: "process-dlq", maxReceiveCount: 3 } }),
    createQueueConfig("process-dlq"),
  ],
  tables: [{ name: "notes", attributes: { id: "S" }, partitionKey: "id", indexes: [] }],
  functions: [
    {
      name: "note",
      codeDir: path.join(dir, "code"),
      handler: "index.handler",
      timeoutSeconds: 20,
      memoryMb: 256,
      environment: { SDK_FROM: import.meta.filename },
    },
  ],
  eventSources: [{ function: "note", queue: "process", batchSize: 10, reportBatchItemFailures: false }],
  restApis: [
    {
      name: "api",
      stage: "v1",
      routes: [{ method: "GET", path: "/hello", function: "note" }],
      authorizers: [],
      throttle: { ratePerSecond: 100, burst: 100 },
      cacheSizeBytes: 1024,
      usagePlans: [],
    },
  ],
  webSocketApis: [],
  rules: [],
  schedules: [],
  issuer: {
    users: [
      { sub: "u1", username: "ann", password: "secret", email: "ann@example.com", name: "Ann", groups: ["admin"] },
    ],
    clients: [
      {
        clientId: "console",
        redirectUris: ["http://127.0.0.1:3000/callback"],
        postLogoutRedirectUris: [],
        grantTypes: ["authorization_code"],
        scopes: ["openid"],
      },
    ],
    audience: "samla",
    groupScopes: { admin: ["all"] },
    accessTokenTtlSeconds: 300,
    refreshTokenTtlSeconds: 3600,
  },
});

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "local-aws-whole-"));
  await mkdir(path.join(dir, "code"));
  await writeFile(path.join(dir, "code", "index.mjs"), HANDLER);
  aws = await startLocalAws(createConfig());
});
afterAll(async () => {
  await aws?.close();
  await rm(dir, { recursive: true, force: true });
});

describe("the whole stand-in behind one port", () => {
  it("carries an upload by presigned URL through event, queue and function into a table and the logs", async () => {
    const settings = createClientSettings(aws.url);
    const s3 = new S3Client({ ...settings, requestChecksumCalculation: "WHEN_REQUIRED" });
    const url = await getSignedUrl(s3, new PutObjectCommand({ Bucket: "docs", Key: "a.pdf" }), { expiresIn: 60 });
    expect((await fetch(url, { method: "PUT", body: "%PDF" })).status).toBe(200);
    const db = new DynamoDBClient(settings);
    const command = new GetItemCommand({ TableName: "notes", Key: { id: { S: "a.pdf" } } });
    const item = await waitFor(async () => (await db.send(command)).Item, 20_000);
    expect(item.size).toEqual({ N: "4" });
    const logs = new CloudWatchLogsClient(settings);
    const search = new FilterLogEventsCommand({ logGroupName: "/aws/lambda/note", filterPattern: '"noting a.pdf"' });
    await waitFor(async () => (await logs.send(search)).events?.[0]?.message);
  });

  it("answers Lambda, in the process and over the wire, and the API in front of it", async () => {
    const lambda = new LambdaClient(createClientSettings(aws.url));
    const answer = await lambda.send(new InvokeCommand({ FunctionName: "note", Payload: Buffer.from("{}") }));
    expect(JSON.parse(Buffer.from(answer.Payload ?? []).toString())).toEqual({ statusCode: 200, body: "hello nobody" });
    const inside = await aws.invoke.invoke("note", Buffer.from("{}"), "requestResponse");
    expect(inside.statusCode).toBe(200);
    const response = await fetch(`${aws.url}/_api/api/v1/hello`);
    expect(await response.text()).toBe("hello /hello");
  });

  it("is the issuer of its tokens", async () => {
    const discovery = await (await fetch(`${aws.url}/_oidc/.well-known/openid-configuration`)).json();
    expect(discovery).toMatchObject({ issuer: `${aws.url}/_oidc` });
  });

  it("keeps its state from one start to the next and frees its port", async () => {
    await aws.close();
    await expect(fetch(aws.url)).rejects.toThrow();
    aws = await startLocalAws(createConfig());
    const db = new DynamoDBClient(createClientSettings(aws.url));
    const kept = await db.send(new GetItemCommand({ TableName: "notes", Key: { id: { S: "a.pdf" } } }));
    expect(kept.Item?.size).toEqual({ N: "4" });
    const { QueueUrls } = await new SQSClient(createClientSettings(aws.url)).send(new ListQueuesCommand({}));
    expect(QueueUrls).toEqual(["process", "process-dlq"].map((name) => `${aws.url}/000000000000/${name}`));
  });

  it("says which dead-letter queue of the configuration does not exist, and leaves nothing running", async () => {
    const config = createConfig();
    config.dir = path.join(dir, "other");
    config.queues = [createQueueConfig("process", { deadLetter: { queue: "absent", maxReceiveCount: 3 } })];
    await expect(startLocalAws(config)).rejects.toThrow(/Dead letter target does not exist: absent/);
  });
});

import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { AddPermissionCommand, ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listenFront } from "./server.ts";
import { createClientSettings, startStorage, TEST_CREDENTIALS, type TestStorage } from "./testing.ts";

let aws: TestStorage;
beforeAll(async () => {
  aws = await startStorage({});
});
afterAll(() => aws.close());

const wrongKey = { credentials: { ...TEST_CREDENTIALS, secretAccessKey: "wrong" } };

describe("the one port", () => {
  it("says which port is taken", async () => {
    const port = Number(new URL(aws.url).port);
    const failure = listenFront({ port, credentials: [] });
    await expect(failure).rejects.toMatchObject({ code: "EADDRINUSE" });
    await expect(failure).rejects.toThrow(`Port ${port} on 127.0.0.1 is in use`);
  });

  it("leads each signed call to its service", async () => {
    const settings = createClientSettings(aws.url);
    expect((await new S3Client(settings).send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([]);
    expect((await new SQSClient(settings).send(new ListQueuesCommand({}))).QueueUrls ?? []).toEqual([]);
  });

  it("refuses a wrong signature in each service's own protocol", async () => {
    const settings = { ...createClientSettings(aws.url), ...wrongKey };
    await expect(new S3Client(settings).send(new ListBucketsCommand({}))).rejects.toMatchObject({
      name: "SignatureDoesNotMatch",
      $metadata: { httpStatusCode: 403 },
    });
    await expect(new SQSClient(settings).send(new ListQueuesCommand({}))).rejects.toMatchObject({
      name: "InvalidSignatureException",
      $metadata: { httpStatusCode: 403 },
    });
  });

  it("refuses unsigned requests", async () => {
    const plain = await fetch(`${aws.url}/bucket/key`);
    expect(plain.status).toBe(403);
    expect(await plain.text()).toContain("<Code>AccessDenied</Code>");
    const json = await fetch(aws.url, {
      method: "POST",
      headers: { "x-amz-target": "AmazonSQS.ListQueues" },
      body: "{}",
    });
    expect(json.status).toBe(403);
    expect(await json.json()).toMatchObject({ __type: "MissingAuthenticationToken" });
  });

  it("answers 501 with the name of a service or operation it lacks", async () => {
    const settings = createClientSettings(aws.url);
    await expect(new DynamoDBClient(settings).send(new ListTablesCommand({}))).rejects.toMatchObject({
      name: "NotImplemented",
      message: expect.stringContaining("dynamodb ListTables"),
      $metadata: { httpStatusCode: 501 },
    });
    const command = new AddPermissionCommand({
      QueueUrl: `${aws.url}/0/q`,
      Label: "l",
      AWSAccountIds: ["1"],
      Actions: ["*"],
    });
    await expect(new SQSClient(settings).send(command)).rejects.toMatchObject({
      message: expect.stringContaining("SQS AddPermission"),
      $metadata: { httpStatusCode: 501 },
    });
  });
});

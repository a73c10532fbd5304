import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import type { TableConfig } from "../config.ts";
import { listenFront } from "../kernel/server.ts";
import type { StreamPort } from "../kernel/types.ts";
import { createDynamoDb } from "./index.ts";

const CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local-secret" };

/** SDK settings for a stand-in of the tests. */
export function clientSettings(endpoint: string) {
  return { endpoint, region: "eu-north-1", credentials: CREDENTIALS, maxAttempts: 1 };
}

/** Starts the front with DynamoDB alone on a free port; state in `dir`. */
export async function startDynamoDb(dir: string, tables: TableConfig[], port = 0) {
  const front = await listenFront({ port, credentials: [CREDENTIALS] });
  const { service, streams } = await createDynamoDb({
    dir,
    identity: { region: "eu-north-1", accountId: "000000000000" },
    tables,
  });
  front.addService(service);
  front.markReady();
  return {
    url: front.url,
    streams,
    async close() {
      await front.close();
      await service.close();
    },
  };
}

export type TestDynamoDb = {
  url: string;
  client: DynamoDBClient;
  streamsClient: DynamoDBStreamsClient;
  streams: StreamPort;
  close(): Promise<void>;
};

/** A DynamoDB for one test file, with clients; its folder goes when it closes. */
export async function startTestDynamoDb(tables: TableConfig[]): Promise<TestDynamoDb> {
  const dir = await mkdtemp(path.join(tmpdir(), "samla-dynamodb-"));
  const server = await startDynamoDb(dir, tables);
  const client = new DynamoDBClient(clientSettings(server.url));
  const streamsClient = new DynamoDBStreamsClient(clientSettings(server.url));
  return {
    url: server.url,
    client,
    streamsClient,
    streams: server.streams,
    async close() {
      client.destroy();
      streamsClient.destroy();
      await server.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, paginateQuery, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { expect, it } from "vitest";
import { clientSettings, startDynamoDb } from "./testing.ts";

const WRITERS = 4;
const ENOUGH = 120;

async function boot(dir: string) {
  const script = path.join(import.meta.dirname, "testing-process.ts");
  const child = spawn(process.execPath, [script, dir, "0"], { stdio: ["ignore", "pipe", "inherit"] });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once("data", (data: Buffer) => resolve(String(data).trim()));
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  const kill = () =>
    new Promise((resolve) => {
      child.once("exit", resolve);
      child.kill("SIGKILL");
    });
  return { url, kill };
}

it("keeps every acknowledged write with its index row and stream record through kill -9", async () => {
  const dir = await mkdtemp(path.join(tmpdir(), "samla-dynamodb-kill-"));
  const server = await boot(dir);
  const client = new DynamoDBClient(clientSettings(server.url));
  const documents = DynamoDBDocumentClient.from(client);
  const acknowledged: string[] = [];
  const enough = Promise.withResolvers<void>();
  const write = async (writer: number) => {
    for (let count = 0; ; count++) {
      const pk = `${writer}-${count}`;
      try {
        await documents.send(
          new TransactWriteCommand({
            TransactItems: [
              { Put: { TableName: "kept", Item: { pk, writer: `w${writer}` } } },
              { Put: { TableName: "kept", Item: { pk: `${pk}-twin` } } },
            ],
          }),
        );
      } catch {
        return;
      }
      acknowledged.push(pk);
      if (acknowledged.length >= ENOUGH) enough.resolve();
    }
  };
  const writers = Array.from({ length: WRITERS }, (_, writer) => write(writer));
  await enough.promise;
  await server.kill();
  await Promise.all(writers);
  client.destroy();

  const again = await startDynamoDb(dir, []);
  const reader = DynamoDBDocumentClient.from(new DynamoDBClient(clientSettings(again.url)));
  try {
    const indexed = new Set<string>();
    for (let writer = 0; writer < WRITERS; writer++) {
      const pages = paginateQuery(
        { client: reader },
        {
          TableName: "kept",
          IndexName: "by-writer",
          KeyConditionExpression: "writer = :w",
          ExpressionAttributeValues: { ":w": `w${writer}` },
        },
      );
      for await (const page of pages) for (const item of page.Items ?? []) indexed.add(String(item.pk));
    }
    const records = await again.streams.read("kept", { limit: 10_000, waitMs: 0, signal: AbortSignal.timeout(10_000) });
    const streamed = new Set(records.map((record) => JSON.stringify(record.dynamodb.Keys)));
    for (const pk of acknowledged) {
      expect(indexed).toContain(pk);
      expect(streamed).toContain(JSON.stringify({ pk: { S: pk } }));
    }
    // Also what was not acknowledged is there whole or not at all.
    for (const pk of indexed) {
      const twin = await reader.send(new GetCommand({ TableName: "kept", Key: { pk: `${pk}-twin` } }));
      expect(twin.Item).toBeDefined();
    }
    expect(records).toHaveLength(indexed.size * 2);
  } finally {
    reader.destroy();
    await again.close();
    await rm(dir, { recursive: true, force: true });
  }
});

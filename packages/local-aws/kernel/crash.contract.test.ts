import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  DeleteMessageCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createClientSettings, waitFor } from "./testing.ts";

const script = path.join(import.meta.dirname, "testing-crash.ts");
let dir: string;
let child: ChildProcess | undefined;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "local-aws-crash-"));
});
afterAll(async () => {
  child?.kill("SIGKILL");
  await rm(dir, { recursive: true, force: true });
});

async function startChild(): Promise<string> {
  const process_ = spawn(process.execPath, [script, dir, "0"], { stdio: ["ignore", "pipe", "inherit"] });
  child = process_;
  let output = "";
  for await (const chunk of process_.stdout) {
    output += String(chunk);
    const url = /ready (\S+)/.exec(output)?.[1];
    if (url) return url;
  }
  throw new Error(`The child ended before it was ready: ${output}`);
}

async function killChild(): Promise<void> {
  const gone = child && once(child, "exit");
  child?.kill("SIGKILL");
  await gone;
}

type Ledger = { objects: Map<string, string>; sent: Set<string>; deleted: Set<string>; doubtful: Set<string> };

/** Writers that note what was acknowledged and end with the first refused call. */
function startWriters(url: string, round: number, ledger: Ledger): Promise<unknown> {
  const s3 = new S3Client(createClientSettings(url));
  const sqs = new SQSClient(createClientSettings(url));
  const untilRefused = async (work: (turn: number) => Promise<void>) => {
    for (let turn = 0; ; turn += 1) {
      try {
        await work(turn);
      } catch {
        return;
      }
    }
  };
  const writers = [0, 1, 2].flatMap((writer) => [
    untilRefused(async (turn) => {
      const key = `in/${round}-${writer}-${turn}`;
      const { ETag } = await s3.send(new PutObjectCommand({ Bucket: "docs", Key: key, Body: key.repeat(500) }));
      ledger.objects.set(key, ETag ?? "");
    }),
    untilRefused(async (turn) => {
      const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: "work" }));
      const body = `${round}-${writer}-${turn}`;
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
      ledger.sent.add(body);
      if (turn % 3 > 0) return;
      const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 4 }));
      for (const message of Messages ?? []) {
        ledger.doubtful.add(message.Body ?? "");
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
        ledger.deleted.add(message.Body ?? "");
      }
    }),
  ]);
  return Promise.all(writers);
}

it("loses nothing it acknowledged when it is killed: objects, their events, messages, deletions", async () => {
  const ledger: Ledger = { objects: new Map(), sent: new Set(), deleted: new Set(), doubtful: new Set() };
  for (const round of [0, 1]) {
    const url = await startChild();
    const writers = startWriters(url, round, ledger);
    const goal = (round + 1) * 60;
    await waitFor(() => ledger.objects.size > goal && ledger.sent.size > goal);
    await killChild();
    await writers;
  }

  const url = await startChild();
  const s3 = new S3Client(createClientSettings(url));
  const sqs = new SQSClient(createClientSettings(url));
  const drain = async (name: string, isComplete: (bodies: Set<string>) => boolean) => {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
    const bodies = new Set<string>();
    await waitFor(async () => {
      const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 });
      for (const { Body } of (await sqs.send(command)).Messages ?? []) bodies.add(Body ?? "");
      return isComplete(bodies);
    }, 30_000);
    return bodies;
  };

  for (const [key, etag] of ledger.objects) {
    const object = await s3.send(new GetObjectCommand({ Bucket: "docs", Key: key }));
    expect(object.ETag).toBe(etag);
    expect(await object.Body?.transformToString()).toBe(key.repeat(500));
  }
  const keys = new Set<string>();
  await drain("events", (bodies) => {
    for (const body of bodies) keys.add(JSON.parse(body).Records[0].s3.object.key);
    return [...ledger.objects.keys()].every((key) => keys.has(key));
  });
  // A message that was being deleted when the kill came may be either.
  const expected = [...ledger.sent].filter((body) => !ledger.doubtful.has(body));
  const left = await drain("work", (bodies) => expected.every((body) => bodies.has(body)));
  expect([...ledger.deleted].filter((body) => left.has(body))).toEqual([]);
  expect(await readdir(path.join(dir, "s3", "incoming"))).toEqual([]);
}, 60_000);

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { BucketConfig, QueueConfig } from "../config.ts";
import { createS3 } from "../s3/index.ts";
import { createSqs } from "../sqs/index.ts";
import { listenFront } from "./server.ts";
import type { QueuePort } from "./types.ts";

/** For tests: key pair, region and client settings that fit `startStorage`. */
export const TEST_CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local-secret" };
export const TEST_REGION = "eu-north-1";
export const TEST_ACCOUNT = "000000000000";

export const createClientSettings = (url: string) => ({
  endpoint: url,
  region: TEST_REGION,
  credentials: TEST_CREDENTIALS,
  maxAttempts: 1,
});

export const createBucketConfig = (name: string, settings: Partial<BucketConfig> = {}): BucketConfig => ({
  name,
  versioned: false,
  cors: [],
  notifications: [],
  ...settings,
});

export const createQueueConfig = (name: string, settings: Partial<QueueConfig> = {}): QueueConfig => ({
  name,
  fifo: name.endsWith(".fifo"),
  visibilityTimeoutSeconds: 30,
  ...settings,
});

export type TestStorage = { url: string; dir: string; queues: QueuePort; close(): Promise<void> };

/** S3 and SQS behind a front on a free port. Without `dir`, a temporary folder that `close` removes. */
export async function startStorage(options: {
  dir?: string;
  port?: number;
  buckets?: BucketConfig[];
  queues?: QueueConfig[];
}): Promise<TestStorage> {
  const dir = options.dir ?? (await mkdtemp(path.join(tmpdir(), "local-aws-")));
  const credentials = [TEST_CREDENTIALS];
  const identity = { region: TEST_REGION, accountId: TEST_ACCOUNT };
  const front = await listenFront({ port: options.port ?? 0, credentials });
  const common = { dir, identity, publicUrl: front.url };
  const sqs = await createSqs({ ...common, queues: options.queues ?? [] });
  const s3 = await createS3({ ...common, credentials, buckets: options.buckets ?? [], queues: sqs.queues });
  front.addService(sqs.service);
  front.addService(s3.service);
  front.markReady();
  return {
    url: front.url,
    dir,
    queues: sqs.queues,
    async close() {
      await front.close();
      await s3.service.close();
      await sqs.service.close();
      if (!options.dir) await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Polls until `check` answers something truthy; fails after `timeoutMs`. */
export async function waitFor<Value>(
  check: () => Promise<Value> | Value,
  timeoutMs = 10_000,
): Promise<NonNullable<Value>> {
  const endMs = Date.now() + timeoutMs;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > endMs) throw new Error(`Nothing came within ${timeoutMs} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

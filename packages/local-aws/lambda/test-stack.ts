import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type Compute, createCompute } from "../compute.ts";
import type { FunctionConfig, LocalAwsConfig } from "../config.ts";
import { createDynamoDb } from "../dynamodb/index.ts";
import { listenFront } from "../kernel/server.ts";
import type { QueuePort } from "../kernel/types.ts";
import { createSqs } from "../sqs/index.ts";

/** For tests: the real front, queues and tables around the compute part, in a temporary folder. */
export type TestStack = {
  url: string;
  dir: string;
  compute: Compute;
  queues: QueuePort;
  /** Options of every SDK client. */
  client: { region: string; endpoint: string; credentials: { accessKeyId: string; secretAccessKey: string } };
  /** Ends everything; `keep` leaves the folder for the next start. */
  close(options?: { keep?: boolean }): Promise<void>;
};

const CREDENTIALS = { accessKeyId: "test-key", secretAccessKey: "test-secret" };
export const TEST_REGION = "eu-north-1";
export const TEST_ACCOUNT = "000000000000";

type TestFunction = Partial<Omit<FunctionConfig, "name" | "codeDir">> & { name: string; code: string };

export async function startTestStack(
  config: Partial<Omit<LocalAwsConfig, "functions">> & { functions?: TestFunction[] },
): Promise<TestStack> {
  const dir = config.dir ?? (await mkdtemp(path.join(tmpdir(), "local-aws-compute-")));
  const functions: FunctionConfig[] = [];
  for (const { code, ...given } of config.functions ?? []) {
    const codeDir = path.join(dir, "code", given.name);
    await mkdir(codeDir, { recursive: true });
    await writeFile(path.join(codeDir, "index.mjs"), code);
    functions.push({
      handler: "index.handler",
      timeoutSeconds: 10,
      memoryMb: 256,
      environment: {},
      ...given,
      codeDir,
    });
  }
  const identity = { region: TEST_REGION, accountId: TEST_ACCOUNT };
  const whole: LocalAwsConfig = {
    port: 0,
    ...identity,
    credentials: [CREDENTIALS],
    buckets: [],
    queues: [],
    tables: [],
    eventSources: [],
    restApis: [],
    webSocketApis: [],
    rules: [],
    schedules: [],
    ...config,
    dir,
    functions,
  };
  const front = await listenFront({ port: whole.port, credentials: [CREDENTIALS] });
  const sqs = await createSqs({ dir: path.join(dir, "sqs"), identity, publicUrl: front.url, queues: whole.queues });
  const dynamo = await createDynamoDb({ dir: path.join(dir, "dynamodb"), identity, tables: whole.tables });
  const compute = await createCompute({
    dir,
    identity,
    publicUrl: front.url,
    credentials: CREDENTIALS,
    config: whole,
    queues: sqs.queues,
    streams: dynamo.streams,
  });
  for (const service of [sqs.service, dynamo.service, ...compute.services]) front.addService(service);
  for (const door of compute.doors) front.addDoor(door);
  front.markReady();
  return {
    url: front.url,
    dir,
    compute,
    queues: sqs.queues,
    client: { region: TEST_REGION, endpoint: front.url, credentials: CREDENTIALS },
    async close(options = {}) {
      // The compute part ends its sockets, for which the listener would wait.
      await compute.close();
      await front.close();
      await sqs.service.close();
      await dynamo.service.close();
      if (!options.keep) await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Asks again until there is an answer. @throws Error after `timeoutMs` */
export async function waitFor<Result>(
  ask: () => Promise<Result | undefined> | Result | undefined,
  timeoutMs = 15_000,
): Promise<Result> {
  const endMs = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false && answer !== null) return answer;
    if (Date.now() > endMs) throw new Error(`No answer within ${timeoutMs} ms.`);
    await wait(20);
  }
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createIds } from "@samla/core/kernel";
import { startLocalAws } from "../local-aws/index.ts";
import { type Gap, makeTestResources, type TestPart, type TestResources } from "./testing-resources.ts";

export const newId = createIds();

const testCredentials = { accessKeyId: "AKIATEST000000000000", secretAccessKey: "test" };
const region = "eu-central-1";

/** Ends a test that needs what the endpoint lacks, and says so. */
export const needs = (aws: TestResources, gap: Gap, skip: (note?: string) => never): void => {
  const reason = aws.gaps[gap];
  if (!reason) return;
  console.log(`skipped: ${reason}`);
  skip(reason);
};

/** Reads again until the answer is right: secondary indexes and queue counts follow a write with delay on AWS. */
export const eventually = { timeout: 45_000, interval: 100 };

const startStandIn = async (): Promise<{ url: string; close: () => Promise<void> }> => {
  const dir = await mkdtemp(join(tmpdir(), "samla-aws-"));
  const aws = await startLocalAws({
    dir,
    port: 0,
    region,
    accountId: "000000000000",
    credentials: [testCredentials],
    buckets: [],
    queues: [],
    tables: [],
    functions: [],
    eventSources: [],
    restApis: [],
    webSocketApis: [],
    rules: [],
    schedules: [],
  });
  return {
    url: aws.url,
    close: async () => {
      await aws.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
};

/**
 * Makes a bucket, queues or tables with fresh names for one test file, and points the AWS clients of this process at
 * them. Where they lie is said by `SAMLA_TEST_AWS_ENDPOINT`: unset, a stand-in of this process; a URL, the service
 * there; `aws`, what the `AWS_…` variables of the environment lead to, such as a real account. `close` removes them.
 */
export const startTestAws = async (...parts: TestPart[]): Promise<TestResources> => {
  const wanted = process.env.SAMLA_TEST_AWS_ENDPOINT;
  const standIn = wanted ? undefined : await startStandIn();
  const url = standIn?.url ?? wanted;
  if (url !== "aws")
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: testCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: testCredentials.secretAccessKey,
    });
  try {
    const resources = await makeTestResources(parts);
    return {
      ...resources,
      close: async () => {
        await resources.close();
        await standIn?.close();
      },
    };
  } catch (error) {
    await standIn?.close();
    throw error;
  }
};

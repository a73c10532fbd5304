import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createIds } from "@samla/core/kernel";
import { tables } from "../../infra/resources.ts";
import { type LocalAws, startLocalAws } from "../local-aws/index.ts";

/** Points the AWS clients of this process at an endpoint of its own, or at the one that `AWS_ENDPOINT_URL` names. */
export const startTestAws = async (): Promise<{
  aws: LocalAws;
  bucket: string;
  table: string;
  queueUrl: (name: string) => string;
  close: () => Promise<void>;
}> => {
  const dir = await mkdtemp(join(tmpdir(), "samla-aws-"));
  const credentials = { accessKeyId: "AKIATEST000000000000", secretAccessKey: "test" };
  const queue = (name: string, fifo: boolean) => [
    { name: `${name}-dead${fifo ? ".fifo" : ""}`, fifo, visibilityTimeoutSeconds: 30 },
    {
      name: `${name}${fifo ? ".fifo" : ""}`,
      fifo,
      visibilityTimeoutSeconds: 30,
      deadLetter: { queue: `${name}-dead${fifo ? ".fifo" : ""}`, maxReceiveCount: 1 },
    },
  ];
  const aws = await startLocalAws({
    dir,
    port: 0,
    region: "eu-central-1",
    accountId: "000000000000",
    credentials: [credentials],
    buckets: [{ name: "documents", versioned: true, cors: [], notifications: [] }],
    queues: [...queue("stored", false), ...queue("process", false), ...queue("index", true), ...queue("embed", false)],
    tables: [
      {
        name: "catalog",
        ...tables.catalog,
        attributes: { ...tables.catalog.attributes },
        indexes: tables.catalog.indexes.map(({ projection, ...index }) => ({
          ...index,
          projection: projection === "ALL" ? projection : { include: [...projection.include] },
        })),
      },
      {
        name: "sessions",
        ...tables.sessions,
        attributes: { ...tables.sessions.attributes },
        indexes: [...tables.sessions.indexes],
      },
    ],
    functions: [],
    eventSources: [],
    restApis: [],
    webSocketApis: [],
    rules: [],
    schedules: [],
  });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  });
  return {
    aws,
    bucket: "documents",
    table: "catalog",
    queueUrl: (name) => `${aws.url}/000000000000/${name}`,
    close: async () => {
      await aws.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
};

export const newId = createIds();

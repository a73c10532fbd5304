import { createDynamoDbCatalog } from "@samla/aws/catalog/dynamodb";
import { createS3ObjectStore } from "@samla/aws/object-store/s3";
import { createSqsWorkQueues } from "@samla/aws/work-queues/sqs";
import { type Actor, type Context, createIds, type StorageContext, systemActor } from "@samla/core/kernel";
import { type Env, readEnv } from "./env.ts";
import { createLog } from "./log.ts";

/** What a process makes once: settings, ids and adapters. The search engine is apart, as few functions carry it. */
export type Parts = Pick<StorageContext, "catalog" | "objects" | "queues" | "uploadLimits" | "newId" | "now"> & {
  env: Env;
};

let parts: Parts | undefined;

export const getParts = (): Parts => {
  if (parts) return parts;
  const env = readEnv();
  const newId = createIds();
  const now = Date.now;
  parts = {
    env,
    newId,
    now,
    catalog: createDynamoDbCatalog({ table: env.SAMLA_CATALOG_TABLE, now, newId }),
    objects: createS3ObjectStore({ bucket: env.SAMLA_BUCKET }),
    queues: createSqsWorkQueues(env.SAMLA_QUEUES),
    uploadLimits: env.SAMLA_UPLOAD_LIMITS,
  };
  return parts;
};

/** The context of one call. */
export const createContext = (actor: Actor, requestId: string): StorageContext => ({
  ...getParts(),
  actor,
  requestId,
  log: createLog({ requestId, actor: actor.id, function: process.env.AWS_LAMBDA_FUNCTION_NAME }),
});

/** The context of background work. */
export const createSystemContext = (requestId: string): StorageContext => createContext(systemActor, requestId);

export type { Context };

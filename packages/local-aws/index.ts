import { createCloudFormation } from "./cloudformation/index.ts";
import { createCompute } from "./compute.ts";
import type { LocalAwsConfig } from "./config.ts";
import { createContainers } from "./containers.ts";
import { createDynamoDb } from "./dynamodb/index.ts";
import { createRegistry } from "./ecr/index.ts";
import { createCallOperation } from "./kernel/operations.ts";
import { listenFront } from "./kernel/server.ts";
import type { InvokePort } from "./kernel/types.ts";
import { createIssuer } from "./oidc/index.ts";
import { createS3 } from "./s3/index.ts";
import { createSqs } from "./sqs/index.ts";

export type * from "./config.ts";
export type { InvokePort, InvokeResult } from "./kernel/types.ts";

export type LocalAws = {
  /** Such as `http://127.0.0.1:4566`: the one endpoint of every client. */
  url: string;
  port: number;
  /** Lambda, for callers inside the process. */
  invoke: InvokePort;
  /** Stops everything; state stays in the folder. */
  close(): Promise<void>;
};

/**
 * Starts the stand-in: S3, SQS, DynamoDB, Lambda, API Gateway, EventBridge, Logs, ECR and the issuer in this
 * process, behind
 * one port of 127.0.0.1. The listener is bound first, because function environments, queue URLs and tokens carry its
 * address; calls that come before their service is up wait for it.
 * @throws Error with code `EADDRINUSE` when the port is taken; errors naming what is wrong in the configuration
 */
export async function startLocalAws(config: LocalAwsConfig): Promise<LocalAws> {
  const { dir, credentials } = config;
  const [firstPair] = credentials;
  if (!firstPair) throw new Error("The stand-in needs at least one key pair in `credentials`.");
  const identity = { region: config.region, accountId: config.accountId };
  const front = await listenFront({ port: config.port, credentials });
  const publicUrl = front.url;
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    await front.close();
    for (const closeOne of closers.splice(0).reverse()) await closeOne();
  };
  try {
    const sqs = await createSqs({ dir, identity, publicUrl, queues: config.queues });
    closers.push(() => sqs.service.close());
    front.addService(sqs.service);

    const s3 = await createS3({ dir, identity, publicUrl, credentials, buckets: config.buckets, queues: sqs.queues });
    closers.push(() => s3.service.close());
    front.addService(s3.service);

    const dynamodb = await createDynamoDb({ dir, identity, tables: config.tables });
    closers.push(() => dynamodb.service.close());
    front.addService(dynamodb.service);

    if (config.issuer) {
      const issuer = await createIssuer({ dir, publicUrl, config: config.issuer });
      closers.push(() => issuer.close());
      front.addDoor(issuer);
    }

    const { queues } = sqs;
    const { streams } = dynamodb;
    const compute = await createCompute({ dir, identity, publicUrl, credentials: firstPair, config, queues, streams });
    closers.push(() => compute.close());
    for (const service of compute.services) front.addService(service);
    for (const door of compute.doors) front.addDoor(door);

    const { logs, emit } = compute;
    const registry = createRegistry({ dir, identity, publicUrl, emit });
    closers.push(() => registry.service.close());
    front.addService(registry.service);
    front.addDoor(registry.door);

    const { images } = registry;
    const containers = createContainers({
      dir,
      identity,
      publicUrl,
      credentials: firstPair,
      config: config.containers ?? {},
      images,
      logs,
      emit,
    });
    closers.push(() => containers.close());
    for (const service of containers.services) front.addService(service);
    for (const door of containers.doors) front.addDoor(door);

    const call = createCallOperation((scope) => front.findService(scope));
    const formation = createCloudFormation({ dir, identity, call, emit });
    closers.push(() => formation.service.close());
    front.addService(formation.service);
    front.markReady();
    formation.resume();
    return { url: front.url, port: front.port, invoke: compute.invoke, close };
  } catch (error) {
    await close();
    throw error;
  }
}

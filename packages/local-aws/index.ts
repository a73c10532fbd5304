import path from "node:path";
import { createCompute } from "./compute.ts";
import type { LocalAwsConfig } from "./config.ts";
import { createDynamoDb } from "./dynamodb/index.ts";
import { listenFront } from "./kernel/server.ts";
import type { InvokePort } from "./kernel/types.ts";
import { createIssuer } from "./oidc/index.ts";
import { createS3 } from "./s3/index.ts";
import { createSqs } from "./sqs/index.ts";

export type LocalAws = {
  /** `http://127.0.0.1:<port>`: the endpoint for every AWS client. */
  url: string;
  port: number;
  /** Calls a function inside the process, past the wire. */
  invoke: InvokePort;
  close(): Promise<void>;
};

/**
 * Starts the stand-in: one process, one port on loopback, all state under `config.dir`.
 * Throws an error with code `EADDRINUSE` and one sentence when the port is taken.
 */
export async function startLocalAws(config: LocalAwsConfig): Promise<LocalAws> {
  const { dir, credentials } = config;
  const [ownKeys] = credentials;
  if (!ownKeys) throw new Error("The stand-in needs at least one key pair.");
  const identity = { region: config.region, accountId: config.accountId };
  const front = await listenFront({ port: config.port, credentials });
  const publicUrl = front.url;
  const closers: (() => Promise<void>)[] = [];
  try {
    const sqs = await createSqs({ dir, identity, publicUrl, queues: config.queues });
    front.addService(sqs.service);
    closers.push(() => sqs.service.close());
    const s3 = await createS3({ dir, identity, publicUrl, credentials, buckets: config.buckets, queues: sqs.queues });
    front.addService(s3.service);
    closers.push(() => s3.service.close());
    const dynamodb = await createDynamoDb({ dir: path.join(dir, "dynamodb"), identity, tables: config.tables });
    front.addService(dynamodb.service);
    closers.push(() => dynamodb.service.close());
    if (config.issuer) {
      const issuer = await createIssuer({ dir: path.join(dir, "oidc"), publicUrl, config: config.issuer });
      front.addDoor(issuer);
      closers.push(() => issuer.close());
    }
    const compute = await createCompute({
      dir: path.join(dir, "compute"),
      identity,
      publicUrl,
      credentials: ownKeys,
      config,
      queues: sqs.queues,
      streams: dynamodb.streams,
    });
    for (const service of compute.services) front.addService(service);
    for (const door of compute.doors) front.addDoor(door);
    closers.push(() => compute.close());
    front.markReady();
    return {
      url: front.url,
      port: front.port,
      invoke: compute.invoke,
      async close() {
        await front.close();
        for (const close of closers.toReversed()) await close();
      },
    };
  } catch (error) {
    await front.close();
    for (const close of closers.toReversed()) await close();
    throw error;
  }
}

import type { LocalAwsConfig } from "./config.ts";
import { listenFront } from "./kernel/server.ts";
import type { Service } from "./kernel/types.ts";
import { createS3 } from "./s3/index.ts";
import { createSqs } from "./sqs/index.ts";

export type LocalAws = { url: string; port: number; close(): Promise<void> };

export async function startLocalAws(config: LocalAwsConfig): Promise<LocalAws> {
  const { dir, credentials } = config;
  const identity = { region: config.region, accountId: config.accountId };
  const front = await listenFront({ port: config.port, credentials });
  const publicUrl = front.url;
  const services: Service[] = [];
  const add = (service: Service) => {
    services.push(service);
    front.addService(service);
  };
  const sqs = await createSqs({ dir, identity, publicUrl, queues: config.queues });
  add(sqs.service);
  const s3 = await createS3({ dir, identity, publicUrl, credentials, buckets: config.buckets, queues: sqs.queues });
  add(s3.service);
  front.markReady();
  return {
    url: front.url,
    port: front.port,
    async close() {
      await front.close();
      for (const service of services.toReversed()) await service.close();
    },
  };
}

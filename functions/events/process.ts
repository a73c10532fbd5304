import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acceptObject, processVersion } from "@samla/core/documents";
import { ProcessMessage, parseSourceKey, type StorageContext } from "@samla/core/kernel";
import type { S3Event } from "aws-lambda";
import { queues } from "../../infra/resources.ts";
import { createExtractor } from "../runtime/extractor.ts";
import { createQueueHandler } from "../runtime/queue.ts";

const owner = randomUUID();
const extractor = createExtractor();

/** The `process` queue: object events from S3, and messages of our own for another reading. */
export const handler = createQueueHandler(async (ctx, record) => {
  const body: unknown = JSON.parse(record.body);
  for (const message of await messagesOf(ctx, body)) {
    const lastAttempt = Number(record.attributes.ApproximateReceiveCount) >= queues.process.maxReceiveCount;
    const result = await processVersion(
      {
        ...ctx,
        extractor,
        owner,
        tempFile: () => join(tmpdir(), `source-${randomUUID()}`),
        signal: AbortSignal.timeout(570_000),
      },
      { ...message, lastAttempt },
    );
    if (result === "busy") throw new Error(`${message.versionId} is being read by another worker`);
  }
});

const messagesOf = async (ctx: StorageContext, body: unknown): Promise<ProcessMessage[]> => {
  const own = ProcessMessage.safeParse(body);
  if (own.success) {
    const stored = await ctx.objects.head(`documents/${own.data.documentId}/${own.data.versionId}/source`);
    if (stored) await acceptObject(ctx, { ...own.data, sizeBytes: stored.sizeBytes });
    return [own.data];
  }
  const messages: ProcessMessage[] = [];
  for (const { s3 } of (body as Partial<S3Event>).Records ?? []) {
    const ids = parseSourceKey(decodeURIComponent(s3.object.key.replaceAll("+", " ")));
    if (ids && (await acceptObject(ctx, { ...ids, sizeBytes: s3.object.size }))) messages.push(ids);
  }
  return messages;
};

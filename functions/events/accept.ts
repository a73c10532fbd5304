import { acceptObject } from "@samla/core/documents";
import { parseSourceKey } from "@samla/core/kernel";
import type { S3Event } from "aws-lambda";
import { createQueueHandler } from "../runtime/queue.ts";

/** The `stored` queue: object events from S3. The version is queued at once, however long the readers' own queue is. */
export const handler = createQueueHandler("stored", async (ctx, record) => {
  for (const { s3 } of (JSON.parse(record.body) as Partial<S3Event>).Records ?? []) {
    const ids = parseSourceKey(decodeURIComponent(s3.object.key.replaceAll("+", " ")));
    if (ids && (await acceptObject(ctx, { ...ids, sizeBytes: s3.object.size }))) await ctx.queues.sendProcess(ids);
  }
});

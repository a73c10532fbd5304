import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processVersion } from "@samla/core/documents";
import { ProcessMessage } from "@samla/core/kernel";
import { queues } from "../../infra/resources.ts";
import { createExtractor } from "../runtime/extractor.ts";
import { createQueueHandler } from "../runtime/queue.ts";

const owner = randomUUID();
const extractor = createExtractor();

/** The `process` queue: one version to read at a time. */
export const handler = createQueueHandler(async (ctx, record) => {
  const result = await processVersion(
    {
      ...ctx,
      extractor,
      owner,
      tempFile: () => join(tmpdir(), `source-${randomUUID()}`),
      signal: AbortSignal.timeout(570_000),
    },
    {
      ...ProcessMessage.parse(JSON.parse(record.body)),
      lastAttempt: Number(record.attributes.ApproximateReceiveCount) >= queues.process.maxReceiveCount,
    },
  );
  if (result === "busy") throw new Error("the version is being read by another worker");
});

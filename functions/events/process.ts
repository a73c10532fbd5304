import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processVersion } from "@samla/core/documents";
import { ProcessMessage } from "@samla/core/kernel";
import { queues } from "../../infra/resources.ts";
import { getParts } from "../runtime/compose.ts";
import { createExtractor } from "../runtime/extractor.ts";
import { createQueueHandler } from "../runtime/queue.ts";

const owner = randomUUID();
const extractor = createExtractor();

/** The `process` queue: one version to read at a time. A version that another worker reads is left to it. */
export const handler = createQueueHandler("process", async (ctx, record) => {
  await processVersion(
    {
      ...ctx,
      extractor,
      owner,
      tempFile: () => join(tmpdir(), `source-${randomUUID()}`),
      signal: AbortSignal.timeout(570_000),
      leaseMs: getParts().env.SAMLA_LEASE_MS,
    },
    {
      ...ProcessMessage.parse(JSON.parse(record.body)),
      lastAttempt: Number(record.attributes.ApproximateReceiveCount) >= queues.process.maxReceiveCount,
    },
  );
});

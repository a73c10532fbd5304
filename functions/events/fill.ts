import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { handleFillMessage } from "@samla/core/builds";
import { FillMessage } from "@samla/core/kernel";
import { queues } from "../../infra/resources.ts";
import { getParts } from "../runtime/compose.ts";
import { withEngineByWords } from "../runtime/engine.ts";
import { createExtractor } from "../runtime/extractor.ts";
import { createQueueHandler } from "../runtime/queue.ts";

const owner = randomUUID();
const extractor = createExtractor();

/** The `fill` queue: looks for documents that a build lacks, and makes what one document needs, one message at a time. */
export const handler = createQueueHandler("fill", async (ctx, record) =>
  handleFillMessage(
    {
      ...(await withEngineByWords(ctx)),
      extractor,
      owner,
      tempFile: () => join(tmpdir(), `source-${randomUUID()}`),
      signal: AbortSignal.timeout(570_000),
      leaseMs: getParts().env.SAMLA_LEASE_MS,
    },
    FillMessage.parse(JSON.parse(record.body)),
    Number(record.attributes.ApproximateReceiveCount) >= queues.fill.maxReceiveCount,
  ),
);

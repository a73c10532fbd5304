import { embedVersion } from "@samla/core/documents";
import { EmbedMessage } from "@samla/core/kernel";
import { withEngine } from "../runtime/engine.ts";
import { createQueueHandler } from "../runtime/queue.ts";

/** The `embed` queue: vectors of one version at a time. */
export const handler = createQueueHandler("embed", async (ctx, record) =>
  embedVersion(
    { ...(await withEngine(ctx)), signal: AbortSignal.timeout(570_000) },
    EmbedMessage.parse(JSON.parse(record.body)),
  ),
);

import type { EmbedMessage, EngineContext, StorageContext } from "../kernel/index.ts";
import { passagesKey, vectorsKey } from "./data-keys.ts";
import { makeVectors } from "./make-vectors.ts";
import { parsePassages } from "./passages-file.ts";
import { embedderOf } from "./rules.ts";
import { formatVectors } from "./vectors-file.ts";

/**
 * Makes the vectors of a version's passages and hands them to the writer: for embedders that the writer does not wait for.
 * Idempotent; throws when the embedder fails, and the queue tries again.
 */
export const embedVersion = async (
  ctx: StorageContext & EngineContext & { signal: AbortSignal },
  message: EmbedMessage,
): Promise<void> => {
  const document = await ctx.catalog.getDocument(message.documentId);
  if (!document || document.deletedAt || document.liveVersionId !== message.versionId) return;
  const build = await ctx.catalog.getBuild(message.index, message.buildId);
  if (!build) return;
  const embedder = embedderOf(ctx, build);
  if (!embedder) return;
  const bytes = await ctx.objects.getBytes(passagesKey(message.documentId, message.versionId, build.config));
  if (!bytes) return;
  const vectors = await makeVectors(embedder, parsePassages(bytes), ctx.signal);
  await ctx.objects.put(
    vectorsKey(message.documentId, message.versionId, embedder.id, bytes),
    formatVectors(vectors),
    "application/octet-stream",
  );
  await ctx.queues.sendIndex([{ index: message.index, buildId: message.buildId, documentId: message.documentId }]);
};

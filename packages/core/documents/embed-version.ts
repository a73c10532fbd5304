import { type EmbedMessage, type EngineContext, objectKeys, type StorageContext } from "../kernel/index.ts";
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
  const embedder = build && embedderOf(ctx, build);
  if (!embedder) return;
  const bytes = await ctx.objects.getBytes(objectKeys.passages(message.documentId, message.versionId));
  if (!bytes) return;
  const vectors = await makeVectors(embedder, parsePassages(bytes), ctx.signal);
  await ctx.objects.put(
    objectKeys.vectors(message.documentId, message.versionId, embedder.id),
    formatVectors(vectors),
    "application/octet-stream",
  );
  await ctx.queues.sendIndex([{ index: message.index, buildId: message.buildId, documentId: message.documentId }]);
};

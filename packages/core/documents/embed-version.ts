import { type EmbedMessage, type EngineContext, objectKeys, type StorageContext } from "../kernel/index.ts";
import { parsePassages } from "./passages-file.ts";
import { isEmbeddedBy } from "./rules.ts";
import { formatVectors } from "./vectors-file.ts";

const batchSize = 64;

/** Makes the vectors of a version's passages and hands them to the writer. Idempotent; throws when the embedder fails, and the queue tries again. */
export const embedVersion = async (
  ctx: StorageContext & EngineContext & { signal: AbortSignal },
  message: EmbedMessage,
): Promise<void> => {
  const document = await ctx.catalog.getDocument(message.documentId);
  if (!document || document.deletedAt || document.liveVersionId !== message.versionId) return;
  const build = await ctx.catalog.getBuild(message.index, message.buildId);
  if (!build || !isEmbeddedBy(ctx, build)) return;
  const bytes = await ctx.objects.getBytes(objectKeys.passages(message.documentId, message.versionId));
  if (!bytes) return;
  const { passages, title } = parsePassages(bytes);
  const texts = passages.map((passage) =>
    [title, ...passage.headingPath, passage.tableHeader, passage.text].filter(Boolean).join("\n"),
  );
  const vectors: Float32Array[] = [];
  for (let i = 0; i < texts.length; i += batchSize) {
    ctx.signal.throwIfAborted();
    vectors.push(...(await ctx.embedder.embed(texts.slice(i, i + batchSize), "passage", ctx.signal)));
  }
  const wrong = vectors.find((one) => one.length !== ctx.embedder.dimensions || !one.every(Number.isFinite));
  if (wrong || vectors.length !== texts.length)
    throw new Error(
      `embedder ${ctx.embedder.id} gave ${vectors.length} vectors for ${texts.length} texts, ${wrong ? `one of ${wrong.length} values that are not ${ctx.embedder.dimensions} numbers` : "each as wanted"}`,
    );
  await ctx.objects.put(
    objectKeys.vectors(message.documentId, message.versionId, ctx.embedder.id),
    formatVectors(vectors),
    "application/octet-stream",
  );
  await ctx.queues.sendIndex([{ index: message.index, buildId: message.buildId, documentId: message.documentId }]);
};

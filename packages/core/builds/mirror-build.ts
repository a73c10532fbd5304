import { mirrorHead } from "../documents/rules.ts";
import { type FillMessage, type StorageContext, systemActor } from "../kernel/index.ts";

type MirrorMessage = Extract<FillMessage, { kind: "mirror" }>;

const pageSize = 100;

/**
 * After the live build has changed: documents show how many passages and vectors it holds of them, none of those that it
 * could not take in. One page a message.
 */
export const mirrorBuild = async (ctx: StorageContext, message: MirrorMessage): Promise<void> => {
  if ((await ctx.catalog.getIndex(message.index))?.liveBuildId !== message.buildId) return;
  const page = await ctx.catalog.listBuildDocuments({
    buildId: message.buildId,
    limit: pageSize,
    ...(message.cursor ? { cursor: message.cursor } : {}),
  });
  for (const row of page.items)
    await ctx.catalog.change(row.documentId, row.versionId, systemActor, (document, version) => {
      if (version?.status !== "ready" || (version.passages === row.passages && version.vectors === row.vectors))
        return undefined;
      const next = { ...version, passages: row.passages, vectors: row.vectors };
      return { document: mirrorHead(document, next, document.updatedAt), version: next };
    });
  const { nextCursor } = page;
  if (nextCursor) await ctx.queues.sendFill([{ ...message, cursor: nextCursor }]);
};

import { mirrorHead } from "../documents/rules.ts";
import { type StorageContext, timestamp, type VersionRecord } from "../kernel/index.ts";

/**
 * Has a version read again from its bytes because something made of it is gone. Without its bytes it ends as failed, and
 * says so. False when it is being worked on already, or nothing can be done for it.
 */
export const readAgain = async (ctx: StorageContext, documentId: string, versionId: string): Promise<boolean> => {
  const result = await ctx.catalog.change(documentId, versionId, ctx.actor, (document, version) => {
    if (document.deletedAt || version?.status !== "ready") return undefined;
    const at = timestamp(ctx);
    const { failure: _f, lease: _l, ...rest } = version;
    const next: VersionRecord = {
      ...rest,
      status: "queued",
      steps: version.steps.filter((step) => step.name === "upload"),
      warnings: [],
      updatedAt: at,
    };
    return {
      document: mirrorHead(document, next, at),
      version: next,
      event: {
        action: "document.reprocess",
        outcome: "ok",
        summary: `asked to read "${document.name}" again, as something made of it was missing`,
        index: document.index,
        documentId: document.id,
        versionId: version.id,
      },
    };
  });
  if (result?.version?.status !== "queued") return false;
  await ctx.queues.sendProcess({ documentId, versionId });
  return true;
};

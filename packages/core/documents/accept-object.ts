import type { StorageContext } from "../kernel/index.ts";
import { objectKeys, timestamp, type VersionRecord } from "../kernel/index.ts";
import { endStep, mirrorHead } from "./rules.ts";

/** The bytes of a version arrived: `uploading` becomes `queued`. Idempotent, as object events may repeat. False when there is no such version. */
export const acceptObject = async (
  ctx: StorageContext,
  input: { documentId: string; versionId: string; sizeBytes: number },
): Promise<boolean> => {
  const at = timestamp(ctx);
  const result = await ctx.catalog.change(input.documentId, input.versionId, ctx.actor, (document, version) => {
    if (version?.status !== "uploading") return undefined;
    const { multipartId: _, ...rest } = version;
    const next: VersionRecord = {
      ...rest,
      status: "queued",
      steps: endStep(version.steps, "upload", at),
      updatedAt: at,
    };
    return {
      document: mirrorHead(document, next, at),
      version: next,
      event: {
        action: "document.uploaded",
        outcome: "ok",
        summary: `received "${version.name}"`,
        index: document.index,
        documentId: document.id,
        versionId: version.id,
        data: { sizeBytes: input.sizeBytes },
      },
    };
  });
  if (!result?.version) {
    // Bytes of a version that was never announced or is purged: no row leads to them, so nobody sees them.
    const key = objectKeys.source(input.documentId, input.versionId);
    ctx.log("warn", "object without a version", { key });
    return false;
  }
  const wasUploaded = result.version.steps.some((step) => step.name === "upload" && step.status === "done");
  if (result.version.status === "cancelled" && !wasUploaded) {
    // A presigned address outlives its upload: what comes after the cancellation goes.
    await ctx.objects.deletePrefix(objectKeys.source(input.documentId, input.versionId));
    return false;
  }
  return true;
};

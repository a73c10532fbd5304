import type { UploadState, Version } from "@samla/contracts";
import {
  Failure,
  isFailure,
  notFound,
  objectKeys,
  requirePermission,
  type StorageContext,
  timestamp,
  type VersionRecord,
} from "../kernel/index.ts";
import { requireVersion } from "./access.ts";
import { endRunning, mirrorHead, toVersion } from "./rules.ts";
import { presignParts } from "./upload-plan.ts";

const requireUpload = async (
  ctx: StorageContext,
  versionId: string,
): Promise<Awaited<ReturnType<typeof requireVersion>>> => {
  // Before the look-up: else a refusal would tell which versions there are.
  requirePermission(ctx, "documents.write");
  const documentId = await ctx.catalog.findDocumentOfVersion(versionId);
  if (!documentId) throw notFound("upload", versionId);
  return requireVersion(ctx, documentId, versionId, "documents.write");
};

/** What has arrived of an upload, with fresh addresses for the rest. Throws `not_found`. */
export const getUpload = async (ctx: StorageContext, input: { versionId: string }): Promise<UploadState> => {
  const { version } = await requireUpload(ctx, input.versionId);
  const arrived =
    version.multipartId && version.status === "uploading"
      ? await ctx.objects.listParts(objectKeys.source(version.documentId, version.id), version.multipartId)
      : [];
  const rest = await presignParts(ctx, version, new Set(arrived.map((part) => part.number)));
  return {
    documentId: version.documentId,
    versionId: version.id,
    status: version.status,
    uploadedParts: arrived,
    ...rest,
    parts: version.status === "uploading" ? rest.parts : [],
  };
};

/** Joins the parts; the object event then starts the processing. Done twice it does no harm. Throws `not_found`, `conflict`, `invalid_request`. */
export const completeUpload = async (
  ctx: StorageContext,
  input: { versionId: string; parts: { number: number; etag: string }[] },
): Promise<Version> => {
  const { document, version } = await requireUpload(ctx, input.versionId);
  if (version.status !== "uploading") return toVersion(version, document);
  if (!version.multipartId)
    throw new Failure("conflict", "This upload has one part only; it is complete when its bytes are there.");
  const key = objectKeys.source(version.documentId, version.id);
  const parts = [...input.parts].sort((a, b) => a.number - b.number);
  try {
    await ctx.objects.completeMultipart(key, version.multipartId, parts);
  } catch (error) {
    // Completed by a call whose answer was lost, and the object's event is still on its way.
    const done = isFailure(error) && error.code === "gone" && (await ctx.objects.head(key));
    if (!done) throw error;
  }
  return toVersion(version, document);
};

/** Abandons an upload: what has arrived is removed, and the version is cancelled. */
export const abortUpload = async (ctx: StorageContext, input: { versionId: string }): Promise<void> => {
  const { document, version } = await requireUpload(ctx, input.versionId);
  await cancelUpload(ctx, document.id, version);
};

/** Ends an upload that is under way; used by abort and by cancel. */
export const cancelUpload = async (ctx: StorageContext, documentId: string, version: VersionRecord): Promise<void> => {
  const at = timestamp(ctx);
  await ctx.catalog.change(documentId, version.id, ctx.actor, (document, current) => {
    if (current?.status !== "uploading") return undefined;
    const next: VersionRecord = {
      ...current,
      status: "cancelled",
      steps: endRunning(current.steps, at, "cancelled"),
      updatedAt: at,
    };
    return {
      document: mirrorHead(document, next, at),
      version: next,
      event: {
        action: "document.cancelled",
        outcome: "ok",
        summary: `cancelled the upload of "${document.name}"`,
        index: document.index,
        documentId: document.id,
        versionId: next.id,
      },
    };
  });
  if (version.multipartId)
    await ctx.objects.abortMultipart(objectKeys.source(documentId, version.id), version.multipartId);
};

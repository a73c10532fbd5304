import { z } from "zod";
import { DocumentName, Readers, Sha256, SourcePath, Tags } from "./documents.ts";
import { DocumentId, IndexSlug, VersionId } from "./ids.ts";
import { Timestamp } from "./pagination.ts";
import { duplicateChoices } from "./plain/choices.ts";
import { VersionStatus } from "./statuses.ts";

export { duplicateChoices };

export const CreateUploadBody = z.strictObject({
  index: IndexSlug,
  name: DocumentName,
  path: SourcePath.default(""),
  sizeBytes: z.int().nonnegative(),
  sha256: Sha256,
  mediaType: z.string().max(128).optional(),
  tags: Tags.default([]),
  /** Who of the index's readers may read it; absent: all of them. A new version keeps its document's readers. */
  readers: Readers.optional(),
  /** Replace this document by a new version of it. */
  documentId: DocumentId.optional(),
  onDuplicate: z.enum(duplicateChoices).default("ask"),
});
export type CreateUploadBody = z.infer<typeof CreateUploadBody>;

export const UploadMatch = z.object({
  documentId: DocumentId,
  versionId: VersionId,
  name: z.string(),
  path: z.string(),
  reason: z.enum(["same-bytes", "same-name"]),
  status: VersionStatus,
  updatedAt: Timestamp,
});

export const UploadPart = z.object({
  number: z.int().positive(),
  start: z.int().nonnegative(),
  end: z.int().nonnegative(),
  url: z.url(),
});

/**
 * `upload`: send the bytes to the part URLs (one part without `multipart` is a plain PUT), then, if `multipart`, complete.
 * `stored`: the same bytes are here already, nothing is to be sent. `duplicate`: the person decides, then calls again.
 */
export const CreateUploadResult = z.discriminatedUnion("outcome", [
  z.object({
    outcome: z.literal("upload"),
    documentId: DocumentId,
    versionId: VersionId,
    multipart: z.boolean(),
    partSizeBytes: z.int().positive(),
    parts: z.array(UploadPart),
    headers: z.record(z.string(), z.string()),
    expiresAt: Timestamp,
  }),
  z.object({ outcome: z.literal("stored"), documentId: DocumentId, versionId: VersionId }),
  z.object({ outcome: z.literal("duplicate"), matches: z.array(UploadMatch) }),
]);
export type CreateUploadResult = z.infer<typeof CreateUploadResult>;

/** State of an upload, for resuming: parts that are there, and fresh URLs for those that are not. */
export const UploadState = z.object({
  documentId: DocumentId,
  versionId: VersionId,
  status: VersionStatus,
  multipart: z.boolean(),
  partSizeBytes: z.int().positive(),
  uploadedParts: z.array(z.object({ number: z.int().positive(), etag: z.string(), sizeBytes: z.int() })),
  parts: z.array(UploadPart),
  headers: z.record(z.string(), z.string()),
  expiresAt: Timestamp,
});
export type UploadState = z.infer<typeof UploadState>;

export const CompleteUploadBody = z.strictObject({
  parts: z
    .array(z.strictObject({ number: z.int().min(1).max(10_000), etag: z.string().min(1).max(128) }))
    .min(1)
    .max(10_000),
});

import { z } from "zod";
import { DocumentKind, extractFailureCodes, PageInfo, PageRects } from "./extraction.ts";
import { BuildId, DocumentId, IndexSlug, PassageId, VersionId } from "./ids.ts";
import { limits } from "./limits.ts";
import { cursorQuery, pageOf, Timestamp } from "./pagination.ts";
import { batchActions, documentSorts } from "./plain/choices.ts";
import { documentNameRule, sourcePathRule, type TextRule, tagRule, tooLongText } from "./plain/texts.ts";
import { Principal } from "./roles.ts";
import { StepName, StepStatus, VersionStatus } from "./statuses.ts";

export { batchActions, documentSorts };

const textOf = ({ trims, lengthMin, lengthMax, emptyText, refusals }: TextRule) => {
  const text = (trims ? z.string().trim() : z.string())
    .min(lengthMin, emptyText)
    .max(lengthMax, tooLongText(lengthMax));
  return refusals.reduce((shape, { isRefused, text }) => shape.refine((value) => !isRefused(value), text), text);
};

/** A document's name: any script and emoji, no control or direction-override characters, no slashes. It is a label, never a path. */
export const DocumentName = textOf(documentNameRule);

/** Folder the file came from, such as `contracts/2026`; empty for none. */
export const SourcePath = textOf(sourcePathRule);

export const Tag = textOf(tagRule);
export const Tags = z.array(Tag).max(limits.tagsMax);

/** Who of those that may read the index may read this document. */
export const Readers = z
  .array(Principal)
  .min(1, "name at least one reader, or leave it to the index")
  .max(limits.readersMax);

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in small hex");

export const Step = z.object({
  name: StepName,
  status: StepStatus,
  startedAt: Timestamp,
  endedAt: Timestamp.optional(),
  /** Such as "page 12 of 80" or what was found. */
  detail: z.string().optional(),
});
export type Step = z.infer<typeof Step>;

export const VersionFailure = z.object({
  code: z.enum(extractFailureCodes),
  step: StepName,
  title: z.string(),
  /** What exactly, here. */
  detail: z.string(),
  nextStep: z.string(),
  /** True when trying again may help. */
  retryable: z.boolean(),
});
export type VersionFailure = z.infer<typeof VersionFailure>;

export const Version = z.object({
  id: VersionId,
  documentId: DocumentId,
  number: z.int().positive(),
  status: VersionStatus,
  name: z.string(),
  sizeBytes: z.int().nonnegative(),
  sha256: Sha256.optional(),
  kind: DocumentKind.optional(),
  mediaType: z.string().optional(),
  /** Title found inside it. */
  title: z.string().optional(),
  createdAt: Timestamp,
  createdBy: z.string(),
  updatedAt: Timestamp,
  live: z.boolean(),
  attempt: z.int().nonnegative(),
  steps: z.array(Step),
  failure: VersionFailure.optional(),
  warnings: z.array(z.string()),
  /** Passages made of it, and how many of them have vectors. */
  passages: z.int().nonnegative(),
  vectors: z.int().nonnegative(),
  pages: z.int().nonnegative(),
  characters: z.int().nonnegative(),
  ocrPages: z.int().nonnegative(),
  language: z.string().optional(),
});
export type Version = z.infer<typeof Version>;

export const Document = z.object({
  id: DocumentId,
  index: IndexSlug,
  name: z.string(),
  path: z.string(),
  tags: z.array(z.string()),
  /** Narrows the index's readers for this document; absent: they alone decide. */
  readers: Readers.optional(),
  kind: DocumentKind.optional(),
  sizeBytes: z.int().nonnegative(),
  status: VersionStatus,
  headVersionId: VersionId,
  /** The version that searches find; absent until the first one is ready. */
  liveVersionId: VersionId.optional(),
  versionCount: z.int().positive(),
  passages: z.int().nonnegative(),
  vectors: z.int().nonnegative(),
  pages: z.int().nonnegative(),
  title: z.string().optional(),
  language: z.string().optional(),
  failure: VersionFailure.optional(),
  createdAt: Timestamp,
  createdBy: z.string(),
  updatedAt: Timestamp,
  deletedAt: Timestamp.optional(),
  /** Purged for good after this time. */
  purgeAt: Timestamp.optional(),
  /** Counts changes; the ETag of the document. */
  revision: z.int().positive(),
});
export type Document = z.infer<typeof Document>;

export const ListDocumentsQuery = z.object({
  index: IndexSlug,
  status: VersionStatus.optional(),
  kind: DocumentKind.optional(),
  tag: Tag.optional(),
  /** Words that the name or path contains, any case. */
  q: z.string().trim().max(200).optional(),
  deleted: z.stringbool().default(false),
  sort: z.enum(documentSorts).default("updated"),
  order: z.enum(["asc", "desc"]).default("desc"),
  ...cursorQuery,
});
export type ListDocumentsQuery = z.infer<typeof ListDocumentsQuery>;
/** `nextCursor` with fewer items than asked means that the search goes on there. */
export const DocumentPage = pageOf(Document);

export const DocumentCounts = z.object({
  total: z.int().nonnegative(),
  deleted: z.int().nonnegative(),
  byStatus: z.record(VersionStatus, z.int().nonnegative()),
});
export type DocumentCounts = z.infer<typeof DocumentCounts>;

export const PatchDocumentBody = z.strictObject({
  name: DocumentName.optional(),
  tags: Tags.optional(),
  /** Null leaves it to the index again. */
  readers: Readers.nullable().optional(),
});
export const RollBackDocumentBody = z.strictObject({ versionId: VersionId });

export const BatchDocumentsBody = z.strictObject({
  action: z.enum(batchActions),
  documentIds: z.array(DocumentId).min(1).max(limits.batchSizeMax),
  tags: Tags.optional(),
  /** For `access`; null leaves it to the index again. */
  readers: Readers.nullable().optional(),
});
export type BatchDocumentsBody = z.infer<typeof BatchDocumentsBody>;
export const BatchDocumentsResult = z.object({
  results: z.array(
    z.object({ documentId: DocumentId, ok: z.boolean(), code: z.string().optional(), detail: z.string().optional() }),
  ),
});

export const ContentQuery = z.object({
  version: VersionId.optional(),
  /** As this build reads it; absent: as the live one does. */
  build: BuildId.optional(),
  what: z.enum(["source", "extracted"]).default("source"),
  download: z.stringbool().default(false),
});
/** Where the bytes are, for a short time. Bytes never pass through the API. */
export const Content = z.object({
  url: z.url(),
  expiresAt: Timestamp,
  name: z.string(),
  kind: DocumentKind.optional(),
  mediaType: z.string(),
  sizeBytes: z.int().nonnegative().optional(),
  versionId: VersionId,
});
export type Content = z.infer<typeof Content>;

export const Passage = z.object({
  id: PassageId,
  documentId: DocumentId,
  versionId: VersionId,
  n: z.int().nonnegative(),
  /** Character range in the version's canonical text. */
  start: z.int().nonnegative(),
  end: z.int().nonnegative(),
  text: z.string(),
  headingPath: z.array(z.string()),
  page: z.int().positive().optional(),
  rects: z.array(PageRects).optional(),
});
export type Passage = z.infer<typeof Passage>;
export const ListPassagesQuery = z.object({
  version: VersionId.optional(),
  /** As this build splits it; absent: as the live one does. */
  build: BuildId.optional(),
  from: z.coerce.number().int().nonnegative().default(0),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const PassageList = z.object({
  items: z.array(Passage),
  total: z.int().nonnegative(),
  versionId: VersionId,
  pages: z.array(PageInfo),
});
export type PassageList = z.infer<typeof PassageList>;

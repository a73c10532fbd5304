import type { Document } from "@samla/contracts";
import type { DocumentFilter } from "./filter.ts";
import type { UploadItem } from "./upload-item.ts";

/** Ids for tests only: the number becomes the end of the ULID. */
export const idOf = (prefix: string, n: number): string => `${prefix}_01J${String(n).padStart(23, "0")}`;

/** A ready document, with what a test wants different. For tests only. */
export const makeDocument = (n: number, more: Partial<Document> = {}): Document =>
  ({
    id: idOf("doc", n),
    index: "manuals",
    name: `file-${n}.pdf`,
    path: "",
    tags: [],
    kind: "pdf",
    sizeBytes: 1000,
    status: "ready",
    headVersionId: idOf("ver", n),
    liveVersionId: idOf("ver", n),
    versionCount: 1,
    passages: 4,
    vectors: 4,
    pages: 1,
    createdAt: "2026-01-01T00:00:00.000Z",
    createdBy: "ada",
    updatedAt: "2026-01-01T00:00:00.000Z",
    revision: 1,
    ...more,
  }) as Document;

/** The filter of an untouched list. For tests only. */
export const makeFilter = (more: Partial<DocumentFilter> = {}): DocumentFilter => ({
  index: "manuals",
  status: null,
  kind: null,
  tag: null,
  q: "",
  deleted: false,
  sort: "updated",
  order: "desc",
  ...more,
});

/** A waiting upload of 100 bytes. For tests only. */
export const makeUpload = (more: Partial<UploadItem> = {}): UploadItem => ({
  id: "u1",
  index: "manuals",
  name: "a.pdf",
  path: "",
  sizeBytes: 100,
  modifiedMs: 0,
  mediaType: "application/pdf",
  tags: [],
  phase: "waiting",
  paused: false,
  attempt: 0,
  hashedBytes: 0,
  sentBytes: 0,
  ...more,
});

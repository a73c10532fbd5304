import type { Document, Index } from "@samla/contracts";

const at = "2026-01-01T00:00:00.000Z";
const ulid = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

/** An index as a verb gives it. */
export const testIndex = {
  slug: "ab",
  name: "A B",
  description: "",
  readers: ["everyone"],
  liveBuildId: `bld_${ulid}`,
  language: "English",
  documents: 0,
  createdAt: at,
  createdBy: "ada",
  updatedAt: at,
  revision: 1,
} as unknown as Index;

/** A document as a verb gives it. */
export const testDocument = {
  id: `doc_${ulid}`,
  index: "ab",
  name: "a.txt",
  path: "",
  tags: [],
  sizeBytes: 1,
  status: "ready",
  headVersionId: `ver_${ulid}`,
  versionCount: 1,
  passages: 1,
  vectors: 1,
  pages: 1,
  createdAt: at,
  createdBy: "ada",
  updatedAt: at,
  revision: 4,
} as unknown as Document;

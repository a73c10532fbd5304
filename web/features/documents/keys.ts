import type { DocumentFilter } from "./filter.ts";

/** Query keys of the panel. A shorter key invalidates everything below it. */
export const documentKeys = {
  all: ["documents"] as const,
  lists: (index: string) => ["documents", "list", index] as const,
  list: (filter: DocumentFilter) => ["documents", "list", filter.index, filterKey(filter)] as const,
  counts: (index: string) => ["documents", "counts", index] as const,
  recent: (index: string) => ["documents", "recent", index] as const,
  one: (documentId: string) => ["documents", "one", documentId] as const,
  document: (documentId: string) => ["documents", "one", documentId, "document"] as const,
  versions: (documentId: string) => ["documents", "one", documentId, "versions"] as const,
  passages: (documentId: string, versionId: string | undefined) =>
    ["documents", "one", documentId, "passages", versionId ?? "live"] as const,
  events: (documentId: string) => ["documents", "one", documentId, "events"] as const,
};

/** Absent and empty filters are the same list, so they get the same key. */
const filterKey = (filter: DocumentFilter): Record<string, string | boolean> => ({
  ...(filter.status ? { status: filter.status } : {}),
  ...(filter.kind ? { kind: filter.kind } : {}),
  ...(filter.tag ? { tag: filter.tag } : {}),
  ...(filter.q.trim() ? { q: filter.q.trim() } : {}),
  ...(filter.deleted ? { deleted: true } : {}),
  sort: filter.sort,
  order: filter.order,
});

import type { Document, DocumentKind, VersionStatus } from "@samla/contracts";
import { documentKinds, documentSorts, isInProgress, versionStatuses } from "@samla/contracts/plain";

/** What the list shows; the URL holds it. */
export type DocumentFilter = {
  index: string;
  status: VersionStatus | null;
  kind: DocumentKind | null;
  tag: string | null;
  q: string;
  deleted: boolean;
  sort: (typeof documentSorts)[number];
  order: "asc" | "desc";
};

export const filterOptions = { status: versionStatuses, kind: documentKinds, sort: documentSorts } as const;

/** The query of `documents.list` for a filter. */
export const listQueryOf = (filter: DocumentFilter, limit: number, cursor?: string) => ({
  index: filter.index,
  ...(filter.status ? { status: filter.status } : {}),
  ...(filter.kind ? { kind: filter.kind } : {}),
  ...(filter.tag ? { tag: filter.tag } : {}),
  ...(filter.q.trim() ? { q: filter.q.trim() } : {}),
  ...(filter.deleted ? { deleted: "true" } : {}),
  sort: filter.sort,
  order: filter.order,
  limit,
  ...(cursor ? { cursor } : {}),
});

/** True when the list narrows what the index holds, so that an empty answer means "none match". */
export const isNarrowed = (filter: DocumentFilter): boolean =>
  filter.status !== null || filter.kind !== null || filter.tag !== null || filter.q.trim() !== "";

/** The same rule as the server's, for rows that change while they are shown. */
export const matchesFilter = (document: Document, filter: DocumentFilter): boolean => {
  if (document.index !== filter.index) return false;
  if ((document.deletedAt !== undefined) !== filter.deleted) return false;
  if (filter.status && document.status !== filter.status) return false;
  if (filter.kind && document.kind !== filter.kind) return false;
  if (filter.tag && !document.tags.includes(filter.tag)) return false;
  const words = filter.q.trim().toLowerCase();
  return words === "" || `${document.path}/${document.name}`.toLowerCase().includes(words);
};

/** The row may change by itself: processing goes on, or vectors are still being made. */
export const isMoving = (document: Document): boolean =>
  document.deletedAt === undefined &&
  (isInProgress(document.status) || (document.status === "ready" && document.vectors < document.passages));

/** Toggles a column's order: a new column starts as people expect (names up, the rest down). */
export const nextSort = (
  current: Pick<DocumentFilter, "sort" | "order">,
  sort: DocumentFilter["sort"],
): Pick<DocumentFilter, "sort" | "order"> => {
  if (current.sort !== sort) return { sort, order: sort === "name" ? "asc" : "desc" };
  return { sort, order: current.order === "asc" ? "desc" : "asc" };
};

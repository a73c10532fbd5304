import type { Document } from "@samla/contracts";
import { type DocumentFilter, matchesFilter } from "./filter.ts";

export type DocumentPages = {
  pages: { items: Document[]; nextCursor?: string | undefined }[];
  pageParams: unknown[];
};

/** All rows in order, each document once: a row that moved between two pages keeps its first place. */
export const flattenPages = (data: DocumentPages | undefined): Document[] => {
  if (!data) return [];
  const seen = new Set<string>();
  const rows: Document[] = [];
  for (const page of data.pages)
    for (const row of page.items)
      if (!seen.has(row.id)) {
        seen.add(row.id);
        rows.push(row);
      }
  return rows;
};

/**
 * Puts fresh documents into a list: known rows change in place, rows that no longer match leave, and new ones come on
 * top when the newest are shown first. Returns the same object if nothing changed. An older revision never wins.
 */
export const mergeDocuments = (
  data: DocumentPages,
  fresh: readonly Document[],
  filter: DocumentFilter,
): DocumentPages => {
  const byId = new Map(fresh.map((document) => [document.id as string, document]));
  const known = new Set<string>();
  let changed = false;
  const pages = data.pages.map((page) => {
    let touched = false;
    const items: Document[] = [];
    for (const row of page.items) {
      known.add(row.id);
      const newer = byId.get(row.id);
      if (!newer || !isNewer(newer, row)) {
        items.push(row);
        continue;
      }
      touched = true;
      if (matchesFilter(newer, filter)) items.push(newer);
    }
    changed ||= touched;
    return touched ? { ...page, items } : page;
  });
  const first = pages[0];
  if (first && filter.sort === "updated" && filter.order === "desc") {
    const added = fresh
      .filter((document) => !known.has(document.id) && matchesFilter(document, filter))
      .filter((document) => isOnTop(document, first.items[0]))
      .sort((a, b) => b.updatedAt.localeCompare(a.updatedAt));
    if (added.length > 0) {
      pages[0] = { ...first, items: [...added, ...first.items] };
      changed = true;
    }
  }
  return changed ? { ...data, pages } : data;
};

const isOnTop = (document: Document, top: Document | undefined): boolean =>
  top === undefined || document.updatedAt >= top.updatedAt || document.createdAt >= top.createdAt;

const isNewer = (one: Document, than: Document): boolean =>
  one.revision > than.revision ||
  (one.revision === than.revision && (one.updatedAt > than.updatedAt || one.vectors !== than.vectors));

/** Removes rows at once, before the server has answered. */
export const withoutDocuments = (data: DocumentPages, ids: ReadonlySet<string>): DocumentPages => ({
  ...data,
  pages: data.pages.map((page) =>
    page.items.some((row) => ids.has(row.id)) ? { ...page, items: page.items.filter((row) => !ids.has(row.id)) } : page,
  ),
});

/** True if more changed since the last look than one answer holds, so that rows in between were missed. */
export const hasGap = (fresh: readonly Document[], newestBefore: string, size: number): boolean =>
  newestBefore !== "" && fresh.length >= size && (fresh.at(-1)?.updatedAt ?? "") > newestBefore;

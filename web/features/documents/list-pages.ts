import type { Document } from "@samla/contracts";
import { type DocumentFilter, matchesFilter } from "./filter.ts";

export type DocumentPages = {
  pages: { items: Document[]; nextCursor?: string | undefined }[];
  pageParams: unknown[];
};

/**
 * Makes the rows of a list: in order, each document once, so a row that moved between two pages keeps its first place.
 * It remembers the last answer: a page that was added costs its own rows, not those of all the pages before it.
 */
export const createFlattener = (): ((data: DocumentPages | undefined) => readonly Document[]) => {
  let pages: DocumentPages["pages"] = [];
  let rows: Document[] = [];
  let seen = new Set<string>();
  return (data) => {
    const next = data?.pages ?? [];
    const isLonger = next.length >= pages.length && pages.every((page, n) => page === next[n]);
    if (isLonger && next.length === pages.length) return rows;
    if (!isLonger) seen = new Set();
    const added = next.slice(isLonger ? pages.length : 0).flatMap((page) => page.items);
    const fresh = added.filter((row) => !seen.has(row.id) && seen.add(row.id));
    rows = isLonger ? rows.concat(fresh) : fresh;
    pages = next;
    return rows;
  };
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

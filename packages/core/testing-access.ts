import { type Document, type DocumentCounts, versionStatuses } from "@samla/contracts";
import { type AccessCatalog, type AccessChange, type Filter, isReadableBy } from "./kernel/index.ts";

const clone = <T>(value: T): T => structuredClone(value);
const readersOf = (document: Document | undefined): string[] | undefined =>
  document?.readers && [...new Set<string>(document.readers)].sort();

/** Access in memory, over the documents of the whole in-memory catalog. */
export const createMemoryAccess = (deps: { documents: Map<string, Document>; now: () => number }) => {
  const { documents, now } = deps;
  const changes = new Map<string, AccessChange>();
  const lastReaders = new Map<string, string[]>();
  let stamps = 0;
  const catalog: AccessCatalog = {
    listAccessChanges: async ({ index, limit }) =>
      [...changes.values()]
        .filter((change) => !index || change.index === index)
        .slice(0, limit)
        .map(clone),
    noteAccessWritten: async (change, buildId) => {
      const current = changes.get(change.documentId);
      if (current?.stamp !== change.stamp) return undefined;
      if (!current.written.includes(buildId)) current.written.push(buildId);
      return clone(current);
    },
    settleAccessChange: async (change) => {
      if (changes.get(change.documentId)?.stamp === change.stamp) changes.delete(change.documentId);
    },
    getReaders: async (ids) => {
      const found = new Map<string, readonly string[]>();
      for (const id of ids) {
        const readers = documents.has(id) ? readersOf(documents.get(id)) : lastReaders.get(id);
        if (readers) found.set(id, readers);
      }
      return found;
    },
  };
  return {
    catalog,
    changes,
    /** What the catalog does beside each change and removal of a document. */
    noteChange: (before: Document, after: Document): void => {
      const readers = readersOf(after);
      if (String(readersOf(before)) === String(readers)) return;
      stamps += 1;
      changes.set(after.id, {
        index: after.index,
        documentId: after.id,
        at: new Date(now()).toISOString(),
        stamp: String(stamps),
        written: [],
        ...(readers ? { readers } : {}),
      });
    },
    notePurge: (document: Document): void => {
      const readers = readersOf(document);
      if (readers) lastReaders.set(document.id, readers);
    },
  };
};

/** Counts documents by status as the catalog does. */
export const countInMemory = (documents: Iterable<Document>, principals?: readonly string[]): DocumentCounts => {
  const seen = [...documents].filter((one) => isReadableBy(principals, one.readers));
  const living = seen.filter((one) => !one.deletedAt);
  const byStatus = Object.fromEntries(
    versionStatuses.map((status) => [status, living.filter((one) => one.status === status).length]),
  ) as DocumentCounts["byStatus"];
  return { total: living.length, deleted: seen.length - living.length, byStatus };
};

/** Whether a row of the in-memory engine passes a filter. */
export const passesFilter = (filter: Filter | undefined, row: object): boolean => {
  if (!filter) return true;
  const fieldOf = (field: string): unknown => (row as Record<string, unknown>)[field];
  if ("and" in filter) return filter.and.every((one) => passesFilter(one, row));
  if ("or" in filter) return filter.or.some((one) => passesFilter(one, row));
  if ("not" in filter) return !passesFilter(filter.not, row);
  if ("eq" in filter) return fieldOf(filter.eq[0]) === filter.eq[1];
  if ("in" in filter) return filter.in[1].includes(fieldOf(filter.in[0]) as string);
  if ("hasAny" in filter) return filter.hasAny[1].some((one) => (fieldOf(filter.hasAny[0]) as string[]).includes(one));
  if ("startsWith" in filter) return String(fieldOf(filter.startsWith[0])).startsWith(filter.startsWith[1]);
  const value = fieldOf(filter.range[0]) as number | string;
  const { gte, lt } = filter.range[1];
  return (gte === undefined || value >= gte) && (lt === undefined || value < lt);
};

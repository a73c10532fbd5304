import type { Document, EventActor } from "@samla/contracts";
import { type Catalog, Failure, type NewEvent, type VersionRecord } from "@samla/core/kernel";
import { accessChangeItem } from "./access.ts";
import {
  announcedItem,
  countChanges,
  documentItem,
  eventTtlDays,
  type Item,
  indexNames,
  keys,
  needleOf,
  readersOf,
  versionItem,
} from "./items.ts";
import { backOff, Conflict, type Store, type Write } from "./store.ts";

type Deps = { store: Store; event: (event: NewEvent, actor: EventActor) => Item; now: () => number };
type DocumentPart = Pick<
  Catalog,
  | "createDocument"
  | "getDocument"
  | "getDocuments"
  | "getVersion"
  | "listVersions"
  | "getDocumentWithVersions"
  | "findDocumentOfVersion"
  | "change"
  | "findByHash"
  | "findLastAnnounced"
  | "findByName"
  | "purgeDocument"
>;

const attemptsMax = 12;

/** The row of a document and those of its versions, as they stand now. */
const readRows = async (store: Store, documentId: string, prefix = ""): Promise<Item[]> => {
  const rows: Item[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await store.query({
      KeyConditionExpression: `pk = :pk${prefix ? " AND begins_with(sk, :prefix)" : ""}`,
      ExpressionAttributeValues: { ":pk": `DOC#${documentId}`, ...(prefix ? { ":prefix": prefix } : {}) },
      ConsistentRead: true,
      ...(start ? { ExclusiveStartKey: start } : {}),
    });
    rows.push(...page.items);
    start = page.lastKey;
  } while (start);
  return rows;
};

/** Document and version rows, changed by compare-and-set together with their counts and their event. */
export const createDocumentPart = ({ store, event, now }: Deps): DocumentPart => ({
  createDocument: async (document, version, created, actor, after) => {
    const { sha256 } = version;
    const announced = sha256 ? [store.putAfter(announcedItem(version, sha256, now()), "versionId", after)] : [];
    const writes: Write[] = [
      ...announced,
      store.putNew(documentItem(document, 1)),
      store.putNew(versionItem(version, 1)),
      store.putNew({ ...keys.pointer(version.id), documentId: document.id }),
      store.put(event(created, actor)),
      ...store.count(document.index, document.id, countChanges(undefined, document)),
    ];
    for (let attempt = 0; ; attempt += 1) {
      try {
        await store.transact(writes);
        return true;
      } catch (error) {
        if (announced.length > 0 && error instanceof Conflict && error.reasons[0] === "ConditionalCheckFailed")
          return false;
        // Only the shared rows can meet another writer here; the ids are fresh.
        if (!(error instanceof Conflict) || error.reasons.includes("ConditionalCheckFailed") || attempt >= attemptsMax)
          throw error;
        await backOff(attempt);
      }
    }
  },
  getDocument: async (id) => (await store.get(keys.document(id)))?.it as Document | undefined,
  getDocuments: async (ids) => {
    const items = await store.getMany([...new Set(ids)].map(keys.document));
    return new Map(items.map((item) => [(item.it as Document).id as string, item.it as Document]));
  },
  getVersion: async (documentId, versionId) =>
    (await store.get(keys.version(documentId, versionId)))?.it as VersionRecord | undefined,
  listVersions: async (documentId) => {
    const rows = await readRows(store, documentId, "VER#");
    return rows.map((row) => row.it as VersionRecord);
  },
  getDocumentWithVersions: async (documentId) => {
    const rows = await readRows(store, documentId);
    const document = rows.find(({ sk }) => sk === keys.document(documentId).sk)?.it as Document | undefined;
    const versions = rows.filter(({ sk }) => sk.startsWith("VER#")).map((row) => row.it as VersionRecord);
    return document && { document, versions };
  },
  findDocumentOfVersion: async (versionId) =>
    (await store.get(keys.pointer(versionId)))?.documentId as string | undefined,

  change: async (documentId, versionId, actor, decide) => {
    for (let attempt = 0; attempt <= attemptsMax; attempt += 1) {
      const wanted = [keys.document(documentId), ...(versionId ? [keys.version(documentId, versionId)] : [])];
      const rows = await store.getMany(wanted);
      const [documentRow, versionRow] = wanted.map(({ sk }) => rows.find((row) => row.sk === sk));
      if (!documentRow) return undefined;
      const document = documentRow.it as Document;
      const version = versionRow?.it as VersionRecord | undefined;
      const next = decide(document, version);
      if (!next || (!next.document && !next.version && !next.addVersion)) return { document, version, changed: false };
      const writes: Write[] = [];
      if (next.document)
        writes.push(store.replace(documentItem(next.document, Number(documentRow.rev) + 1), Number(documentRow.rev)));
      if (next.version && versionRow)
        writes.push(store.replace(versionItem(next.version, Number(versionRow.rev) + 1), Number(versionRow.rev)));
      if (next.addVersion)
        writes.push(
          store.putNew(versionItem(next.addVersion, 1)),
          store.putNew({ ...keys.pointer(next.addVersion.id), documentId }),
          ...(next.addVersion.sha256 ? [store.put(announcedItem(next.addVersion, next.addVersion.sha256, now()))] : []),
        );
      if (next.event) writes.push(store.put(event(next.event, actor)));
      if (next.document) {
        writes.push(...store.count(document.index, document.id, countChanges(document, next.document)));
        if (String(readersOf(document)) !== String(readersOf(next.document)))
          writes.push(store.put(accessChangeItem(next.document, now())));
      }
      try {
        await store.transact(writes);
        return { document: next.document ?? document, version: next.version ?? version, changed: true };
      } catch (error) {
        if (!(error instanceof Conflict)) throw error;
        await backOff(attempt);
      }
    }
    throw new Failure("unavailable", `Document ${documentId} is being changed by too many at once.`, {
      nextStep: "Try again in a moment.",
    });
  },

  findByHash: async (slug, sha256) => {
    const { items } = await store.query({
      IndexName: indexNames.updated,
      KeyConditionExpression: "g1pk = :pk",
      ExpressionAttributeValues: { ":pk": `SHA#${slug}#${sha256}` },
      Limit: 20,
      ScanIndexForward: false,
    });
    return items.map((item) => ({ documentId: item.pk.slice(4), versionId: String(item.g1sk) }));
  },
  findLastAnnounced: async (slug, sha256) => {
    const row = await store.get(keys.announced(slug, sha256));
    return row && { documentId: String(row.documentId), versionId: String(row.versionId) };
  },
  findByName: async (slug, path, name) => {
    const needle = needleOf({ path, name });
    const { items } = await store.query({
      IndexName: indexNames.name,
      KeyConditionExpression: "g2pk = :pk AND begins_with(g2sk, :name)",
      FilterExpression: "needle = :needle",
      ExpressionAttributeValues: {
        ":pk": `NAMES#${slug}`,
        ":name": `${name.normalize("NFC").toLowerCase().slice(0, 200)}#`,
        ":needle": needle,
      },
    });
    return items.slice(0, 10).map((item) => item.pk.slice(4));
  },

  purgeDocument: async (document, purged, actor) => {
    const rows = await readRows(store, document.id);
    const versions = rows.filter((row) => row.sk !== "DOC");
    for (let i = 0; i < versions.length; i += 40)
      await store.transact(
        versions
          .slice(i, i + 40)
          .flatMap((row) => [store.remove({ pk: row.pk, sk: row.sk }), store.remove(keys.pointer(row.sk.slice(4)))]),
      );
    // The document's own row goes last, with its count and its event, so that a crash before this is simply repeated.
    const own = rows.find((row) => row.sk === "DOC");
    const current = (own?.it ?? document) as Document;
    const readers = readersOf(current);
    if (own)
      await store.transact([
        ...(readers
          ? [
              store.put({
                ...keys.lastReaders(document.id),
                readers,
                expires_at: Math.ceil(now() / 1000) + eventTtlDays * 86_400,
              }),
            ]
          : []),
        store.remove({ pk: own.pk, sk: own.sk }),
        store.put(event(purged, actor)),
        ...store.count(document.index, document.id, countChanges(current, undefined)),
      ]);
  },
});

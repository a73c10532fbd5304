import { createHash } from "node:crypto";
import type { Document, EventActor, TimelineEvent } from "@samla/contracts";
import type { NewEvent, VersionRecord } from "@samla/core/kernel";

/** Attributes of the one table: keys, secondary keys, what filters read, and the thing itself under `it`. */
export type Item = Record<string, unknown> & { pk: string; sk: string };

export const indexNames = { updated: "by_updated", name: "by_name", status: "by_status", size: "by_size" } as const;

export const keys = {
  index: (slug: string) => ({ pk: "INDEXES", sk: slug }),
  removedIndex: (slug: string) => ({ pk: "REMOVED", sk: slug }),
  build: (slug: string, buildId: string) => ({ pk: `BUILDS#${slug}`, sk: buildId }),
  removedBuild: (slug: string, buildId: string) => ({ pk: "REMOVEDBUILDS", sk: `${slug}#${buildId}` }),
  fill: (buildId: string) => ({ pk: `BUILD#${buildId}`, sk: "FILL" }),
  buildDocument: (buildId: string, documentId: string) => ({ pk: `BUILD#${buildId}`, sk: `DOC#${documentId}` }),
  promotion: (slug: string, eventId: string) => ({ pk: `PROMOTIONS#${slug}`, sk: eventId }),
  document: (id: string) => ({ pk: `DOC#${id}`, sk: "DOC" }),
  version: (documentId: string, id: string) => ({ pk: `DOC#${documentId}`, sk: `VER#${id}` }),
  /** Who announced these bytes last: two at once are told apart by it, as a secondary index lags behind. */
  announced: (slug: string, sha256: string) => ({ pk: `BYTES#${slug}#${sha256}`, sk: "LAST" }),
  pointer: (versionId: string) => ({ pk: `VER#${versionId}`, sk: "DOC" }),
  /** Documents with readers of their own are counted apart, a row for each set of readers. */
  counter: (slug: string, shard: number, readers?: readonly string[]) => ({
    pk: `COUNT#${slug}`,
    sk: readers ? `${shard}#${hashOf(readers)}` : String(shard),
  }),
  accessChange: (slug: string, documentId: string) => ({ pk: "ACCESS", sk: `${slug}#${documentId}` }),
  /** The readers that a document had when it was removed for good: its events outlive it. */
  lastReaders: (documentId: string) => ({ pk: `READERS#${documentId}`, sk: "DOC" }),
  care: (slug: string, name: string) => ({ pk: `CARE#${slug}`, sk: name }),
  position: (id: string) => ({ pk: `POSITION#${id}`, sk: "POSITION" }),
  event: (month: string, id: string) => ({ pk: `EVENTS#${month}`, sk: id }),
  request: (key: string) => ({ pk: `REQUEST#${key}`, sk: "REQUEST" }),
  ticket: (ticket: string) => ({ pk: `TICKET#${ticket}`, sk: "TICKET" }),
  note: (owner: string, key: string) => ({ pk: `NOTES#${owner}`, sk: key }),
  connection: (id: string) => ({ pk: "CONNECTIONS", sk: id }),
};

export const counterShards = 16;

/** The shard of a document's counts: many writers at once then seldom meet on one row. */
export const shardOf = (documentId: string): number => {
  let sum = 0;
  for (const c of documentId.slice(-8)) sum = (sum * 31 + c.charCodeAt(0)) % 65_536;
  return sum % counterShards;
};

/** Readers in one order, so that the same set is one set; undefined when there are none of its own. */
export const readersOf = (document: Document | undefined): string[] | undefined =>
  document?.readers && [...new Set<string>(document.readers)].sort();

const hashOf = (readers: readonly string[]): string =>
  createHash("sha256").update(readers.join("\n")).digest("base64url").slice(0, 16);

export const eventTtlDays = 400;

/** What a name search looks through. */
export const needleOf = (document: { path: string; name: string }): string =>
  (document.path ? `${document.path}/${document.name}` : document.name).normalize("NFC").toLowerCase();

const lowerName = (name: string): string => name.normalize("NFC").toLowerCase().slice(0, 200);

/** A document's row. A deleted one leaves the lists of the living and enters those of the deleted. */
export const documentItem = (document: Document, rev: number): Item => {
  const gone = document.deletedAt !== undefined;
  const readers = readersOf(document);
  const slug = document.index;
  return {
    ...keys.document(document.id),
    rev,
    it: document,
    needle: needleOf(document),
    status: document.status,
    ...(document.kind ? { kind: document.kind } : {}),
    tags: document.tags,
    ...(readers ? { readers } : {}),
    updated: document.updatedAt,
    size: document.sizeBytes,
    g1pk: `${gone ? "GONE" : "DOCS"}#${slug}`,
    g1sk: `${document.updatedAt}#${document.id}`,
    g2pk: `${gone ? "GONENAMES" : "NAMES"}#${slug}`,
    g2sk: `${lowerName(document.name)}#${document.id}`,
    g3pk: gone ? `PURGE#${slug}` : `STATUS#${slug}#${document.status}`,
    g3sk: `${gone ? (document.purgeAt ?? document.updatedAt) : document.updatedAt}#${document.id}`,
    g4pk: `${gone ? "GONESIZES" : "SIZES"}#${slug}`,
    g4sk: `${String(document.sizeBytes).padStart(12, "0")}#${document.id}`,
  };
};

export const versionItem = (version: VersionRecord, rev: number): Item => ({
  ...keys.version(version.documentId, version.id),
  rev,
  it: version,
  ...(version.sha256 ? { g1pk: `SHA#${version.index}#${version.sha256}`, g1sk: version.id } : {}),
});

/** Kept for long enough that the secondary index has the version too. */
export const announcedItem = (version: VersionRecord, sha256: string, nowMs: number): Item => ({
  ...keys.announced(version.index, sha256),
  documentId: version.documentId,
  versionId: version.id,
  expires_at: Math.ceil(nowMs / 1000) + 86_400,
});

/** A timeline row, found by month, by document and by index. */
export const eventItem = (event: TimelineEvent): Item => ({
  ...keys.event(event.at.slice(0, 7), event.id),
  it: event,
  action: event.action,
  outcome: event.outcome,
  ...(event.documentId ? { g1pk: `DOCEVENTS#${event.documentId}`, g1sk: event.id } : {}),
  ...(event.agent ? { g3pk: `AGENTEVENTS#${event.agent}`, g3sk: event.id } : {}),
  ...(event.index ? { g4pk: `IXEVENTS#${event.index}`, g4sk: event.id } : {}),
  expires_at: Math.floor(Date.parse(event.at) / 1000) + eventTtlDays * 86_400,
});

export const eventOf = (event: NewEvent, actor: EventActor, id: string, at: string): TimelineEvent => ({
  ...event,
  id: id as TimelineEvent["id"],
  at,
  actor: { kind: actor.kind, id: actor.id, name: actor.name },
});

export type CountChange = { readers: string[] | undefined; deltas: Record<string, number> };

/** How a change of a document moves its index's counts: by the readers it had and by those it has. */
export const countChanges = (before: Document | undefined, after: Document | undefined): CountChange[] => {
  const changes = new Map<string, CountChange>();
  const add = (document: Document | undefined, by: number): void => {
    if (!document) return;
    const readers = readersOf(document);
    const key = readers?.join("\n") ?? "";
    const change = changes.get(key) ?? { readers, deltas: {} };
    const name = document.deletedAt ? "n_deleted" : `n_${document.status}`;
    change.deltas[name] = (change.deltas[name] ?? 0) + by;
    changes.set(key, change);
  };
  add(before, -1);
  add(after, 1);
  return [...changes.values()]
    .map(({ readers, deltas }) => ({
      readers,
      deltas: Object.fromEntries(Object.entries(deltas).filter(([, by]) => by !== 0)),
    }))
    .filter(({ deltas }) => Object.keys(deltas).length > 0);
};

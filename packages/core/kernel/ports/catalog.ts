import type {
  Build,
  Document,
  DocumentCounts,
  EventActor,
  ListDocumentsQuery,
  ListEventsQuery,
  TimelineEvent,
  Version,
} from "@samla/contracts";
import type { AccessCatalog } from "./access-catalog.ts";
import type { AnswerCatalog } from "./answer-catalog.ts";
import type { BuildCatalog, FillRecord } from "./build-catalog.ts";
import type { CareCatalog } from "./care-catalog.ts";
import type { EvaluationCatalog } from "./evaluation-catalog.ts";
import type { NoteCatalog } from "./note-catalog.ts";
import type { QueryCatalog } from "./query-catalog.ts";
import type { IndexRecord, NewEvent, Page } from "./records.ts";

/** A version as stored: what the API shows, and what only SAMLA needs. `live` is not stored, the document knows it. */
export type VersionRecord = Omit<Version, "live"> & {
  index: string;
  /** S3's id of a multipart upload under way. */
  multipartId?: string;
  /** Who processes it, and until when that claim holds without a heartbeat. */
  lease?: { owner: string; until: number };
};

/** What a change of a document and one of its versions makes of them. */
export type Change = { document?: Document; version?: VersionRecord; addVersion?: VersionRecord; event?: NewEvent };

/**
 * Rows are the truth. Every change is a compare-and-set, and its event is written in the same transaction,
 * so there is no change without its event and no event without its change.
 */
export interface Catalog
  extends AccessCatalog,
    CareCatalog,
    BuildCatalog,
    EvaluationCatalog,
    QueryCatalog,
    AnswerCatalog,
    NoteCatalog {
  listIndexes(): Promise<IndexRecord[]>;
  getIndex(slug: string): Promise<IndexRecord | undefined>;
  /** Throws `already_exists`. */
  createIndex(index: IndexRecord, build: Build, fill: FillRecord, event: NewEvent, actor: EventActor): Promise<void>;
  /** Throws `precondition_failed` when the stored revision is another than `index.revision - 1`. */
  changeIndex(index: IndexRecord, event: NewEvent, actor: EventActor): Promise<void>;
  /** Takes the index away; its slug stays taken until the sweeper has removed its documents and forgets it. */
  deleteIndex(slug: string, event: NewEvent, actor: EventActor): Promise<void>;
  listRemovedIndexes(): Promise<string[]>;
  forgetRemovedIndex(slug: string): Promise<void>;
  /** Some documents of an index, deleted or not; for removing them all. */
  listAnyDocuments(slug: string, limit: number): Promise<Document[]>;

  /**
   * With `after`, only while that version (null: none) is the one announced last with these bytes in the index; false
   * when another announcement of them was faster, and then nothing is written.
   */
  createDocument(
    document: Document,
    version: VersionRecord,
    event: NewEvent,
    actor: EventActor,
    after?: string | null,
  ): Promise<boolean>;
  /** The version announced last with these bytes, as it stands now; kept for a day. */
  findLastAnnounced(slug: string, sha256: string): Promise<{ documentId: string; versionId: string } | undefined>;
  getDocument(documentId: string): Promise<Document | undefined>;
  getDocuments(documentIds: string[]): Promise<Map<string, Document>>;
  getVersion(documentId: string, versionId: string): Promise<VersionRecord | undefined>;
  listVersions(documentId: string): Promise<VersionRecord[]>;
  /** The document with all its versions, in one read. */
  getDocumentWithVersions(documentId: string): Promise<{ document: Document; versions: VersionRecord[] } | undefined>;
  /** The document a version belongs to. */
  findDocumentOfVersion(versionId: string): Promise<string | undefined>;
  /**
   * Reads the document (and the version), asks `decide` what becomes of them and writes that in one transaction;
   * reads and asks again when somebody else was faster. `decide` is pure and may throw. Undefined: nothing to do.
   * Returns what is stored afterwards; undefined when there is no such document.
   */
  change(
    documentId: string,
    versionId: string | undefined,
    actor: EventActor,
    decide: (document: Document, version: VersionRecord | undefined) => Change | undefined,
  ): Promise<{ document: Document; version: VersionRecord | undefined; changed: boolean } | undefined>;
  /**
   * Reads up to a bounded amount; `nextCursor` with few items means that there may be more. Throws `invalid_cursor`.
   * With `principals`, only what they may read, and no cursor tells of anything else.
   */
  listDocuments(query: ListDocumentsQuery, principals?: readonly string[]): Promise<Page<Document>>;
  /** With `principals`, counts only what they may read. */
  countDocuments(slug: string, principals?: readonly string[]): Promise<DocumentCounts>;
  findByHash(slug: string, sha256: string): Promise<{ documentId: string; versionId: string }[]>;
  findByName(slug: string, path: string, name: string): Promise<string[]>;
  /** Removes a document with all its rows for good. */
  purgeDocument(document: Document, event: NewEvent, actor: EventActor): Promise<void>;
  /** Documents of the status whose last change is older, oldest first: what the sweeper looks at. */
  listStale(slug: string, status: Version["status"], olderThan: string, limit: number): Promise<Document[]>;
  /** Deleted documents whose time to undo has passed. */
  listPurgeable(slug: string, before: string, limit: number): Promise<Document[]>;

  listEvents(query: ListEventsQuery): Promise<Page<TimelineEvent>>;
  appendEvent(event: NewEvent, actor: EventActor): Promise<void>;

  /**
   * Claims an idempotency key. `new`: do the work, then `completeRequest`. `done`: the stored answer.
   * `busy`: the same request is under way. `mismatch`: the key was used for another request.
   */
  claimRequest(
    key: string,
    fingerprint: string,
    expiresAtSeconds: number,
  ): Promise<{ state: "new" } | { state: "done"; answer: string } | { state: "busy" } | { state: "mismatch" }>;
  completeRequest(key: string, answer: string): Promise<void>;
  releaseRequest(key: string): Promise<void>;

  putTicket(
    ticket: string,
    actor: EventActor & { roles: readonly string[]; groups: readonly string[] },
    expiresAtSeconds: number,
  ): Promise<void>;
  /** Takes the ticket away and returns its holder; undefined when unknown, used or expired. */
  takeTicket(
    ticket: string,
    nowSeconds: number,
  ): Promise<(EventActor & { roles: string[]; groups: string[] }) | undefined>;
  putConnection(
    connectionId: string,
    holder: { id: string; roles: string[]; groups: string[] },
    expiresAtSeconds: number,
  ): Promise<void>;
  deleteConnection(connectionId: string): Promise<void>;
  /** An open connection with its live tails: the name of each and its turn. */
  findConnection(
    connectionId: string,
  ): Promise<{ id: string; roles: string[]; groups: string[]; tails: ReadonlyMap<string, number> } | undefined>;
  /** False: the connection is gone, or a later turn of this tail has begun. */
  startTail(connectionId: string, tailId: string, turn: number): Promise<boolean>;
  stopTail(connectionId: string, tailId: string): Promise<void>;
  listConnections(): Promise<{ connectionId: string; id: string; roles: string[]; groups: string[] }[]>;
  ping(): Promise<boolean>;
}

import { type Database, openDatabase } from "../kernel/sqlite.ts";
import type { Identity } from "../kernel/types.ts";
import { createSqsError } from "./errors.ts";

export type QueueRow = {
  name: string;
  attributes: Record<string, string>;
  createdAt: number;
  tags: Record<string, string>;
};

/** Times are epoch milliseconds. `receipt` is the nonce of the latest receipt handle, null before the first receive. */
export type MessageRow = {
  id: number;
  queue: string;
  messageId: string;
  body: string;
  attributes: string;
  traceHeader: string | null;
  sentAt: number;
  visibleAt: number;
  firstReceivedAt: number | null;
  receiveCount: number;
  receipt: string | null;
  groupId: string | null;
  deduplicationId: string | null;
  sourceQueue: string | null;
};

/** What every group of operations works on. */
export type SqsContext = {
  db: Database;
  identity: Identity;
  /** Where QueueUrls point: clients follow the host of a QueueUrl. */
  publicUrl: string;
  /** Aborted when the service closes. */
  closed: AbortSignal;
  /** Wakes everyone who long-polls the queue. */
  wake(queueName: string): void;
  /** Resolves on the next `wake` of the queue, after `timeoutMs`, or on abort. */
  waitForMessages(queueName: string, timeoutMs: number, signal: AbortSignal): Promise<void>;
};

const SCHEMA = `
CREATE TABLE IF NOT EXISTS queue(
  name TEXT PRIMARY KEY, attributes TEXT NOT NULL, createdAt INTEGER NOT NULL, tags TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS message(
  id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, messageId TEXT NOT NULL, body TEXT NOT NULL,
  attributes TEXT NOT NULL, traceHeader TEXT, sentAt INTEGER NOT NULL, visibleAt INTEGER NOT NULL,
  firstReceivedAt INTEGER, receiveCount INTEGER NOT NULL DEFAULT 0, receipt TEXT, groupId TEXT,
  deduplicationId TEXT, sourceQueue TEXT);
CREATE INDEX IF NOT EXISTS messageByVisibility ON message(queue, visibleAt, id);
CREATE INDEX IF NOT EXISTS messageByAge ON message(queue, sentAt);
CREATE INDEX IF NOT EXISTS messageByOrder ON message(queue, id);
CREATE TABLE IF NOT EXISTS deduplication(
  queue TEXT NOT NULL, key TEXT NOT NULL, messageId TEXT NOT NULL, sequence INTEGER NOT NULL, untilAt INTEGER NOT NULL,
  PRIMARY KEY(queue, key));
CREATE TABLE IF NOT EXISTS moveTask(
  id INTEGER PRIMARY KEY AUTOINCREMENT, handle TEXT NOT NULL UNIQUE, sourceQueue TEXT NOT NULL,
  destinationQueue TEXT, perSecond INTEGER, status TEXT NOT NULL, moved INTEGER NOT NULL DEFAULT 0,
  toMove INTEGER NOT NULL, startedAt INTEGER NOT NULL, failureReason TEXT);
`;

export const openSqsDatabase = (file: string): Database => openDatabase(file, SCHEMA);

export const createQueueArn = (ctx: Pick<SqsContext, "identity">, name: string): string =>
  `arn:aws:sqs:${ctx.identity.region}:${ctx.identity.accountId}:${name}`;

export const createQueueUrl = (ctx: Pick<SqsContext, "identity" | "publicUrl">, name: string): string =>
  `${ctx.publicUrl}/${ctx.identity.accountId}/${name}`;

/** The last part of an ARN or of a QueueUrl: the queue's name. */
export const readQueueName = (arnOrUrl: string): string =>
  arnOrUrl.slice(Math.max(arnOrUrl.lastIndexOf(":"), arnOrUrl.lastIndexOf("/")) + 1);

export const isFifo = (queueName: string): boolean => queueName.endsWith(".fifo");

export function findQueue(db: Database, name: string): QueueRow | undefined {
  const row = db.get<{ name: string; attributes: string; createdAt: number; tags: string }>(
    "SELECT * FROM queue WHERE name=?",
    name,
  );
  if (!row) return undefined;
  return { ...row, attributes: JSON.parse(row.attributes), tags: JSON.parse(row.tags) };
}

/** @throws AwsError `QueueDoesNotExist` */
export function getQueue(db: Database, name: string): QueueRow {
  const queue = findQueue(db, name);
  if (!queue) throw createSqsError("QueueDoesNotExist", `The specified queue does not exist: ${name || "(no name)"}.`);
  return queue;
}

export function listQueueRows(db: Database): QueueRow[] {
  return db.all<{ name: string }>("SELECT name FROM queue ORDER BY name").map((row) => getQueue(db, row.name));
}

/** Where a queue sends messages that were received too often. */
export type RedrivePolicy = { deadLetterQueue: string; maxReceiveCount: number };

export function readRedrivePolicy(queue: QueueRow): RedrivePolicy | undefined {
  const text = queue.attributes.RedrivePolicy;
  if (!text) return undefined;
  const policy = JSON.parse(text) as { deadLetterTargetArn: string; maxReceiveCount: number | string };
  return {
    deadLetterQueue: readQueueName(policy.deadLetterTargetArn),
    maxReceiveCount: Number(policy.maxReceiveCount),
  };
}

/** A queue attribute that holds a whole number, such as `VisibilityTimeout`. */
export const readNumberAttribute = (queue: QueueRow, name: string): number => Number(queue.attributes[name] ?? 0);

export const formatSequence = (id: number): string => String(id).padStart(20, "0");

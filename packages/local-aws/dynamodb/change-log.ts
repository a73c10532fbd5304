import { randomUUID } from "node:crypto";
import type { Database } from "../kernel/sqlite.ts";
import type { Identity, StreamRecord } from "../kernel/types.ts";
import { pickKey } from "./keys.ts";
import { streamArn, type TableDefinition } from "./tables.ts";
import { areEqual, type Item, itemSizeBytes } from "./values.ts";

/** Who made a change: a caller, or the TTL sweeper. */
export type ChangeOrigin = "caller" | "ttl";

/** How long a stream keeps its records, as in AWS. */
export const STREAM_RETENTION_MS = 24 * 60 * 60 * 1000;

// Sequence numbers are 21 digits from the first, so their order as text is their order as numbers.
const SEQUENCE_BASE = 100_000_000_000_000_000_000n;

export function formatSequence(sequence: number): string {
  return String(SEQUENCE_BASE + BigInt(sequence));
}

/** The row number behind a sequence number; undefined when the text is not one. */
export function parseSequence(text: string): number | undefined {
  if (!/^\d{1,40}$/.test(text)) return undefined;
  const value = BigInt(text) - SEQUENCE_BASE;
  return value >= -1n && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined;
}

/** Stream records, written in the transaction of the change they tell of. */
export type ChangeLog = {
  append(table: TableDefinition, before: Item | undefined, after: Item | undefined, origin?: ChangeOrigin): void;
  /** Records after row `sequence`, oldest first. */
  list(table: TableDefinition, afterSequence: number, limit: number): { sequence: number; record: StreamRecord }[];
  lastSequence(table: TableDefinition): number;
  removeAll(table: TableDefinition): void;
  /** Drops records older than 24 h. */
  trim(nowMs: number): void;
  /** Wakes readers of the tables written since the last call. Call after the commit. */
  notify(): void;
  /** Resolves at the table's next committed change, after `waitMs`, or on abort. */
  waitForChange(tableName: string, waitMs: number, signal: AbortSignal): Promise<void>;
};

export function createChangeLog(database: Database, identity: Identity): ChangeLog {
  const waiting = new Map<string, Set<() => void>>();
  const written = new Set<string>();
  return {
    append(table, before, after, origin = "caller") {
      const arn = streamArn(identity, table);
      const present = after ?? before;
      if (!table.stream || !arn || !present) return;
      if (before && after && areEqual({ M: before }, { M: after })) return;
      const { viewType } = table.stream;
      const atMs = Date.now();
      const images = {
        Keys: pickKey([table], present),
        ...(viewType.startsWith("NEW") && after && { NewImage: after }),
        ...(viewType.includes("OLD") && before && { OldImage: before }),
      };
      const record = {
        eventID: randomUUID().replaceAll("-", ""),
        eventName: !before ? "INSERT" : after ? "MODIFY" : "REMOVE",
        eventVersion: "1.1",
        eventSource: "aws:dynamodb",
        awsRegion: identity.region,
        eventSourceARN: arn,
        dynamodb: {
          ApproximateCreationDateTime: Math.floor(atMs / 1000),
          ...images,
          SizeBytes: Object.values(images).reduce((sum, image) => sum + itemSizeBytes(image), 0),
          StreamViewType: viewType,
        },
        ...(origin === "ttl" && { userIdentity: { type: "Service", principalId: "dynamodb.amazonaws.com" } }),
      };
      database.run(
        "INSERT INTO changes(table_id, at_ms, record) VALUES(?,?,?)",
        table.id,
        atMs,
        JSON.stringify(record),
      );
      written.add(table.name);
    },
    list(table, afterSequence, limit) {
      const rows = database.all<{ sequence: number; record: string }>(
        "SELECT sequence, record FROM changes WHERE table_id=? AND sequence>? AND at_ms>? ORDER BY sequence LIMIT ?",
        table.id,
        afterSequence,
        Date.now() - STREAM_RETENTION_MS,
        limit,
      );
      return rows.map(({ sequence, record }) => {
        const parsed = JSON.parse(record) as StreamRecord;
        const dynamodb = { ...parsed.dynamodb, SequenceNumber: formatSequence(sequence) };
        return { sequence, record: { ...parsed, dynamodb } };
      });
    },
    lastSequence(table) {
      const row = database.get<{ last: number | null }>(
        "SELECT max(sequence) AS last FROM changes WHERE table_id=?",
        table.id,
      );
      return row?.last ?? 0;
    },
    removeAll(table) {
      database.run("DELETE FROM changes WHERE table_id=?", table.id);
    },
    trim(nowMs) {
      database.run("DELETE FROM changes WHERE at_ms<?", nowMs - STREAM_RETENTION_MS);
    },
    notify() {
      for (const name of written) {
        for (const wake of waiting.get(name) ?? []) wake();
        waiting.delete(name);
      }
      written.clear();
    },
    waitForChange(tableName, waitMs, signal) {
      return new Promise((resolve) => {
        if (signal.aborted || waitMs <= 0) return resolve();
        const wakers = waiting.get(tableName) ?? new Set();
        waiting.set(tableName, wakers);
        const finish = () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", finish);
          wakers.delete(finish);
          if (wakers.size === 0 && waiting.get(tableName) === wakers) waiting.delete(tableName);
          resolve();
        };
        const timer = setTimeout(finish, waitMs);
        signal.addEventListener("abort", finish, { once: true });
        wakers.add(finish);
      });
    },
  };
}

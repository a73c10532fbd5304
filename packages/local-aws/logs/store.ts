import { AwsError } from "../kernel/errors.ts";
import { type Database, openDatabase } from "../kernel/sqlite.ts";

export type LogEvent = { timestampMs: number; message: string };
export type StoredEvent = { id: number; stream: string; timestampMs: number; ingestedMs: number; message: string };

/** Where other parts of the stand-in write lines; groups and streams are made on the way. */
export interface LogSink {
  /** Buffered: on disk within a fraction of a second. */
  write(group: string, stream: string, message: string, timestampMs?: number): void;
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS log_groups (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  created_ms INTEGER NOT NULL,
  retention_days INTEGER,
  stored_bytes INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS log_streams (
  id INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES log_groups (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  first_event_ms INTEGER,
  last_event_ms INTEGER,
  last_ingested_ms INTEGER,
  UNIQUE (group_id, name)
) STRICT;
CREATE TABLE IF NOT EXISTS log_events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  group_id INTEGER NOT NULL REFERENCES log_groups (id) ON DELETE CASCADE,
  stream_id INTEGER NOT NULL REFERENCES log_streams (id) ON DELETE CASCADE,
  event_ms INTEGER NOT NULL,
  ingested_ms INTEGER NOT NULL,
  message TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS log_events_by_group ON log_events (group_id, event_ms, id);
CREATE INDEX IF NOT EXISTS log_events_by_stream ON log_events (stream_id, event_ms, id);`;

const FLUSH_MS = 150;
/** A buffer this long is written at once, whatever the timer says. */
const FLUSH_EVENTS = 500;
const SWEEP_MS = 60_000;
/** What AWS counts per event beside its text. */
const EVENT_OVERHEAD_BYTES = 26;
const DEFAULT_CAP_BYTES = 256 * 1024 * 1024;

type Buffered = { group: string; stream: string; event: LogEvent };
type StreamRow = { id: number; group_id: number };
export type GroupRow = {
  id: number;
  name: string;
  created_ms: number;
  retention_days: number | null;
  stored_bytes: number;
};

/** Log groups, streams and events in one SQLite file, with retention and a cap on the whole. */
export class LogStore implements LogSink {
  readonly db: Database;
  readonly #capBytes: number;
  readonly #streamIds = new Map<string, StreamRow>();
  #buffer: Buffered[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #sweeper: NodeJS.Timeout;
  #sizeBytes: number;
  #isClosed = false;
  readonly #listeners = new Set<(group: string, stream: string, events: readonly LogEvent[]) => void>();

  constructor(file: string, options: { capBytes?: number } = {}) {
    this.db = openDatabase(file, SCHEMA);
    this.#capBytes = options.capBytes ?? DEFAULT_CAP_BYTES;
    this.#sizeBytes = this.#measure();
    this.#sweeper = setInterval(() => this.#try(() => this.sweep()), SWEEP_MS);
    this.#sweeper.unref();
  }

  /** Counts anew after a deletion; in between, inserts add up. */
  #measure(): number {
    this.db.run(
      `UPDATE log_groups SET stored_bytes = (SELECT COALESCE(SUM(LENGTH(message) + ${EVENT_OVERHEAD_BYTES}), 0)
         FROM log_events WHERE group_id = log_groups.id)`,
    );
    return this.db.get<{ size: number }>("SELECT COALESCE(SUM(stored_bytes), 0) AS size FROM log_groups")?.size ?? 0;
  }

  write(group: string, stream: string, message: string, timestampMs = Date.now()): void {
    if (this.#isClosed) return;
    this.#buffer.push({ group, stream, event: { timestampMs, message } });
    if (this.#buffer.length >= FLUSH_EVENTS) this.#try(() => this.flush());
    else this.#timer ??= setTimeout(() => this.#try(() => this.flush()), FLUSH_MS).unref();
  }

  /** A full disk must not end the stand-in because of a log line. */
  #try(work: () => void): void {
    try {
      work();
    } catch (error) {
      console.error("Log events could not be written and are lost:", error);
    }
  }

  /** Writes what is buffered; readers call it first, so that they see everything said so far. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const buffered = this.#buffer;
    if (buffered.length === 0) return;
    this.#buffer = [];
    const byStream = Map.groupBy(buffered, ({ group, stream }) => `${group}\n${stream}`);
    this.db.transaction(() => {
      for (const entries of byStream.values()) {
        const [first] = entries;
        if (!first) continue;
        const target = this.#ensureStream(first.group, first.stream);
        this.#insert(
          target,
          entries.map(({ event }) => event),
        );
      }
    });
    for (const entries of byStream.values()) {
      const [first] = entries;
      if (first)
        this.#publish(
          first.group,
          first.stream,
          entries.map(({ event }) => event),
        );
    }
  }

  #ensureStream(group: string, stream: string): StreamRow {
    const key = `${group}\n${stream}`;
    const known = this.#streamIds.get(key);
    if (known) return known;
    const now = Date.now();
    this.db.run("INSERT OR IGNORE INTO log_groups (name, created_ms) VALUES (?, ?)", group, now);
    this.db.run(
      "INSERT OR IGNORE INTO log_streams (group_id, name, created_ms) SELECT id, ?, ? FROM log_groups WHERE name = ?",
      stream,
      now,
      group,
    );
    const row = this.findStream(group, stream);
    // Each execution environment has a stream of its own: the cache must not grow with them.
    if (this.#streamIds.size > 1000) this.#streamIds.clear();
    this.#streamIds.set(key, row);
    return row;
  }

  /** @throws AwsError `ResourceNotFoundException` */
  findGroup(name: string): GroupRow {
    const row = this.db.get<GroupRow>("SELECT * FROM log_groups WHERE name = ?", name);
    if (!row) throw new AwsError("ResourceNotFoundException", `The specified log group does not exist: ${name}`);
    return row;
  }

  /** @throws AwsError `ResourceNotFoundException` */
  findStream(group: string, stream: string): StreamRow {
    const row = this.db.get<StreamRow>(
      "SELECT s.id, s.group_id FROM log_streams s JOIN log_groups g ON g.id = s.group_id WHERE g.name = ? AND s.name = ?",
      group,
      stream,
    );
    if (!row) throw new AwsError("ResourceNotFoundException", `The specified log stream does not exist: ${stream}`);
    return row;
  }

  createGroup(name: string): void {
    const { changes } = this.db.run(
      "INSERT OR IGNORE INTO log_groups (name, created_ms) VALUES (?, ?)",
      name,
      Date.now(),
    );
    if (changes === 0)
      throw new AwsError("ResourceAlreadyExistsException", `The specified log group already exists: ${name}`);
  }

  createStream(group: string, stream: string): void {
    const { id } = this.findGroup(group);
    const { changes } = this.db.run(
      "INSERT OR IGNORE INTO log_streams (group_id, name, created_ms) VALUES (?, ?, ?)",
      id,
      stream,
      Date.now(),
    );
    if (changes === 0)
      throw new AwsError("ResourceAlreadyExistsException", `The specified log stream already exists: ${stream}`);
  }

  deleteGroup(name: string): void {
    const { id } = this.findGroup(name);
    this.#streamIds.clear();
    this.db.run("DELETE FROM log_groups WHERE id = ?", id);
    this.#sizeBytes = this.#measure();
  }

  deleteStream(group: string, stream: string): void {
    const { id } = this.findStream(group, stream);
    this.#streamIds.clear();
    this.db.run("DELETE FROM log_streams WHERE id = ?", id);
    this.#sizeBytes = this.#measure();
  }

  /** Writes through; on disk when it returns. @throws AwsError when group or stream does not exist */
  append(group: string, stream: string, events: readonly LogEvent[]): void {
    this.flush();
    const target = this.findStream(group, stream);
    this.db.transaction(() => this.#insert(target, events));
    this.#publish(group, stream, events);
  }

  #insert(target: StreamRow, events: readonly LogEvent[]): void {
    const now = Date.now();
    let first = Number.POSITIVE_INFINITY;
    let last = 0;
    let sizeBytes = 0;
    for (const { timestampMs, message } of events) {
      this.db.run(
        "INSERT INTO log_events (group_id, stream_id, event_ms, ingested_ms, message) VALUES (?, ?, ?, ?, ?)",
        target.group_id,
        target.id,
        timestampMs,
        now,
        message,
      );
      first = Math.min(first, timestampMs);
      last = Math.max(last, timestampMs);
      sizeBytes += message.length + EVENT_OVERHEAD_BYTES;
    }
    this.#sizeBytes += sizeBytes;
    this.db.run("UPDATE log_groups SET stored_bytes = stored_bytes + ? WHERE id = ?", sizeBytes, target.group_id);
    this.db.run(
      `UPDATE log_streams SET first_event_ms = MIN(COALESCE(first_event_ms, ?), ?),
         last_event_ms = MAX(COALESCE(last_event_ms, 0), ?), last_ingested_ms = ? WHERE id = ?`,
      first,
      first,
      last,
      now,
      target.id,
    );
    if (this.#sizeBytes > this.#capBytes) this.#trim();
  }

  /** Drops the oldest tenth of everything, whichever group it is in. */
  #trim(): void {
    const range = this.db.get<{ low: number; high: number }>("SELECT MIN(id) AS low, MAX(id) AS high FROM log_events");
    if (!range) return;
    this.db.run("DELETE FROM log_events WHERE id <= ?", range.low + Math.ceil((range.high - range.low) / 10));
    // Every environment made a stream of its own: those with nothing left go too.
    this.db.run(
      `DELETE FROM log_streams WHERE last_ingested_ms <= (SELECT MIN(ingested_ms) FROM log_events)
         AND NOT EXISTS (SELECT 1 FROM log_events WHERE stream_id = log_streams.id)`,
    );
    this.#streamIds.clear();
    this.#sizeBytes = this.#measure();
  }

  /** Removes events older than their group's retention, and streams of functions that have none left. */
  sweep(nowMs = Date.now()): void {
    this.flush();
    const groups = this.db.all<GroupRow>("SELECT * FROM log_groups WHERE retention_days IS NOT NULL");
    if (groups.length === 0) return;
    for (const group of groups) {
      const beforeMs = nowMs - (group.retention_days ?? 0) * 86_400_000;
      this.db.run("DELETE FROM log_events WHERE group_id = ? AND event_ms < ?", group.id, beforeMs);
      this.db.run("DELETE FROM log_streams WHERE group_id = ? AND last_event_ms < ?", group.id, beforeMs);
    }
    this.#streamIds.clear();
    this.#sizeBytes = this.#measure();
  }

  /** Calls back for every batch of events from now on; gives the way to stop. */
  listen(listener: (group: string, stream: string, events: readonly LogEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #publish(group: string, stream: string, events: readonly LogEvent[]): void {
    for (const listener of this.#listeners) listener(group, stream, events);
  }

  close(): void {
    clearInterval(this.#sweeper);
    this.flush();
    this.#isClosed = true;
    this.db.close();
  }
}

import type { SQLInputValue } from "node:sqlite";
import { AwsError } from "../kernel/errors.ts";
import type { JsonObject, JsonOperation } from "../kernel/json-protocol.ts";
import { compileFilterPattern } from "./filter-pattern.ts";
import { readGroupName, readLimit, readOptionalNumber, readOptionalText, readText } from "./input.ts";
import type { LogStore } from "./store.ts";

const PAGE_EVENTS = 10_000;
/** What one FilterLogEvents call looks through before it answers with a token, found or not. */
const SCAN_EVENTS = 50_000;
const SCAN_CHUNK = 1000;
const PAGE_BYTES = 1024 * 1024;

type EventRow = { id: number; event_ms: number; ingested_ms: number; message: string; stream?: string };

const encodeToken = (prefix: string, row: Position) => `${prefix}/${row.event_ms}/${row.id}`;

type Position = { event_ms: number; id: number };

function decodeToken(token: string): Position & { prefix: string } {
  const match = /^([a-z])\/(-?\d+)\/(-?\d+)$/.exec(token);
  if (!match?.[1]) throw new AwsError("InvalidParameterException", "The specified nextToken is invalid.");
  return { prefix: match[1], event_ms: Number(match[2]), id: Number(match[3]) };
}

/** FilterLogEvents and GetLogEvents, both paged by position (time, then order of arrival). */
export function createReadOperations(store: LogStore): Record<string, JsonOperation> {
  return {
    FilterLogEvents: (input) => filterEvents(store, input),
    GetLogEvents: (input) => getEvents(store, input),
  };
}

function readStreamNames(input: JsonObject): string[] | undefined {
  const names = input.logStreamNames;
  if (names === undefined || names === null) return undefined;
  if (!Array.isArray(names) || names.some((name) => typeof name !== "string"))
    throw new AwsError("InvalidParameterException", "The member logStreamNames must be a list of strings.");
  return names as string[];
}

function filterEvents(store: LogStore, input: JsonObject): JsonObject {
  store.flush();
  const group = store.findGroup(readGroupName(input));
  const limit = readLimit(input, PAGE_EVENTS);
  const matches = compileFilterPattern(readOptionalText(input, "filterPattern"));
  const names = readStreamNames(input);
  const prefix = readOptionalText(input, "logStreamNamePrefix");
  if (names && prefix !== undefined)
    throw new AwsError("InvalidParameterException", "logStreamNames and logStreamNamePrefix cannot both be given.");
  const conditions = ["e.group_id = ?", "e.event_ms >= ?", "e.event_ms <= ?"];
  const params: SQLInputValue[] = [
    group.id,
    readOptionalNumber(input, "startTime") ?? 0,
    readOptionalNumber(input, "endTime") ?? Number.MAX_SAFE_INTEGER,
  ];
  if (names) {
    conditions.push(`s.name IN (${names.map(() => "?").join(", ")})`);
    params.push(...names);
  }
  if (prefix !== undefined) {
    conditions.push("SUBSTR(s.name, 1, ?) = ?");
    params.push(prefix.length, prefix);
  }
  const token = readOptionalText(input, "nextToken");
  let position: Position = token === undefined ? { event_ms: -1, id: 0 } : decodeToken(token);
  const events: JsonObject[] = [];
  let sizeBytes = 0;
  for (let scanned = 0; scanned < SCAN_EVENTS; scanned += SCAN_CHUNK) {
    const rows = store.db.all<EventRow & { stream: string }>(
      `SELECT e.id, e.event_ms, e.ingested_ms, e.message, s.name AS stream FROM log_events e
         JOIN log_streams s ON s.id = e.stream_id WHERE ${conditions.join(" AND ")} AND (e.event_ms, e.id) > (?, ?)
         ORDER BY e.event_ms, e.id LIMIT ${SCAN_CHUNK}`,
      ...params,
      position.event_ms,
      position.id,
    );
    for (const row of rows) {
      if (events.length >= limit || sizeBytes > PAGE_BYTES)
        return { events, searchedLogStreams: [], nextToken: encodeToken("n", position) };
      position = row;
      if (!matches(row.message)) continue;
      sizeBytes += row.message.length;
      events.push({
        logStreamName: row.stream,
        timestamp: row.event_ms,
        message: row.message,
        ingestionTime: row.ingested_ms,
        eventId: String(row.id).padStart(56, "0"),
      });
    }
    if (rows.length < SCAN_CHUNK) return { events, searchedLogStreams: [] };
  }
  return { events, searchedLogStreams: [], nextToken: encodeToken("n", position) };
}

function getEvents(store: LogStore, input: JsonObject): JsonObject {
  store.flush();
  const stream = store.findStream(readGroupName(input), readText(input, "logStreamName"));
  const limit = readLimit(input, PAGE_EVENTS);
  const token = readOptionalText(input, "nextToken");
  const position = token === undefined ? undefined : decodeToken(token);
  const isForward = position ? position.prefix === "f" : input.startFromHead === true;
  const conditions = ["stream_id = ?", "event_ms >= ?", "event_ms < ?"];
  const params: SQLInputValue[] = [
    stream.id,
    readOptionalNumber(input, "startTime") ?? 0,
    readOptionalNumber(input, "endTime") ?? Number.MAX_SAFE_INTEGER,
  ];
  if (position) {
    conditions.push(`(event_ms, id) ${isForward ? ">" : "<"} (?, ?)`);
    params.push(position.event_ms, position.id);
  }
  const order = isForward ? "event_ms, id" : "event_ms DESC, id DESC";
  const found = store.db.all<EventRow>(
    `SELECT id, event_ms, ingested_ms, message FROM log_events WHERE ${conditions.join(" AND ")} ORDER BY ${order} LIMIT ?`,
    ...params,
    limit,
  );
  const rows: EventRow[] = [];
  let sizeBytes = 0;
  for (const row of found) {
    if (sizeBytes > PAGE_BYTES) break;
    sizeBytes += row.message.length;
    rows.push(row);
  }
  if (!isForward) rows.reverse();
  // At either end the token stays the same: that is how clients see that there is no more.
  const here = position ?? { event_ms: isForward ? 0 : Number.MAX_SAFE_INTEGER, id: 0 };
  return {
    events: rows.map((row) => ({ timestamp: row.event_ms, message: row.message, ingestionTime: row.ingested_ms })),
    nextForwardToken: encodeToken("f", rows.at(-1) ?? here),
    nextBackwardToken: encodeToken("b", rows[0] ?? here),
  };
}

import type { SQLInputValue } from "node:sqlite";
import { AwsError } from "../kernel/errors.ts";
import { createJsonService, type JsonObject, type JsonOperation } from "../kernel/json-protocol.ts";
import type { Identity, Service } from "../kernel/types.ts";
import { readGroupName, readLimit, readOptionalText, readText } from "./input.ts";
import { startLiveTail } from "./live-tail.ts";
import { createReadOperations } from "./read-operations.ts";
import type { GroupRow, LogEvent, LogStore } from "./store.ts";

const DESCRIBE_LIMIT = 50;
const PUT_EVENTS = 10_000;
const PUT_BYTES = 1_048_576;
const EVENT_OVERHEAD_BYTES = 26;
/** The only values AWS accepts. */
const RETENTION_DAYS = new Set([
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]);

type StreamDescription = {
  name: string;
  created_ms: number;
  first_event_ms: number | null;
  last_event_ms: number | null;
  last_ingested_ms: number | null;
};

/** CloudWatch Logs (`Logs_20140328`, scope `logs`): groups, streams, events, retention. */
export function createLogsService(store: LogStore, identity: Identity): Service {
  const arnOf = (group: string) => `arn:aws:logs:${identity.region}:${identity.accountId}:log-group:${group}`;
  const operations: Record<string, JsonOperation> = {
    CreateLogGroup: (input) => {
      const name = readText(input, "logGroupName");
      if (!/^[.\-_/#A-Za-z0-9]{1,512}$/.test(name))
        throw new AwsError(
          "InvalidParameterException",
          `The log group name ${name} has characters that are not allowed.`,
        );
      store.createGroup(name);
    },
    DeleteLogGroup: (input) => store.deleteGroup(readText(input, "logGroupName")),
    CreateLogStream: (input) => store.createStream(readText(input, "logGroupName"), readText(input, "logStreamName")),
    DeleteLogStream: (input) => store.deleteStream(readText(input, "logGroupName"), readText(input, "logStreamName")),
    PutRetentionPolicy: (input) => {
      const days = input.retentionInDays;
      if (typeof days !== "number" || !RETENTION_DAYS.has(days))
        throw new AwsError(
          "InvalidParameterException",
          `retentionInDays must be one of ${[...RETENTION_DAYS].join(", ")}.`,
        );
      setRetention(store, readText(input, "logGroupName"), days);
    },
    DeleteRetentionPolicy: (input) => setRetention(store, readText(input, "logGroupName"), null),
    PutLogEvents: (input) => putEvents(store, input),
    DescribeLogGroups: (input) => describeGroups(store, input, arnOf),
    DescribeLogStreams: (input) => describeStreams(store, input, arnOf),
    StartLiveTail: (input, call) => startLiveTail(store, input, call),
    ...createReadOperations(store),
  };
  return createJsonService({ name: "CloudWatchLogs", scopes: ["logs"], protocol: "1.1", operations });
}

function setRetention(store: LogStore, name: string, days: number | null): void {
  const { id } = store.findGroup(name);
  store.db.run("UPDATE log_groups SET retention_days = ? WHERE id = ?", days, id);
}

function putEvents(store: LogStore, input: JsonObject): JsonObject {
  const events = input.logEvents;
  if (!Array.isArray(events) || events.length === 0 || events.length > PUT_EVENTS)
    throw new AwsError("InvalidParameterException", `logEvents must be a list of 1 to ${PUT_EVENTS} events.`);
  let sizeBytes = 0;
  let before = 0;
  const parsed: LogEvent[] = events.map((event: unknown) => {
    const { timestamp, message } = (event ?? {}) as { timestamp?: unknown; message?: unknown };
    if (typeof timestamp !== "number" || typeof message !== "string" || message === "")
      throw new AwsError(
        "InvalidParameterException",
        "Every log event needs a timestamp (ms) and a non-empty message.",
      );
    if (timestamp < before)
      throw new AwsError(
        "InvalidParameterException",
        "Log events in a single PutLogEvents request must be in chronological order.",
      );
    before = timestamp;
    sizeBytes += Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;
    return { timestampMs: timestamp, message };
  });
  if (sizeBytes > PUT_BYTES)
    throw new AwsError(
      "InvalidParameterException",
      `Upload too large: ${sizeBytes} bytes exceeds limit of ${PUT_BYTES}`,
    );
  store.append(readText(input, "logGroupName"), readText(input, "logStreamName"), parsed);
  return { nextSequenceToken: "0" };
}

function describeGroups(store: LogStore, input: JsonObject, arnOf: (group: string) => string): JsonObject {
  store.flush();
  const limit = readLimit(input, DESCRIBE_LIMIT);
  const prefix = readOptionalText(input, "logGroupNamePrefix") ?? "";
  const pattern = readOptionalText(input, "logGroupNamePattern") ?? "";
  const rows = store.db.all<GroupRow>(
    `SELECT * FROM log_groups WHERE SUBSTR(name, 1, ?) = ? AND INSTR(LOWER(name), LOWER(?)) > 0 AND name > ? ORDER BY name LIMIT ?`,
    prefix.length,
    prefix,
    pattern,
    readOptionalText(input, "nextToken") ?? "",
    limit + 1,
  );
  const page = rows.slice(0, limit);
  return {
    logGroups: page.map((row) => ({
      logGroupName: row.name,
      creationTime: row.created_ms,
      ...(row.retention_days !== null && { retentionInDays: row.retention_days }),
      arn: `${arnOf(row.name)}:*`,
      logGroupArn: arnOf(row.name),
      storedBytes: row.stored_bytes,
      metricFilterCount: 0,
      logGroupClass: "STANDARD",
    })),
    ...(rows.length > limit && { nextToken: page.at(-1)?.name }),
  };
}

function describeStreams(store: LogStore, input: JsonObject, arnOf: (group: string) => string): JsonObject {
  store.flush();
  const group = store.findGroup(readGroupName(input));
  const limit = readLimit(input, DESCRIBE_LIMIT);
  const prefix = readOptionalText(input, "logStreamNamePrefix") ?? "";
  const isByTime = input.orderBy === "LastEventTime";
  if (isByTime && prefix !== "")
    throw new AwsError("InvalidParameterException", "Cannot order by LastEventTime with a logStreamNamePrefix.");
  const direction = input.descending === true ? "DESC" : "ASC";
  const token = readOptionalText(input, "nextToken");
  const offset = token === undefined ? 0 : Number.parseInt(token, 10);
  if (!(offset >= 0)) throw new AwsError("InvalidParameterException", "The specified nextToken is invalid.");
  const params: SQLInputValue[] = [group.id, prefix.length, prefix, limit + 1, offset];
  const rows = store.db.all<StreamDescription>(
    `SELECT * FROM log_streams WHERE group_id = ? AND SUBSTR(name, 1, ?) = ?
       ORDER BY ${isByTime ? "COALESCE(last_event_ms, created_ms)" : "name"} ${direction}, id LIMIT ? OFFSET ?`,
    ...params,
  );
  return {
    logStreams: rows.slice(0, limit).map((row) => ({
      logStreamName: row.name,
      creationTime: row.created_ms,
      ...(row.first_event_ms !== null && { firstEventTimestamp: row.first_event_ms }),
      ...(row.last_event_ms !== null && { lastEventTimestamp: row.last_event_ms }),
      ...(row.last_ingested_ms !== null && { lastIngestionTime: row.last_ingested_ms }),
      arn: `${arnOf(group.name)}:log-stream:${row.name}`,
      storedBytes: 0,
    })),
    ...(rows.length > limit && { nextToken: String(offset + limit) }),
  };
}

import { AwsError } from "../kernel/errors.ts";
import type { JsonOperation } from "../kernel/json-protocol.ts";
import type { StreamPort, StreamRecord } from "../kernel/types.ts";
import { formatSequence, parseSequence } from "./change-log.ts";
import type { Engine } from "./engine.ts";
import { notFoundError, validationError } from "./errors.ts";
import {
  type Input,
  readChoice,
  readOptionalInteger,
  readOptionalText,
  readText,
  requireKnownMembers,
} from "./input.ts";
import { keyNames, streamArn, type TableDefinition } from "./tables.ts";
import { isRecord } from "./values.ts";

// A table here is one partition, so its stream is one shard that never closes.
const SHARD_ID = "shardId-00000000000000000001-00000001";
const ITERATOR_LIFE_MS = 15 * 60 * 1000;
const MAX_RECORDS = 1000;
const MAX_RECORDS_BYTES = 1024 * 1024;

function requireStream(engine: Engine, arn: string): TableDefinition {
  const table = engine.catalog.all().find((known) => streamArn(engine.identity, known) === arn);
  if (!table) throw notFoundError(`Requested resource not found: Stream: ${arn} not found`);
  return table;
}

type Iterator = { arn: string; after: number; atMs: number };

function encodeIterator(iterator: Iterator): string {
  return Buffer.from(JSON.stringify(iterator)).toString("base64url");
}

function decodeIterator(text: string): Iterator {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    if (
      isRecord(value) &&
      typeof value.arn === "string" &&
      Number.isInteger(value.after) &&
      Number.isInteger(value.atMs)
    ) {
      return { arn: value.arn, after: Number(value.after), atMs: Number(value.atMs) };
    }
  } catch {
    // Falls through: whatever is not an iterator of ours is invalid.
  }
  throw validationError("Invalid ShardIterator");
}

function firstPosition(engine: Engine, table: TableDefinition, input: Input): number {
  readText(input, "ShardIteratorType");
  const type = readChoice(
    input,
    "ShardIteratorType",
    ["TRIM_HORIZON", "LATEST", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"],
    "TRIM_HORIZON",
  );
  if (type === "TRIM_HORIZON") return 0;
  if (type === "LATEST") return engine.changes.lastSequence(table);
  const sequence = parseSequence(readText(input, "SequenceNumber"));
  if (sequence === undefined) throw validationError("Invalid SequenceNumber");
  return type === "AT_SEQUENCE_NUMBER" ? sequence - 1 : sequence;
}

/** A record as GetRecords answers it; the stored form is the one that Lambda's event has. */
function toWireRecord(record: StreamRecord & { userIdentity?: { type: string; principalId: string } }): object {
  const { eventSourceARN: _arn, userIdentity, ...wire } = record;
  const identity = userIdentity && { Type: userIdentity.type, PrincipalId: userIdentity.principalId };
  return { ...wire, ...(identity && { userIdentity: identity }) };
}

/** ListStreams, DescribeStream, GetShardIterator, GetRecords. */
export function createStreamOperations(engine: Engine): Record<string, JsonOperation> {
  return {
    ListStreams(input) {
      requireKnownMembers("ListStreams", input, ["TableName", "Limit", "ExclusiveStartStreamArn"]);
      const tableName = readOptionalText(input, "TableName");
      const limit = readOptionalInteger(input, "Limit", 1, 100) ?? 100;
      const start = readOptionalText(input, "ExclusiveStartStreamArn");
      const streams = engine.catalog
        .all()
        .filter((table) => tableName === undefined || table.name === tableName)
        .flatMap((table) => {
          const arn = streamArn(engine.identity, table);
          return arn ? [{ StreamArn: arn, TableName: table.name, StreamLabel: table.stream?.label }] : [];
        })
        .filter((stream) => start === undefined || stream.StreamArn > start)
        .sort((left, right) => (left.StreamArn < right.StreamArn ? -1 : 1));
      const page = streams.slice(0, limit);
      return {
        Streams: page,
        ...(streams.length > limit && { LastEvaluatedStreamArn: page[page.length - 1]?.StreamArn }),
      };
    },
    DescribeStream(input) {
      requireKnownMembers("DescribeStream", input, ["StreamArn", "Limit", "ExclusiveStartShardId"]);
      const table = requireStream(engine, readText(input, "StreamArn"));
      const shard = { ShardId: SHARD_ID, SequenceNumberRange: { StartingSequenceNumber: formatSequence(0) } };
      return {
        StreamDescription: {
          StreamArn: streamArn(engine.identity, table),
          StreamLabel: table.stream?.label,
          StreamStatus: "ENABLED",
          StreamViewType: table.stream?.viewType,
          CreationRequestDateTime: Date.parse(`${table.stream?.label}Z`) / 1000,
          TableName: table.name,
          KeySchema: keyNames(table).map((name, place) => ({ AttributeName: name, KeyType: place ? "RANGE" : "HASH" })),
          Shards: readOptionalText(input, "ExclusiveStartShardId") === SHARD_ID ? [] : [shard],
        },
      };
    },
    GetShardIterator(input) {
      requireKnownMembers("GetShardIterator", input, ["StreamArn", "ShardId", "ShardIteratorType", "SequenceNumber"]);
      const arn = readText(input, "StreamArn");
      const table = requireStream(engine, arn);
      if (readText(input, "ShardId") !== SHARD_ID) {
        throw notFoundError(`Requested resource not found: Shard does not exist: ${readText(input, "ShardId")}`);
      }
      return { ShardIterator: encodeIterator({ arn, after: firstPosition(engine, table, input), atMs: Date.now() }) };
    },
    GetRecords(input) {
      requireKnownMembers("GetRecords", input, ["ShardIterator", "Limit"]);
      const iterator = decodeIterator(readText(input, "ShardIterator"));
      if (Date.now() - iterator.atMs > ITERATOR_LIFE_MS) {
        throw new AwsError("ExpiredIteratorException", "The iterator has expired. Ask GetShardIterator for a new one.");
      }
      const table = requireStream(engine, iterator.arn);
      const limit = readOptionalInteger(input, "Limit", 1, MAX_RECORDS) ?? MAX_RECORDS;
      const entries = engine.changes.list(table, iterator.after, limit);
      const records: object[] = [];
      let after = iterator.after;
      let sizeBytes = 0;
      for (const { sequence, record } of entries) {
        sizeBytes += Number(record.dynamodb.SizeBytes);
        if (records.length > 0 && sizeBytes > MAX_RECORDS_BYTES) break;
        records.push(toWireRecord(record));
        after = sequence;
      }
      return { Records: records, NextShardIterator: encodeIterator({ arn: iterator.arn, after, atMs: Date.now() }) };
    },
  };
}

/** The streams as the rest of the stand-in reads them, without the wire. */
export function createStreamPort(engine: Engine): StreamPort {
  return {
    async read(tableName, { afterSequenceNumber, limit, waitMs, signal }) {
      const after = afterSequenceNumber === undefined ? 0 : parseSequence(afterSequenceNumber);
      if (after === undefined) throw validationError(`Invalid SequenceNumber: ${afterSequenceNumber}`);
      const list = () =>
        engine.changes.list(engine.catalog.require(tableName), after, limit).map(({ record }) => record);
      const records = list();
      if (records.length > 0 || waitMs <= 0 || signal.aborted) return records;
      await engine.changes.waitForChange(tableName, waitMs, signal);
      return signal.aborted ? [] : list();
    },
  };
}

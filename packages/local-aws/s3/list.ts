import { encodeRfc3986 } from "../kernel/sigv4.ts";
import type { Database } from "../kernel/sqlite.ts";
import { createS3Error } from "./errors.ts";
import { answerXml, formatTime, readIntegerParam, type S3Request } from "./request.ts";
import { getBucket, type S3Context } from "./store.ts";

/** Sorts after every key that begins with the text before it. */
const AFTER_ALL = "\u{10FFFF}";
const PAGE_ROWS = 1001;

type Row = { id: number; key: string };
export type Page<R extends Row> = { rows: R[]; prefixes: string[]; next: { key: string; id: number } | undefined };

/**
 * One page of keys in UTF-8 order, rolled up at the delimiter. `fetch` answers rows after a position (a key, and an id
 * within it where a key has several rows, newest first).
 */
export function collectPage<R extends Row>(
  options: { prefix: string; delimiter: string; max: number; after: { key: string; id: number } },
  fetch: (after: { key: string; id: number }, limit: number) => R[],
): Page<R> {
  const { prefix, delimiter, max } = options;
  const page: Page<R> = { rows: [], prefixes: [], next: undefined };
  if (max === 0) return page;
  let position = options.after;
  for (;;) {
    const limit = Math.min(PAGE_ROWS, max + 1 - page.rows.length - page.prefixes.length);
    const batch = fetch(position, limit);
    let hasJumped = false;
    for (const row of batch) {
      if (!row.key.startsWith(prefix)) return page;
      if (page.rows.length + page.prefixes.length === max) return { ...page, next: position };
      const end = delimiter ? row.key.indexOf(delimiter, prefix.length) : -1;
      if (end >= 0) {
        const common = row.key.slice(0, end + delimiter.length);
        page.prefixes.push(common);
        position = { key: common + AFTER_ALL, id: 0 };
        hasJumped = true;
        break;
      }
      page.rows.push(row);
      position = { key: row.key, id: row.id };
    }
    if (!hasJumped && batch.length < limit) return page;
  }
}

type ListParams = {
  prefix: string;
  delimiter: string;
  max: number;
  encode: (text: string) => string;
  isEncoded: boolean;
};

function readListParams(params: URLSearchParams, maxName = "max-keys"): ListParams {
  const encoding = params.get("encoding-type");
  if (encoding !== null && encoding !== "url")
    throw createS3Error("InvalidArgument", "Invalid Encoding Method specified in Request");
  const max = readIntegerParam(params, maxName, { min: 0, max: 2_147_483_647, fallback: 1000 });
  return {
    prefix: params.get("prefix") ?? "",
    delimiter: params.get("delimiter") ?? "",
    max: Math.min(max, 1000),
    isEncoded: encoding === "url",
    encode: encoding === "url" ? (text) => encodeRfc3986(text).replaceAll("%2F", "/") : (text) => text,
  };
}

type ObjectRow = Row & {
  sizeBytes: number;
  etag: string;
  modifiedAt: number;
  checksums: string;
  partSizes: string | null;
};

function fetchObjects(db: Database, bucket: string, prefix: string) {
  return (after: { key: string }, limit: number) =>
    db.all<ObjectRow>(
      `SELECT id,key,sizeBytes,etag,modifiedAt,checksums,partSizes FROM object
       WHERE bucket=? AND isLatest=1 AND isDeleteMarker=0 AND key>? AND key>=? ORDER BY key LIMIT ?`,
      bucket,
      after.key,
      prefix,
      limit,
    );
}

/** A marker that is a rolled-up prefix stands for all its keys, else the prefix would be listed again. */
function skipRolledUp(marker: string, { prefix, delimiter }: { prefix: string; delimiter: string }): string {
  const isRolledUp =
    delimiter !== "" &&
    marker.endsWith(delimiter) &&
    marker.indexOf(delimiter, prefix.length) === marker.length - delimiter.length;
  return isRolledUp && marker.startsWith(prefix) ? marker + AFTER_ALL : marker;
}

const encodeToken = (key: string): string => Buffer.from(key).toString("base64url");

/** ListObjects (version 1) and ListObjectsV2. */
export function listObjects(ctx: S3Context, request: S3Request): void {
  const { params } = request;
  const bucket = getBucket(ctx.db, request.bucketName);
  const { prefix, delimiter, max, encode, isEncoded } = readListParams(params);
  const isV2 = params.get("list-type") === "2";
  const token = params.get("continuation-token");
  if (token === "") throw createS3Error("InvalidArgument", "The continuation token provided is incorrect");
  const startAfter = params.get("start-after") ?? "";
  const marker = params.get("marker") ?? "";
  const from = isV2
    ? token
      ? Buffer.from(token, "base64url").toString()
      : startAfter
    : skipRolledUp(marker, { prefix, delimiter });
  const { rows, prefixes, next } = collectPage(
    { prefix, delimiter, max, after: { key: from, id: 0 } },
    fetchObjects(ctx.db, bucket.name, prefix),
  );
  const withOwner = !isV2 || params.get("fetch-owner") === "true";
  const owner = { ID: ctx.identity.accountId, DisplayName: "local" };
  const lastListed = next?.key.endsWith(AFTER_ALL) ? next.key.slice(0, -AFTER_ALL.length) : next?.key;
  answerXml(request, "ListBucketResult", {
    Name: bucket.name,
    Prefix: encode(prefix),
    ...(isV2
      ? {
          StartAfter: startAfter ? encode(startAfter) : undefined,
          ContinuationToken: token ?? undefined,
          NextContinuationToken: next && encodeToken(next.key),
          KeyCount: rows.length + prefixes.length,
        }
      : { Marker: encode(marker), NextMarker: delimiter && lastListed !== undefined ? encode(lastListed) : undefined }),
    MaxKeys: max,
    Delimiter: delimiter ? encode(delimiter) : undefined,
    EncodingType: isEncoded ? "url" : undefined,
    IsTruncated: next !== undefined,
    Contents: rows.map((row) => {
      const algorithms = Object.keys(JSON.parse(row.checksums)).map((name) => name.toUpperCase());
      return {
        Key: encode(row.key),
        LastModified: formatTime(row.modifiedAt),
        ETag: `"${row.etag}"`,
        ChecksumAlgorithm: algorithms,
        ...(algorithms.length > 0 && { ChecksumType: row.partSizes ? "COMPOSITE" : "FULL_OBJECT" }),
        Size: row.sizeBytes,
        Owner: withOwner ? owner : undefined,
        StorageClass: "STANDARD",
      };
    }),
    CommonPrefixes: prefixes.map((common) => ({ Prefix: encode(common) })),
  });
}

type VersionRow = Row & {
  version: string;
  isLatest: number;
  isDeleteMarker: number;
  sizeBytes: number;
  etag: string;
  modifiedAt: number;
};

/** ListObjectVersions: keys in order, each key's versions and delete markers newest first. */
export function listVersions(ctx: S3Context, request: S3Request): void {
  const { params } = request;
  const { db } = ctx;
  const bucket = getBucket(db, request.bucketName);
  const { prefix, delimiter, max, encode, isEncoded } = readListParams(params);
  const keyMarker = params.get("key-marker") ?? "";
  const versionMarker = params.get("version-id-marker") ?? "";
  const markerRow = versionMarker
    ? db.get<{ id: number }>(
        "SELECT id FROM object WHERE bucket=? AND key=? AND version=?",
        bucket.name,
        keyMarker,
        versionMarker,
      )
    : undefined;
  const { rows, prefixes, next } = collectPage<VersionRow>(
    { prefix, delimiter, max, after: { key: skipRolledUp(keyMarker, { prefix, delimiter }), id: markerRow?.id ?? 0 } },
    (after, limit) =>
      db.all<VersionRow>(
        `SELECT id,key,version,isLatest,isDeleteMarker,sizeBytes,etag,modifiedAt FROM object
         WHERE bucket=?1 AND key>=?4 AND (key>?2 OR (key=?2 AND id<?3)) ORDER BY key, id DESC LIMIT ?5`,
        bucket.name,
        after.key,
        after.id,
        prefix,
        limit,
      ),
  );
  const owner = { ID: ctx.identity.accountId, DisplayName: "local" };
  const describe = (row: VersionRow) => ({
    Key: encode(row.key),
    VersionId: row.version,
    IsLatest: row.isLatest === 1,
    LastModified: formatTime(row.modifiedAt),
    ...(row.isDeleteMarker === 0 && { ETag: `"${row.etag}"`, Size: row.sizeBytes, StorageClass: "STANDARD" }),
    Owner: owner,
  });
  const isAfterPrefix = next?.key.endsWith(AFTER_ALL);
  answerXml(request, "ListVersionsResult", {
    Name: bucket.name,
    Prefix: encode(prefix),
    KeyMarker: encode(keyMarker),
    VersionIdMarker: versionMarker,
    NextKeyMarker: next && encode(isAfterPrefix ? next.key.slice(0, -AFTER_ALL.length) : next.key),
    NextVersionIdMarker: next && !isAfterPrefix ? rows.at(-1)?.version : undefined,
    MaxKeys: max,
    Delimiter: delimiter ? encode(delimiter) : undefined,
    EncodingType: isEncoded ? "url" : undefined,
    IsTruncated: next !== undefined,
    Version: rows.filter((row) => row.isDeleteMarker === 0).map(describe),
    DeleteMarker: rows.filter((row) => row.isDeleteMarker === 1).map(describe),
    CommonPrefixes: prefixes.map((common) => ({ Prefix: encode(common) })),
  });
}

type UploadKeyRow = { id: string; key: string; createdAt: number };

/** ListMultipartUploads: uploads under way, by key and then by age. */
export function listUploads(ctx: S3Context, request: S3Request): void {
  const { params } = request;
  const bucket = getBucket(ctx.db, request.bucketName);
  const { prefix, delimiter, max, encode, isEncoded } = readListParams(params, "max-uploads");
  if (delimiter)
    throw createS3Error(
      "NotImplemented",
      "The local stand-in does not implement S3 ListMultipartUploads with a delimiter.",
    );
  const keyMarker = params.get("key-marker") ?? "";
  const idMarker = params.get("upload-id-marker") ?? "";
  const rows = ctx.db
    .all<UploadKeyRow>(
      `SELECT id,key,createdAt FROM upload WHERE bucket=?1 AND completed IS NULL AND key>=?2
       AND (key>?3 OR (?4<>'' AND key=?3 AND id>?4)) ORDER BY key, id LIMIT ?5`,
      bucket.name,
      prefix,
      keyMarker,
      idMarker,
      max + 1,
    )
    .filter((row) => row.key.startsWith(prefix));
  const page = rows.slice(0, max);
  const isTruncated = rows.length > page.length;
  const owner = { ID: ctx.identity.accountId, DisplayName: "local" };
  answerXml(request, "ListMultipartUploadsResult", {
    Bucket: bucket.name,
    KeyMarker: encode(keyMarker),
    UploadIdMarker: idMarker,
    NextKeyMarker: isTruncated ? encode(page.at(-1)?.key ?? "") : undefined,
    NextUploadIdMarker: isTruncated ? page.at(-1)?.id : undefined,
    Prefix: encode(prefix),
    EncodingType: isEncoded ? "url" : undefined,
    MaxUploads: max,
    IsTruncated: isTruncated,
    Upload: page.map((row) => ({
      Key: encode(row.key),
      UploadId: row.id,
      Initiator: owner,
      Owner: owner,
      StorageClass: "STANDARD",
      Initiated: formatTime(row.createdAt),
    })),
  });
}

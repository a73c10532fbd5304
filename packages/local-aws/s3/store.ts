import type { Credentials } from "../kernel/sigv4.ts";
import { type Database, openDatabase } from "../kernel/sqlite.ts";
import type { Identity } from "../kernel/types.ts";
import type { ChecksumAlgorithm, Checksums } from "./checksums.ts";
import { createS3Error } from "./errors.ts";
import type { FileStore } from "./file-store.ts";

export type CorsRule = {
  id?: string;
  allowedOrigins: string[];
  allowedMethods: string[];
  allowedHeaders: string[];
  exposeHeaders: string[];
  maxAgeSeconds?: number;
};
export type NotificationRule = { id: string; events: string[]; prefix: string; suffix: string; queueArn: string };
export type LifecycleRule = { id: string; isEnabled: boolean; prefix: string; abortMultipartAfterDays: number };

export type BucketSettings = {
  versioning?: "Enabled" | "Suspended";
  cors?: CorsRule[];
  notifications?: NotificationRule[];
  lifecycle?: LifecycleRule[];
  tags?: Record<string, string>;
};
export type Bucket = { name: string; createdAt: number; settings: BucketSettings };

/** Headers and user metadata kept with an object. */
export type ObjectMeta = {
  contentType: string;
  /** `cache-control`, `content-disposition`, `content-encoding`, `content-language`, `expires` and encryption headers. */
  headers: Record<string, string>;
  /** User metadata without the `x-amz-meta-` prefix. */
  user: Record<string, string>;
};

/** One version of an object. Times are epoch milliseconds. */
export type ObjectVersion = {
  id: number;
  bucket: string;
  key: string;
  /** `null` (the word) in buckets without versioning. */
  version: string;
  isLatest: boolean;
  isDeleteMarker: boolean;
  sizeBytes: number;
  /** Without quotes. */
  etag: string;
  modifiedAt: number;
  /** Names in the file store, in order: one, or one per part. */
  files: string[];
  partSizes: number[] | undefined;
  meta: ObjectMeta;
  checksums: Checksums;
  tags: Record<string, string>;
};

export type UploadRow = {
  id: string;
  bucket: string;
  key: string;
  createdAt: number;
  meta: ObjectMeta;
  tags: Record<string, string>;
  algorithm: ChecksumAlgorithm | undefined;
  /** The answer of a completed upload, so that a repeated Complete gets the same. */
  completed: { etag: string; version: string } | undefined;
};

export type PartRow = {
  number: number;
  sizeBytes: number;
  etag: string;
  file: string;
  checksums: Checksums;
  modifiedAt: number;
};

/** What every group of operations works on. */
export type S3Context = {
  db: Database;
  files: FileStore;
  identity: Identity;
  publicUrl: string;
  credentials: readonly Credentials[];
  /** Delivers what a committed transaction put into the outbox. */
  pumpEvents(): void;
  /** True when the queue an ARN names exists. */
  hasQueue(arn: string): boolean;
};

const SCHEMA = `
CREATE TABLE IF NOT EXISTS bucket(name TEXT PRIMARY KEY, createdAt INTEGER NOT NULL, settings TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS object(
  id INTEGER PRIMARY KEY AUTOINCREMENT, bucket TEXT NOT NULL, key TEXT NOT NULL, version TEXT NOT NULL,
  isLatest INTEGER NOT NULL, isDeleteMarker INTEGER NOT NULL, sizeBytes INTEGER NOT NULL, etag TEXT NOT NULL,
  modifiedAt INTEGER NOT NULL, files TEXT NOT NULL, partSizes TEXT, meta TEXT NOT NULL, checksums TEXT NOT NULL,
  tags TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS objectVersion ON object(bucket, key, version);
CREATE UNIQUE INDEX IF NOT EXISTS objectLatest ON object(bucket, key) WHERE isLatest=1;
CREATE INDEX IF NOT EXISTS objectHistory ON object(bucket, key, id);
CREATE TABLE IF NOT EXISTS upload(
  id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, createdAt INTEGER NOT NULL, meta TEXT NOT NULL,
  tags TEXT NOT NULL, algorithm TEXT, completed TEXT);
CREATE INDEX IF NOT EXISTS uploadByKey ON upload(bucket, key, id);
CREATE TABLE IF NOT EXISTS part(
  uploadId TEXT NOT NULL REFERENCES upload(id), number INTEGER NOT NULL, sizeBytes INTEGER NOT NULL, etag TEXT NOT NULL,
  file TEXT NOT NULL, checksums TEXT NOT NULL, modifiedAt INTEGER NOT NULL, PRIMARY KEY(uploadId, number));
CREATE TABLE IF NOT EXISTS outbox(id INTEGER PRIMARY KEY AUTOINCREMENT, queueArn TEXT NOT NULL, body TEXT NOT NULL);
`;

export const openS3Database = (file: string): Database => openDatabase(file, SCHEMA);

export function findBucket(db: Database, name: string): Bucket | undefined {
  const row = db.get<{ name: string; createdAt: number; settings: string }>("SELECT * FROM bucket WHERE name=?", name);
  return row && { ...row, settings: JSON.parse(row.settings) };
}

/** @throws AwsError `NoSuchBucket` */
export function getBucket(db: Database, name: string): Bucket {
  const bucket = findBucket(db, name);
  if (!bucket) throw createS3Error("NoSuchBucket", "The specified bucket does not exist", { BucketName: name });
  return bucket;
}

export function saveBucketSettings(db: Database, bucket: Bucket): void {
  db.run("UPDATE bucket SET settings=? WHERE name=?", JSON.stringify(bucket.settings), bucket.name);
}

type RawObject = Record<"id" | "isLatest" | "isDeleteMarker" | "sizeBytes" | "modifiedAt", number> &
  Record<"bucket" | "key" | "version" | "etag" | "files" | "meta" | "checksums" | "tags", string> & {
    partSizes: string | null;
  };

function toObjectVersion(row: RawObject): ObjectVersion {
  return {
    ...row,
    isLatest: row.isLatest === 1,
    isDeleteMarker: row.isDeleteMarker === 1,
    files: JSON.parse(row.files),
    partSizes: row.partSizes ? JSON.parse(row.partSizes) : undefined,
    meta: JSON.parse(row.meta),
    checksums: JSON.parse(row.checksums),
    tags: JSON.parse(row.tags),
  };
}

export function findLatest(db: Database, bucket: string, key: string): ObjectVersion | undefined {
  const row = db.get<RawObject>("SELECT * FROM object WHERE bucket=? AND key=? AND isLatest=1", bucket, key);
  return row && toObjectVersion(row);
}

export function findVersion(db: Database, bucket: string, key: string, version: string): ObjectVersion | undefined {
  const row = db.get<RawObject>("SELECT * FROM object WHERE bucket=? AND key=? AND version=?", bucket, key, version);
  return row && toObjectVersion(row);
}

/**
 * The latest version, or the one named; never a delete marker.
 * @throws AwsError `NoSuchKey`, `NoSuchVersion`, `MethodNotAllowed` (the named version is a delete marker)
 */
export function getObjectVersion(db: Database, bucket: string, key: string, version?: string | null): ObjectVersion {
  const found = version ? findVersion(db, bucket, key, version) : findLatest(db, bucket, key);
  if (!found)
    throw version
      ? createS3Error("NoSuchVersion", "The specified version does not exist.", { Key: key, VersionId: version })
      : createS3Error("NoSuchKey", "The specified key does not exist.", { Key: key });
  if (!found.isDeleteMarker) return found;
  const headers = { "x-amz-delete-marker": "true", "x-amz-version-id": found.version };
  throw version
    ? createS3Error("MethodNotAllowed", "The specified method is not allowed against this resource.", { headers })
    : createS3Error("NoSuchKey", "The specified key does not exist.", { Key: key, headers });
}

type RawUpload = Record<"id" | "bucket" | "key" | "meta" | "tags", string> & {
  createdAt: number;
  algorithm: ChecksumAlgorithm | null;
  completed: string | null;
};

export function toUpload(row: RawUpload): UploadRow {
  return {
    ...row,
    meta: JSON.parse(row.meta),
    tags: JSON.parse(row.tags),
    algorithm: row.algorithm ?? undefined,
    completed: row.completed ? JSON.parse(row.completed) : undefined,
  };
}

/** @throws AwsError `NoSuchUpload` */
export function getUpload(db: Database, bucket: string, key: string, id: string): UploadRow {
  const row = db.get<RawUpload>("SELECT * FROM upload WHERE id=? AND bucket=? AND key=?", id, bucket, key);
  if (!row)
    throw createS3Error(
      "NoSuchUpload",
      "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
      { UploadId: id },
    );
  return toUpload(row);
}

type RawPart = Omit<PartRow, "checksums"> & { checksums: string };

export function listParts(db: Database, uploadId: string, afterNumber = 0, limit = 10_000): PartRow[] {
  return db
    .all<RawPart>(
      "SELECT number,sizeBytes,etag,file,checksums,modifiedAt FROM part WHERE uploadId=? AND number>? ORDER BY number LIMIT ?",
      uploadId,
      afterNumber,
      limit,
    )
    .map((row) => ({ ...row, checksums: JSON.parse(row.checksums) }));
}

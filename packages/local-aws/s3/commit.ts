import { randomBytes } from "node:crypto";
import type { Checksums } from "./checksums.ts";
import { assertWriteConditions } from "./conditions.ts";
import { createS3Error } from "./errors.ts";
import { recordEvent } from "./events.ts";
import {
  type Bucket,
  findLatest,
  findVersion,
  getBucket,
  type ObjectMeta,
  type ObjectVersion,
  type S3Context,
} from "./store.ts";

type Headers = Record<string, string | undefined>;

export type NewObject = {
  key: string;
  files: string[];
  partSizes?: number[];
  sizeBytes: number;
  etag: string;
  checksums: Checksums;
  meta: ObjectMeta;
  tags: Record<string, string>;
};

export type Committed = { version: string; modifiedAt: number; isVersioned: boolean };

export const isVersioned = (bucket: Bucket): boolean => bucket.settings.versioning !== undefined;

const createVersionId = (): string => randomBytes(24).toString("base64url");

/** Removes the row of a version and answers the files that nobody names any more. */
function dropVersion(ctx: S3Context, object: ObjectVersion | undefined): string[] {
  if (!object) return [];
  ctx.db.run("DELETE FROM object WHERE id=?", object.id);
  return object.files;
}

function insertVersion(
  ctx: S3Context,
  bucket: string,
  object: NewObject & { version: string; isDeleteMarker: boolean; modifiedAt: number },
): void {
  ctx.db.run("UPDATE object SET isLatest=0 WHERE bucket=? AND key=? AND isLatest=1", bucket, object.key);
  ctx.db.run(
    `INSERT INTO object(bucket,key,version,isLatest,isDeleteMarker,sizeBytes,etag,modifiedAt,files,partSizes,meta,checksums,tags)
     VALUES(?,?,?,1,?,?,?,?,?,?,?,?,?)`,
    bucket,
    object.key,
    object.version,
    object.isDeleteMarker ? 1 : 0,
    object.sizeBytes,
    object.etag,
    object.modifiedAt,
    JSON.stringify(object.files),
    object.partSizes ? JSON.stringify(object.partSizes) : null,
    JSON.stringify(object.meta),
    JSON.stringify(object.checksums),
    JSON.stringify(object.tags),
  );
}

/**
 * Makes a stored body the object's latest version: conditions, row swap, `alsoInTransaction` and the event's outbox
 * row are one transaction. Files of what it replaced are removed afterwards.
 * @throws AwsError of the conditions; the caller then removes its files
 */
export function commitObject(
  ctx: S3Context,
  bucketName: string,
  object: NewObject,
  options: { headers: Headers; event: string; requestId: string; alsoInTransaction?(committed: Committed): void },
): Committed {
  let replaced: string[] = [];
  const committed = ctx.db.transaction(() => {
    const bucket = getBucket(ctx.db, bucketName);
    const latest = findLatest(ctx.db, bucketName, object.key);
    assertWriteConditions(options.headers, latest?.isDeleteMarker ? undefined : latest);
    const version = bucket.settings.versioning === "Enabled" ? createVersionId() : "null";
    if (version === "null") replaced = dropVersion(ctx, findVersion(ctx.db, bucketName, object.key, "null"));
    const modifiedAt = Date.now();
    insertVersion(ctx, bucketName, { ...object, version, isDeleteMarker: false, modifiedAt });
    recordEvent(ctx.db, ctx.identity, bucket, {
      name: options.event,
      key: object.key,
      version,
      sizeBytes: object.sizeBytes,
      etag: object.etag,
      requestId: options.requestId,
    });
    const result: Committed = { version, modifiedAt, isVersioned: isVersioned(bucket) };
    options.alsoInTransaction?.(result);
    return result;
  });
  ctx.files.remove(replaced);
  ctx.pumpEvents();
  return committed;
}

export type Deleted = { version?: string; isDeleteMarker?: boolean };

function deleteVersion(ctx: S3Context, bucket: Bucket, key: string, version: string, requestId: string) {
  const object = findVersion(ctx.db, bucket.name, key, version);
  if (!object) return { files: [], deleted: { version } };
  const files = dropVersion(ctx, object);
  if (object.isLatest)
    ctx.db.run(
      "UPDATE object SET isLatest=1 WHERE id=(SELECT max(id) FROM object WHERE bucket=? AND key=?)",
      bucket.name,
      key,
    );
  recordEvent(ctx.db, ctx.identity, bucket, { name: "ObjectRemoved:Delete", key, version, requestId });
  return { files, deleted: { version, ...(object.isDeleteMarker && { isDeleteMarker: true }) } };
}

/** A delete without a version: a marker where versions are kept, else the object is gone. */
function deleteLatest(ctx: S3Context, bucket: Bucket, key: string, requestId: string) {
  const status = bucket.settings.versioning;
  if (!status) {
    const latest = findLatest(ctx.db, bucket.name, key);
    const files = dropVersion(ctx, latest);
    if (latest)
      recordEvent(ctx.db, ctx.identity, bucket, { name: "ObjectRemoved:Delete", key, version: "null", requestId });
    return { files, deleted: {} };
  }
  const version = status === "Enabled" ? createVersionId() : "null";
  const files = status === "Suspended" ? dropVersion(ctx, findVersion(ctx.db, bucket.name, key, "null")) : [];
  insertVersion(ctx, bucket.name, {
    key,
    version,
    isDeleteMarker: true,
    modifiedAt: Date.now(),
    files: [],
    sizeBytes: 0,
    etag: "",
    checksums: {},
    meta: { contentType: "", headers: {}, user: {} },
    tags: {},
  });
  recordEvent(ctx.db, ctx.identity, bucket, { name: "ObjectRemoved:DeleteMarkerCreated", key, version, requestId });
  return { files, deleted: { version, isDeleteMarker: true } };
}

/**
 * Deletes an object or one version; what does not exist is no error.
 * @throws AwsError 412 when `ifMatch` is not the live object's ETag
 */
export function deleteObject(
  ctx: S3Context,
  bucketName: string,
  target: { key: string; version?: string | undefined; ifMatch?: string | undefined },
  requestId: string,
): Deleted {
  const { files, deleted } = ctx.db.transaction((): { files: string[]; deleted: Deleted } => {
    const bucket = getBucket(ctx.db, bucketName);
    if (target.ifMatch !== undefined) {
      const live = target.version
        ? findVersion(ctx.db, bucketName, target.key, target.version)
        : findLatest(ctx.db, bucketName, target.key);
      if (!live || live.isDeleteMarker) throw createS3Error("NoSuchKey", "The specified key does not exist.");
      assertWriteConditions({ "if-match": target.ifMatch }, live);
    }
    if (target.version) return deleteVersion(ctx, bucket, target.key, target.version, requestId);
    return deleteLatest(ctx, bucket, target.key, requestId);
  });
  ctx.files.remove(files);
  ctx.pumpEvents();
  return deleted;
}

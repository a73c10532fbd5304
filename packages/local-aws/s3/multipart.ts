import { createHash, randomBytes } from "node:crypto";
import { encodeRfc3986 } from "../kernel/sigv4.ts";
import {
  type ChecksumAlgorithm,
  type Checksums,
  composeChecksum,
  readAlgorithm,
  toChecksumElements,
  toChecksumHeaders,
} from "./checksums.ts";
import { commitObject, isVersioned } from "./commit.ts";
import { copyBytes, getCopySource } from "./copy-object.ts";
import { createLackingError, createS3Error } from "./errors.ts";
import { readObjectMeta, readTagsHeader } from "./object-headers.ts";
import { readText, receiveBody, type StoredBody } from "./receive-body.ts";
import { answerEmpty, answerXml, formatTime, readIntegerParam, type S3Request, versionHeader } from "./request.ts";
import { getBucket, getUpload, listParts, type PartRow, type S3Context, type UploadRow } from "./store.ts";
import { getXmlList, getXmlText, type ParsedXml, parseXml } from "./xml.ts";

const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_PART_NUMBER = 10_000;

export function createUpload(ctx: S3Context, request: S3Request): void {
  const { headers } = request;
  getBucket(ctx.db, request.bucketName);
  const announced = headers["x-amz-checksum-algorithm"];
  if (headers["x-amz-checksum-type"] === "FULL_OBJECT")
    throw createLackingError("checksum type FULL_OBJECT of multipart uploads");
  const algorithm = announced ? readAlgorithm(announced) : undefined;
  const id = randomBytes(48).toString("base64url");
  ctx.db.run(
    "INSERT INTO upload(id,bucket,key,createdAt,meta,tags,algorithm) VALUES(?,?,?,?,?,?,?)",
    id,
    request.bucketName,
    request.key,
    Date.now(),
    JSON.stringify(readObjectMeta(headers)),
    JSON.stringify(readTagsHeader(headers)),
    algorithm ?? null,
  );
  answerXml(
    request,
    "InitiateMultipartUploadResult",
    { Bucket: request.bucketName, Key: request.key, UploadId: id },
    algorithm && { "x-amz-checksum-algorithm": algorithm.toUpperCase(), "x-amz-checksum-type": "COMPOSITE" },
  );
}

/** The upload a request names, still open. @throws AwsError `NoSuchUpload` */
function getOpenUpload(ctx: S3Context, request: S3Request): UploadRow {
  const upload = getUpload(ctx.db, request.bucketName, request.key, request.params.get("uploadId") ?? "");
  if (upload.completed)
    throw createS3Error("NoSuchUpload", "The specified upload has been completed.", { UploadId: upload.id });
  return upload;
}

/** Puts a stored body in as a part, in place of an earlier one of its number. */
function savePart(ctx: S3Context, request: S3Request, number: number, body: StoredBody): number {
  const modifiedAt = Date.now();
  try {
    const replaced = ctx.db.transaction(() => {
      // The upload may have been completed or aborted while the body was arriving.
      const upload = getOpenUpload(ctx, request);
      const old = ctx.db.get<{ file: string }>(
        "SELECT file FROM part WHERE uploadId=? AND number=?",
        upload.id,
        number,
      );
      ctx.db.run(
        "INSERT OR REPLACE INTO part(uploadId,number,sizeBytes,etag,file,checksums,modifiedAt) VALUES(?,?,?,?,?,?,?)",
        upload.id,
        number,
        body.sizeBytes,
        body.etag,
        body.file,
        JSON.stringify(body.checksums),
        modifiedAt,
      );
      return old ? [old.file] : [];
    });
    ctx.files.remove(replaced);
  } catch (error) {
    ctx.files.remove([body.file]);
    throw error;
  }
  return modifiedAt;
}

const readPartNumber = (request: S3Request): number => {
  const number = readIntegerParam(request.params, "partNumber", { min: 1, max: MAX_PART_NUMBER, fallback: 0 });
  if (number === 0) throw createS3Error("InvalidArgument", "A part needs the parameter partNumber.");
  return number;
};

export async function uploadPart(ctx: S3Context, request: S3Request): Promise<void> {
  const upload = getOpenUpload(ctx, request);
  const number = readPartNumber(request);
  const body = await receiveBody(ctx.files, request, upload.algorithm);
  savePart(ctx, request, number, body);
  answerEmpty(request, 200, { etag: `"${body.etag}"`, ...toChecksumHeaders(body.checksums) });
}

export async function uploadPartCopy(ctx: S3Context, request: S3Request): Promise<void> {
  const upload = getOpenUpload(ctx, request);
  const number = readPartNumber(request);
  const source = getCopySource(ctx, request);
  const header = request.headers["x-amz-copy-source-range"];
  const match = /^bytes=(\d+)-(\d+)$/.exec(header ?? "");
  const range = match ? { from: Number(match[1]), to: Number(match[2]) } : { from: 0, to: source.sizeBytes - 1 };
  if ((header && !match) || range.to >= source.sizeBytes || range.from > range.to)
    throw createS3Error(
      "InvalidArgument",
      "The x-amz-copy-source-range is not a range of the source: bytes=first-last",
    );
  const body = await copyBytes(ctx, source, range, { algorithm: upload.algorithm });
  const modifiedAt = savePart(ctx, request, number, body);
  answerXml(request, "CopyPartResult", {
    ETag: `"${body.etag}"`,
    LastModified: formatTime(modifiedAt),
    ...toChecksumElements(body.checksums),
  });
}

export function listUploadParts(ctx: S3Context, request: S3Request): void {
  const upload = getOpenUpload(ctx, request);
  const max = readIntegerParam(request.params, "max-parts", { min: 0, max: Number.MAX_SAFE_INTEGER, fallback: 1000 });
  const limit = Math.min(max, 1000);
  const after = readIntegerParam(request.params, "part-number-marker", { min: 0, max: MAX_PART_NUMBER, fallback: 0 });
  const rows = listParts(ctx.db, upload.id, after, limit + 1);
  const page = rows.slice(0, limit);
  answerXml(request, "ListPartsResult", {
    Bucket: upload.bucket,
    Key: upload.key,
    UploadId: upload.id,
    StorageClass: "STANDARD",
    PartNumberMarker: after,
    NextPartNumberMarker: page.at(-1)?.number ?? 0,
    MaxParts: limit,
    IsTruncated: rows.length > page.length,
    ...(upload.algorithm && { ChecksumAlgorithm: upload.algorithm.toUpperCase() }),
    Part: page.map((part) => ({
      PartNumber: part.number,
      LastModified: formatTime(part.modifiedAt),
      ETag: `"${part.etag}"`,
      Size: part.sizeBytes,
      ...toChecksumElements(part.checksums),
    })),
  });
}

/** Removes an upload's rows; answers the files to remove after the transaction. */
export function dropUpload(ctx: S3Context, uploadId: string): string[] {
  return ctx.db.transaction(() => {
    const files = listParts(ctx.db, uploadId).map((part) => part.file);
    ctx.db.run("DELETE FROM part WHERE uploadId=?", uploadId);
    ctx.db.run("DELETE FROM upload WHERE id=?", uploadId);
    return files;
  });
}

export function abortUpload(ctx: S3Context, request: S3Request): void {
  const upload = getOpenUpload(ctx, request);
  ctx.files.remove(dropUpload(ctx, upload.id));
  answerEmpty(request, 204);
}

/** The stored parts a Complete document names, in its order, each compared with what it says of them. */
function selectParts(wanted: ParsedXml[], stored: readonly PartRow[]): PartRow[] {
  const byNumber = new Map(stored.map((part) => [part.number, part]));
  let previous = 0;
  const parts = wanted.map((want) => {
    const number = Number(getXmlText(want, "PartNumber"));
    if (!Number.isInteger(number) || number < 1) throw createS3Error("MalformedXML", "A Part has no valid PartNumber.");
    if (number <= previous)
      throw createS3Error(
        "InvalidPartOrder",
        "The list of parts was not in ascending order. Parts must be ordered by part number.",
      );
    previous = number;
    const part = byNumber.get(number);
    const etag = getXmlText(want, "ETag")?.replace(/&quot;|"/g, "");
    const isSame =
      part?.etag === etag &&
      Object.entries(part?.checksums ?? {}).every(([name, value]) => {
        const declared = getXmlText(want, `Checksum${name.toUpperCase()}`);
        return declared === undefined || declared === value;
      });
    if (!part || !isSame)
      throw createS3Error(
        "InvalidPart",
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        { PartNumber: number, ETag: etag },
      );
    return part;
  });
  const small = parts.slice(0, -1).find((part) => part.sizeBytes < MIN_PART_BYTES);
  if (small)
    throw createS3Error("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
      PartNumber: small.number,
      ProposedSize: small.sizeBytes,
      MinSizeAllowed: MIN_PART_BYTES,
    });
  return parts;
}

/** MD5 over the parts' MD5s, `-` and their number: what S3 gives multipart objects as ETag. */
function composeEtag(parts: readonly PartRow[]): string {
  const digests = Buffer.concat(parts.map((part) => Buffer.from(part.etag, "hex")));
  return `${createHash("md5").update(digests).digest("hex")}-${parts.length}`;
}

function composeChecksums(algorithm: ChecksumAlgorithm | undefined, parts: readonly PartRow[]): Checksums {
  if (!algorithm) return {};
  const values = parts.map((part) => part.checksums[algorithm]);
  if (values.some((value) => value === undefined)) return {};
  return { [algorithm]: composeChecksum(algorithm, values as string[]) };
}

function answerCompleted(
  ctx: S3Context,
  request: S3Request,
  result: { etag: string; version: string; checksums: Checksums },
): void {
  const path = request.key.split("/").map(encodeRfc3986).join("/");
  answerXml(
    request,
    "CompleteMultipartUploadResult",
    {
      Location: `${ctx.publicUrl}/${request.bucketName}/${path}`,
      Bucket: request.bucketName,
      Key: request.key,
      ETag: `"${result.etag}"`,
      ...toChecksumElements(result.checksums),
      ...(Object.keys(result.checksums).length > 0 && { ChecksumType: "COMPOSITE" }),
    },
    versionHeader(result.version, isVersioned(getBucket(ctx.db, request.bucketName))),
  );
}

/** CompleteMultipartUpload: the object, the end of the upload and the event are one transaction. */
export async function completeUpload(ctx: S3Context, request: S3Request): Promise<void> {
  const wanted = getXmlList(parseXml(await readText(request, 4 * 1024 * 1024), "CompleteMultipartUpload"), "Part");
  if (wanted.length === 0)
    throw createS3Error("MalformedXML", "A CompleteMultipartUpload document names at least one Part.");
  const upload = getUpload(ctx.db, request.bucketName, request.key, request.params.get("uploadId") ?? "");
  // A client that did not get the answer asks again.
  if (upload.completed) return answerCompleted(ctx, request, { ...upload.completed, checksums: {} });
  const stored = listParts(ctx.db, upload.id);
  const parts = selectParts(wanted, stored);
  const etag = composeEtag(parts);
  const checksums = composeChecksums(upload.algorithm, parts);
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  const declaredSize = request.headers["x-amz-mp-object-size"];
  if (declaredSize !== undefined && Number(declaredSize) !== sizeBytes)
    throw createS3Error(
      "InvalidRequest",
      `The parts have ${sizeBytes} bytes, x-amz-mp-object-size says ${declaredSize}.`,
    );
  const committed = commitObject(
    ctx,
    request.bucketName,
    {
      key: request.key,
      files: parts.map((part) => part.file),
      partSizes: parts.map((part) => part.sizeBytes),
      sizeBytes,
      etag,
      checksums,
      meta: upload.meta,
      tags: upload.tags,
    },
    {
      headers: request.headers,
      event: "ObjectCreated:CompleteMultipartUpload",
      requestId: request.call.requestId,
      alsoInTransaction({ version }) {
        ctx.db.run("DELETE FROM part WHERE uploadId=?", upload.id);
        ctx.db.run("UPDATE upload SET completed=? WHERE id=?", JSON.stringify({ etag, version }), upload.id);
      },
    },
  );
  const used = new Set(parts.map((part) => part.file));
  ctx.files.remove(stored.map((part) => part.file).filter((file) => !used.has(file)));
  answerCompleted(ctx, request, { etag, version: committed.version, checksums });
}

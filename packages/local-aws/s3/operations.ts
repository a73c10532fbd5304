import {
  createSettingRemover,
  getBucketCors,
  getBucketLifecycle,
  getBucketNotification,
  getBucketTagging,
  putBucketCors,
  putBucketLifecycle,
  putBucketNotification,
  putBucketTagging,
  putBucketVersioning,
} from "./bucket-settings.ts";
import {
  createBucket,
  deleteBucket,
  getBucketLocation,
  getBucketVersioning,
  headBucket,
  listBuckets,
} from "./buckets.ts";
import { copyObject } from "./copy-object.ts";
import { createLackingError } from "./errors.ts";
import { getObject } from "./get-object.ts";
import { listObjects, listUploads, listVersions } from "./list.ts";
import { abortUpload, completeUpload, createUpload, listUploadParts, uploadPart, uploadPartCopy } from "./multipart.ts";
import { deleteObject, deleteObjects, putObject } from "./put-object.ts";
import type { S3Request } from "./request.ts";
import type { S3Context } from "./store.ts";
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from "./tagging.ts";

export type S3Operation = (ctx: S3Context, request: S3Request) => void | Promise<void>;

/** `METHOD level?subresource` to operation. What is not here is not held. */
const OPERATIONS: Record<string, S3Operation> = {
  "GET service": listBuckets,
  "PUT bucket": createBucket,
  "HEAD bucket": headBucket,
  "DELETE bucket": deleteBucket,
  "GET bucket": listObjects,
  "GET bucket?versions": listVersions,
  "GET bucket?uploads": listUploads,
  "GET bucket?location": getBucketLocation,
  "GET bucket?versioning": getBucketVersioning,
  "PUT bucket?versioning": putBucketVersioning,
  "GET bucket?cors": getBucketCors,
  "PUT bucket?cors": putBucketCors,
  "DELETE bucket?cors": createSettingRemover("cors"),
  "GET bucket?notification": getBucketNotification,
  "PUT bucket?notification": putBucketNotification,
  "GET bucket?lifecycle": getBucketLifecycle,
  "PUT bucket?lifecycle": putBucketLifecycle,
  "DELETE bucket?lifecycle": createSettingRemover("lifecycle"),
  "GET bucket?tagging": getBucketTagging,
  "PUT bucket?tagging": putBucketTagging,
  "DELETE bucket?tagging": createSettingRemover("tags"),
  "POST bucket?delete": deleteObjects,
  "GET object": getObject,
  "HEAD object": getObject,
  "PUT object": putObject,
  "PUT object copy": copyObject,
  "DELETE object": deleteObject,
  "GET object?tagging": getObjectTagging,
  "PUT object?tagging": putObjectTagging,
  "DELETE object?tagging": deleteObjectTagging,
  "POST object?uploads": createUpload,
  "PUT object?uploadId": uploadPart,
  "PUT object?uploadId copy": uploadPartCopy,
  "GET object?uploadId": listUploadParts,
  "DELETE object?uploadId": abortUpload,
  "POST object?uploadId": completeUpload,
};

/** Parameters that refine an operation instead of naming one. */
const OPTIONS = new Set(
  [
    "x-id list-type prefix delimiter max-keys continuation-token start-after encoding-type fetch-owner marker",
    "key-marker version-id-marker upload-id-marker max-uploads max-parts part-number-marker max-buckets bucket-region",
    "versionId partNumber",
  ]
    .join(" ")
    .split(" "),
);

const isOption = (name: string): boolean => OPTIONS.has(name) || /^x-amz-/i.test(name) || name.startsWith("response-");

/** @throws AwsError 501 naming method, level and subresource when the stand-in lacks the operation */
export function findOperation(request: S3Request): S3Operation {
  const level = request.key ? "object" : request.bucketName ? "bucket" : "service";
  const names = [...new Set(request.params.keys())].filter((name) => !isOption(name)).sort();
  const subresource = names.length > 0 ? `?${names.join("&")}` : "";
  const isCopy = request.method === "PUT" && request.headers["x-amz-copy-source"] !== undefined;
  const name = `${request.method} ${level}${subresource}${isCopy ? " copy" : ""}`;
  const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
  if (!operation) throw createLackingError(`operation ${name}`);
  return operation;
}

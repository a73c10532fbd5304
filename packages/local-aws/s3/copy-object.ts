import { findRequestAlgorithm, readAlgorithm, toChecksumElements } from "./checksums.ts";
import { commitObject } from "./commit.ts";
import { assertCopySourceConditions } from "./conditions.ts";
import { createS3Error } from "./errors.ts";
import { readObjectMeta, readTagsHeader } from "./object-headers.ts";
import { type StoredBody, storeStream } from "./receive-body.ts";
import { answerXml, formatTime, type S3Request, versionHeader } from "./request.ts";
import { getBucket, getObjectVersion, type ObjectVersion, type S3Context } from "./store.ts";

const MAX_COPY_BYTES = 5 * 1024 ** 3;

/** The object version `x-amz-copy-source` names, its conditions checked. */
export function getCopySource(ctx: S3Context, request: S3Request): ObjectVersion {
  const header = request.headers["x-amz-copy-source"] ?? "";
  const [pathText = "", version] = header.split("?versionId=");
  let path: string;
  try {
    path = decodeURIComponent(pathText).replace(/^\//, "");
  } catch {
    throw createS3Error("InvalidArgument", "Copy Source must be URL-encoded.");
  }
  const slash = path.indexOf("/");
  if (slash < 1 || slash === path.length - 1)
    throw createS3Error("InvalidArgument", "Copy Source must mention the source bucket and key: /bucket/key");
  const bucket = getBucket(ctx.db, path.slice(0, slash));
  const source = getObjectVersion(ctx.db, bucket.name, path.slice(slash + 1), version);
  assertCopySourceConditions(request.headers, source);
  return source;
}

/** Copies bytes `from`..`to` of a version into a new file. */
export function copyBytes(
  ctx: S3Context,
  source: ObjectVersion,
  range: { from: number; to: number },
  algorithm: Parameters<typeof storeStream>[2] = {},
): Promise<StoredBody> {
  const sizes = source.partSizes ?? [source.sizeBytes];
  return storeStream(ctx.files, ctx.files.read(source.files, sizes, range.from, range.to), algorithm);
}

/** CopyObject: bytes, then metadata and tags of the source or of the request, as the directives say. */
export async function copyObject(ctx: S3Context, request: S3Request): Promise<void> {
  const { headers, key } = request;
  getBucket(ctx.db, request.bucketName);
  const source = getCopySource(ctx, request);
  if (source.sizeBytes > MAX_COPY_BYTES)
    throw createS3Error("InvalidRequest", "The specified copy source is larger than 5 GiB; copy it by parts.");
  const replacesMeta = headers["x-amz-metadata-directive"] === "REPLACE";
  const isSame = source.bucket === request.bucketName && source.key === key && source.isLatest;
  if (isSame && !replacesMeta)
    throw createS3Error(
      "InvalidRequest",
      "This copy request is illegal because it is trying to copy an object to itself without changing its metadata.",
    );
  const replacement = readObjectMeta(headers);
  const tags = headers["x-amz-tagging-directive"] === "REPLACE" ? readTagsHeader(headers) : source.tags;
  const announced = headers["x-amz-checksum-algorithm"];
  const [known] = Object.keys(source.checksums);
  const algorithm = announced
    ? readAlgorithm(announced)
    : (findRequestAlgorithm(headers) ?? (known && readAlgorithm(known)));
  const body = await copyBytes(
    ctx,
    source,
    { from: 0, to: source.sizeBytes - 1 },
    { algorithm: algorithm || undefined },
  );
  let committed: ReturnType<typeof commitObject>;
  try {
    committed = commitObject(
      ctx,
      request.bucketName,
      { ...body, key, files: [body.file], meta: replacesMeta ? replacement : source.meta, tags },
      { headers, event: "ObjectCreated:Copy", requestId: request.call.requestId },
    );
  } catch (error) {
    ctx.files.remove([body.file]);
    throw error;
  }
  answerXml(
    request,
    "CopyObjectResult",
    {
      LastModified: formatTime(committed.modifiedAt),
      ETag: `"${body.etag}"`,
      ...toChecksumElements(body.checksums),
    },
    {
      ...versionHeader(committed.version, committed.isVersioned),
      ...(source.version !== "null" && { "x-amz-copy-source-version-id": source.version }),
    },
  );
}

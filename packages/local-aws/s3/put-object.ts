import { toAwsError } from "../kernel/errors.ts";
import { toChecksumHeaders } from "./checksums.ts";
import { commitObject, deleteObject as deleteRow } from "./commit.ts";
import { createS3Error } from "./errors.ts";
import { readObjectMeta, readTagsHeader } from "./object-headers.ts";
import { readText, receiveBody } from "./receive-body.ts";
import { answerEmpty, answerXml, type S3Request, versionHeader } from "./request.ts";
import { getBucket, type S3Context } from "./store.ts";
import { getXmlList, getXmlText, parseXml } from "./xml.ts";

const MAX_DELETE_KEYS = 1000;

/** PutObject: the body is verified and on disk before its row is swapped in. */
export async function putObject(ctx: S3Context, request: S3Request): Promise<void> {
  const { headers, key } = request;
  getBucket(ctx.db, request.bucketName);
  const meta = readObjectMeta(headers);
  const tags = readTagsHeader(headers);
  const body = await receiveBody(ctx.files, request);
  let committed: ReturnType<typeof commitObject>;
  try {
    committed = commitObject(
      ctx,
      request.bucketName,
      { ...body, key, files: [body.file], meta, tags },
      { headers, event: "ObjectCreated:Put", requestId: request.call.requestId },
    );
  } catch (error) {
    ctx.files.remove([body.file]);
    throw error;
  }
  const hasChecksum = Object.keys(body.checksums).length > 0;
  const encryption = meta.headers["x-amz-server-side-encryption"];
  answerEmpty(request, 200, {
    etag: `"${body.etag}"`,
    ...toChecksumHeaders(body.checksums),
    ...(hasChecksum && { "x-amz-checksum-type": "FULL_OBJECT" }),
    ...(encryption && { "x-amz-server-side-encryption": encryption }),
    ...versionHeader(committed.version, committed.isVersioned),
  });
}

export function deleteObject(ctx: S3Context, request: S3Request): void {
  const version = request.params.get("versionId") ?? undefined;
  const target = { key: request.key, version, ifMatch: request.headers["if-match"] };
  const deleted = deleteRow(ctx, request.bucketName, target, request.call.requestId);
  answerEmpty(request, 204, {
    ...(deleted.isDeleteMarker && { "x-amz-delete-marker": "true" }),
    ...(deleted.version && { "x-amz-version-id": deleted.version }),
  });
}

/** DeleteObjects: each key on its own; one that fails is reported, the others are gone. */
export async function deleteObjects(ctx: S3Context, request: S3Request): Promise<void> {
  getBucket(ctx.db, request.bucketName);
  const root = parseXml(await readText(request, 4 * 1024 * 1024), "Delete");
  const objects = getXmlList(root, "Object");
  if (objects.length === 0 || objects.length > MAX_DELETE_KEYS)
    throw createS3Error("MalformedXML", `A Delete document names 1 to ${MAX_DELETE_KEYS} objects.`);
  const isQuiet = getXmlText(root, "Quiet") === "true";
  const done: Record<string, string | boolean | undefined>[] = [];
  const failed: Record<string, string | undefined>[] = [];
  for (const object of objects) {
    const key = getXmlText(object, "Key");
    const version = getXmlText(object, "VersionId");
    if (!key) throw createS3Error("MalformedXML", "An Object of the Delete document has no Key.");
    try {
      const target = { key, version, ifMatch: getXmlText(object, "ETag") };
      const deleted = deleteRow(ctx, request.bucketName, target, request.call.requestId);
      done.push({
        Key: key,
        VersionId: version,
        DeleteMarker: deleted.isDeleteMarker,
        DeleteMarkerVersionId: deleted.isDeleteMarker ? deleted.version : undefined,
      });
    } catch (error) {
      const { code, message } = toAwsError(error);
      failed.push({ Key: key, VersionId: version, Code: code, Message: message });
    }
  }
  answerXml(request, "DeleteResult", { Deleted: isQuiet ? [] : done, Error: failed });
}

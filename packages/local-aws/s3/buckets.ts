import { createS3Error } from "./errors.ts";
import { readText } from "./receive-body.ts";
import { answerEmpty, answerXml, formatTime, readIntegerParam, type S3Request } from "./request.ts";
import { findBucket, getBucket, type S3Context } from "./store.ts";
import { getXmlText, parseXml } from "./xml.ts";

/** @throws AwsError `InvalidBucketName` */
export function assertBucketName(name: string): void {
  const isValid =
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes("..") && !/^\d+(\.\d+){3}$/.test(name);
  if (!isValid)
    throw createS3Error("InvalidBucketName", `The specified bucket is not valid: ${name}.`, { BucketName: name });
}

export function insertBucket(ctx: S3Context, name: string): void {
  assertBucketName(name);
  ctx.db.run("INSERT INTO bucket(name,createdAt,settings) VALUES(?,?,?)", name, Date.now(), "{}");
}

export function listBuckets(ctx: S3Context, request: S3Request): void {
  const { params } = request;
  const prefix = params.get("prefix") ?? "";
  const max = readIntegerParam(params, "max-buckets", { min: 1, max: 10_000, fallback: 10_000 });
  const after = Buffer.from(params.get("continuation-token") ?? "", "base64url").toString();
  const rows = ctx.db
    .all<{ name: string; createdAt: number }>("SELECT name, createdAt FROM bucket WHERE name>? ORDER BY name", after)
    .filter((row) => row.name.startsWith(prefix));
  const page = rows.slice(0, max);
  const last = page.at(-1);
  answerXml(request, "ListAllMyBucketsResult", {
    Owner: { ID: ctx.identity.accountId, DisplayName: "local" },
    Buckets: { Bucket: page.map((row) => ({ Name: row.name, CreationDate: formatTime(row.createdAt) })) },
    ContinuationToken: rows.length > page.length && last ? Buffer.from(last.name).toString("base64url") : undefined,
  });
}

export async function createBucket(ctx: S3Context, request: S3Request): Promise<void> {
  const name = request.bucketName;
  const xml = await readText(request);
  if (findBucket(ctx.db, name))
    throw createS3Error(
      "BucketAlreadyOwnedByYou",
      "Your previous request to create the named bucket succeeded and you already own it.",
      { BucketName: name },
    );
  if (xml) parseXml(xml, "CreateBucketConfiguration");
  insertBucket(ctx, name);
  answerEmpty(request, 200, { location: `/${name}` });
}

export function headBucket(ctx: S3Context, request: S3Request): void {
  getBucket(ctx.db, request.bucketName);
  answerEmpty(request, 200, { "x-amz-bucket-region": ctx.identity.region });
}

export function deleteBucket(ctx: S3Context, request: S3Request): void {
  const { name } = getBucket(ctx.db, request.bucketName);
  ctx.db.transaction(() => {
    const isUsed =
      ctx.db.get("SELECT 1 FROM object WHERE bucket=? LIMIT 1", name) ??
      ctx.db.get("SELECT 1 FROM upload WHERE bucket=? AND completed IS NULL LIMIT 1", name);
    if (isUsed)
      throw createS3Error(
        "BucketNotEmpty",
        "The bucket you tried to delete is not empty. You must delete all versions in the bucket.",
        {
          BucketName: name,
        },
      );
    ctx.db.run("DELETE FROM upload WHERE bucket=?", name);
    ctx.db.run("DELETE FROM bucket WHERE name=?", name);
  });
  answerEmpty(request, 204);
}

export function getBucketLocation(ctx: S3Context, request: S3Request): void {
  getBucket(ctx.db, request.bucketName);
  const { region } = ctx.identity;
  // us-east-1 has no constraint: an empty element, in S3 as here.
  const body = region === "us-east-1" ? "" : region;
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${body}</LocationConstraint>`;
  request.call.res.writeHead(200, { "content-type": "application/xml" }).end(xml);
}

export function getBucketVersioning(ctx: S3Context, request: S3Request): void {
  const bucket = getBucket(ctx.db, request.bucketName);
  answerXml(request, "VersioningConfiguration", { Status: bucket.settings.versioning });
}

/** The status a VersioningConfiguration asks for. */
export async function readVersioning(request: S3Request): Promise<"Enabled" | "Suspended"> {
  const root = parseXml(await readText(request), "VersioningConfiguration");
  const status = getXmlText(root, "Status");
  if (status !== "Enabled" && status !== "Suspended")
    throw createS3Error("MalformedXML", "The Status of a VersioningConfiguration is Enabled or Suspended.");
  if (getXmlText(root, "MfaDelete") === "Enabled")
    throw createS3Error("NotImplemented", "The local stand-in does not implement S3 MFA delete.");
  return status;
}

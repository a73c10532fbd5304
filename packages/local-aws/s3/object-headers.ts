import { createLackingError, createS3Error } from "./errors.ts";
import type { ObjectMeta } from "./store.ts";

type Headers = Record<string, string | undefined>;

const KEPT = ["cache-control", "content-disposition", "content-language", "expires"];
const MAX_USER_METADATA_BYTES = 2048;

/** Headers that would change an object's protection or place; this stand-in refuses what it cannot hold. */
const REFUSED = [
  "x-amz-website-redirect-location",
  "x-amz-object-lock-mode",
  "x-amz-object-lock-legal-hold",
  "x-amz-object-lock-retain-until-date",
  "x-amz-server-side-encryption-customer-algorithm",
  "x-amz-grant-full-control",
  "x-amz-grant-read",
  "x-amz-write-offset-bytes",
];

/**
 * The metadata a PUT, POST or multipart creation gives an object.
 * @throws AwsError 501 for headers that are not held, `MetadataTooLarge`
 */
export function readObjectMeta(headers: Headers): ObjectMeta {
  const refused = REFUSED.find((name) => headers[name] !== undefined);
  if (refused) throw createLackingError(`header ${refused}`);
  const acl = headers["x-amz-acl"];
  if (acl && acl !== "private" && acl !== "bucket-owner-full-control") throw createLackingError(`x-amz-acl ${acl}`);
  const storageClass = headers["x-amz-storage-class"];
  if (storageClass && storageClass !== "STANDARD") throw createLackingError(`storage class ${storageClass}`);
  const kept: Record<string, string> = {};
  for (const name of KEPT) {
    const value = headers[name];
    if (value !== undefined) kept[name] = value;
  }
  const encoding = (headers["content-encoding"] ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name && name !== "aws-chunked");
  if (encoding.length > 0) kept["content-encoding"] = encoding.join(",");
  // Answered back as asked; the bytes lie on the laptop's own disk as they are.
  const encryption = headers["x-amz-server-side-encryption"];
  if (encryption !== undefined) {
    if (!["AES256", "aws:kms"].includes(encryption)) throw createLackingError(`server-side encryption ${encryption}`);
    kept["x-amz-server-side-encryption"] = encryption;
    const keyId = headers["x-amz-server-side-encryption-aws-kms-key-id"];
    if (keyId) kept["x-amz-server-side-encryption-aws-kms-key-id"] = keyId;
  }
  const user: Record<string, string> = {};
  let sizeBytes = 0;
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith("x-amz-meta-") || value === undefined) continue;
    user[name.slice("x-amz-meta-".length)] = value;
    sizeBytes += name.length - "x-amz-meta-".length + Buffer.byteLength(value);
  }
  if (sizeBytes > MAX_USER_METADATA_BYTES)
    throw createS3Error("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size");
  return { contentType: headers["content-type"] ?? "binary/octet-stream", headers: kept, user };
}

/** @throws AwsError `InvalidTag` for more than 10, repeated or too long ones */
export function assertTags(pairs: readonly [string, string][]): Record<string, string> {
  if (pairs.length > 10) throw createS3Error("BadRequest", "Object tags cannot be greater than 10");
  const tags: Record<string, string> = {};
  for (const [name, value] of pairs) {
    if (!name || name.length > 128 || value.length > 256)
      throw createS3Error("InvalidTag", "The TagKey or TagValue you have provided is invalid");
    if (Object.hasOwn(tags, name)) throw createS3Error("InvalidTag", "Cannot provide multiple Tags with the same key");
    tags[name] = value;
  }
  return tags;
}

/** Tags from the `x-amz-tagging` header, which is a query string. */
export const readTagsHeader = (headers: Headers): Record<string, string> =>
  assertTags([...new URLSearchParams(headers["x-amz-tagging"] ?? "")]);

/** The response headers that carry an object's metadata. */
export function describeMeta(meta: ObjectMeta): Record<string, string> {
  const user = Object.entries(meta.user).map(([name, value]) => [`x-amz-meta-${name}`, value]);
  return { "content-type": meta.contentType, ...meta.headers, ...Object.fromEntries(user) };
}

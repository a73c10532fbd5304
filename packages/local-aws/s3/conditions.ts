import { createLackingError, createS3Error } from "./errors.ts";
import type { ObjectVersion } from "./store.ts";

type Headers = Record<string, string | undefined>;

const createFailedError = (condition: string) =>
  createS3Error("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
    Condition: condition,
  });

function matchesEtag(list: string, etag: string): boolean {
  return list
    .split(",")
    .map((item) => item.trim().replace(/^W\//, "").replace(/^"|"$/g, ""))
    .some((item) => item === "*" || item === etag);
}

/**
 * Conditions of a write (`If-None-Match: *`, `If-Match: <etag>`) against the live object, undefined when there is none.
 * Call it inside the transaction that swaps the row.
 * @throws AwsError 412 `PreconditionFailed`, 404 `NoSuchKey` (If-Match on a missing object), 501 other values
 */
export function assertWriteConditions(headers: Headers, live: ObjectVersion | undefined): void {
  const ifNoneMatch = headers["if-none-match"];
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch !== "*") throw createLackingError("If-None-Match on writes with a value other than *");
    if (live) throw createFailedError("If-None-Match");
  }
  const ifMatch = headers["if-match"];
  if (ifMatch === undefined) return;
  if (!live) throw createS3Error("NoSuchKey", "The specified key does not exist.");
  if (!matchesEtag(ifMatch, live.etag)) throw createFailedError("If-Match");
}

/** Seconds are all HTTP dates hold. */
const toSeconds = (ms: number): number => Math.floor(ms / 1000);

/**
 * Conditions of a read, in the order of RFC 9110, section 13.2.2. `prefix` is `x-amz-copy-source-` for copies.
 * @returns true when the answer is 304
 * @throws AwsError 412
 */
export function isNotModified(headers: Headers, object: ObjectVersion, prefix = ""): boolean {
  const ifMatch = headers[`${prefix}if-match`];
  const unmodifiedSince = headers[`${prefix}if-unmodified-since`];
  if (ifMatch !== undefined) {
    if (!matchesEtag(ifMatch, object.etag)) throw createFailedError("If-Match");
  } else if (unmodifiedSince !== undefined && toSeconds(object.modifiedAt) > toSeconds(Date.parse(unmodifiedSince))) {
    throw createFailedError("If-Unmodified-Since");
  }
  const ifNoneMatch = headers[`${prefix}if-none-match`];
  const modifiedSince = headers[`${prefix}if-modified-since`];
  if (ifNoneMatch !== undefined) return matchesEtag(ifNoneMatch, object.etag);
  return modifiedSince !== undefined && toSeconds(object.modifiedAt) <= toSeconds(Date.parse(modifiedSince));
}

/** As `isNotModified` for a copy's source, where every unmet condition is 412. */
export function assertCopySourceConditions(headers: Headers, source: ObjectVersion): void {
  if (isNotModified(headers, source, "x-amz-copy-source-")) throw createFailedError("x-amz-copy-source-If-None-Match");
}

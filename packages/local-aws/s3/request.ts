import { splitRawUrl, type Verified } from "../kernel/sigv4.ts";
import type { AwsCall } from "../kernel/types.ts";
import { createS3Error } from "./errors.ts";
import { renderXml, type XmlObject } from "./xml.ts";

/** A request taken apart. `headers` also holds what a presigned URL carries in its query (`x-amz-meta-...`). */
export type S3Request = {
  call: AwsCall;
  method: string;
  bucketName: string;
  key: string;
  params: URLSearchParams;
  headers: Record<string, string | undefined>;
  /** Set once the signature is verified. */
  verified: Verified | undefined;
};

const MAX_KEY_BYTES = 1024;

/** Headers of a request that may come hoisted into a presigned query. Checksums may not: S3 ignores them there. */
const HOISTED = /^x-amz-(?!checksum-|sdk-|content-sha256)[\w.-]+$/i;
const SIGNATURE_PARAMS = /^X-Amz-(Algorithm|Credential|Date|Expires|SignedHeaders|Signature|Security-Token)$/i;

/**
 * Takes bucket, key and parameters from the raw request line: `new URL` would resolve `..` inside keys.
 * @throws AwsError `InvalidURI`, `KeyTooLongError`
 */
export function readS3Request(call: AwsCall): S3Request {
  const { rawPath, query } = splitRawUrl(call.req.url ?? "/");
  let path: string;
  try {
    path = decodeURIComponent(rawPath).slice(1);
  } catch {
    throw createS3Error("InvalidURI", "Couldn't parse the specified URI.");
  }
  const slash = path.indexOf("/");
  const key = slash < 0 ? "" : path.slice(slash + 1);
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw createS3Error("KeyTooLongError", "Your key is too long.");
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(call.req.headers))
    headers[name] = Array.isArray(value) ? value.join(",") : value;
  const params = new URLSearchParams(query);
  if (params.has("X-Amz-Signature"))
    for (const [name, value] of query)
      if (HOISTED.test(name) && !SIGNATURE_PARAMS.test(name)) headers[name.toLowerCase()] ??= value;
  return {
    call,
    method: call.req.method ?? "GET",
    bucketName: slash < 0 ? path : path.slice(0, slash),
    key,
    params,
    headers,
    verified: undefined,
  };
}

export function answerXml(
  request: S3Request,
  root: string,
  object: XmlObject,
  headers: Record<string, string> = {},
): void {
  const body = renderXml(root, object);
  request.call.res
    .writeHead(200, { "content-type": "application/xml", "content-length": Buffer.byteLength(body), ...headers })
    .end(body);
}

export function answerEmpty(request: S3Request, statusCode: number, headers: Record<string, string> = {}): void {
  request.call.res.writeHead(statusCode, { ...(statusCode === 200 && { "content-length": "0" }), ...headers }).end();
}

/** A whole number between two bounds from the query, or `fallback`. @throws AwsError `InvalidArgument` */
export function readIntegerParam(
  params: URLSearchParams,
  name: string,
  bounds: { min: number; max: number; fallback: number },
): number {
  const text = params.get(name);
  if (text === null || text === "") return bounds.fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < bounds.min || value > bounds.max)
    throw createS3Error(
      "InvalidArgument",
      `Argument ${name} must be an integer between ${bounds.min} and ${bounds.max}`,
      {
        ArgumentName: name,
        ArgumentValue: text,
      },
    );
  return value;
}

export const formatTime = (ms: number): string => new Date(ms).toISOString();

export const versionHeader = (version: string, isVersioned: boolean): Record<string, string> =>
  isVersioned ? { "x-amz-version-id": version } : {};

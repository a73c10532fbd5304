import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { AwsError } from "./errors.ts";

export type Credentials = { accessKeyId: string; secretAccessKey: string };

/** `accessKeyId/date/region/service/aws4_request`, taken apart. */
export type CredentialScope = { accessKeyId: string; date: string; region: string; service: string };

export type SignedRequest = {
  method: string;
  /** Path and query exactly as they came over the wire. */
  rawUrl: string;
  headers: IncomingHttpHeaders;
};

/** What a verified request leaves behind for checking its body. */
export type Verified = CredentialScope & {
  presigned: boolean;
  /** `x-amz-content-sha256`: a hex digest, `UNSIGNED-PAYLOAD` or one of the `STREAMING-` names. */
  payloadHash: string;
  /** For chunk signatures: key, first signature and date of the chain. */
  signingKey: Buffer;
  signature: string;
  amzDate: string;
};

const ALGORITHM = "AWS4-HMAC-SHA256";
const MAX_SKEW_MS = 15 * 60 * 1000;
const MAX_PRESIGN_SECONDS = 7 * 24 * 3600;

export const sha256Hex = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");
export const hmacSha256 = (key: string | Uint8Array, data: string): Buffer =>
  createHmac("sha256", key).update(data).digest();

/** Percent-encodes as SigV4 asks: everything but `A-Za-z0-9-._~`. */
export function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** A key is good for a day, a region and a service: few are alive at a time. */
const signingKeys = new Map<string, Buffer>();
const signingKeysMax = 64;

export function deriveSigningKey(secret: string, scope: Omit<CredentialScope, "accessKeyId">): Buffer {
  const name = JSON.stringify([secret, scope.date, scope.region, scope.service]);
  const known = signingKeys.get(name);
  if (known) return known;
  let key: Buffer = hmacSha256(`AWS4${secret}`, scope.date);
  for (const part of [scope.region, scope.service, "aws4_request"]) key = hmacSha256(key, part);
  if (signingKeys.size >= signingKeysMax) signingKeys.clear();
  signingKeys.set(name, key);
  return key;
}

/** Constant-time comparison of two hex strings. */
export function equalsSignature(expected: string, given: string): boolean {
  const a = Buffer.from(expected);
  const b = Buffer.from(given);
  return a.length === b.length && timingSafeEqual(a, b);
}

export function parseCredential(credential: string): CredentialScope | undefined {
  const [accessKeyId, date, region, service, end, ...rest] = credential.split("/");
  if (!accessKeyId || !date || !region || !service || end !== "aws4_request" || rest.length > 0) return undefined;
  return { accessKeyId, date, region, service };
}

export function splitRawUrl(rawUrl: string): { rawPath: string; query: [string, string][] } {
  const mark = rawUrl.indexOf("?");
  const rawPath = mark < 0 ? rawUrl : rawUrl.slice(0, mark);
  return { rawPath, query: mark < 0 ? [] : [...new URLSearchParams(rawUrl.slice(mark + 1))] };
}

type SignatureParts = {
  credential: string;
  signedHeaders: string[];
  signature: string;
  amzDate: string;
  presigned: boolean;
  expiresSeconds: number;
};

const headerText = (value: string | string[] | undefined): string =>
  (Array.isArray(value) ? value.join(",") : (value ?? "")).trim().replace(/\s+/g, " ");

/** The signature a request carries, in its header or its query; undefined for an unsigned request. */
function readSignature(request: SignedRequest, query: [string, string][]): SignatureParts | undefined {
  const header = request.headers.authorization;
  if (header?.startsWith(ALGORITHM)) {
    const field = (name: string) => new RegExp(`${name}=([^,\\s]+)`).exec(header)?.[1] ?? "";
    const date = headerText(request.headers["x-amz-date"]);
    return {
      credential: field("Credential"),
      signedHeaders: field("SignedHeaders").toLowerCase().split(";"),
      signature: field("Signature"),
      amzDate: date,
      presigned: false,
      expiresSeconds: 0,
    };
  }
  const params = new Map(query);
  if (!params.has("X-Amz-Signature")) return undefined;
  return {
    credential: params.get("X-Amz-Credential") ?? "",
    signedHeaders: (params.get("X-Amz-SignedHeaders") ?? "").split(";"),
    signature: params.get("X-Amz-Signature") ?? "",
    amzDate: params.get("X-Amz-Date") ?? "",
    presigned: true,
    expiresSeconds: Number(params.get("X-Amz-Expires") ?? "0"),
  };
}

/** The scope a request claims, unverified: enough to know which service it is for. */
export function readCredentialScope(request: SignedRequest): CredentialScope | undefined {
  const parts = readSignature(request, splitRawUrl(request.rawUrl).query);
  return parts ? parseCredential(parts.credential) : undefined;
}

export function parseAmzDate(amzDate: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(amzDate);
  if (!match) return Number.NaN;
  const [, year, month, day, hour, minute, second] = match.map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
}

/** S3 signs the path encoded once, every other service the encoded path encoded again. */
function canonicalPath(rawPath: string, service: string): string {
  let path = rawPath;
  if (service === "s3") {
    try {
      path = decodeURIComponent(rawPath);
    } catch {
      throw new AwsError("InvalidURI", "Couldn't parse the specified URI: its percent-encoding is broken.");
    }
  }
  return path.split("/").map(encodeRfc3986).join("/") || "/";
}

function assertFresh(parts: SignatureParts, scope: CredentialScope, nowMs: number): void {
  const isS3 = scope.service === "s3";
  const signedAtMs = parseAmzDate(parts.amzDate);
  if (Number.isNaN(signedAtMs) || !parts.amzDate.startsWith(scope.date)) {
    const code = isS3 ? "AccessDenied" : "IncompleteSignatureException";
    throw new AwsError(code, "The signature's date is missing, broken or not the date of its credential scope.", {
      statusCode: 403,
    });
  }
  if (parts.presigned) {
    const valid = parts.expiresSeconds > 0 && parts.expiresSeconds <= MAX_PRESIGN_SECONDS;
    if (!valid)
      throw new AwsError("AuthorizationQueryParametersError", "X-Amz-Expires must be between 1 and 604800 seconds.");
    if (nowMs > signedAtMs + parts.expiresSeconds * 1000)
      throw new AwsError("AccessDenied", "Request has expired", {
        statusCode: 403,
        fields: { Expires: new Date(signedAtMs + parts.expiresSeconds * 1000).toISOString() },
      });
    if (signedAtMs - nowMs > MAX_SKEW_MS)
      throw new AwsError("AccessDenied", "Request is not yet valid", { statusCode: 403 });
    return;
  }
  if (Math.abs(nowMs - signedAtMs) > MAX_SKEW_MS)
    throw new AwsError(
      isS3 ? "RequestTimeTooSkewed" : "InvalidSignatureException",
      "The difference between the request time and the current time is too large.",
      { statusCode: 403 },
    );
}

/**
 * Verifies a SigV4 signature in header or query against the accepted key pairs
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html).
 * `bodySha256` is the digest of the body for requests that do not carry `x-amz-content-sha256`; streaming callers
 * leave it out and check the body against `payloadHash` afterwards.
 * @throws AwsError 403 (wrong, unknown, expired or missing signature), 400 (malformed)
 */
export function verifySignature(
  request: SignedRequest,
  credentials: readonly Credentials[],
  options: { bodySha256?: string; nowMs?: number } = {},
): Verified {
  const { rawPath, query } = splitRawUrl(request.rawUrl);
  const parts = readSignature(request, query);
  if (!parts)
    throw new AwsError("MissingAuthenticationToken", "The request is not signed; send it with an AWS SDK client.", {
      statusCode: 403,
    });
  const scope = parseCredential(parts.credential);
  if (!scope || parts.signedHeaders.length === 0 || !parts.signature)
    throw new AwsError("AuthorizationHeaderMalformed", "The authorization is malformed: its credential is incomplete.");
  const isS3 = scope.service === "s3";
  const secret = credentials.find((pair) => pair.accessKeyId === scope.accessKeyId)?.secretAccessKey;
  if (secret === undefined)
    throw new AwsError(
      isS3 ? "InvalidAccessKeyId" : "UnrecognizedClientException",
      "The access key id is not one the local stand-in was started with.",
      { statusCode: 403, fields: isS3 ? { AWSAccessKeyId: scope.accessKeyId } : {} },
    );
  assertFresh(parts, scope, options.nowMs ?? Date.now());
  if (!parts.signedHeaders.includes("host"))
    throw new AwsError("AccessDenied", "The host header must be signed.", { statusCode: 403 });

  // As S3 does: an unsigned x-amz- header would let anyone who holds a presigned URL change what it was signed for.
  const unsigned = Object.keys(request.headers).filter(
    (name) => name.startsWith("x-amz-") && !parts.signedHeaders.includes(name),
  );
  if (isS3 && unsigned.length > 0)
    throw new AwsError("AccessDenied", "There were headers present in the request which were not signed", {
      statusCode: 403,
      fields: { HeadersNotSigned: unsigned.join(", ") },
    });

  const declared = headerText(request.headers["x-amz-content-sha256"]);
  const presignedHash = new Map(query).get("X-Amz-Content-Sha256") ?? "UNSIGNED-PAYLOAD";
  const payloadHash =
    parts.presigned && isS3 ? declared || presignedHash : declared || options.bodySha256 || sha256Hex("");
  const canonicalQuery = query
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => `${encodeRfc3986(name)}=${encodeRfc3986(value)}`)
    .sort()
    .join("&");
  const canonicalRequest = [
    request.method,
    canonicalPath(rawPath, scope.service),
    canonicalQuery,
    ...parts.signedHeaders.map((name) => `${name}:${headerText(request.headers[name])}`),
    "",
    parts.signedHeaders.join(";"),
    parts.presigned && isS3 ? presignedHash : payloadHash,
  ].join("\n");
  const scopeText = `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
  const stringToSign = [ALGORITHM, parts.amzDate, scopeText, sha256Hex(canonicalRequest)].join("\n");
  const signingKey = deriveSigningKey(secret, scope);
  const expected = hmacSha256(signingKey, stringToSign).toString("hex");
  if (!equalsSignature(expected, parts.signature))
    throw new AwsError(
      isS3 ? "SignatureDoesNotMatch" : "InvalidSignatureException",
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
      { statusCode: 403, fields: isS3 ? { StringToSign: stringToSign, CanonicalRequest: canonicalRequest } : {} },
    );
  if (!parts.presigned && isS3 && !declared)
    throw new AwsError("MissingSecurityHeader", "x-amz-content-sha256 is missing.", { statusCode: 400 });
  return {
    ...scope,
    presigned: parts.presigned,
    payloadHash,
    signingKey,
    signature: parts.signature,
    amzDate: parts.amzDate,
  };
}

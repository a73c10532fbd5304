import { createHash } from "node:crypto";
import { type Readable, Transform } from "node:stream";
import { AwsError } from "../kernel/errors.ts";
import { AwsChunkedDecoder } from "./aws-chunked.ts";
import { type ChecksumAlgorithm, type Checksums, createDigester, findRequestAlgorithm } from "./checksums.ts";
import { createLackingError, createS3Error } from "./errors.ts";
import type { FileStore } from "./file-store.ts";
import type { S3Request } from "./request.ts";

export type StoredBody = { file: string; sizeBytes: number; etag: string; checksums: Checksums };

/** Largest body of one PUT: 5 GiB, as in S3. */
const MAX_PUT_BYTES = 5 * 1024 ** 3;

type Expected = {
  md5Base64?: string;
  sha256Hex?: string;
  decodedLength?: number;
  algorithm?: ChecksumAlgorithm;
  /** Headers first; trailers are known only at the end. */
  readChecksum(algorithm: ChecksumAlgorithm): string | undefined;
  maxBytes: number;
};

/** Counts and digests what passes; `finish` compares with everything the client declared. */
function createMeter(expected: Expected) {
  const md5 = createHash("md5");
  const sha256 = expected.sha256Hex === undefined ? undefined : createHash("sha256");
  const digester = expected.algorithm && createDigester(expected.algorithm);
  let sizeBytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length;
      if (sizeBytes > expected.maxBytes) {
        done(createS3Error("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size"));
        return;
      }
      md5.update(chunk);
      sha256?.update(chunk);
      digester?.update(chunk);
      done(null, chunk);
    },
  });
  function finish(): { sizeBytes: number; etag: string; checksums: Checksums } {
    const etag = md5.digest("hex");
    if (expected.decodedLength !== undefined && expected.decodedLength !== sizeBytes)
      throw createS3Error(
        "IncompleteBody",
        `The body has ${sizeBytes} bytes, ${expected.decodedLength} were declared.`,
      );
    if (expected.md5Base64 !== undefined && Buffer.from(expected.md5Base64, "base64").toString("hex") !== etag)
      throw createS3Error("BadDigest", "The Content-MD5 you specified did not match what we received.");
    if (sha256 && sha256.digest("hex") !== expected.sha256Hex)
      throw createS3Error(
        "XAmzContentSHA256Mismatch",
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
      );
    if (!expected.algorithm || !digester) return { sizeBytes, etag, checksums: {} };
    const computed = digester.digest().toString("base64");
    const declared = expected.readChecksum(expected.algorithm);
    if (declared !== undefined && declared !== computed)
      throw createS3Error(
        "BadDigest",
        `The ${expected.algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
      );
    return { sizeBytes, etag, checksums: { [expected.algorithm]: computed } };
  }
  return { stream, finish };
}

/** The transforms and declarations of a signed body: plain or aws-chunked. */
function openBody(request: S3Request, maxBytes: number, fallbackAlgorithm?: ChecksumAlgorithm) {
  const { headers, verified } = request;
  const payloadHash = verified?.payloadHash ?? "UNSIGNED-PAYLOAD";
  const isStreaming = payloadHash.startsWith("STREAMING-");
  if (isStreaming && !/^STREAMING-(UNSIGNED-PAYLOAD-TRAILER|AWS4-HMAC-SHA256-PAYLOAD(-TRAILER)?)$/.test(payloadHash))
    throw createLackingError(`payload ${payloadHash}`);
  const isChunked = headers["content-encoding"]?.split(",").some((name) => name.trim() === "aws-chunked") ?? false;
  if (isChunked && !isStreaming)
    throw createS3Error(
      "InvalidRequest",
      "Content-Encoding aws-chunked needs a STREAMING- value of x-amz-content-sha256.",
    );
  const decoder = isStreaming && verified ? new AwsChunkedDecoder(verified) : undefined;
  const declaredLength =
    headers["x-amz-decoded-content-length"] ?? (isStreaming ? undefined : headers["content-length"]);
  if (Number(declaredLength ?? 0) > maxBytes)
    throw createS3Error("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size");
  const meter = createMeter({
    md5Base64: headers["content-md5"],
    sha256Hex: /^[0-9a-f]{64}$/.test(payloadHash) ? payloadHash : undefined,
    decodedLength: declaredLength === undefined ? undefined : Number(declaredLength),
    algorithm: findRequestAlgorithm(headers) ?? fallbackAlgorithm,
    readChecksum: (algorithm) =>
      headers[`x-amz-checksum-${algorithm}`] ?? decoder?.trailers[`x-amz-checksum-${algorithm}`],
    maxBytes,
  });
  return { transforms: decoder ? [decoder, meter.stream] : [meter.stream], finish: meter.finish };
}

/** An error of the client's connection is not the server's. */
function toBodyError(error: unknown): unknown {
  return error instanceof AwsError
    ? error
    : createS3Error("IncompleteBody", "The connection ended before the whole body had arrived.");
}

/**
 * Streams a request's body to a file and verifies length, MD5, SHA-256 and checksum; the file is gone when it throws.
 * `fallbackAlgorithm` is the upload's own, for parts that announce none.
 * @throws AwsError `BadDigest`, `IncompleteBody`, `EntityTooLarge`, `MissingContentLength`, `XAmzContentSHA256Mismatch`
 */
export async function receiveBody(
  files: FileStore,
  request: S3Request,
  fallbackAlgorithm?: ChecksumAlgorithm,
): Promise<StoredBody> {
  const { headers } = request;
  if (headers["content-length"] === undefined && headers["x-amz-decoded-content-length"] === undefined)
    throw createS3Error("MissingContentLength", "You must provide the Content-Length HTTP header.");
  const body = openBody(request, MAX_PUT_BYTES, fallbackAlgorithm);
  let file: string;
  try {
    file = await files.write(request.call.req, body.transforms);
  } catch (error) {
    throw toBodyError(error);
  }
  try {
    return { file, ...body.finish() };
  } catch (error) {
    files.remove([file]);
    throw error;
  }
}

/** Stores a stream of the server's own (copies, form posts) with its MD5 and, when asked, one checksum. */
export async function storeStream(
  files: FileStore,
  source: Readable,
  options: { algorithm?: ChecksumAlgorithm; maxBytes?: number; declared?: string } = {},
): Promise<StoredBody> {
  const meter = createMeter({
    algorithm: options.algorithm,
    readChecksum: () => options.declared,
    maxBytes: options.maxBytes ?? Number.POSITIVE_INFINITY,
  });
  const file = await files.write(source, [meter.stream]);
  try {
    return { file, ...meter.finish() };
  } catch (error) {
    files.remove([file]);
    throw error;
  }
}

/** A small body (XML) as text, verified like an object's. @throws AwsError `MaxMessageLengthExceeded` and as above */
export async function readText(request: S3Request, limitBytes = 1024 * 1024): Promise<string> {
  const body = openBody(request, limitBytes);
  const chunks: Buffer[] = [];
  let stream: Readable = request.call.req;
  for (const transform of body.transforms) {
    const source = stream;
    source.once("error", (error) => transform.destroy(error));
    stream = source.pipe(transform);
  }
  try {
    for await (const chunk of stream) chunks.push(chunk as Buffer);
  } catch (error) {
    throw toBodyError(error);
  }
  body.finish();
  return Buffer.concat(chunks).toString("utf8");
}

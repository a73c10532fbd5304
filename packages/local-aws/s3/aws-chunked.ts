import { createHash } from "node:crypto";
import { Transform, type TransformCallback } from "node:stream";
import { equalsSignature, hmacSha256, sha256Hex, type Verified } from "../kernel/sigv4.ts";
import { createS3Error } from "./errors.ts";

const EMPTY_SHA256 = sha256Hex("");
const MAX_LINE_BYTES = 16 * 1024;

/**
 * Decodes an `aws-chunked` body and verifies its chunk and trailer signatures where the payload is signed
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and `sigv4-streaming-trailers.html`).
 * `trailers` is filled when the stream has ended.
 */
export class AwsChunkedDecoder extends Transform {
  readonly trailers: Record<string, string> = {};
  readonly #verified: Verified;
  readonly #isSigned: boolean;
  #pending: Buffer = Buffer.alloc(0);
  #state: "header" | "data" | "dataEnd" | "trailer" | "done" = "header";
  #left = 0;
  #previousSignature: string;
  #chunkSignature = "";
  #chunkHash = createHash("sha256");
  #trailerText = "";

  constructor(verified: Verified) {
    super();
    this.#verified = verified;
    this.#isSigned = verified.payloadHash.startsWith("STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
    this.#previousSignature = verified.signature;
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    this.#pending = this.#pending.length > 0 ? Buffer.concat([this.#pending, chunk]) : chunk;
    try {
      while (this.#step()) {}
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    const isWhole = this.#state === "done" || (this.#state === "trailer" && this.#pending.length === 0);
    done(isWhole ? null : createS3Error("IncompleteBody", "The aws-chunked body ended before its last chunk."));
  }

  /** Consumes one piece of what is pending; false when more bytes are needed. */
  #step(): boolean {
    if (this.#state === "done") {
      this.#pending = Buffer.alloc(0);
      return false;
    }
    if (this.#state === "data") return this.#passData();
    const end = this.#pending.indexOf("\r\n");
    if (end < 0) {
      if (this.#pending.length > MAX_LINE_BYTES)
        throw createS3Error("InvalidRequest", "A line of the aws-chunked body is too long.");
      return false;
    }
    const line = this.#pending.subarray(0, end).toString("latin1");
    this.#pending = this.#pending.subarray(end + 2);
    if (this.#state === "header") this.#readHeader(line);
    else if (this.#state === "dataEnd") this.#state = "header";
    else this.#readTrailer(line);
    return true;
  }

  #passData(): boolean {
    if (this.#pending.length === 0) return false;
    const data = this.#pending.subarray(0, this.#left);
    this.#pending = this.#pending.subarray(data.length);
    this.#left -= data.length;
    if (this.#isSigned) this.#chunkHash.update(data);
    this.push(data);
    if (this.#left > 0) return false;
    this.#assertChunkSignature();
    this.#state = "dataEnd";
    return true;
  }

  #readHeader(line: string): void {
    const match = /^([0-9a-fA-F]{1,12})(?:;(.*))?$/.exec(line);
    if (!match) throw createS3Error("InvalidRequest", "A chunk of the aws-chunked body has a broken header.");
    this.#left = Number.parseInt(match[1] ?? "0", 16);
    this.#chunkSignature = /chunk-signature=([0-9a-f]{64})/.exec(match[2] ?? "")?.[1] ?? "";
    this.#chunkHash = createHash("sha256");
    if (this.#left > 0) {
      this.#state = "data";
      return;
    }
    this.#assertChunkSignature();
    this.#state = "trailer";
  }

  #readTrailer(line: string): void {
    if (line === "") {
      this.#assertTrailerSignature();
      this.#state = "done";
      return;
    }
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (Object.keys(this.trailers).length > 20)
      throw createS3Error("InvalidRequest", "The body has too many trailers.");
    this.trailers[name] = value;
    if (name !== "x-amz-trailer-signature") this.#trailerText += `${name}:${value}\n`;
  }

  #sign(kind: "PAYLOAD" | "TRAILER", hashes: string[]): string {
    const { amzDate, date, region, service, signingKey } = this.#verified;
    const scope = `${date}/${region}/${service}/aws4_request`;
    const text = [`AWS4-HMAC-SHA256-${kind}`, amzDate, scope, this.#previousSignature, ...hashes].join("\n");
    return hmacSha256(signingKey, text).toString("hex");
  }

  #assertChunkSignature(): void {
    if (!this.#isSigned) return;
    const expected = this.#sign("PAYLOAD", [EMPTY_SHA256, this.#chunkHash.digest("hex")]);
    if (!equalsSignature(expected, this.#chunkSignature))
      throw createS3Error("SignatureDoesNotMatch", "The signature of a chunk does not match its data.");
    this.#previousSignature = expected;
  }

  #assertTrailerSignature(): void {
    if (!this.#isSigned || !this.#verified.payloadHash.endsWith("-TRAILER")) return;
    const expected = this.#sign("TRAILER", [sha256Hex(this.#trailerText)]);
    if (!equalsSignature(expected, this.trailers["x-amz-trailer-signature"] ?? ""))
      throw createS3Error("SignatureDoesNotMatch", "The signature of the trailers does not match.");
  }
}

import { createHash, type Hash } from "node:crypto";
import { crc32 } from "node:zlib";
import { createLackingError, createS3Error } from "./errors.ts";

/** The checksum algorithms this stand-in computes, by the ending of `x-amz-checksum-`. */
export type ChecksumAlgorithm = "crc32" | "crc32c" | "sha1" | "sha256";
/** Base64 values by algorithm. */
export type Checksums = Partial<Record<ChecksumAlgorithm, string>>;

const ALGORITHMS: readonly string[] = ["crc32", "crc32c", "sha1", "sha256"];

/** @throws AwsError 501 for an algorithm S3 has and this lacks, 400 for an unknown one */
export function readAlgorithm(name: string): ChecksumAlgorithm {
  const lower = name.toLowerCase();
  if (ALGORITHMS.includes(lower)) return lower as ChecksumAlgorithm;
  if (lower === "crc64nvme") throw createLackingError("checksum algorithm CRC64NVME");
  throw createS3Error("InvalidRequest", `Checksum algorithm ${name} is not supported.`);
}

/** The algorithm a request announces, in its trailer, its value or its SDK header. */
export function findRequestAlgorithm(headers: Record<string, string | undefined>): ChecksumAlgorithm | undefined {
  const trailer = headers["x-amz-trailer"]?.replace(/^x-amz-checksum-/, "");
  if (trailer) return readAlgorithm(trailer);
  const header = Object.keys(headers).find(
    (name) =>
      /^x-amz-checksum-/.test(name) &&
      name !== "x-amz-checksum-algorithm" &&
      name !== "x-amz-checksum-type" &&
      name !== "x-amz-checksum-mode",
  );
  if (header && headers[header] !== undefined) return readAlgorithm(header.slice("x-amz-checksum-".length));
  const announced = headers["x-amz-sdk-checksum-algorithm"];
  return announced ? readAlgorithm(announced) : undefined;
}

/** Reflected Castagnoli polynomial (RFC 3720, appendix B.4), one byte at a time. */
const CRC32C_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value >>> 0;
});

export function crc32c(data: Uint8Array, initial = 0): number {
  let crc = ~initial >>> 0;
  for (const byte of data) crc = (CRC32C_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}

export type Digester = { update(data: Uint8Array): void; digest(): Buffer };

function createCrcDigester(compute: (data: Uint8Array, value: number) => number): Digester {
  let value = 0;
  return {
    update(data) {
      value = compute(data, value);
    },
    digest() {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value >>> 0);
      return bytes;
    },
  };
}

export function createDigester(algorithm: ChecksumAlgorithm): Digester | Hash {
  if (algorithm === "crc32") return createCrcDigester(crc32);
  if (algorithm === "crc32c") return createCrcDigester(crc32c);
  return createHash(algorithm);
}

/** Checksum of checksums that S3 calls COMPOSITE: digest over the parts' digests, then `-` and their number. */
export function composeChecksum(algorithm: ChecksumAlgorithm, parts: readonly string[]): string {
  const digester = createDigester(algorithm);
  digester.update(Buffer.concat(parts.map((part) => Buffer.from(part, "base64"))));
  return `${digester.digest().toString("base64")}-${parts.length}`;
}

export const toChecksumHeaders = (checksums: Checksums): Record<string, string> =>
  Object.fromEntries(Object.entries(checksums).map(([name, value]) => [`x-amz-checksum-${name}`, value]));

export const toChecksumElements = (checksums: Checksums): Record<string, string> =>
  Object.fromEntries(Object.entries(checksums).map(([name, value]) => [`Checksum${name.toUpperCase()}`, value]));

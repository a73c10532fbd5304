import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import type { Readable } from "node:stream";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { formatBytes } from "@samla/contracts";
import { SourceError } from "./source.ts";

/** Writes a stream into a file, at most `maxBytes`, and gives its SHA-256 and size in bytes. Throws `SourceError` beyond. */
export const spool = async (
  from: Readable,
  file: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<{ sha256: string; sizeBytes: number }> => {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) return done(tooLarge(sizeBytes, maxBytes));
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(from, measure, createWriteStream(file, { mode: 0o600 }), { signal });
  return { sha256: hash.digest("hex"), sizeBytes };
};

export const tooLarge = (sizeBytes: number, maxBytes: number): SourceError =>
  new SourceError(`it has ${formatBytes(sizeBytes)} or more; the settings allow ${formatBytes(maxBytes)}`);

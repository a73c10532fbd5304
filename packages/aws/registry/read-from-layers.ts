import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { extract } from "tar-stream";

const unpackedBytesMax = 512 * 1024 * 1024;
const fileBytesMax = 8 * 1024 * 1024;

/**
 * The text of the first file of a layer whose path fits; undefined when there is none. Reads no further than it must, and
 * never more than half a GB.
 * @throws Error when the layer is broken or too large
 */
export const readFromLayer = async (
  layer: Readable,
  mediaType: string,
  fits: (path: string) => boolean,
): Promise<string | undefined> => {
  let found: string | undefined;
  let sizeBytes = 0;
  const limit = new Transform({
    transform(chunk: Buffer, _, done) {
      sizeBytes += chunk.length;
      done(sizeBytes > unpackedBytesMax ? new Error("the layer unpacks to more than is read") : null, chunk);
    },
  });
  const entries = extract();
  const opened = mediaType.endsWith("zstd")
    ? createZstdDecompress()
    : mediaType.endsWith("gzip")
      ? createGunzip()
      : limit;
  const steps = opened === limit ? [layer, limit] : [layer, opened, limit];
  const reading = pipeline([...steps, entries as unknown as NodeJS.WritableStream] as never).catch((error: unknown) => {
    if (found === undefined) throw error;
  });
  const looking = (async () => {
    for await (const entry of entries) {
      const { name, type, size } = entry.header;
      if (type === "file" && size <= fileBytesMax && fits(name.replace(/^\.?\/+/, ""))) {
        const chunks: Uint8Array[] = [];
        for await (const chunk of entry) chunks.push(chunk as Uint8Array);
        found = Buffer.concat(chunks).toString("utf8");
        break;
      }
      entry.resume();
    }
  })();
  const results = await Promise.allSettled([looking, reading]);
  layer.destroy();
  if (found !== undefined) return found;
  for (const one of results) if (one.status === "rejected") throw one.reason;
  return undefined;
};

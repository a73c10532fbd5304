import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { PassThrough, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { extract } from "tar-stream";
import { type LayerTree, UnsafeEntryError } from "./layer-tree.ts";

/** What is left of an image's allowance; shared by its layers. */
export type Allowance = { sizeBytes: number; entries: number };

const meter = (allowance?: Allowance) => {
  const hash = createHash("sha256");
  const through = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      if (allowance) {
        allowance.sizeBytes -= chunk.length;
        if (allowance.sizeBytes < 0)
          return done(new UnsafeEntryError("the image unpacks to more bytes than are allowed"));
      }
      done(null, chunk);
    },
  });
  return { through, digest: () => `sha256:${hash.digest("hex")}` };
};

const decompressorOf = (mediaType: string) => {
  if (/[.+]gzip$/.test(mediaType)) return createGunzip();
  if (/[.+]zstd$/.test(mediaType)) return createZstdDecompress();
  if (/[.]tar$/.test(mediaType)) return new PassThrough();
  throw new Error(`the layer's type ${mediaType} is unknown`);
};

/** Reads the entries of a layer into the tree. */
const applyEntries = async (entries: ReturnType<typeof extract>, tree: LayerTree, allowance: Allowance) => {
  for await (const entry of entries) {
    const { name, type, mode, linkname } = entry.header;
    allowance.entries -= 1;
    if (allowance.entries < 0) throw new UnsafeEntryError("the image has more files than are allowed");
    if (type === "file" || type === "contiguous-file") {
      if (!tree.whiteOut(name)) {
        await tree.writeFile(name, mode, entry as AsyncIterable<Uint8Array>);
        continue;
      }
    } else if (type === "directory") tree.makeFolder(name);
    else if (type === "symlink") tree.makeSymbolicLink(name, linkname);
    else if (type === "link") tree.makeHardLink(name, linkname);
    else
      throw new UnsafeEntryError(
        `${JSON.stringify(name)} is a ${type ?? "thing of unknown kind"}, which no image may bring`,
      );
    entry.resume();
  }
};

/**
 * Unpacks one layer over those below it. Its bytes are checked on the way: the stored ones against the manifest's digest,
 * the unpacked ones against the configuration's `diff_ids`.
 * @throws UnsafeEntryError for what no image may do; Error naming a digest that does not fit or a broken archive
 */
export const unpackLayer = async (
  file: string,
  layer: { digest: string; mediaType: string; diffId: string },
  tree: LayerTree,
  allowance: Allowance,
): Promise<void> => {
  tree.startLayer();
  const stored = meter();
  const unpacked = meter(allowance);
  const entries = extract();
  const reading = pipeline(
    createReadStream(file),
    stored.through,
    decompressorOf(layer.mediaType),
    unpacked.through,
    entries,
  );
  // Whichever fails first tells why; the other fails because of it.
  const applying = applyEntries(entries, tree, allowance).catch((error: unknown) => {
    entries.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  });
  const [applied, read] = await Promise.allSettled([applying, reading]);
  const failed = [read, applied].filter((one) => one.status === "rejected").map((one) => one.reason);
  if (failed.length > 0) throw failed.find((one) => one instanceof UnsafeEntryError) ?? failed[0];
  const storedDigest = stored.digest();
  if (storedDigest !== layer.digest)
    throw new Error(`the stored bytes have the digest ${storedDigest}, not ${layer.digest}`);
  const unpackedDigest = unpacked.digest();
  if (unpackedDigest !== layer.diffId)
    throw new Error(`the unpacked bytes have the digest ${unpackedDigest}, the configuration says ${layer.diffId}`);
};

import { createHash, randomUUID } from "node:crypto";
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";

const digestPattern = /^sha256:[0-9a-f]{64}$/;

/** True for `sha256:` and 64 hexadecimal digits, the one form that names a file here. */
export const isDigest = (text: string): boolean => digestPattern.test(text);

/** The digest of bytes, as manifests name it. */
export const digestOf = (bytes: Uint8Array): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/**
 * Content-addressed files: a blob lies under its own digest, so the same bytes are kept once and what is there is whole.
 * Uploads grow in a file of their own and become a blob by one rename, after their digest was checked.
 */
export type BlobStore = {
  has(digest: string): boolean;
  sizeOf(digest: string): number;
  read(digest: string): Readable;
  pathOf(digest: string): string;
  /** A new, empty upload. */
  begin(): string;
  /** Bytes that an upload holds; undefined when there is none of this id. */
  uploaded(id: string): number | undefined;
  /** Appends to an upload; returns its size. What arrived before an interruption stays. */
  append(id: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<number>;
  /** Makes the upload a blob when its bytes have this digest; false, and the upload is gone, when they have not. */
  finish(id: string, digest: string): Promise<boolean>;
  abandon(id: string): void;
  /** Removes blobs that `isUsed` does not know and that are older than `graceMs`; returns how many. */
  sweep(isUsed: (digest: string) => boolean, nowMs: number, graceMs: number): number;
};

export const createBlobStore = (dir: string): BlobStore => {
  const blobsDir = path.join(dir, "blobs");
  const uploadsDir = path.join(dir, "uploads");
  for (const one of [blobsDir, uploadsDir]) mkdirSync(one, { recursive: true });
  const pathOf = (digest: string): string => {
    if (!isDigest(digest)) throw new Error(`${digest} is no digest`);
    const hex = digest.slice(7);
    return path.join(blobsDir, hex.slice(0, 2), hex);
  };
  const uploadPath = (id: string): string | undefined =>
    /^[0-9a-f-]{36}$/.test(id) ? path.join(uploadsDir, id) : undefined;
  const uploaded = (id: string): number | undefined => {
    const file = uploadPath(id);
    return file && existsSync(file) ? statSync(file).size : undefined;
  };
  return {
    has: (digest) => isDigest(digest) && existsSync(pathOf(digest)),
    sizeOf: (digest) => statSync(pathOf(digest)).size,
    read: (digest) => createReadStream(pathOf(digest)),
    pathOf,
    begin() {
      const id = randomUUID();
      writeFileSync(path.join(uploadsDir, id), "");
      return id;
    },
    uploaded,
    async append(id, chunks) {
      const file = uploadPath(id);
      if (!file) throw new Error(`${id} is no upload`);
      const handle = await open(file, "a");
      try {
        for await (const chunk of chunks) await handle.appendFile(chunk);
        return (await handle.stat()).size;
      } finally {
        await handle.close();
      }
    },
    async finish(id, digest) {
      const file = uploadPath(id);
      if (!file || !isDigest(digest)) return false;
      const hash = createHash("sha256");
      for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
      if (`sha256:${hash.digest("hex")}` !== digest) {
        rmSync(file, { force: true });
        return false;
      }
      const target = pathOf(digest);
      mkdirSync(path.dirname(target), { recursive: true });
      renameSync(file, target);
      return true;
    },
    abandon(id) {
      const file = uploadPath(id);
      if (file) rmSync(file, { force: true });
    },
    sweep(isUsed, nowMs, graceMs) {
      let removed = 0;
      for (const folder of readdirSync(blobsDir))
        for (const hex of readdirSync(path.join(blobsDir, folder))) {
          const file = path.join(blobsDir, folder, hex);
          if (isUsed(`sha256:${hex}`) || nowMs - statSync(file).mtimeMs < graceMs) continue;
          rmSync(file, { force: true });
          removed += 1;
        }
      return removed;
    },
  };
};

import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream, mkdirSync, readdirSync, rmSync } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { Readable, type Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Object bodies as files named by UUID. No key, bucket or client string ever becomes a path. */
export type FileStore = {
  /** Streams through `transforms` into a new file; the file counts only once a row names it. Answers its name. */
  write(source: Readable, transforms: readonly Transform[]): Promise<string>;
  /** Bytes `from`..`to` (inclusive) of the files' concatenation. The files stay until the stream has closed. */
  read(files: readonly string[], sizes: readonly number[], from: number, to: number): Readable;
  /** Removes files, those being read when their last reader has ended. */
  remove(files: readonly string[]): void;
  /** Removes files a minute older than this process that `isReferenced` does not know: what a kill left behind. */
  removeOrphans(isReferenced: (file: string) => boolean): Promise<number>;
};

const READ_CHUNK_BYTES = 256 * 1024;
/** File times come from a coarser clock than ours; only what is clearly older than the start can be an orphan. */
const ORPHAN_AGE_MS = 60_000;

export function createFileStore(dir: string): FileStore {
  const startedAt = Date.now();
  const objectsDir = path.join(dir, "objects");
  const tempDir = path.join(dir, "incoming");
  for (const folder of [objectsDir, tempDir]) mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(tempDir)) rmSync(path.join(tempDir, name), { force: true });
  const madeFolders = new Set<string>();
  const readers = new Map<string, number>();
  const doomed = new Set<string>();
  const locate = (name: string) => path.join(objectsDir, name.slice(0, 2), name);

  function unlink(name: string): void {
    rm(locate(name), { force: true }).catch((error: unknown) => console.error(error));
  }

  function release(files: readonly string[]): void {
    for (const name of files) {
      const count = (readers.get(name) ?? 1) - 1;
      if (count > 0) {
        readers.set(name, count);
        continue;
      }
      readers.delete(name);
      if (doomed.delete(name)) unlink(name);
    }
  }

  async function* readRange(files: readonly string[], sizes: readonly number[], from: number, to: number) {
    let offset = 0;
    for (const [index, name] of files.entries()) {
      const size = sizes[index] ?? 0;
      const start = Math.max(from - offset, 0);
      const end = Math.min(to - offset, size - 1);
      offset += size;
      if (start <= end) yield* createReadStream(locate(name), { start, end, highWaterMark: READ_CHUNK_BYTES });
      if (offset > to) break;
    }
  }

  return {
    async write(source, transforms) {
      const name = randomUUID();
      const temp = path.join(tempDir, name);
      try {
        await pipeline([source, ...transforms, createWriteStream(temp, { highWaterMark: READ_CHUNK_BYTES })]);
        const folder = path.dirname(locate(name));
        if (!madeFolders.has(folder)) {
          await mkdir(folder, { recursive: true });
          madeFolders.add(folder);
        }
        await rename(temp, locate(name));
        return name;
      } catch (error) {
        await rm(temp, { force: true });
        throw error;
      }
    },
    read(files, sizes, from, to) {
      for (const name of files) readers.set(name, (readers.get(name) ?? 0) + 1);
      const out = Readable.from(readRange(files, sizes, from, to), {
        objectMode: false,
        highWaterMark: READ_CHUNK_BYTES,
      });
      out.once("close", () => release(files));
      return out;
    },
    remove(files) {
      for (const name of files) {
        if (readers.has(name)) doomed.add(name);
        else unlink(name);
      }
    },
    async removeOrphans(isReferenced) {
      let removed = 0;
      for (const folder of await readdir(objectsDir)) {
        for (const name of await readdir(path.join(objectsDir, folder))) {
          if (isReferenced(name)) continue;
          const file = path.join(objectsDir, folder, name);
          const info = await stat(file).catch(() => undefined);
          if (!info || info.mtimeMs > startedAt - ORPHAN_AGE_MS) continue;
          await rm(file, { force: true });
          removed += 1;
        }
      }
      return removed;
    },
  };
}

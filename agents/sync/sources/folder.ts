import { constants } from "node:fs";
import { type FileHandle, lstat, open, opendir, stat } from "node:fs/promises";
import { type Found, type Read, type Source, SourceError } from "./source.ts";
import { spool, tooLarge } from "./spool.ts";

const depthMax = 100;

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);
const reasons: Record<string, string> = {
  EACCES: "the agent may not read it",
  EPERM: "the agent may not read it",
  ENOENT: "it is not there",
  ENOTDIR: "it is not a folder",
  EIO: "the disk could not read it",
  ELOOP: "it is a symbolic link, and links are not followed",
  ENAMETOOLONG: "its path is too long to be opened",
};
const reasonOf = (error: unknown): string => reasons[codeOf(error)] ?? `it could not be read (${codeOf(error)})`;

/** A name as text, and whether it was text: names on Linux are bytes, of which some are no UTF-8. */
const decode = (bytes: Buffer): { text: string; exact: boolean } => {
  const text = bytes.toString("utf8");
  return { text, exact: Buffer.from(text, "utf8").equals(bytes) };
};

/**
 * A folder with all below it. Symbolic links are not followed, so that no loop and no way out of the folder exists.
 * Names that begin with a dot are left out unless `hidden`.
 */
export const createFolderSource = (options: { folder: string; hidden: boolean }): Source => {
  const slash = Buffer.from("/");
  async function* walk(path: Buffer, segments: string[], signal: AbortSignal): AsyncGenerator<Found> {
    signal.throwIfAborted();
    const key = segments.join("/");
    let names: Buffer[];
    try {
      names = await readNames(path);
    } catch (error) {
      yield { kind: "unknown", key, segments, reason: reasonOf(error) };
      return;
    }
    for (const bytes of names) {
      const { text, exact } = decode(bytes);
      if (text.startsWith(".") && !options.hidden) continue;
      // Bytes that are no text are part of the key, so that two such names stay two.
      const below = [...segments, exact ? text : `${text} (${bytes.toString("hex")})`];
      const child = Buffer.concat([path, slash, bytes]);
      yield* look(child, below, signal);
    }
  }

  async function* look(path: Buffer, segments: string[], signal: AbortSignal): AsyncGenerator<Found> {
    const key = segments.join("/");
    let handle: FileHandle;
    try {
      handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    } catch (error) {
      const code = codeOf(error);
      if (code === "ENOENT") yield { kind: "skipped", key, reason: "it vanished while the folder was read" };
      else if (code === "ELOOP") yield { kind: "skipped", key, reason: reasonOf(error) };
      else if (code === "ENXIO") yield { kind: "skipped", key, reason: "it is not a file" };
      // A file that may not be read is there all the same: reading it fails, and its document stays.
      else if (
        await lstat(path).then(
          (there) => there.isFile(),
          () => false,
        )
      )
        yield { kind: "entry", entry: { key, segments, stamp: "", handle: path } };
      else yield { kind: "unknown", key, segments, reason: reasonOf(error) };
      return;
    }
    let found: Awaited<ReturnType<FileHandle["stat"]>>;
    try {
      found = await handle.stat();
    } finally {
      await handle.close();
    }
    if (found.isDirectory()) {
      if (segments.length >= depthMax)
        yield { kind: "unknown", key, segments, reason: `it lies deeper than ${depthMax} folders` };
      else yield* walk(path, segments, signal);
    } else if (!found.isFile()) yield { kind: "skipped", key, reason: "it is not a file" };
    else
      yield {
        kind: "entry",
        entry: { key, segments, stamp: stampOf(found), sizeBytes: found.size, handle: path },
      };
  }

  return {
    async *list(signal) {
      const root = Buffer.from(options.folder.replace(/\/+$/, "") || "/");
      try {
        if (!(await stat(root)).isDirectory()) {
          yield { kind: "unknown", key: "", segments: [], reason: `${options.folder} is not a folder` };
          return;
        }
      } catch (error) {
        yield { kind: "unknown", key: "", segments: [], reason: `${options.folder}: ${reasonOf(error)}` };
        return;
      }
      yield* walk(root, [], signal);
    },
    read: async ({ handle: path }, { file, maxBytes, signal }): Promise<Read> => {
      let handle: FileHandle;
      try {
        handle = await open(path as Buffer, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      } catch (error) {
        if (codeOf(error) === "ENOENT") return { kind: "gone", reason: "it vanished during the run" };
        throw new SourceError(reasonOf(error));
      }
      try {
        const before = await handle.stat();
        if (!before.isFile()) return { kind: "gone", reason: "it is no longer a file" };
        if (before.size > maxBytes) throw tooLarge(before.size, maxBytes);
        const spooled = await spool(handle.createReadStream({ autoClose: false }), file, maxBytes, signal);
        const after = await handle.stat();
        if (stampOf(before) !== stampOf(after))
          throw new SourceError("it was being written while it was read; the next run takes it");
        return { kind: "content", ...spooled, file, stamp: stampOf(after) };
      } catch (error) {
        if (error instanceof SourceError || signal.aborted) throw error;
        throw new SourceError(reasonOf(error));
      } finally {
        await handle.close();
      }
    },
  };
};

/** Size, time of change and number of the file: a replaced file of the same size and time still differs. */
const stampOf = ({ size, mtimeMs, ino }: { size: number; mtimeMs: number; ino: number }): string =>
  `${size}-${mtimeMs}-${ino}`;

const readNames = async (path: Buffer): Promise<Buffer[]> => {
  const names: Buffer[] = [];
  // Typed as text, but names come as bytes in this encoding.
  for await (const entry of await opendir(path, { encoding: "buffer" as BufferEncoding }))
    names.push(entry.name as unknown as Buffer);
  return names.sort(Buffer.compare);
};

import { createHash } from "node:crypto";
import {
  chmodSync,
  createWriteStream,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";

const linksFollowedMax = 64;
const nameBytesMax = 255;
const depthMax = 256;
/** Smaller files are not worth a second name. */
const sharedBytesMin = 256 * 1024;

/** What a layer asks for that no image may do to the machine it is unpacked on. */
export class UnsafeEntryError extends Error {
  override name = "UnsafeEntryError";
}

/**
 * The names on the way to an entry; a leading slash means the image's root.
 * @throws UnsafeEntryError when the path leads out of the image or is no path
 */
export const readParts = (name: string): string[] => {
  const shown = JSON.stringify(name.slice(0, 200));
  if (name.includes("\0")) throw new UnsafeEntryError(`${shown} has a zero byte`);
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw new UnsafeEntryError(`${shown} leads out of the image`);
  if (parts.length > depthMax || parts.some((part) => Buffer.byteLength(part) > nameBytesMax))
    throw new UnsafeEntryError(`${shown} is too long or too deep`);
  return parts;
};

/** Where a link of a folder leads, by names alone and never above the root. */
const clampTarget = (parent: readonly string[], target: string): string[] => {
  const at = target.startsWith("/") ? [] : [...parent];
  for (const part of target.split("/")) {
    if (part === "..") at.pop();
    else if (part !== "" && part !== ".") at.push(part);
  }
  return at;
};

/**
 * A folder that layers are written into, one after another. Links are followed inside the root only, and symbolic links
 * are stored relative, so that they lead to the image's own files though no task is in a chroot. Everything belongs to
 * whoever unpacks, files are read-only, and set-user bits are dropped. Large files are kept once in `poolDir`, beside the
 * trees that link to them.
 */
export const createLayerTree = (root: string, poolDir: string) => {
  mkdirSync(root, { recursive: true, mode: 0o755 });
  mkdirSync(poolDir, { recursive: true });
  let written = new Set<string>();

  const onDisk = (parts: readonly string[]): string => path.join(root, ...parts);
  const statOf = (parts: readonly string[]) => lstatSync(onDisk(parts), { throwIfNoEntry: false });

  /** The real folder behind a path, each link on the way followed below the root. */
  const resolve = (parts: readonly string[]): string[] => {
    let at: string[] = [];
    const todo = [...parts];
    for (let followed = 0; ; ) {
      const part = todo.shift();
      if (part === undefined) return at;
      const next = [...at, part];
      if (!statOf(next)?.isSymbolicLink()) {
        at = next;
        continue;
      }
      followed += 1;
      if (followed > linksFollowedMax) throw new UnsafeEntryError(`${parts.join("/")} goes through too many links`);
      todo.unshift(...clampTarget(at, readlinkSync(onDisk(next))));
      at = [];
    }
  };

  /** The place of an entry: its folder resolved and made, what was there removed unless both are folders. */
  const clear = (parts: readonly string[], asFolder: boolean): string[] => {
    const last = parts.at(-1);
    if (last === undefined) return [];
    const folder = resolve(parts.slice(0, -1));
    for (let depth = 1; depth <= folder.length; depth += 1) {
      const one = folder.slice(0, depth);
      const found = statOf(one);
      if (found && !found.isDirectory()) throw new UnsafeEntryError(`${one.join("/")} is both a file and a folder`);
      if (!found) {
        mkdirSync(onDisk(one), { mode: 0o755 });
        written.add(one.join("/"));
      }
    }
    const place = [...folder, last];
    const found = statOf(place);
    if (found && !(asFolder && found.isDirectory())) rmSync(onDisk(place), { recursive: true, force: true });
    written.add(place.join("/"));
    return place;
  };

  const removeLower = (parts: readonly string[]): void => {
    const found = statOf(parts);
    if (!found) return;
    if (!written.has(parts.join("/"))) rmSync(onDisk(parts), { recursive: true, force: true });
    else if (found.isDirectory()) hideLower(parts);
  };

  /** Removes what lower layers put below a folder; what this layer wrote stays. */
  const hideLower = (folder: readonly string[]): void => {
    if (!statOf(folder)?.isDirectory()) return;
    for (const name of readdirSync(onDisk(folder))) removeLower([...folder, name]);
  };

  return {
    /** From now on entries are of the next layer. */
    startLayer(): void {
      written = new Set();
    },
    makeFolder(name: string): void {
      const place = clear(readParts(name), true);
      if (place.length > 0) mkdirSync(onDisk(place), { recursive: true, mode: 0o755 });
    },
    async writeFile(name: string, mode: number, content: AsyncIterable<Uint8Array>): Promise<void> {
      const parts = readParts(name);
      if (parts.length === 0) throw new UnsafeEntryError(`${JSON.stringify(name)} names no file`);
      const target = onDisk(clear(parts, false));
      const hash = createHash("sha256");
      await pipeline(
        content,
        async function* (chunks) {
          for await (const chunk of chunks as AsyncIterable<Uint8Array>) {
            hash.update(chunk);
            yield chunk;
          }
        },
        createWriteStream(target, { flags: "wx" }),
      );
      const isProgram = (mode & 0o111) !== 0;
      chmodSync(target, isProgram ? 0o555 : 0o444);
      if (lstatSync(target).size < sharedBytesMin) return;
      // Images of one runtime hold its program once on the disk.
      const shared = path.join(poolDir, `${hash.digest("hex")}${isProgram ? "-x" : ""}`);
      if (existsSync(shared)) {
        rmSync(target);
        linkSync(shared, target);
      } else linkSync(target, shared);
    },
    makeSymbolicLink(name: string, target: string): void {
      if (target === "" || target.includes("\0"))
        throw new UnsafeEntryError(`${JSON.stringify(name)} links to nothing`);
      const place = clear(readParts(name), false);
      if (place.length === 0) throw new UnsafeEntryError("the root cannot be a link");
      const parent = place.slice(0, -1);
      const to = onDisk(clampTarget(parent, target));
      symlinkSync(path.relative(onDisk(parent), to) || ".", onDisk(place));
    },
    makeHardLink(name: string, target: string): void {
      const parts = readParts(target);
      const last = parts.at(-1);
      const source = last === undefined ? [] : [...resolve(parts.slice(0, -1)), last];
      if (!statOf(source)?.isFile())
        throw new UnsafeEntryError(
          `${JSON.stringify(name)} is a hard link to ${JSON.stringify(target)}, no file of the image`,
        );
      const wanted = readParts(name);
      if (onDisk([...resolve(wanted.slice(0, -1)), ...wanted.slice(-1)]) === onDisk(source)) return;
      linkSync(onDisk(source), onDisk(clear(wanted, false)));
    },
    /** `.wh.<name>` hides what lower layers have under the name; `.wh..wh..opq` all that they have in the folder. */
    whiteOut(name: string): boolean {
      const parts = readParts(name);
      const last = parts.at(-1) ?? "";
      if (!last.startsWith(".wh.")) return false;
      const folder = resolve(parts.slice(0, -1));
      if (last === ".wh..wh..opq") hideLower(folder);
      else if (!last.startsWith(".wh..wh.")) {
        const [hidden] = readParts(last.slice(".wh.".length));
        if (hidden !== undefined) removeLower([...folder, hidden]);
      }
      return true;
    },
  };
};

export type LayerTree = ReturnType<typeof createLayerTree>;

import { createHash } from "node:crypto";
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { pack } from "tar-stream";

/** A file or folder of an image: where it lies in it, its mode, and its bytes or where they are. */
export type ImageFile = { path: string; mode: number } & (
  | { kind: "folder" }
  | { kind: "text"; text: string }
  | { kind: "copy"; from: string }
);

export type Layer = {
  /** Of the gzipped archive, as the manifest names it. */
  digest: string;
  sizeBytes: number;
  /** Of the archive itself, as the configuration names it. */
  diffId: string;
  file: string;
};

const digestThrough = () => {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  const through = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      done(null, chunk);
    },
  });
  return { through, end: () => ({ digest: `sha256:${hash.digest("hex")}`, sizeBytes }) };
};

const digestOfFile = async (file: string): Promise<string> => {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex");
};

/** Files with every folder on their way, sorted, so that the same files always make the same archive. */
const withFolders = (files: readonly ImageFile[]): ImageFile[] => {
  const all = new Map<string, ImageFile>();
  for (const file of files) {
    const parts = file.path.split("/");
    for (let depth = 1; depth < parts.length; depth += 1) {
      const folder = parts.slice(0, depth).join("/");
      if (!all.has(folder)) all.set(folder, { kind: "folder", path: folder, mode: 0o755 });
    }
  }
  for (const file of files) all.set(file.path, file);
  return [...all.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
};

const fingerprint = async (files: readonly ImageFile[]): Promise<string> => {
  const hash = createHash("sha256");
  for (const file of files) {
    const content = file.kind === "folder" ? "" : file.kind === "text" ? file.text : await digestOfFile(file.from);
    hash.update(JSON.stringify([file.kind, file.path, file.mode, content, process.versions.zlib]));
  }
  return hash.digest("hex");
};

/**
 * Writes a layer: a gzipped tar archive with sorted names, no times and no owners but root, so equal files make equal
 * bytes. Kept in `dir` by the fingerprint of its files; what is there is not made again.
 * @throws Error when a file cannot be read
 */
export const writeLayer = async (dir: string, given: readonly ImageFile[]): Promise<Layer> => {
  const files = withFolders(given);
  const name = await fingerprint(files);
  const file = join(dir, `${name}.tar.gz`);
  const facts = join(dir, `${name}.json`);
  if (existsSync(facts) && existsSync(file))
    return { ...(JSON.parse(readFileSync(facts, "utf8")) as Omit<Layer, "file">), file };
  mkdirSync(dir, { recursive: true });
  const fresh = `${file}.${process.pid}`;
  const archive = pack();
  const plain = digestThrough();
  const zipped = digestThrough();
  const writing = pipeline(archive, plain.through, createGzip({ level: 6 }), zipped.through, createWriteStream(fresh));
  const adding = (async () => {
    const common = { uid: 0, gid: 0, uname: "root", gname: "root", mtime: new Date(0) };
    for (const one of files) {
      const header = { ...common, name: one.path, mode: one.mode };
      if (one.kind === "folder") archive.entry({ ...header, type: "directory" }, "");
      else if (one.kind === "text") archive.entry(header, one.text);
      else {
        const entry = archive.entry({ ...header, size: statSync(one.from).size });
        await pipeline(createReadStream(one.from), entry as unknown as NodeJS.WritableStream);
      }
    }
    archive.finalize();
  })().catch((error: unknown) => {
    archive.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  });
  await Promise.all([writing, adding]);
  const layer = { ...zipped.end(), diffId: plain.end().digest };
  renameSync(fresh, file);
  writeFileSync(facts, JSON.stringify(layer));
  return { ...layer, file };
};

import {
  copyFileSync,
  existsSync,
  globSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join } from "node:path";
import { type FunctionResource, functions } from "../../infra/resources.ts";
import { root } from "../build.ts";

export type LayerName = "engine" | "extract";
export const layerNames: readonly LayerName[] = ["engine", "extract"];

/** Lambda refuses a function whose code and layers are larger than this together, unpacked. */
export const unpackedBytesMax = 250 * 1024 * 1024;

/** An embedder for machines that have it. The SDK that Lambda brings is not relied on: ours is pinned. */
const elsewhere = /^@huggingface\//;
/** Found by the name of a language at run time, so no import names it. */
const named: Record<LayerName, string[]> = { engine: [], extract: ["@tesseract.js-data/eng"] };
const platformEnd = "linux-x64-gnu";
/** Not needed to run: types, source maps, prose, sources, and variants for browsers and bundlers. */
const unneeded =
  /\.(map|d\.ts|d\.mts|d\.cts|ts|mts|cts|md|markdown|flow|tsbuildinfo)$|(^|\/)(dist-es|dist-types|test|tests|__tests__|docs|examples?|src|es5|es2015|umd)\/|pdfjs-dist\/(web|image_decoders|build|legacy\/web)\/|jschardet\/dist\//i;
const needed = /(^|\/)(licen[cs]e|notice|copying)[^/]*$/i;

const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

/** Packages that a bundle imports from outside itself. */
export const importedPackages = (code: string): string[] => {
  const found = new Set<string>();
  for (const [, specifier = ""] of code.matchAll(
    /(?:^|[\s;}])(?:import|export)\s[^'"`;()]*?from\s*["']([^"'./][^"']*)["']|(?:\bimport|\brequire|\.resolve)\(\s*["'`]([^"'`./$][^"'`]*)["'`]\s*\)/gm,
  ))
    if (specifier) found.add(specifier);
  for (const [, specifier = ""] of code.matchAll(/(?:\bimport|require|\.resolve)\(\s*["'`]([^"'`./$][^"'`$]*)["'`]/g))
    found.add(specifier);
  return [...found]
    .filter((one) => !one.startsWith("node:") && !builtinModules.includes(packageOf(one)))
    .map(packageOf)
    .filter((one) => existsSync(join(root, "node_modules", one, "package.json")));
};

type PackageJson = {
  name: string;
  version: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
};

const read = (folder: string): PackageJson =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as PackageJson;

/** Where a package that `from` asks for lies: beside it or further up. */
const find = (name: string, from: string): string | undefined => {
  for (let folder = from; folder.startsWith(root); folder = dirname(folder)) {
    const at = join(folder, "node_modules", name);
    if (existsSync(join(at, "package.json"))) return at;
  }
  return undefined;
};

/** Folders of packages with everything that they need at run time on Lambda. */
const closeOver = (names: string[]): string[] => {
  const folders = new Set<string>();
  const add = (name: string, from: string, optional: boolean): void => {
    const folder = find(name, from);
    if (!folder) {
      if (optional) return;
      throw new Error(`${name}, which ${from} needs, is not installed.`);
    }
    if (folders.has(folder)) return;
    folders.add(folder);
    const { dependencies = {}, optionalDependencies = {} } = read(folder);
    for (const one of Object.keys(dependencies)) if (!(one in optionalDependencies)) add(one, folder, false);
    // Some packages carry the library itself besides; one is enough.
    const hasOwn = globSync(`*${platformEnd}.node`, { cwd: folder }).length > 0;
    for (const one of Object.keys(optionalDependencies))
      if (one.endsWith(platformEnd) && !hasOwn) add(one, folder, true);
  };
  for (const name of names) add(name, root, false);
  return [...folders].sort();
};

/**
 * Leaves out what a native library carries for debuggers: everything behind its last loaded segment. The loader reads
 * program headers alone (ELF-64, "Program Loading"). Saves 33 of the engine's 202 MB.
 */
export const trimNative = (bytes: Buffer): Buffer => {
  if (bytes.readUInt32BE(0) !== 0x7f454c46 || bytes[4] !== 2 || bytes[5] !== 1) return bytes;
  const start = Number(bytes.readBigUInt64LE(0x20));
  const [entrySize, entries] = [bytes.readUInt16LE(0x36), bytes.readUInt16LE(0x38)];
  let end = start + entrySize * entries;
  for (let i = 0; i < entries; i += 1) {
    const at = start + i * entrySize;
    end = Math.max(end, Number(bytes.readBigUInt64LE(at + 0x08)) + Number(bytes.readBigUInt64LE(at + 0x20)));
  }
  const trimmed = Buffer.from(bytes.subarray(0, end));
  trimmed.writeBigUInt64LE(0n, 0x28);
  for (const field of [0x3c, 0x3e]) trimmed.writeUInt16LE(0, field);
  return trimmed;
};

const isNative = /\.(node|so)$/;

const copy = (from: string, to: string): void => {
  mkdirSync(dirname(to), { recursive: true });
  if (isNative.test(from)) {
    writeFileSync(to, trimNative(readFileSync(from)));
    return;
  }
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
};

export type LayerManifest = { packages: string[]; sizeBytes: number; files: number };

const copyPackages = (folders: string[], to: string): { sizeBytes: number; files: number } => {
  let sizeBytes = 0;
  let files = 0;
  for (const folder of folders)
    for (const file of globSync("**/*", { cwd: folder, exclude: ["node_modules/**"] })) {
      const from = join(folder, file);
      const path = join(folder.slice(root.length + 1), file);
      if (!statSync(from).isFile() || (unneeded.test(path) && !needed.test(path))) continue;
      copy(from, join(to, "nodejs", path));
      sizeBytes += statSync(join(to, "nodejs", path)).size;
      files += 1;
    }
  return { sizeBytes, files };
};

/** Makes `<out>/<layer>` as it lies at /opt, and a manifest beside it. The engine's also carries the model of the shipped embedder. */
export const buildLayers = (functionsDir: string, out: string, model: { name: string; folder: string }): void => {
  for (const layer of layerNames) {
    const folder = join(out, layer);
    rmSync(folder, { recursive: true, force: true });
    const users = (Object.entries(functions) as [string, FunctionResource][]).filter(([, one]) => one[layer]);
    const wanted = new Set(named[layer]);
    // A function that has both layers takes what another one with this layer alone does not show from the other.
    const alone = users.filter(([, one]) => layerNames.every((other) => other === layer || !one[other]));
    for (const [name] of alone.length ? alone : users)
      for (const file of globSync("*.mjs", { cwd: join(functionsDir, name) }))
        for (const one of importedPackages(readFileSync(join(functionsDir, name, file), "utf8")))
          if (!elsewhere.test(one)) wanted.add(one);
    const folders = closeOver([...wanted].sort());
    const { sizeBytes, files } = copyPackages(folders, folder);
    let modelBytes = 0;
    if (layer === "engine")
      for (const file of globSync("**/*", { cwd: model.folder })) {
        const from = join(model.folder, file);
        if (!statSync(from).isFile()) continue;
        copy(from, join(folder, "models", model.name, file));
        modelBytes += statSync(from).size;
      }
    const manifest: LayerManifest = {
      packages: [
        ...folders.map((one) => `${read(one).name}@${read(one).version}`),
        ...(layer === "engine" ? [`model ${model.name}`] : []),
      ],
      sizeBytes: sizeBytes + modelBytes,
      files,
    };
    writeFileSync(join(out, `${layer}.manifest.json`), `${JSON.stringify(manifest, null, 2)}\n`);
  }
};

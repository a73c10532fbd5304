import "server-only";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

// Folder of the URL to folder of the package, and what may be asked for in it.
const folders: Record<string, { path: string; file: RegExp }> = {
  build: { path: "legacy/build", file: /^pdf\.worker\.min\.mjs$/ },
  cmaps: { path: "cmaps", file: /^[\w-]+\.bcmap$/ },
  standard_fonts: { path: "standard_fonts", file: /^[\w-]+\.(pfb|ttf)$/ },
  wasm: { path: "wasm", file: /^[\w-]+\.(wasm|js)$/ },
  iccs: { path: "iccs", file: /^[\w-]+\.icc$/ },
};

const mediaTypes: Record<string, string> = {
  mjs: "text/javascript",
  js: "text/javascript",
  wasm: "application/wasm",
};

/** The package's folder: in this folder's or a parent's node_modules, wherever the server was started. */
const packageFolder = (): string | undefined => {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const candidate = join(/* turbopackIgnore: true */ folder, "node_modules", "pdfjs-dist");
    if (existsSync(candidate)) return candidate;
    if (dirname(folder) === folder) return undefined;
  }
};

/** A file of the PDF library that the browser needs, or undefined for anything else. */
export const readPdfAsset = async ({
  folder,
  file,
}: {
  folder: string;
  file: string;
}): Promise<{ bytes: Buffer; mediaType: string } | undefined> => {
  const allowed = Object.hasOwn(folders, folder) ? folders[folder] : undefined;
  const root = packageFolder();
  if (!allowed?.file.test(file) || !root) return undefined;
  try {
    const bytes = await readFile(join(/* turbopackIgnore: true */ root, allowed.path, file));
    return { bytes, mediaType: mediaTypes[file.split(".").at(-1) ?? ""] ?? "application/octet-stream" };
  } catch {
    return undefined;
  }
};

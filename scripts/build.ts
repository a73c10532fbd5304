import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, stop } from "esbuild";
import { functions } from "../infra/resources.ts";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** Built things, kept between starts. */
export const buildDir = join(root, ".samla");
/** What people put in; another folder by `SAMLA_STATE_DIR`, so that two laptops may run side by side. */
export const stateDir = process.env.SAMLA_STATE_DIR ?? buildDir;

/** Packages that stay outside the bundles: native code, or code that finds its own files. In AWS they are layers. */
const external = [
  "@lancedb/lancedb",
  "apache-arrow",
  "@llamaindex/liteparse",
  "pdfjs-dist",
  "@tesseract.js-data/*",
  "@huggingface/transformers",
  "@aws-sdk/client-bedrock-runtime",
  "jschardet",
  "numfmt",
];

/** A hash over the contents of files: the same sources need no second build. */
export const hashFiles = (
  patterns: string[],
  exclude: RegExp = /node_modules|\.next|next-env\.d\.ts|\.test\.tsx?$/,
): string => {
  const hash = createHash("sha256");
  for (const file of globSync(patterns, { cwd: root })
    .filter((name) => !exclude.test(name))
    .sort()) {
    hash.update(file);
    try {
      hash.update(readFileSync(join(root, file)));
    } catch {
      // A folder that the pattern also matches.
    }
  }
  return hash.digest("hex");
};

/** True when `work` had to run: its inputs differ from those of its last success. */
export const whenChanged = async (
  name: string,
  hash: string,
  output: string,
  work: () => Promise<void>,
): Promise<boolean> => {
  const mark = join(buildDir, "build", `${name}.hash`);
  if (existsSync(mark) && readFileSync(mark, "utf8") === hash && existsSync(output)) return false;
  await work();
  mkdirSync(dirname(mark), { recursive: true });
  writeFileSync(mark, hash);
  return true;
};

const banner =
  'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);';

/** Bundles every Lambda function as AWS gets it: `functions/<name>/index.mjs`, with the readers' child beside it. Returns the folder. */
export const buildFunctions = async (): Promise<string> => {
  const out = join(buildDir, "build", "functions");
  const hash = hashFiles([
    "packages/{contracts,core,aws,engine,extract}/**/*.ts",
    "functions/**/*.ts",
    "infra/resources.ts",
    "scripts/build.ts",
    "package-lock.json",
  ]);
  await whenChanged("functions", hash, out, async () => {
    const fresh = `${out}.new`;
    rmSync(fresh, { recursive: true, force: true });
    const common = {
      bundle: true,
      platform: "node",
      target: "node24",
      format: "esm",
      external,
      banner: { js: banner },
      sourcemap: "linked",
      minify: false,
      logLevel: "silent",
      absWorkingDir: root,
    } as const;
    await build({
      ...common,
      entryPoints: Object.entries(functions).map(([name, resource]) => ({
        in: join(root, "functions", resource.entry),
        out: join(name, "index"),
      })),
      outdir: fresh,
      outExtension: { ".js": ".mjs" },
    });
    for (const [name, resource] of Object.entries(functions))
      if ("extract" in resource && resource.extract)
        await build({
          ...common,
          entryPoints: [join(root, "packages/extract/child.ts")],
          outfile: join(fresh, name, "child.mjs"),
        });
    // Its service would live as long as the laptop.
    await stop();
    rmSync(out, { recursive: true, force: true });
    renameSync(fresh, out);
  });
  return out;
};

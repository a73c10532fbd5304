// Plain JavaScript, as scripts/tools.mjs: it runs before anything is installed.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { node24, root, run, stop } from "../tools.mjs";

const infra = join(root, "infra");
export const sst = join(infra, "node_modules", ".bin", "sst");

/** Installs what deploys and what proves it, apart from the product's packages: a laptop does not need these 340 MB. */
export const installInfra = async () => {
  const wanted = createHash("sha256")
    .update(readFileSync(join(infra, "package-lock.json")))
    .digest("hex");
  const mark = join(infra, "node_modules", ".installed");
  if (existsSync(mark) && readFileSync(mark, "utf8") === wanted) return "up to date";
  const npm = (args) =>
    run("npm", [...args, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
      quiet: true,
      cwd: infra,
      timeoutMs: 900_000,
    });
  let { code, output } = await npm(["ci"]);
  // A lock file knows only the platforms that the registry it was made with carries; this fills in the rest as pinned.
  if (code !== 0 && output.includes("EUSAGE")) ({ code, output } = await npm(["install", "--no-save"]));
  if (code !== 0) stop(`The packages of infra/ could not be installed:\n${output.split("\n").slice(-15).join("\n")}`);
  writeFileSync(mark, wanted);
  return "installed";
};

/** Runs one of our TypeScript files under Node 24; true when it succeeded. */
export const runTs = async (file, args = []) => (await run(node24, [join(root, file), ...args])).code === 0;

// Plain JavaScript for the Node that a bare machine has: it runs before anything is installed.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
// Whole: an old Node that lacks one of its functions must come as far as saying that it is old.
import * as fs from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const { existsSync, mkdirSync, readFileSync, writeFileSync } = fs;

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const stateDir = join(root, ".samla");
const toolsBin = join(root, "node_modules", ".bin");
const nodeBin = join(root, "node_modules", "node", "bin");
export const node24 = join(nodeBin, process.platform === "win32" ? "node.exe" : "node");

/** The environment in which Node 24 and the project's tools come first. */
export const toolEnv = (more = {}) => ({
  ...process.env,
  PATH: `${nodeBin}:${toolsBin}:${process.env.PATH ?? ""}`,
  NODE_NO_WARNINGS: "1",
  ...more,
});

/** One clear sentence and an end. */
export const stop = (sentence) => {
  console.error(`\n  ✗ ${sentence}\n`);
  process.exit(1);
};

/** Runs a command; resolves with its exit code. Output goes to the terminal unless quiet, then it is kept for a failure. */
export const run = (command, args, { quiet = false, env = {}, cwd = root, timeoutMs } = {}) =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: toolEnv(env),
      stdio: quiet ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"],
    });
    let output = "";
    child.stdout?.on("data", (chunk) => (output += chunk));
    child.stderr?.on("data", (chunk) => (output += chunk));
    const timer = timeoutMs ? setTimeout(() => child.kill("SIGKILL"), timeoutMs) : undefined;
    child.on("error", (error) => resolve({ code: 127, output: String(error) }));
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? 1, output });
    });
  });

const seconds = (startedAt) => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;

/** What the system's refusals mean, and what to do. */
const causes = {
  ENOSPC: "the disk is full. Free some space",
  EDQUOT: "your share of the disk is used up. Free some space",
  EACCES: "it may not be written. Give yourself the right to it",
  EPERM: "it may not be written. Give yourself the right to it",
  EROFS: "the disk is read-only. Clone SAMLA to one that can be written",
  EEXIST: "a file is where a folder belongs. Move it away",
  ENOTDIR: "a file is where a folder belongs. Move it away",
};

/** Says what is being done, does it, and says how long it took. */
export const step = async (name, work) => {
  const startedAt = performance.now();
  process.stdout.write(`  … ${name}\n`);
  let note;
  try {
    note = await work();
  } catch (error) {
    const cause = causes[error?.code];
    if (!cause) throw error;
    stop(`"${name}" failed at ${error.path ?? root}: ${cause}, then run the command again.`);
  }
  process.stdout.write(`  ✓ ${name}${note ? ` (${note})` : ""} ${seconds(startedAt)}\n`);
};

export const checkMachine = () => {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 20)
    stop(
      `SAMLA needs Node 20 or later to set itself up; this is ${process.version}. Install it and run the command again.`,
    );
  if (process.platform !== "linux" || process.arch !== "x64") {
    if (process.platform === "win32") stop("SAMLA's laptop mode runs on Linux and macOS; on Windows use WSL 2.");
    console.warn(`  ! ${process.platform} ${process.arch}: the search engine's builds are checked on Linux x64 only.`);
  }
  const disk = fs.statfsSync(root);
  const freeBytes = disk.bavail * disk.bsize;
  const neededBytes = existsSync(join(root, "node_modules", ".package-lock.json")) ? 500e6 : 4e9;
  if (freeBytes < neededBytes)
    stop(
      `The disk that holds ${root} has ${(freeBytes / 1e9).toFixed(1)} GB free; ${(neededBytes / 1e9).toFixed(1)} GB are needed. Free some space and run the command again.`,
    );
};

const lockHash = () =>
  createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");

const noConnection = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|network/i;

/** Installs the pinned packages when the lock file differs from what was installed last. */
export const install = async () => {
  mkdirSync(stateDir, { recursive: true });
  const mark = join(stateDir, "installed");
  const wanted = lockHash();
  if (existsSync(mark) && readFileSync(mark, "utf8") === wanted && existsSync(node24)) return "up to date";
  const npm = (args) =>
    run("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], { quiet: true, timeoutMs: 900_000 });
  // Without a connection npm itself asks again for many minutes before it says so; what it kept from earlier may do.
  const reached = await npm(["ping", "--fetch-retries=0", "--fetch-timeout=15000"]);
  const offline = reached.code !== 0 && noConnection.test(reached.output);
  let { code, output } = await npm(offline ? ["ci", "--offline"] : ["ci"]);
  // A lock file knows only the platforms that the registry it was made with carries; this fills in the rest as pinned.
  if (code !== 0 && output.includes("EUSAGE"))
    ({ code, output } = await npm(["install", "--no-save", ...(offline ? ["--offline"] : [])]));
  if (code !== 0) {
    if (offline || noConnection.test(output))
      stop(
        "The packages cannot be downloaded: there is no connection to the npm registry. Connect and run the command again.",
      );
    if (/ENOSPC/.test(output)) stop("The disk is full. Free some space and run the command again.");
    if (code === 127) stop("npm was not found. Install Node.js 20 or later with npm and run the command again.");
    stop(`The packages could not be installed:\n${output.split("\n").slice(-15).join("\n")}`);
  }
  if (!existsSync(node24))
    stop(
      "Node 24 was not installed with the packages (npm ran without install scripts?). Run `npm rebuild node` and try again.",
    );
  writeFileSync(mark, wanted);
  return "installed";
};

/** Resolves true when nothing listens on the port. */
export const isPortFree = (port) =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });

import { spawn, spawnSync } from "node:child_process";
import { createWriteStream, existsSync, globSync, linkSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import yauzl, { type Entry, type ZipFile } from "yauzl";
import { type FunctionName, type FunctionResource, functions } from "../resources.ts";
import { node, type Stage } from "./stack.ts";
import { root, work } from "./unpack-platform.ts";

const pascal = (name: string): string => name.replace(/(?:^|-)([a-z0-9])/g, (_, first: string) => first.toUpperCase());

/** The zip that SST made of a function. */
export const zipOf = (stage: Stage, name: FunctionName): string =>
  join(work, stage, "artifacts", `${pascal(name)}Function`, "code.zip");

export const layersDir = join(root, ".samla", "lambda", "layers");

/** Unpacks a zip into a new folder. Returns how many bytes it holds. */
export const unpackZip = async (file: string, to: string): Promise<number> => {
  const zip: ZipFile = await promisify<string, yauzl.Options, ZipFile>(yauzl.open)(file, { lazyEntries: true });
  const openStream = promisify(
    zip.openReadStream.bind(zip) as (
      entry: Entry,
      done: (error: Error | null, stream: NodeJS.ReadableStream) => void,
    ) => void,
  );
  let sizeBytes = 0;
  await new Promise<void>((done, fail) => {
    zip.on("entry", (entry: Entry) => {
      if (entry.fileName.endsWith("/")) return zip.readEntry();
      const target = resolve(to, entry.fileName);
      if (!target.startsWith(resolve(to) + sep)) return fail(new Error(`${entry.fileName} leads out of the zip`));
      sizeBytes += entry.uncompressedSize;
      mkdirSync(dirname(target), { recursive: true });
      openStream(entry)
        .then((stream) => pipeline(stream, createWriteStream(target)))
        .then(() => zip.readEntry(), fail);
    });
    zip.on("end", () => done());
    zip.on("error", fail);
    zip.readEntry();
  });
  return sizeBytes;
};

/** Layers of a function, in the order in which Lambda lays them over /opt. */
export const layersOf = (name: FunctionName): ("engine" | "extract")[] => {
  const { engine, extract } = functions[name] as FunctionResource;
  return [...(engine ? ["engine" as const] : []), ...(extract ? ["extract" as const] : [])];
};

/** Layers laid over one another, as Lambda does, in a folder of hard links. */
const layOver = (layers: string[]): string => {
  const merged = join(layersDir, layers.join("-and-"));
  if (layers.length < 2 || existsSync(merged)) return merged;
  const fresh = `${merged}.${process.pid}`;
  for (const layer of layers)
    for (const file of globSync("**/*", { cwd: join(layersDir, layer) })) {
      const from = join(layersDir, layer, file);
      const to = join(fresh, file);
      if (!statSync(from).isFile()) continue;
      mkdirSync(dirname(to), { recursive: true });
      rmSync(to, { force: true });
      linkSync(from, to);
    }
  renameSync(fresh, merged);
  return merged;
};

/** True where a process may be given a file system of its own, so that a layer can lie at /opt itself. */
export const canMount =
  existsSync("/opt") &&
  spawnSync("unshare", ["--user", "--map-root-user", "--mount", "mount", "--bind", layersDir, "/opt"]).status === 0;

export type Answer = { result?: unknown; error?: string; importMs: number; callMs: number; memoryMb: number };

/** What of Lambda's own environment a function may rely on. */
const lambdaEnvironment = (name: string, taskDir: string, layerDir: string): Record<string, string> => ({
  PATH: "/usr/local/bin:/usr/bin:/bin",
  LANG: "en_US.UTF-8",
  TZ: ":UTC",
  TMPDIR: process.env.TMPDIR ?? "/tmp",
  AWS_LAMBDA_FUNCTION_NAME: name,
  LAMBDA_TASK_ROOT: taskDir,
  NODE_PATH: ["node24/node_modules", "node_modules"].map((part) => `${layerDir}/nodejs/${part}`).join(":"),
  LD_LIBRARY_PATH: `${layerDir}/lib`,
});

/** Loads a function from its folder and has it answer one event, with its layer at /opt where this machine can do that. */
export const invokeFromZip = async (
  name: FunctionName,
  taskDir: string,
  environment: Record<string, string>,
  event: unknown,
): Promise<Answer> => {
  const layers = layersOf(name);
  const mounted = layers.length > 0 && canMount;
  const laid = layers.length > 0 ? layOver(layers) : join(layersDir, "none");
  const layerDir = mounted ? "/opt" : laid;
  const runner = join(root, "infra", "testing", "lambda-runner.mjs");
  const command = mounted
    ? [
        "unshare",
        "--user",
        "--map-root-user",
        "--mount",
        "sh",
        "-c",
        'mount --bind "$1" /opt && exec "$2" "$3"',
        "sh",
        laid,
        node,
        runner,
      ]
    : [node, runner];
  const inPlace = JSON.parse(JSON.stringify(environment).replaceAll("/opt/models/", `${layerDir}/models/`)) as Record<
    string,
    string
  >;
  const child = spawn(command[0] ?? node, command.slice(1), {
    cwd: taskDir,
    env: { ...lambdaEnvironment(name, taskDir, layerDir), ...inPlace },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), 50_000);
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  child.stdin.end(`${JSON.stringify(event)}\n`);
  const code = await new Promise<number | null>((done) => child.on("close", done));
  clearTimeout(timer);
  const line = output.split("\u001e")[1];
  if (!line)
    throw new Error(`${name} did not answer (exit ${code}):\n${errors.slice(-4_000)}\n${output.slice(-2_000)}`);
  return JSON.parse(line) as Answer;
};

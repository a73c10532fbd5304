import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { PulledImage } from "../kernel/container-ports.ts";
import type { ContainerDefinition } from "./records.ts";

/** Where an image's programs are, as https://github.com/opencontainers/image-spec leaves it to its PATH. */
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A path of the image, as a path of this machine; as it is when the image does not have it. */
const toHostPath = (rootDir: string, file: string): string => {
  if (!file.startsWith("/")) return file;
  const inside = path.join(rootDir, path.posix.normalize(file));
  return existsSync(inside) ? inside : file;
};

const isLinux = process.platform === "linux";

/** An image is built for Linux; where this machine is none, its Node is this machine's. */
const asRunnable = (file: string): string => (!isLinux && path.basename(file) === "node" ? process.execPath : file);

export type ContainerCommand = {
  program: string;
  args: string[];
  cwd: string;
  /** PATH with the image's folders first. */
  searchPath: string;
};

/** Finds a program by name in the image's folders, then in this machine's. @returns undefined when there is none */
export const findProgram = (rootDir: string, name: string, cwd: string, searchPath: string): string | undefined => {
  if (name.includes("/")) {
    const file = name.startsWith("/") ? toHostPath(rootDir, name) : path.resolve(cwd, name);
    return existsSync(file) && statSync(file).isFile() ? asRunnable(file) : undefined;
  }
  for (const folder of searchPath.split(":")) {
    const file = path.join(folder, name);
    if (existsSync(file) && statSync(file).isFile()) return asRunnable(file);
  }
  return undefined;
};

/**
 * What a container runs: entrypoint and command of the definition before those of the image, paths of the image mapped
 * into its folder.
 * @throws Error in ECS's words when the program or the working directory is absent
 */
export const resolveCommand = (
  image: PulledImage,
  container: ContainerDefinition,
  overrideCommand: string[] | undefined,
): ContainerCommand => {
  const { rootDir, config } = image;
  const entrypoint = container.entryPoint ?? config.entrypoint;
  // As with Docker: an entrypoint of the definition drops the image's command.
  const command = overrideCommand ?? container.command ?? (container.entryPoint ? [] : config.command);
  const [name, ...args] = [...entrypoint, ...command];
  const prefix =
    "CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process";
  if (name === undefined) throw new Error(`${prefix}: no command specified: unknown`);
  const workingDir = container.workingDirectory ?? (config.workingDir || "/");
  const cwd = path.join(rootDir, path.posix.normalize(`/${workingDir}`));
  if (!existsSync(cwd))
    throw new Error(`${prefix}: chdir to cwd ("${workingDir}"): no such file or directory: unknown`);
  const imagePath = (config.env.PATH ?? DEFAULT_PATH)
    .split(":")
    .map((folder) => path.join(rootDir, folder))
    .filter((folder) => existsSync(folder));
  const hostPath = process.env.PATH ?? "";
  const searchPath = (isLinux ? [...imagePath, hostPath] : [path.dirname(process.execPath), hostPath]).join(":");
  const program = findProgram(rootDir, name, cwd, searchPath);
  if (program === undefined)
    throw new Error(
      name.includes("/")
        ? `${prefix}: exec: "${name}": stat ${name}: no such file or directory: unknown`
        : `${prefix}: exec: "${name}": executable file not found in $PATH: unknown`,
    );
  return { program, args: args.map((one) => toHostPath(rootDir, one)), cwd, searchPath };
};

/** Every folder on the way must be open to others, or a person without rights cannot start what is inside. */
const isOpenToOthers = (file: string): boolean => {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === path.dirname(folder)) return true;
  }
};

/**
 * The user the container runs as: `uid[:gid]`, or a name of the image's /etc/passwd. Only root can become someone
 * else, and only where that user can reach the files; undefined keeps the user of the stand-in.
 */
export const resolveUser = (
  rootDir: string,
  user: string,
  files: readonly string[],
): { uid: number; gid: number } | undefined => {
  if (user === "" || process.getuid?.() !== 0 || !files.every(isOpenToOthers)) return undefined;
  const [name = "", group] = user.split(":");
  const passwd = path.join(rootDir, "etc/passwd");
  const line = existsSync(passwd)
    ? readFileSync(passwd, "utf8")
        .split("\n")
        .map((one) => one.split(":"))
        .find((one) => one[0] === name || one[2] === name)
    : undefined;
  const uid = /^\d+$/.test(name) ? Number(name) : Number(line?.[2]);
  if (!Number.isInteger(uid) || uid === 0) return undefined;
  const gid = group !== undefined && /^\d+$/.test(group) ? Number(group) : Number(line?.[3] ?? uid);
  return { uid, gid: Number.isInteger(gid) ? gid : uid };
};

import { existsSync, readFileSync, realpathSync } from "node:fs";
import path from "node:path";
import { type DebianPackage, findDebianPackages } from "./debian-packages.ts";
import { runText } from "./run-text.ts";
import type { ImageFile } from "./write-layer.ts";

const passwd = "root:x:0:0:root:/root:/sbin/nologin\nagent:x:1000:1000:agent:/tmp:/sbin/nologin\n";
const group = "root:x:0:\nagent:x:1000:\n";

/** Loaded by name while a program runs, so no linker lists them; without them old C libraries resolve no names. */
const looseLibraries = ["libnss_dns.so.2", "libnss_files.so.2", "libresolv.so.2"];

/** Paths, as the loader looks for them, of the libraries a program needs. */
const librariesOf = (program: string): string[] => {
  const text = runText("ldd", [program]);
  if (text === undefined)
    throw new Error(
      `ldd could not say which libraries ${program} needs. Install it (package libc-bin), or build with Docker.`,
    );
  if (/not found/.test(text)) throw new Error(`A library of ${program} is missing on this machine:\n${text}`);
  return [...text.matchAll(/(?:=>\s*)?(\/\S+)\s+\(0x/g)].flatMap(([, file]) => file ?? []);
};

const copy = (at: string, from: string, mode: number): ImageFile => ({
  kind: "copy",
  path: at.replace(/^\//, ""),
  from: realpathSync(from),
  mode,
});
const text = (at: string, content: string, mode = 0o644): ImageFile => ({
  kind: "text",
  path: at,
  text: content,
  mode,
});

/**
 * What an agent's image needs below the agent: the Node.js that runs this script, the libraries it loads, users, and what
 * tells scanners of it. No shell, no package manager. Certificates are Node's own.
 * @throws Error when the libraries cannot be found
 */
export const collectRuntime = (
  program: string = process.execPath,
): { files: ImageFile[]; packages: DebianPackage[] } => {
  const files = [copy("usr/local/bin/node", program, 0o755)];
  let packages: DebianPackage[] = [];
  if (process.platform === "linux") {
    const needed = librariesOf(program);
    const folder = path.dirname(needed.find((file) => /\/libc\.so/.test(file)) ?? "/lib");
    const loose = looseLibraries.map((name) => path.join(folder, name)).filter((file) => existsSync(file));
    const libraries = [...new Set([...needed, ...loose])];
    files.push(...libraries.map((file) => copy(file, file, 0o755)));
    packages = findDebianPackages(libraries);
    if (existsSync("/etc/os-release")) files.push(text("etc/os-release", readFileSync("/etc/os-release", "utf8")));
  }
  files.push(
    text("etc/passwd", passwd),
    text("etc/group", group),
    text("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n"),
    { kind: "folder", path: "tmp", mode: 0o1777 },
    ...packages.map(({ name, status }) => text(`var/lib/dpkg/status.d/${name}`, status)),
  );
  return { files, packages };
};

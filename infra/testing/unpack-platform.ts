import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const modules = join(root, "infra", "node_modules");
/** Beside the packages of `infra/`, so that SST's sources find Pulumi there, each package once. */
export const work = join(modules, ".samla", ".sst");
export const platform = join(work, "platform");

const version = (): string =>
  (JSON.parse(readFileSync(join(modules, "sst", "package.json"), "utf8")) as { version: string }).version;

const config = (name: string, body: string): string =>
  `export default $config({ app: () => (${name}), async run() {${body}} });\n`;

const types = `import "./src/global.d.ts";
import type { App, AppInput, Config } from "./src/config";
import * as _aws from "@pulumi/aws";
import * as _random from "@pulumi/random";

declare global {
  // @ts-expect-error: SST declares the name too
  export import aws = _aws;
  // @ts-expect-error: SST declares the name too
  export import random = _random;
  type Providers = {
    providers?: {
      aws?: (_aws.ProviderArgs & { version?: string }) | string;
      random?: string;
    };
  };
  type Made = Omit<App, "providers"> & Providers;
  export const $config: (input: Omit<Config, "app"> & { app(input: AppInput): Promise<Made> | Made }) => Config;
}
`;

/**
 * Has the `sst` command write the sources of its components, offline, in under a second. It would also install their
 * packages; those are in `infra/package-lock.json`, pinned, so it is given a `bun` that does nothing.
 */
export const unpackPlatform = (): string => {
  const marker = join(platform, "version");
  const done = join(platform, "config.d.ts");
  const bun = join(platform, "bun.d.ts");
  if (existsSync(marker) && readFileSync(marker, "utf8") === version() && [done, bun].every((file) => existsSync(file)))
    return platform;
  const folder = dirname(work);
  rmSync(folder, { recursive: true, force: true });
  const tools = join(folder, "xdg", "sst", "bin");
  mkdirSync(tools, { recursive: true });
  for (const [name, script] of [
    ["pulumi", "echo v3.215.0"],
    ["bun", 'case "$1" in --version) echo 1.2.1;; esac'],
  ] as const) {
    writeFileSync(join(tools, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(tools, name), 0o755);
  }
  writeFileSync(join(folder, "sst.config.ts"), config('{ name: "unpack", home: "local" }', ""));
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  execFileSync(join(modules, ".bin", "sst"), ["install", "--stage", "dev"], {
    cwd: folder,
    env: {
      ...process.env,
      XDG_CONFIG_HOME: join(folder, "xdg"),
      TMPDIR: folder,
      SST_TELEMETRY_DISABLED: "1",
      DO_NOT_TRACK: "1",
      NO_COLOR: "1",
    },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 120_000,
  });
  writeFileSync(bun, 'declare module "bun" {\n  export type Shell = unknown;\n}\n');
  writeFileSync(done, types);
  return platform;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) unpackPlatform();

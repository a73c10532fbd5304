import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../build.ts";

export type LockedPackage = {
  name: string;
  version: string;
  /** Folder below the lock file, such as `node_modules/zod`. */
  path: string;
  license: string | undefined;
  /** What the registry promised of its bytes. */
  integrity: string | undefined;
  development: boolean;
  dependencies: string[];
};

type Entry = {
  version?: string;
  license?: unknown;
  licenses?: unknown;
  integrity?: string;
  dev?: boolean;
  link?: boolean;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
};

const licenseOf = (value: unknown): string | undefined => {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(licenseOf).filter(Boolean).join(" OR ") || undefined;
  return typeof value === "object" && value !== null ? licenseOf((value as { type?: unknown }).type) : undefined;
};

/** Packages of a lock file (`""` the product's, `infra` what deploys it), without our own. Licences are read from what is installed where the lock says none. */
export const readLocked = (folder: "" | "infra"): LockedPackage[] => {
  const { packages } = JSON.parse(readFileSync(join(root, folder, "package-lock.json"), "utf8")) as {
    packages: Record<string, Entry>;
  };
  return Object.entries(packages)
    .filter(([path, entry]) => path.includes("node_modules/") && !entry.link)
    .map(([path, entry]) => {
      const file = join(root, folder, path, "package.json");
      const installed = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Entry) : undefined;
      return {
        name: path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length),
        version: entry.version ?? installed?.version ?? "",
        path,
        license: licenseOf(entry.license) ?? licenseOf(installed?.license ?? installed?.licenses),
        integrity: entry.integrity,
        development: entry.dev === true || folder === "infra",
        dependencies: Object.keys({ ...entry.dependencies, ...entry.optionalDependencies }),
      };
    });
};

import { existsSync, readFileSync } from "node:fs";
import { runText } from "./run-text.ts";

export type DebianPackage = { name: string; version: string; source: string; status: string };

const fieldOf = (paragraph: string, name: string): string | undefined =>
  new RegExp(`^${name}: (.*)$`, "m").exec(paragraph)?.[1];

/**
 * The Debian packages that files of this machine belong to, with the part of dpkg's status that scanners read. Empty on
 * machines without dpkg.
 */
export const findDebianPackages = (files: readonly string[]): DebianPackage[] => {
  const statusFile = "/var/lib/dpkg/status";
  if (!existsSync(statusFile)) return [];
  const names = new Set<string>();
  for (const file of files) {
    // Where /lib is a link to /usr/lib, dpkg knows a file by either name.
    const candidates = [file, file.startsWith("/usr/") ? file.slice(4) : `/usr${file}`];
    const owner = candidates.map((one) => runText("dpkg-query", ["-S", one])).find((text) => text !== undefined);
    const name = owner?.split("\n")[0]?.split(": ")[0]?.split(",")[0]?.split(":")[0];
    if (name) names.add(name);
  }
  const kept = ["Package", "Status", "Architecture", "Multi-Arch", "Source", "Version", "Maintainer", "Homepage"];
  return readFileSync(statusFile, "utf8")
    .split(/\n\n+/)
    .filter((paragraph) => names.has(fieldOf(paragraph, "Package") ?? ""))
    .map((paragraph) => ({
      name: fieldOf(paragraph, "Package") ?? "",
      version: fieldOf(paragraph, "Version") ?? "",
      source: fieldOf(paragraph, "Source")?.split(" ")[0] ?? fieldOf(paragraph, "Package") ?? "",
      status: `${kept
        .map((name) => [name, fieldOf(paragraph, name)])
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => `${name}: ${value}`)
        .join("\n")}\n`,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
};

import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { type CompareVersions, compareDebian, compareSemver } from "./versions.ts";

/** What scanning uses of an advisory in the OSV format (https://ossf.github.io/osv-schema/). */
export type Advisory = {
  id: string;
  aliases?: string[];
  summary?: string;
  details?: string;
  withdrawn?: string;
  affected: {
    package: { ecosystem: string; name: string };
    ranges?: { type: string; events: { introduced?: string; fixed?: string; last_affected?: string }[] }[];
    versions?: string[];
  }[];
  database_specific?: { severity?: string; cvss?: number };
  references?: { type: string; url: string }[];
};

/** A file of advisories: where they are from, as of when, and themselves. */
export type AdvisoryFile = {
  asOf: string;
  sources: { name: string; url: string; asOf: string; note: string }[];
  advisories: Advisory[];
};

export type InventoryPackage = {
  ecosystem: "npm" | "Debian" | "Node.js";
  name: string;
  version: string;
  /** Of Debian: the package it was built from, by which advisories name it. */
  source?: string;
  /** Release of the distribution, such as `12`. */
  release?: string;
  purl: string;
};

export type Severity = "CRITICAL" | "HIGH" | "MEDIUM" | "LOW" | "INFORMATIONAL" | "UNDEFINED";

export type Finding = {
  name: string;
  severity: Severity;
  title: string;
  description: string;
  uri: string;
  package: string;
  version: string;
  fixedIn?: string;
  score?: number;
};

const comparers: Record<InventoryPackage["ecosystem"], CompareVersions> = {
  npm: compareSemver,
  "Node.js": compareSemver,
  Debian: compareDebian,
};

const severities: Record<string, Severity> = {
  critical: "CRITICAL",
  high: "HIGH",
  moderate: "MEDIUM",
  medium: "MEDIUM",
  low: "LOW",
  informational: "INFORMATIONAL",
};

/** Whether a version lies in a range: the last event at or before it decides. Gives the version that mends it. */
const findIn = (
  events: readonly { introduced?: string; fixed?: string; last_affected?: string }[],
  version: string,
  compare: CompareVersions,
): { fixedIn?: string } | undefined => {
  let affected = false;
  let fixedIn: string | undefined;
  for (const event of events) {
    if (event.introduced !== undefined && (event.introduced === "0" || compare(version, event.introduced) >= 0)) {
      affected = true;
      fixedIn = undefined;
    } else if (event.fixed !== undefined && affected) {
      if (compare(version, event.fixed) >= 0) affected = false;
      else fixedIn ??= event.fixed;
    } else if (event.last_affected !== undefined && affected && compare(version, event.last_affected) > 0)
      affected = false;
  }
  return affected ? { ...(fixedIn === undefined ? {} : { fixedIn }) } : undefined;
};

const namesOf = (one: InventoryPackage): { ecosystems: string[]; name: string } =>
  one.ecosystem === "Debian"
    ? { ecosystems: ["Debian", ...(one.release ? [`Debian:${one.release}`] : [])], name: one.source ?? one.name }
    : { ecosystems: [one.ecosystem], name: one.name };

/** Findings of a list of packages, worst first. */
export const matchAdvisories = (packages: readonly InventoryPackage[], advisories: readonly Advisory[]): Finding[] => {
  const byName = new Map<string, { advisory: Advisory; affected: Advisory["affected"][number] }[]>();
  for (const advisory of advisories)
    for (const affected of advisory.withdrawn ? [] : advisory.affected) {
      const key = `${affected.package.ecosystem} ${affected.package.name}`;
      byName.set(key, [...(byName.get(key) ?? []), { advisory, affected }]);
    }
  const findings = new Map<string, Finding>();
  for (const one of packages) {
    const { ecosystems, name } = namesOf(one);
    for (const { advisory, affected } of ecosystems.flatMap((ecosystem) => byName.get(`${ecosystem} ${name}`) ?? [])) {
      const hit = affected.versions?.includes(one.version)
        ? {}
        : affected.ranges
            ?.filter(({ type }) => type !== "GIT")
            .map(({ events }) => findIn(events, one.version, comparers[one.ecosystem]))
            .find((found) => found !== undefined);
      if (!hit) continue;
      const id = advisory.aliases?.find((alias) => alias.startsWith("CVE-")) ?? advisory.id;
      findings.set(`${id} ${one.name} ${one.version}`, {
        name: id,
        severity: severities[advisory.database_specific?.severity?.toLowerCase() ?? ""] ?? "UNDEFINED",
        title: advisory.summary ?? id,
        description: advisory.details ?? advisory.summary ?? "",
        uri: advisory.references?.find(({ url }) => /^https:\/\//.test(url))?.url ?? "",
        package: one.name,
        version: one.version,
        ...("fixedIn" in hit && hit.fixedIn !== undefined ? { fixedIn: hit.fixedIn } : {}),
        ...(advisory.database_specific?.cvss === undefined ? {} : { score: advisory.database_specific.cvss }),
      });
    }
  }
  const order: Severity[] = ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNDEFINED"];
  return [...findings.values()].sort(
    (a, b) => order.indexOf(a.severity) - order.indexOf(b.severity) || (a.name < b.name ? -1 : 1),
  );
};

const shipped = path.join(import.meta.dirname, "advisories.json");

/**
 * Advisories as they are now: those that ship, or the file that a refresh put into the registry's folder if it is newer.
 * Read again when a file changes. A broken file is an error, never an empty list.
 */
export const createAdvisories = (dir: string): (() => AdvisoryFile) => {
  let held: { stamp: string; file: AdvisoryFile } | undefined;
  return () => {
    const files = [path.join(dir, "advisories.json"), shipped].filter((file) => existsSync(file));
    const stamp = files.map((file) => `${file} ${statSync(file).mtimeMs}`).join("\n");
    if (held?.stamp === stamp) return held.file;
    const read = files.map((file) => {
      try {
        const value = JSON.parse(readFileSync(file, "utf8")) as AdvisoryFile;
        if (!Array.isArray(value.advisories) || typeof value.asOf !== "string") throw new Error("it has no advisories");
        return value;
      } catch (error) {
        throw new Error(`The advisories in ${file} cannot be read: ${error instanceof Error ? error.message : error}`);
      }
    });
    const newest = read.sort((a, b) => (a.asOf < b.asOf ? 1 : -1))[0];
    if (!newest) throw new Error(`There are no advisories at ${shipped}`);
    held = { stamp, file: newest };
    return newest;
  };
};

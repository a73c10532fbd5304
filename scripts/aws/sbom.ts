import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../build.ts";
import { type LockedPackage, readLocked } from "./packages.ts";

export type Sbom = {
  bomFormat: "CycloneDX";
  specVersion: "1.6";
  serialNumber: string;
  version: 1;
  metadata: { component: object };
  components: {
    type: "library";
    "bom-ref": string;
    name: string;
    version: string;
    purl: string;
    licenses: object[];
    hashes: object[];
  }[];
};

const purlOf = (one: LockedPackage): string => `pkg:npm/${one.name.replace("@", "%40")}@${one.version}`;

const hashesOf = (integrity: string | undefined): object[] =>
  integrity?.startsWith("sha512-")
    ? [{ alg: "SHA-512", content: Buffer.from(integrity.slice(7), "base64").toString("hex") }]
    : [];

/** An inventory in CycloneDX 1.6. The same packages give the same document, serial number included. */
const sbomOf = (name: string, packages: LockedPackage[]): Sbom => {
  const unique = [...new Map(packages.map((one) => [purlOf(one), one])).entries()].sort(([a], [b]) =>
    a.localeCompare(b),
  );
  const digest = createHash("sha256")
    .update(unique.map(([purl]) => purl).join("\n"))
    .digest("hex");
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${digest.slice(0, 8)}-${digest.slice(8, 12)}-4${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`,
    version: 1,
    metadata: {
      component: {
        type: "application",
        name: `samla-${name}`,
        version: "0.1.0",
        licenses: [{ license: { id: "Apache-2.0" } }],
      },
    },
    components: unique.map(([purl, one]) => ({
      type: "library",
      "bom-ref": purl,
      name: one.name,
      version: one.version,
      purl,
      licenses: one.license ? [{ license: { name: one.license } }] : [],
      hashes: hashesOf(one.integrity),
    })),
  };
};

/** Packages whose code is in the bundles (each module follows a comment with its path) or in the layers. */
export const functionsSbom = (lambdaDir: string): Sbom => {
  const locked = readLocked("");
  const byPath = new Map(locked.map((one) => [one.path, one]));
  const found: LockedPackage[] = [];
  const paths = new Set<string>();
  for (const file of globSync("functions/*/*.mjs", { cwd: lambdaDir }))
    for (const [, path = ""] of readFileSync(join(lambdaDir, file), "utf8").matchAll(
      /^\/\/ ((?:[\w./-]*\/)?node_modules\/(?:@[\w.-]+\/)?[\w.-]+)\//gm,
    ))
      paths.add(path);
  for (const path of paths) {
    const one = byPath.get(path);
    if (one) found.push(one);
  }
  for (const file of globSync("layers/*.manifest.json", { cwd: lambdaDir })) {
    const { packages } = JSON.parse(readFileSync(join(lambdaDir, file), "utf8")) as { packages: string[] };
    for (const id of packages) {
      const one = locked.find((each) => `${each.name}@${each.version}` === id);
      if (one) found.push(one);
    }
  }
  return sbomOf("functions", found);
};

/** Packages that the console depends on, directly or not. */
export const consoleSbom = (): Sbom => {
  const locked = new Map(readLocked("").map((one) => [one.path, one]));
  const seen = new Set<string>();
  const add = (name: string, from: string): void => {
    for (let folder = from; ; folder = folder.replace(/\/?(?:node_modules\/(?:@[^/]+\/)?[^/]+|[^/]+)$/, "")) {
      const path = `${folder ? `${folder}/` : ""}node_modules/${name}`;
      const one = locked.get(path);
      if (one && existsSync(join(root, path))) {
        if (!seen.has(path)) {
          seen.add(path);
          for (const dependency of one.dependencies) add(dependency, path);
        }
        return;
      }
      if (folder === "") return;
    }
  };
  const { dependencies } = JSON.parse(readFileSync(join(root, "web/package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) add(name, "web");
  return sbomOf(
    "console",
    [...seen].flatMap((path) => locked.get(path) ?? []),
  );
};

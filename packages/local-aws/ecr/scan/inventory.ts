import { createReadStream } from "node:fs";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { extract } from "tar-stream";
import type { BlobStore } from "../blob-store.ts";
import type { Manifest } from "../manifest.ts";
import type { ImageConfig } from "../unpack/image-config.ts";
import type { InventoryPackage } from "./advisories.ts";

const fileSizeBytesMax = 16 * 1024 * 1024;
const filesMax = 50_000;

/** Files that tell what an image is made of. */
const telling =
  /^(etc\/os-release|usr\/lib\/os-release|var\/lib\/dpkg\/status(\.d\/[^/]+)?|(usr\/local\/)?include\/node\/node_version\.h|.*\.cdx\.json|(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json)$/;

/** The telling files of an image, upper layers over lower ones, without unpacking it. */
const readTelling = async (blobs: BlobStore, manifest: Manifest): Promise<Map<string, string>> => {
  const files = new Map<string, string>();
  for (const layer of manifest.layers) {
    const mine = new Map<string, string>();
    const hidden: string[] = [];
    const entries = extract();
    const type = layer.mediaType ?? "+gzip";
    const opened = /gzip$/.test(type)
      ? createGunzip()
      : /zstd$/.test(type)
        ? createZstdDecompress()
        : new PassThrough();
    const reading = pipeline(createReadStream(blobs.pathOf(layer.digest)), opened, entries);
    const looking = (async () => {
      for await (const entry of entries) {
        const name = entry.header.name.replace(/^(\.?\/)+/, "").replace(/\/$/, "");
        const [, folder = "", last = ""] = /^(.*\/)?\.wh\.([^/]+)$/.exec(name) ?? [];
        if (last === ".wh..opq") hidden.push(folder);
        else if (last !== "") hidden.push(`${folder}${last}`);
        const wanted = entry.header.type === "file" && entry.header.size <= fileSizeBytesMax && telling.test(name);
        if (!wanted || mine.size >= filesMax) {
          entry.resume();
          continue;
        }
        const chunks: Uint8Array[] = [];
        for await (const chunk of entry) chunks.push(chunk as Uint8Array);
        mine.set(name, Buffer.concat(chunks).toString("utf8"));
      }
    })().catch((error: unknown) => {
      entries.destroy(error instanceof Error ? error : new Error(String(error)));
      throw error;
    });
    const results = await Promise.allSettled([reading, looking]);
    for (const one of results) if (one.status === "rejected") throw one.reason;
    for (const name of files.keys())
      if (hidden.some((path) => name === path || name.startsWith(path.endsWith("/") ? path : `${path}/`)))
        files.delete(name);
    for (const [name, text] of mine) files.set(name, text);
  }
  return files;
};

const fieldOf = (paragraph: string, name: string): string | undefined =>
  new RegExp(`^${name}: (.*)$`, "m").exec(paragraph)?.[1]?.trim();

const debianPackages = (text: string, release: string | undefined): InventoryPackage[] =>
  text.split(/\n\n+/).flatMap((paragraph) => {
    const [name, version] = [fieldOf(paragraph, "Package"), fieldOf(paragraph, "Version")];
    if (!name || !version || /deinstall|not-installed/.test(fieldOf(paragraph, "Status") ?? "")) return [];
    const source = fieldOf(paragraph, "Source")?.split(" ")[0] ?? name;
    const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}${release ? `?distro=debian-${release}` : ""}`;
    return [{ ecosystem: "Debian" as const, name, version, source, ...(release ? { release } : {}), purl }];
  });

const npmPackage = (name: string, version: string): InventoryPackage => ({
  ecosystem: "npm",
  name,
  version,
  purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
});

const npmOf = (file: string, text: string): InventoryPackage[] => {
  let value: { name?: unknown; version?: unknown; components?: { purl?: unknown }[] };
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    return [];
  }
  if (!file.endsWith(".cdx.json"))
    return typeof value.name === "string" && typeof value.version === "string"
      ? [npmPackage(value.name, value.version)]
      : [];
  return (Array.isArray(value.components) ? value.components : []).flatMap(({ purl }) => {
    const [, name, version] = /^pkg:npm\/(.+)@([^@?]+)/.exec(typeof purl === "string" ? purl : "") ?? [];
    return name && version ? [npmPackage(name.replace("%40", "@"), decodeURIComponent(version))] : [];
  });
};

/**
 * What an image is made of: packages of Debian by dpkg's records, Node.js by its header file or variable, npm packages by
 * their folders and by CycloneDX lists that lie in the image. Undefined when the image tells nothing of itself.
 * @throws Error when a layer cannot be read
 */
export const readInventory = async (
  blobs: BlobStore,
  manifest: Manifest,
  config: ImageConfig,
): Promise<{ packages: InventoryPackage[]; distribution: string | undefined } | undefined> => {
  const files = await readTelling(blobs, manifest);
  const osRelease = files.get("etc/os-release") ?? files.get("usr/lib/os-release") ?? "";
  const osField = (name: string): string | undefined => new RegExp(`^${name}="?([^"\\n]*)`, "m").exec(osRelease)?.[1];
  const isDebian = osField("ID") === "debian";
  const release = isDebian ? osField("VERSION_ID") : undefined;
  const packages = new Map<string, InventoryPackage>();
  const add = (found: readonly InventoryPackage[]): void => {
    for (const one of found) packages.set(one.purl, one);
  };
  for (const [file, text] of files) {
    if (file.startsWith("var/lib/dpkg/")) {
      if (isDebian) add(debianPackages(text, release));
    } else if (file.endsWith(".json")) add(npmOf(file, text));
    else if (file.endsWith("node_version.h")) {
      const part = (name: string): string => new RegExp(`#define NODE_${name}_VERSION (\\d+)`).exec(text)?.[1] ?? "0";
      const version = ["MAJOR", "MINOR", "PATCH"].map(part).join(".");
      add([{ ecosystem: "Node.js", name: "node", version, purl: `pkg:generic/node@${version}` }]);
    }
  }
  const named = config.config.env.NODE_VERSION?.replace(/^v/, "");
  if (named && /^\d+\.\d+\.\d+$/.test(named))
    add([{ ecosystem: "Node.js", name: "node", version: named, purl: `pkg:generic/node@${named}` }]);
  if (packages.size === 0) return undefined;
  return {
    packages: [...packages.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1)),
    distribution: osField("PRETTY_NAME"),
  };
};

/** An inventory as CycloneDX 1.6. */
export const cyclonedxOf = (digest: string, packages: readonly InventoryPackage[]): object => ({
  bomFormat: "CycloneDX",
  specVersion: "1.6",
  version: 1,
  metadata: { component: { type: "container", name: digest, "bom-ref": digest } },
  components: packages.map(({ name, version, purl, ecosystem }) => ({
    type: ecosystem === "Node.js" ? "platform" : "library",
    "bom-ref": purl,
    name,
    version,
    purl,
  })),
});

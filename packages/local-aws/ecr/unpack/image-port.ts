import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { ImagePort, PulledImage } from "../../kernel/container-ports.ts";
import { type BlobStore, digestOf, isDigest } from "../blob-store.ts";
import { type Manifest, parseManifest } from "../manifest.ts";
import { isTag } from "../put-image.ts";
import type { RegistryStore, StoredImage } from "../store.ts";
import { architectureOf, parseImageConfig, pickPlatform } from "./image-config.ts";
import { createLayerTree } from "./layer-tree.ts";
import { unpackLayer } from "./unpack-layer.ts";

export type UnpackLimits = { sizeBytes: number; entries: number };

/** As much as a Fargate task has room for by default (20 GiB of storage, which also holds the compressed image). */
const usualLimits: UnpackLimits = { sizeBytes: 10 * 1024 ** 3, entries: 500_000 };
const configSizeBytesMax = 8 * 1024 * 1024;

type Deps = {
  dir: string;
  store: RegistryStore;
  blobs: BlobStore;
  /** Host and port that image names begin with. Any port of loopback is ours too: it may have been another one yesterday. */
  host: string;
  /** Its name on AWS: `<account>.dkr.ecr.<region>.amazonaws.com`. */
  awsName: string;
  now: () => number;
  limits?: UnpackLimits;
};

type Unpacked = Omit<PulledImage, "digest">;

/** Splits `<host>/<repository>@<digest>` or `…:<tag>`; undefined when it is neither. */
const readReference = (reference: string) => {
  const [, host, repository, , digest, tag] =
    /^([^/]+)\/([a-z0-9][a-z0-9._/-]*)(@(sha256:[0-9a-f]{64})|:([\w][\w.-]{0,127}))?$/.exec(reference) ?? [];
  if (host === undefined || repository === undefined) return undefined;
  if (digest !== undefined) return { host, repository, digest };
  return { host, repository, tag: tag ?? "latest" };
};

/** Images as tasks start them: unpacked once per manifest into a folder of their own, which appears whole or not at all. */
export const createImagePort = (deps: Deps): ImagePort => {
  const { store, blobs } = deps;
  const imagesDir = path.join(deps.dir, "unpacked");
  mkdirSync(imagesDir, { recursive: true });
  // No task outlives the stand-in, so what no image needs any more can go now.
  for (const name of readdirSync(imagesDir))
    if (!/^[0-9a-f]{64}$/.test(name) || !store.hasImage(`sha256:${name}`))
      rmSync(path.join(imagesDir, name), { recursive: true, force: true });
  const poolDir = path.join(deps.dir, "unpacked-files");
  mkdirSync(poolDir, { recursive: true });
  for (const name of readdirSync(poolDir))
    if (statSync(path.join(poolDir, name)).nlink === 1) rmSync(path.join(poolDir, name));
  const underWay = new Map<string, Promise<Unpacked>>();

  const parse = (image: StoredImage): Manifest => parseManifest(image.manifest, image.mediaType);

  const unpack = async (image: StoredImage): Promise<Unpacked> => {
    const manifest = parse(image);
    if (!manifest.config) throw new Error("an index names an index");
    if (manifest.config.size > configSizeBytesMax) throw new Error("the configuration is larger than 8 MiB");
    const configBytes = readFileSync(blobs.pathOf(manifest.config.digest));
    if (digestOf(configBytes) !== manifest.config.digest) throw new Error("the configuration does not have its digest");
    const config = parseImageConfig(configBytes);
    if (config.diffIds.length !== manifest.layers.length)
      throw new Error(
        `the manifest has ${manifest.layers.length} layers, its configuration tells of ${config.diffIds.length}`,
      );
    const final = path.join(imagesDir, image.digest.slice("sha256:".length));
    const known = path.join(final, "image.json");
    if (existsSync(known)) return { ...JSON.parse(readFileSync(known, "utf8")), rootDir: path.join(final, "root") };

    const fresh = path.join(imagesDir, `new-${randomUUID()}`);
    try {
      const tree = createLayerTree(path.join(fresh, "root"), poolDir);
      const limits = deps.limits ?? usualLimits;
      const allowance = { ...limits };
      for (const [i, layer] of manifest.layers.entries()) {
        try {
          const diffId = config.diffIds[i] ?? "";
          const mediaType = layer.mediaType ?? "application/vnd.oci.image.layer.v1.tar+gzip";
          await unpackLayer(blobs.pathOf(layer.digest), { digest: layer.digest, mediaType, diffId }, tree, allowance);
        } catch (error) {
          const why = error instanceof Error ? error.message : String(error);
          throw new Error(`failed to extract layer ${layer.digest}: ${why}`, { cause: error });
        }
      }
      const facts = { sizeBytes: limits.sizeBytes - allowance.sizeBytes, config: config.config };
      writeFileSync(path.join(fresh, "image.json"), JSON.stringify(facts));
      renameSync(fresh, final);
      return { ...facts, rootDir: path.join(final, "root") };
    } catch (error) {
      rmSync(fresh, { recursive: true, force: true });
      throw error;
    }
  };

  const find = (reference: string): { repository: string; image: StoredImage } => {
    const wanted = readReference(reference);
    if (!wanted) throw new Error(`invalid reference format: ${reference}`);
    const { host, repository, ...id } = wanted;
    if (host !== deps.host && host !== deps.awsName && !/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host))
      throw new Error(`failed to resolve ref ${reference}: the registry ${host} cannot be reached from here`);
    if (!store.findRepository(repository))
      throw new Error(`failed to resolve ref ${reference}: repository ${repository} not found: name unknown`);
    const known = id.digest === undefined ? isTag(id.tag ?? "") : isDigest(id.digest);
    const image = known ? store.findImage(repository, id) : undefined;
    if (!image) throw new Error(`failed to resolve ref ${reference}: ${reference}: not found`);
    return { repository, image };
  };

  return {
    async pull(reference) {
      try {
        const { repository, image } = find(reference);
        const os = process.platform === "win32" ? "windows" : process.platform;
        const digest =
          parse(image).manifests.length === 0
            ? image.digest
            : pickPlatform(image.manifest, { os, architecture: architectureOf(process.arch) });
        const single = digest === image.digest ? image : store.findImage(repository, { digest });
        if (!single) throw new Error(`failed to resolve ref ${reference}: ${digest}: not found`);
        let unpacking = underWay.get(digest);
        if (!unpacking) {
          unpacking = unpack(single).finally(() => underWay.delete(digest));
          underWay.set(digest, unpacking);
        }
        const unpacked = await unpacking;
        store.recordPull(repository, image.digest, deps.now());
        return { digest: image.digest, ...unpacked };
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new Error(`CannotPullContainerError: pull image manifest has been retried 1 time(s): ${why}`, {
          cause: error,
        });
      }
    },
  };
};

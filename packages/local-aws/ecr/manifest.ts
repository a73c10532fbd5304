import { isDigest } from "./blob-store.ts";

export const mediaTypes = {
  ociManifest: "application/vnd.oci.image.manifest.v1+json",
  ociIndex: "application/vnd.oci.image.index.v1+json",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
  dockerList: "application/vnd.docker.distribution.manifest.list.v2+json",
} as const;

export type Descriptor = { digest: string; size: number; mediaType?: string };

export type Manifest = {
  mediaType: string;
  artifactType: string | undefined;
  /** Absent for an index. */
  config: Descriptor | undefined;
  layers: Descriptor[];
  /** Manifests that an index names. */
  manifests: Descriptor[];
};

/** Largest manifest, as ECR has it. */
export const manifestSizeMax = 4 * 1024 * 1024;

const readDescriptor = (value: unknown, what: string): Descriptor => {
  const { digest, size, mediaType } = (value ?? {}) as Partial<Descriptor>;
  if (typeof digest !== "string" || !isDigest(digest)) throw new Error(`${what} has no sha256 digest`);
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) throw new Error(`${what} has no size`);
  return { digest, size, ...(typeof mediaType === "string" ? { mediaType } : {}) };
};

const readDescriptors = (value: unknown, what: string): Descriptor[] => {
  if (!Array.isArray(value)) throw new Error(`${what} is no list`);
  return value.map((one, i) => readDescriptor(one, `${what}[${i}]`));
};

/**
 * Reads an image manifest or index (OCI image specification 1.1, and Docker's schema 2, which has the same shape).
 * @throws Error saying what is wrong with it
 */
export const parseManifest = (bytes: Buffer, contentType: string | undefined): Manifest => {
  if (bytes.length > manifestSizeMax) throw new Error(`it is larger than ${manifestSizeMax} bytes`);
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(bytes.toString("utf8")) as Record<string, unknown>;
  } catch {
    throw new Error("it is not JSON");
  }
  if (typeof value !== "object" || value === null || value.schemaVersion !== 2)
    throw new Error("schemaVersion is not 2");
  const isIndex = "manifests" in value;
  const named = typeof value.mediaType === "string" ? value.mediaType : contentType?.split(";")[0]?.trim();
  const mediaType = named ?? (isIndex ? mediaTypes.ociIndex : mediaTypes.ociManifest);
  if (!(Object.values(mediaTypes) as string[]).includes(mediaType)) throw new Error(`its type ${mediaType} is unknown`);
  const wantsIndex = mediaType === mediaTypes.ociIndex || mediaType === mediaTypes.dockerList;
  if (wantsIndex !== isIndex) throw new Error(`it is not a ${mediaType}`);
  return {
    mediaType,
    artifactType: typeof value.artifactType === "string" ? value.artifactType : undefined,
    config: isIndex ? undefined : readDescriptor(value.config, "config"),
    layers: isIndex ? [] : readDescriptors(value.layers, "layers"),
    manifests: isIndex ? readDescriptors(value.manifests, "manifests") : [],
  };
};

/** Bytes of an image as ECR counts them: manifest, configuration and layers, compressed. */
export const sizeOfImage = (manifest: Manifest, manifestBytes: number): number =>
  manifestBytes + (manifest.config?.size ?? 0) + manifest.layers.reduce((sum, layer) => sum + layer.size, 0);

/** Media types of the OCI image specification 1.1. */
export const mediaTypes = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
} as const;

/** Bytes an image is made of, in memory or in a file. */
export type Blob = { digest: string; sizeBytes: number } & ({ bytes: Buffer } | { file: string });

/** An image, ready to be pushed. */
export type BuiltImage = {
  /** The agent's name. */
  name: string;
  digest: string;
  /** When nobody names another one. */
  tag: string;
  mediaType: string;
  manifest: Buffer;
  /** Configuration first, then the layers, lowest first. */
  blobs: Blob[];
  sizeBytes: number;
};

import { AwsError } from "../kernel/errors.ts";
import { type BlobStore, digestOf } from "./blob-store.ts";
import { type Manifest, parseManifest, sizeOfImage } from "./manifest.ts";
import type { RegistryStore } from "./store.ts";

export type ImagePush = {
  repository: string;
  manifest: Buffer;
  contentType: string | undefined;
  tag: string | undefined;
  /** The digest the sender says it has. */
  digest: string | undefined;
};

/** Called once for every image that is new to a repository. */
export type OnPush = (repository: string, digest: string, tag: string | undefined) => void;

const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

export const isTag = (text: string): boolean => tagPattern.test(text);

/** Everything an image names is in its repository: a manifest that points at bytes nobody sent is refused. */
const requireParts = (store: RegistryStore, blobs: BlobStore, repository: string, manifest: Manifest): void => {
  for (const blob of [manifest.config, ...manifest.layers])
    if (blob && !(store.hasLayer(repository, blob.digest) && blobs.has(blob.digest)))
      throw new AwsError(
        "LayersNotFoundException",
        `The layer with digest '${blob.digest}' was not found in the repository with name '${repository}'`,
      );
  for (const one of manifest.manifests)
    if (!store.findImage(repository, { digest: one.digest }))
      throw new AwsError(
        "ReferencedImagesNotFoundException",
        `The image with digest '${one.digest}' that the manifest list names was not found in the repository with name '${repository}'`,
      );
};

/**
 * Takes a manifest into a repository, by API or by registry protocol. Returns its digest.
 * @throws AwsError `InvalidParameterException`, `ImageDigestDoesNotMatchException`, `LayersNotFoundException`,
 * `ReferencedImagesNotFoundException`, `ImageAlreadyExistsException`, `ImageTagAlreadyExistsException`
 */
export const putImage = (
  deps: { store: RegistryStore; blobs: BlobStore; now: () => number; onPush: OnPush },
  push: ImagePush,
): { digest: string; mediaType: string } => {
  const { store, blobs } = deps;
  store.getRepository(push.repository);
  if (push.tag !== undefined && !isTag(push.tag))
    throw new AwsError("InvalidParameterException", `The image tag '${push.tag}' is not valid.`);
  const digest = digestOf(push.manifest);
  if (push.digest !== undefined && push.digest !== digest)
    throw new AwsError(
      "ImageDigestDoesNotMatchException",
      `The image digest '${push.digest}' does not match the manifest's digest '${digest}'.`,
    );
  let parsed: Manifest;
  try {
    parsed = parseManifest(push.manifest, push.contentType);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new AwsError("InvalidParameterException", `The image manifest is not valid: ${why}.`);
  }
  requireParts(store, blobs, push.repository, parsed);
  for (const blob of [parsed.config, ...parsed.layers])
    if (blob && blobs.sizeOf(blob.digest) !== blob.size)
      throw new AwsError(
        "InvalidParameterException",
        `The image manifest is not valid: it says ${blob.size} bytes for ${blob.digest}, which has ${blobs.sizeOf(blob.digest)}.`,
      );
  store.putImage(
    push.repository,
    { digest, manifest: push.manifest, parsed, sizeBytes: sizeOfImage(parsed, push.manifest.length), tag: push.tag },
    deps.now(),
  );
  deps.onPush(push.repository, digest, push.tag);
  return { digest, mediaType: parsed.mediaType };
};

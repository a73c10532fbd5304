import { AwsError } from "../kernel/errors.ts";
import type { JsonObject, JsonOperation } from "../kernel/json-protocol.ts";
import { type BlobStore, isDigest } from "./blob-store.ts";
import { type ImageId, readCount, readImageIds, readOptionalText, readText } from "./input.ts";
import { findExpired, parseLifecyclePolicy } from "./lifecycle.ts";
import type { Names } from "./names.ts";
import { isTag, type OnPush, putImage } from "./put-image.ts";
import { countSeverities } from "./scan/scanner.ts";
import type { RegistryStore, StoredImage } from "./store.ts";
import type { TokenIssuer } from "./token.ts";

type Deps = {
  store: RegistryStore;
  blobs: BlobStore;
  names: Names;
  tokens: TokenIssuer;
  publicUrl: string;
  now: () => number;
  onPush: OnPush;
};

type Failure = { imageId: { imageDigest?: string; imageTag?: string }; failureCode: string; failureReason: string };

const idOf = ({ digest, tag }: ImageId): Failure["imageId"] => ({
  ...(digest === undefined ? {} : { imageDigest: digest }),
  ...(tag === undefined ? {} : { imageTag: tag }),
});

const failureOf = (id: ImageId, failureCode: string, failureReason: string): Failure => ({
  imageId: idOf(id),
  failureCode,
  failureReason,
});

/** Why an identifier cannot name an image; undefined when it can. */
const findFault = (id: ImageId): Failure | undefined => {
  if (id.digest === undefined && id.tag === undefined)
    return failureOf(id, "MissingDigestAndTag", "Invalid request parameters: both tag and digest cannot be null");
  if (id.digest !== undefined && !isDigest(id.digest))
    return failureOf(id, "InvalidImageDigest", "Invalid request parameters: image digest should satisfy the regex");
  if (id.tag !== undefined && !isTag(id.tag))
    return failureOf(id, "InvalidImageTag", "Invalid request parameters: image tag should satisfy the regex");
  return undefined;
};

/** Images: push, list, describe, get, delete, and what a lifecycle policy would take. */
export const createImageOperations = (deps: Deps): Record<string, JsonOperation> => {
  const { store, blobs, names, now } = deps;
  const repositoryOf = (input: JsonObject): string => store.getRepository(readText(input, "repositoryName")).name;
  const naming = (name: string) => ({ registryId: names.registryId, repositoryName: name });

  const scanOf = (repository: string, digest: string) => {
    const scan = store.findScan(repository, digest);
    if (!scan) return {};
    const { status, description, result } = scan;
    return {
      imageScanStatus: { status, description },
      ...(result
        ? {
            imageScanFindingsSummary: {
              imageScanCompletedAt: result.completedMs / 1000,
              vulnerabilitySourceUpdatedAt: result.advisoriesMs / 1000,
              findingSeverityCounts: countSeverities(result.findings),
            },
          }
        : {}),
    };
  };

  const describe = (repository: string, image: StoredImage) => ({
    ...naming(repository),
    imageDigest: image.digest,
    ...(image.tags.length > 0 ? { imageTags: image.tags } : {}),
    imageSizeInBytes: image.sizeBytes,
    imagePushedAt: image.pushedMs / 1000,
    imageManifestMediaType: image.mediaType,
    ...(image.artifactType ? { artifactMediaType: image.artifactType } : {}),
    ...(image.pulledMs === undefined ? {} : { lastRecordedPullTime: image.pulledMs / 1000 }),
    ...scanOf(repository, image.digest),
    imageStatus: "ACTIVE",
  });

  const readTagStatus = (input: JsonObject): ((image: StoredImage) => boolean) => {
    const status = (input.filter as { tagStatus?: string } | undefined)?.tagStatus;
    if (status === "TAGGED") return (image) => image.tags.length > 0;
    if (status === "UNTAGGED") return (image) => image.tags.length === 0;
    return () => true;
  };

  const page = (input: JsonObject, repository: string): { images: StoredImage[]; next: { nextToken?: string } } => {
    const limit = readCount(input, "maxResults", 1000, 100);
    const after = names.readCursor(readOptionalText(input, "nextToken"));
    const found = store.listImages(repository, after, limit + 1);
    const images = found.slice(0, limit);
    const last = images.at(-1);
    return {
      images: images.filter(readTagStatus(input)),
      next: found.length > limit && last ? { nextToken: names.makeCursor(last.digest) } : {},
    };
  };

  const previewOf = (input: JsonObject) => {
    const repository = repositoryOf(input);
    const text =
      readOptionalText(input, "lifecyclePolicyText") ?? store.getRepository(repository).settings.lifecyclePolicy;
    if (text === undefined)
      throw new AwsError(
        "LifecyclePolicyNotFoundException",
        `Lifecycle policy does not exist for the repository with name '${repository}'`,
      );
    return { repository, text, expired: findExpired(parseLifecyclePolicy(text), store.listImages(repository), now()) };
  };
  const previews = new Map<string, ReturnType<typeof previewOf>>();

  const removeOne = (repository: string, id: ImageId): Failure | undefined => {
    const fault = findFault(id);
    if (fault) return fault;
    const image = store.findImage(repository, id);
    if (!image) return failureOf(id, "ImageNotFound", "Requested image not found");
    if (id.digest === undefined && id.tag !== undefined && image.tags.length > 1) {
      store.removeTag(repository, id.tag);
      return undefined;
    }
    if (store.isPartOfIndex(repository, image.digest))
      return failureOf(id, "ImageReferencedByManifestList", "The image is named by a manifest list; delete that first");
    store.removeImage(repository, image.digest);
    return undefined;
  };

  return {
    GetAuthorizationToken: () => {
      const { token, expiresAtMs } = deps.tokens.issue(now());
      return {
        authorizationData: [
          { authorizationToken: token, expiresAt: expiresAtMs / 1000, proxyEndpoint: deps.publicUrl },
        ],
      };
    },
    PutImage: (input) => {
      const repository = repositoryOf(input);
      const manifest = readText(input, "imageManifest");
      const tag = readOptionalText(input, "imageTag");
      const { digest, mediaType } = putImage(deps, {
        repository,
        manifest: Buffer.from(manifest),
        contentType: readOptionalText(input, "imageManifestMediaType"),
        tag,
        digest: readOptionalText(input, "imageDigest"),
      });
      return {
        image: {
          ...naming(repository),
          imageId: idOf({ digest, ...(tag === undefined ? {} : { tag }) }),
          imageManifest: manifest,
          imageManifestMediaType: mediaType,
        },
      };
    },
    GetDownloadUrlForLayer: (input) => {
      const repository = repositoryOf(input);
      const digest = readText(input, "layerDigest");
      if (!store.hasLayer(repository, digest) || !blobs.has(digest))
        throw new AwsError(
          "LayersNotFoundException",
          `The layer with digest '${digest}' was not found in the repository with name '${repository}'`,
        );
      const pass = deps.tokens.issuePass(`${repository} ${digest}`, now());
      return {
        layerDigest: digest,
        downloadUrl: `${deps.publicUrl}/v2/${repository}/blobs/${digest}?pass=${encodeURIComponent(pass)}`,
      };
    },
    BatchCheckLayerAvailability: (input) => {
      const repository = repositoryOf(input);
      const digests = Array.isArray(input.layerDigests) ? input.layerDigests.map(String) : [];
      const valid = digests.filter(isDigest);
      return {
        layers: valid.map((layerDigest) => {
          const there = store.hasLayer(repository, layerDigest) && blobs.has(layerDigest);
          return {
            layerDigest,
            layerAvailability: there ? "AVAILABLE" : "UNAVAILABLE",
            ...(there ? { layerSize: blobs.sizeOf(layerDigest) } : {}),
          };
        }),
        failures: digests
          .filter((digest) => !isDigest(digest))
          .map((layerDigest) => ({
            layerDigest,
            failureCode: "InvalidLayerDigest",
            failureReason: "It is no digest.",
          })),
      };
    },
    ListImages: (input) => {
      const { images, next } = page(input, repositoryOf(input));
      const imageIds = images.flatMap(({ digest, tags }) =>
        tags.length > 0 ? tags.map((tag) => idOf({ digest, tag })) : [idOf({ digest })],
      );
      return { imageIds, ...next };
    },
    DescribeImages: (input) => {
      const repository = repositoryOf(input);
      if (Array.isArray(input.imageIds)) {
        const imageDetails = readImageIds(input.imageIds).map((id) => {
          const image = store.findImage(repository, id);
          if (!image)
            throw new AwsError(
              "ImageNotFoundException",
              `The image with imageId {imageDigest:'${id.digest ?? "null"}', imageTag:'${id.tag ?? "null"}'} does not exist within the repository with name '${repository}' in the registry with id '${names.registryId}'`,
            );
          return describe(repository, image);
        });
        return { imageDetails };
      }
      const { images, next } = page(input, repository);
      return { imageDetails: images.map((image) => describe(repository, image)), ...next };
    },
    BatchGetImage: (input) => {
      const repository = repositoryOf(input);
      const failures: Failure[] = [];
      const images: object[] = [];
      for (const id of readImageIds(input.imageIds)) {
        const fault = findFault(id);
        const image = fault ? undefined : store.findImage(repository, id);
        if (!image) failures.push(fault ?? failureOf(id, "ImageNotFound", "Requested image not found"));
        else {
          store.recordPull(repository, image.digest, now());
          images.push({
            ...naming(repository),
            imageId: idOf({ ...id, digest: image.digest }),
            imageManifest: image.manifest.toString("utf8"),
            imageManifestMediaType: image.mediaType,
          });
        }
      }
      return { images, failures };
    },
    BatchDeleteImage: (input) => {
      const repository = repositoryOf(input);
      const ids = readImageIds(input.imageIds);
      const results = ids.map((id) => ({
        id,
        image: store.findImage(repository, id),
        failure: removeOne(repository, id),
      }));
      return {
        imageIds: results
          .filter((one) => !one.failure)
          .map(({ id, image }) => idOf({ ...id, ...(image ? { digest: image.digest } : {}) })),
        failures: results.flatMap((one) => one.failure ?? []),
      };
    },
    StartLifecyclePolicyPreview: (input) => {
      const preview = previewOf(input);
      previews.set(preview.repository, preview);
      return { ...naming(preview.repository), lifecyclePolicyText: preview.text, status: "IN_PROGRESS" };
    },
    GetLifecyclePolicyPreview: (input) => {
      const repository = repositoryOf(input);
      const preview = previews.get(repository);
      if (!preview)
        throw new AwsError(
          "LifecyclePolicyPreviewNotFoundException",
          `There is no dry run for the repository with name '${repository}'.`,
        );
      return {
        ...naming(repository),
        lifecyclePolicyText: preview.text,
        status: "COMPLETE",
        previewResults: preview.expired.map(({ image, rule }) => ({
          imageTags: image.tags,
          imageDigest: image.digest,
          imagePushedAt: image.pushedMs / 1000,
          action: { type: "EXPIRE" },
          appliedRulePriority: rule.priority,
        })),
        summary: { expiringImageTotalCount: preview.expired.length },
      };
    },
  };
};

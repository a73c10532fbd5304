import { mkdirSync } from "node:fs";
import path from "node:path";
import type { EmitEvent, ImagePort } from "../kernel/container-ports.ts";
import { createJsonService } from "../kernel/json-protocol.ts";
import type { Door, Identity, Service } from "../kernel/types.ts";
import { createBlobStore } from "./blob-store.ts";
import { createImageOperations } from "./image-operations.ts";
import { findExpired, parseLifecyclePolicy } from "./lifecycle.ts";
import { createNames } from "./names.ts";
import type { OnPush } from "./put-image.ts";
import { createRegistryDoor } from "./registry-door.ts";
import { createRepositoryOperations } from "./repository-operations.ts";
import { createAdvisories } from "./scan/advisories.ts";
import { createScanOperations } from "./scan/scan-operations.ts";
import { createScanner } from "./scan/scanner.ts";
import { RegistryStore } from "./store.ts";
import { createTokenIssuer } from "./token.ts";
import { createImagePort } from "./unpack/image-port.ts";

const sweepIntervalMs = 60_000;
/** A pushed blob waits so long for the manifest that names it. */
const blobGraceMs = 3600_000;

export type Registry = {
  service: Service;
  door: Door;
  /** Images as tasks start them. */
  images: ImagePort;
  /** Applies every repository's lifecycle policy and removes blobs nothing names; returns how many images went. */
  applyLifecycle(): number;
};

/**
 * ECR: repositories and images by API (`AmazonEC2ContainerRegistry_V20150921`, scope `ecr`) and by the registry protocol
 * under `/v2/`. Images are content-addressed files; a tag, once immutable, stays.
 */
export const createRegistry = (options: {
  dir: string;
  identity: Identity;
  publicUrl: string;
  now?: () => number;
  onPush?: OnPush;
  /** Tells EventBridge of pushes, scans and copies. */
  emit?: EmitEvent;
}): Registry => {
  const { identity, publicUrl, now = Date.now, emit = () => undefined } = options;
  const dir = path.join(options.dir, "ecr");
  mkdirSync(dir, { recursive: true });
  const store = new RegistryStore(dir, identity.accountId);
  const blobs = createBlobStore(dir);
  const tokens = createTokenIssuer();
  const names = createNames(identity, publicUrl);
  const scanner = createScanner({ store, blobs, names, advisories: createAdvisories(dir), emit, now });
  const onPush: OnPush = (repository, digest, tag) => {
    options.onPush?.(repository, digest, tag);
    const image = store.findImage(repository, { digest });
    const isSingle = image && !/(image\.index|manifest\.list)/.test(image.mediaType);
    // A further tag of a known image is no reason to look again.
    if (isSingle && store.getRepository(repository).settings.scanOnPush && !store.findScan(repository, digest))
      scanner.start(repository, digest);
    emit({
      source: "aws.ecr",
      detailType: "ECR Image Action",
      resources: [names.arnOf(repository)],
      detail: {
        "action-type": "PUSH",
        result: "SUCCESS",
        "repository-name": repository,
        "image-digest": digest,
        ...(tag === undefined ? {} : { "image-tag": tag }),
        "manifest-media-type": image?.mediaType,
      },
    });
  };
  const deps = { store, blobs, names, tokens, publicUrl, now, onPush };

  const applyLifecycle = (): number => {
    let removed = 0;
    for (const { name, settings } of store.listRepositories("", 10_000)) {
      if (settings.lifecyclePolicy === undefined) continue;
      for (const { image } of findExpired(
        parseLifecyclePolicy(settings.lifecyclePolicy),
        store.listImages(name),
        now(),
      )) {
        if (store.isPartOfIndex(name, image.digest)) continue;
        store.removeImage(name, image.digest);
        removed += 1;
      }
    }
    blobs.sweep((digest) => store.isUsed(digest), now(), blobGraceMs);
    return removed;
  };
  const timer = setInterval(applyLifecycle, sweepIntervalMs);
  timer.unref();

  return {
    service: createJsonService({
      name: "ECR",
      scopes: ["ecr"],
      protocol: "1.1",
      operations: {
        ...createRepositoryOperations(store, names, now),
        ...createImageOperations(deps),
        ...createScanOperations({ store, names, scanner }),
      },
      close: async () => {
        clearInterval(timer);
        await scanner.settled();
        store.close();
      },
    }),
    door: createRegistryDoor(deps),
    images: createImagePort({ dir, store, blobs, host: new URL(publicUrl).host, now }),
    applyLifecycle,
  };
};

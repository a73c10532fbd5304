import { mkdirSync } from "node:fs";
import type { EmitEvent } from "../kernel/container-ports.ts";
import type { JsonOperation } from "../kernel/json-protocol.ts";
import type { Identity } from "../kernel/types.ts";
import type { BlobStore } from "./blob-store.ts";
import { createImageOperations } from "./image-operations.ts";
import { findExpired, parseLifecyclePolicy } from "./lifecycle.ts";
import { createNames } from "./names.ts";
import type { OnPush } from "./put-image.ts";
import { createReplicator } from "./replication.ts";
import { createRepositoryOperations } from "./repository-operations.ts";
import type { AdvisoryFile } from "./scan/advisories.ts";
import { createScanOperations } from "./scan/scan-operations.ts";
import { createScanner } from "./scan/scanner.ts";
import { RegistryStore } from "./store.ts";
import type { TokenIssuer } from "./token.ts";

/** The registry of one region: rows of its own, over blobs that all regions share. */
export const createRegion = (options: {
  dir: string;
  identity: Identity;
  publicUrl: string;
  blobs: BlobStore;
  tokens: TokenIssuer;
  advisories: () => AdvisoryFile;
  regionOf: (region: string) => Region;
  emit: EmitEvent;
  onPush: OnPush;
  now: () => number;
}): Region => {
  const { identity, publicUrl, blobs, tokens, advisories, emit, now } = options;
  mkdirSync(options.dir, { recursive: true });
  const store = new RegistryStore(options.dir, identity.accountId);
  const names = createNames(identity, publicUrl);
  const scanner = createScanner({ store, blobs, names, advisories, emit, now });
  const replicator = createReplicator({
    store,
    names,
    home: identity.region,
    storeIn: (region) => options.regionOf(region).store,
    onPush: (region, ...push) => options.regionOf(region).onCopy(...push),
    now,
  });
  const isSingle = (repository: string, digest: string): boolean => {
    const image = store.findImage(repository, { digest });
    return image !== undefined && !/(image\.index|manifest\.list)/.test(image.mediaType);
  };
  const scanIfAsked: OnPush = (repository, digest) => {
    // A further tag of a known image is no reason to look again.
    if (
      store.getRepository(repository).settings.scanOnPush &&
      isSingle(repository, digest) &&
      !store.findScan(repository, digest)
    )
      scanner.start(repository, digest);
  };
  const onPush: OnPush = (repository, digest, tag) => {
    options.onPush(repository, digest, tag);
    scanIfAsked(repository, digest, tag);
    replicator.push(repository, digest, tag);
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
        "manifest-media-type": store.findImage(repository, { digest })?.mediaType,
      },
    });
  };
  const deps = { store, blobs, names, tokens, publicUrl, now, onPush };
  return {
    store,
    deps,
    onCopy: scanIfAsked,
    operations: {
      ...createRepositoryOperations(store, names, now),
      ...createImageOperations(deps),
      ...createScanOperations({ store, names, scanner }),
      ...replicator.operations,
    },
    expireImages() {
      let removed = 0;
      for (const { name, settings } of store.listRepositories("", 10_000)) {
        if (settings.lifecyclePolicy === undefined) continue;
        const rules = parseLifecyclePolicy(settings.lifecyclePolicy);
        for (const { image } of findExpired(rules, store.listImages(name), now())) {
          if (store.isPartOfIndex(name, image.digest)) continue;
          store.removeImage(name, image.digest);
          removed += 1;
        }
      }
      return removed;
    },
    async settled() {
      await replicator.settled();
      await scanner.settled();
    },
  };
};

export type Region = {
  store: RegistryStore;
  deps: Parameters<typeof createImageOperations>[0];
  /** Told of an image that came as a copy. */
  onCopy: OnPush;
  operations: Record<string, JsonOperation>;
  /** Applies the lifecycle policies; returns how many images went. */
  expireImages(): number;
  settled(): Promise<void>;
};

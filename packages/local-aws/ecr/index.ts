import { existsSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import type { EmitEvent, ImagePort } from "../kernel/container-ports.ts";
import { AwsError } from "../kernel/errors.ts";
import { createJsonService, type JsonOperation } from "../kernel/json-protocol.ts";
import type { Door, Identity, Service } from "../kernel/types.ts";
import { createBlobStore } from "./blob-store.ts";
import type { OnPush } from "./put-image.ts";
import { createRegion, type Region } from "./region.ts";
import { createRegistryDoor } from "./registry-door.ts";
import { createAdvisories } from "./scan/advisories.ts";
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
  const blobs = createBlobStore(dir);
  const common = { publicUrl, blobs, tokens: createTokenIssuer(), advisories: createAdvisories(dir), emit, now };
  const regions = new Map<string, Region>();
  /** As in AWS, every region has a registry; one that nobody asks has no folder. */
  const regionOf = (region: string): Region => {
    if (!/^[a-z0-9-]{1,40}$/.test(region)) throw new AwsError("InvalidParameterException", `${region} is no region.`);
    const isHome = region === identity.region;
    const found =
      regions.get(region) ??
      createRegion({
        ...common,
        dir: isHome ? dir : path.join(dir, "regions", region),
        identity: { ...identity, region },
        regionOf,
        onPush: isHome ? (options.onPush ?? (() => undefined)) : () => undefined,
      });
    regions.set(region, found);
    return found;
  };
  const home = regionOf(identity.region);
  if (existsSync(path.join(dir, "regions")))
    for (const region of readdirSync(path.join(dir, "regions"))) regionOf(region);

  const applyLifecycle = (): number => {
    const all = [...regions.values()];
    const removed = all.reduce((sum, region) => sum + region.expireImages(), 0);
    blobs.sweep((digest) => all.some(({ store }) => store.isUsed(digest)), now(), blobGraceMs);
    return removed;
  };
  const timer = setInterval(applyLifecycle, sweepIntervalMs);
  timer.unref();

  return {
    service: createJsonService({
      name: "ECR",
      scopes: ["ecr"],
      protocol: "1.1",
      // Which region is meant, the signature says.
      operations: Object.fromEntries(
        Object.keys(home.operations).map((name): [string, JsonOperation] => [
          name,
          (input, call) => regionOf(call.verified?.region ?? identity.region).operations[name]?.(input, call),
        ]),
      ),
      close: async () => {
        clearInterval(timer);
        for (const region of regions.values()) await region.settled();
        for (const { store } of regions.values()) store.close();
      },
    }),
    door: createRegistryDoor(home.deps),
    images: createImagePort({
      dir,
      store: home.store,
      blobs,
      host: new URL(publicUrl).host,
      awsName: `${identity.accountId}.dkr.ecr.${identity.region}.amazonaws.com`,
      now,
    }),
    applyLifecycle,
  };
};

import { readFileSync } from "node:fs";
import type { EmitEvent } from "../../kernel/container-ports.ts";
import type { BlobStore } from "../blob-store.ts";
import { parseManifest } from "../manifest.ts";
import type { Names } from "../names.ts";
import type { RegistryStore, Scan } from "../store.ts";
import { parseImageConfig } from "../unpack/image-config.ts";
import { type AdvisoryFile, matchAdvisories, type Severity } from "./advisories.ts";
import { readInventory } from "./inventory.ts";

const configSizeBytesMax = 8 * 1024 * 1024;

export type Scanner = {
  /** Begins a scan; what it finds is in the store when `settled` resolves. */
  start(repository: string, digest: string): void;
  settled(): Promise<void>;
};

/** How many findings of each severity, as ECR counts them. */
export const countSeverities = (findings: readonly { severity: Severity }[]): Partial<Record<Severity, number>> => {
  const counts: Partial<Record<Severity, number>> = {};
  for (const { severity } of findings) counts[severity] = (counts[severity] ?? 0) + 1;
  return counts;
};

/**
 * Scans images, one after the other: what they are made of is matched with the advisories. A scan that was under way when
 * the process ended begins anew. Each end is told to EventBridge as `ECR Image Scan`.
 */
export const createScanner = (deps: {
  store: RegistryStore;
  blobs: BlobStore;
  names: Names;
  advisories: () => AdvisoryFile;
  emit: EmitEvent;
  now: () => number;
}): Scanner => {
  const { store, blobs, names, now } = deps;
  let queue = Promise.resolve();

  const scan = async (repository: string, digest: string): Promise<Scan | undefined> => {
    const image = store.findImage(repository, { digest });
    if (!image) return undefined;
    const manifest = parseManifest(image.manifest, image.mediaType);
    if (!manifest.config || manifest.config.size > configSizeBytesMax)
      return {
        status: "UNSUPPORTED_IMAGE",
        description: "UnsupportedImageError: it is no single image.",
        result: undefined,
      };
    const config = parseImageConfig(readFileSync(blobs.pathOf(manifest.config.digest)));
    const inventory = await readInventory(blobs, manifest, config);
    if (!inventory)
      return {
        status: "UNSUPPORTED_IMAGE",
        description:
          "UnsupportedImageError: The operating system and/or package manager are not supported: nothing in the image tells what it is made of.",
        result: undefined,
      };
    const { asOf, advisories } = deps.advisories();
    const findings = matchAdvisories(inventory.packages, advisories);
    return {
      status: "COMPLETE",
      description: "The scan was completed successfully.",
      result: { completedMs: now(), advisoriesMs: Date.parse(asOf), findings, packages: inventory.packages },
    };
  };

  const run = async (repository: string, digest: string): Promise<void> => {
    const ended = await scan(repository, digest).catch(
      (error: unknown): Scan => ({
        status: "FAILED",
        description: `ScanFailed: ${error instanceof Error ? error.message : String(error)}`,
        result: undefined,
      }),
    );
    const image = store.findImage(repository, { digest });
    if (!ended || !image) return;
    store.putScan(repository, digest, ended);
    deps.emit({
      source: "aws.ecr",
      detailType: "ECR Image Scan",
      resources: [names.arnOf(repository)],
      detail: {
        "scan-status": ended.status,
        "repository-name": repository,
        "finding-severity-counts": countSeverities(ended.result?.findings ?? []),
        "image-digest": digest,
        "image-tags": image.tags,
      },
    });
  };

  const enqueue = (repository: string, digest: string): void => {
    // A store that is closed meanwhile begins the scan anew when it opens.
    queue = queue.then(() => run(repository, digest)).catch(() => undefined);
  };
  for (const one of store.listScansUnderWay()) enqueue(one.repository, one.digest);

  return {
    start(repository, digest) {
      store.putScan(repository, digest, {
        status: "IN_PROGRESS",
        description: "The scan is in progress.",
        result: undefined,
      });
      enqueue(repository, digest);
    },
    settled: () => queue,
  };
};

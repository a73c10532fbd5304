import { Readable } from "node:stream";
import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  DeleteLifecyclePolicyCommand,
  DescribeImageReplicationStatusCommand,
  DescribeImageScanFindingsCommand,
  DescribeImagesCommand,
  DescribeRegistryCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  type ECRClientConfig,
  GetDownloadUrlForLayerCommand,
  GetLifecyclePolicyCommand,
  PutImageCommand,
  PutLifecyclePolicyCommand,
  type Repository,
  StartImageScanCommand,
} from "@aws-sdk/client-ecr";
import {
  Failure,
  type ImageParts,
  type ImageState,
  type RawFinding,
  type RegistryPort,
  type RepositoryState,
} from "@samla/core/kernel";
import { clientConfig } from "../client-config.ts";
import { type FailureRow, translateBy, unlessMissing } from "../service-failures.ts";
import { basicFinding, enhancedFindings } from "./findings.ts";
import { imageOf } from "./image-state.ts";
import { readFromLayer } from "./read-from-layers.ts";

const pagesMax = 100;
const layerBytesMax = 64 * 1024 * 1024;
const configBytesMax = 8 * 1024 * 1024;
const downloadTimeoutMs = 30_000;
const partsKept = 500;

const failures: FailureRow[] = [
  {
    name: "RepositoryNotFoundException",
    code: "not_found",
    text: "The agent has no repository.",
    nextStep: "Deploy the stage again; it makes the repositories.",
  },
  {
    name: "ImageNotFoundException",
    code: "not_found",
    text: "The repository has no such image.",
    nextStep: "Push it again, or choose another one.",
  },
  {
    name: "LimitExceededException",
    code: "rate_limited",
    text: "The registry scans an image once in 24 hours.",
    nextStep: "Try again tomorrow; pushing a new image scans it at once.",
  },
  {
    name: "UnsupportedImageTypeException",
    code: "invalid_request",
    text: "The registry cannot scan this kind of image.",
    nextStep: "Push an image of one platform.",
  },
  {
    name: "InvalidParameterException",
    code: "invalid_request",
    nextStep: "Correct what the registry names.",
  },
];

const encryptionOf = ({ encryptionConfiguration }: Repository): string =>
  [encryptionConfiguration?.encryptionType ?? "AES256", encryptionConfiguration?.kmsKey].filter(Boolean).join(" ");

/** What was read of images, kept beyond this process: a digest's content never changes, and reading it counts as a pull. */
export type ImageMemory = {
  get(agent: string, digest: string): Promise<unknown>;
  put(agent: string, digest: string, read: object): Promise<void>;
};

type Descriptor = { digest: string; size: number; mediaType?: string };

/**
 * ECR as the console reads and sets it. `prefix` stands before agents' names, such as `samla/production`. Endpoint, region
 * and credentials come from the environment unless given; other regions are asked with the same.
 */
export const createEcrRegistry = (options: {
  prefix: string;
  client?: ECRClientConfig;
  memory?: ImageMemory;
}): RegistryPort => {
  const clientOf = (region?: string) =>
    new ECRClient({ ...clientConfig, ...options.client, ...(region === undefined ? {} : { region }) });
  const ecr = clientOf();
  const regional = new Map<string, ECRClient>();
  const clientIn = (region: string): ECRClient => {
    const found = regional.get(region) ?? clientOf(region);
    regional.set(region, found);
    return found;
  };
  const nameOf = (agent: string): string => `${options.prefix}/${agent}`;
  const run = <T>(call: () => Promise<T>): Promise<T> => translateBy(failures, call);
  type Read = { parts: ImageParts; layers: Descriptor[] };
  const known = new Map<string, Read>();
  const keep = (key: string, read: Read): Read => {
    if (known.size >= partsKept) known.delete(known.keys().next().value ?? "");
    known.set(key, read);
    return read;
  };

  const manifestOf = async (agent: string, digest: string): Promise<string | undefined> => {
    const { images } = await run(() =>
      ecr.send(new BatchGetImageCommand({ repositoryName: nameOf(agent), imageIds: [{ imageDigest: digest }] })),
    );
    return images?.[0]?.imageManifest;
  };

  const download = async (agent: string, layer: Descriptor): Promise<Response> => {
    const { downloadUrl } = await run(() =>
      ecr.send(new GetDownloadUrlForLayerCommand({ repositoryName: nameOf(agent), layerDigest: layer.digest })),
    );
    const answer = await fetch(downloadUrl ?? "", { signal: AbortSignal.timeout(downloadTimeoutMs) });
    if (!answer.ok || !answer.body)
      throw new Failure("unavailable", "The registry does not give a part of the image.", {
        nextStep: "Try again in a moment.",
      });
    return answer;
  };

  /** What a digest names never changes, so it is read once: reading counts as a pull. */
  const readImage = async (agent: string, digest: string) => {
    const key = `${agent} ${digest}`;
    const found = known.get(key);
    if (found) return found;
    const remembered = (await options.memory?.get(agent, digest)) as Read | undefined;
    if (remembered) return keep(key, remembered);
    const text = await manifestOf(agent, digest);
    const manifest = JSON.parse(text ?? "{}") as { config?: Descriptor; layers?: Descriptor[] };
    if (!manifest.config || !manifest.layers || manifest.config.size > configBytesMax) return undefined;
    const config = (await (await download(agent, manifest.config)).json()) as {
      os?: string;
      architecture?: string;
      created?: string;
      config?: {
        User?: string;
        Entrypoint?: string[];
        Cmd?: string[];
        Env?: string[];
        Labels?: Record<string, string>;
      };
    };
    const created = Date.parse(config.config?.Labels?.["org.opencontainers.image.created"] ?? config.created ?? "");
    const parts: ImageParts = {
      layers: manifest.layers.map(({ digest: layer, size, mediaType }) => ({
        digest: layer,
        sizeBytes: size,
        mediaType: mediaType ?? "",
      })),
      platform: config.os === undefined ? undefined : `${config.os}/${config.architecture ?? ""}`,
      user: config.config?.User || undefined,
      entrypoint: config.config?.Entrypoint ?? [],
      command: config.config?.Cmd ?? [],
      environment: config.config?.Env ?? [],
      labels: config.config?.Labels ?? {},
      builtAt: Number.isFinite(created) ? new Date(created).toISOString() : undefined,
    };
    const read = { parts, layers: manifest.layers };
    await options.memory?.put(agent, digest, read);
    return keep(key, read);
  };

  const describe = async (agent: string, imageIds?: { imageDigest: string }[]): Promise<ImageState[]> => {
    const found: ImageState[] = [];
    let nextToken: string | undefined;
    for (let page = 0; page < pagesMax; page += 1) {
      const answer = await run(() =>
        ecr.send(
          new DescribeImagesCommand({
            repositoryName: nameOf(agent),
            ...(imageIds ? { imageIds } : { maxResults: 1000, nextToken }),
          }),
        ),
      );
      found.push(...(answer.imageDetails ?? []).map(imageOf));
      nextToken = answer.nextToken;
      if (nextToken === undefined) break;
    }
    return found;
  };

  const listIn = async (client: ECRClient, repositoryNames?: string[]): Promise<Repository[]> => {
    const found: Repository[] = [];
    let nextToken: string | undefined;
    for (let page = 0; page < pagesMax; page += 1) {
      const answer = await run(() =>
        client.send(
          new DescribeRepositoriesCommand(repositoryNames ? { repositoryNames } : { maxResults: 1000, nextToken }),
        ),
      );
      found.push(...(answer.repositories ?? []));
      nextToken = answer.nextToken;
      if (nextToken === undefined) break;
    }
    return found;
  };

  const policyIn = async (client: ECRClient, agent: string): Promise<string | undefined> =>
    unlessMissing(
      failures,
      (name) => name === "LifecyclePolicyNotFoundException",
      async () =>
        (await client.send(new GetLifecyclePolicyCommand({ repositoryName: nameOf(agent) }))).lifecyclePolicyText,
    );

  return {
    listRepositories: async () =>
      (await listIn(ecr))
        .filter(({ repositoryName }) => repositoryName?.startsWith(`${options.prefix}/`))
        .map(
          (one): RepositoryState => ({
            agent: one.repositoryName?.slice(options.prefix.length + 1) ?? "",
            name: one.repositoryName ?? "",
            uri: one.repositoryUri ?? "",
            createdAt: one.createdAt?.toISOString(),
            tagMutability: one.imageTagMutability ?? "MUTABLE",
            scanOnPush: one.imageScanningConfiguration?.scanOnPush ?? false,
            encryption: encryptionOf(one),
          }),
        ),
    listImages: (agent) => describe(agent),
    getImage: (agent, digest) =>
      unlessMissing(
        failures,
        (name) => name === "ImageNotFoundException",
        async () => (await describe(agent, [{ imageDigest: digest }]))[0],
      ).then((found) => found ?? undefined),
    readParts: async (agent, digest) => (await readImage(agent, digest))?.parts,
    async readInventory(agent, digest) {
      // The builder writes the list into the topmost layer; base layers are large and hold none.
      const { layers = [] } = (await readImage(agent, digest)) ?? {};
      for (const layer of layers.toReversed()) {
        if (layer.size > layerBytesMax) continue;
        const { body } = await download(agent, layer);
        const text =
          body &&
          (await readFromLayer(Readable.fromWeb(body as never), layer.mediaType ?? "gzip", (path) =>
            path.endsWith(".cdx.json"),
          ));
        if (text) return JSON.parse(text) as unknown;
      }
      return undefined;
    },
    async listFindings(agent, digest) {
      const found: RawFinding[] = [];
      let nextToken: string | undefined;
      for (let page = 0; page < pagesMax; page += 1) {
        const answer = await run(() =>
          ecr.send(
            new DescribeImageScanFindingsCommand({
              repositoryName: nameOf(agent),
              imageId: { imageDigest: digest },
              maxResults: 1000,
              nextToken,
            }),
          ),
        );
        found.push(...(answer.imageScanFindings?.findings ?? []).map(basicFinding));
        found.push(...(answer.imageScanFindings?.enhancedFindings ?? []).flatMap(enhancedFindings));
        nextToken = answer.nextToken;
        if (nextToken === undefined) break;
      }
      return found;
    },
    startScan: async (agent, digest) => {
      await run(() =>
        ecr.send(new StartImageScanCommand({ repositoryName: nameOf(agent), imageId: { imageDigest: digest } })),
      );
    },
    async addTag(agent, digest, tag) {
      const imageManifest = await manifestOf(agent, digest);
      if (imageManifest === undefined) throw new Failure("not_found", "The repository has no such image.");
      const { mediaType } = JSON.parse(imageManifest) as { mediaType?: string };
      await unlessMissing(
        failures,
        // The tag is there already: that is what was asked for.
        (name) => name === "ImageAlreadyExistsException",
        () =>
          ecr.send(
            new PutImageCommand({
              repositoryName: nameOf(agent),
              imageManifest,
              imageManifestMediaType: mediaType,
              imageTag: tag,
              imageDigest: digest,
            }),
          ),
      );
    },
    async removeTag(agent, tag) {
      // By a tag, ECR deletes the image itself when it is the last one.
      const { imageDetails } = await run(() =>
        ecr.send(new DescribeImagesCommand({ repositoryName: nameOf(agent), imageIds: [{ imageTag: tag }] })),
      );
      if ((imageDetails?.[0]?.imageTags?.length ?? 0) < 2)
        throw new Failure("conflict", `${tag} is the only tag of its image.`, {
          nextStep: "Give the image another tag first.",
        });
      await run(() =>
        ecr.send(new BatchDeleteImageCommand({ repositoryName: nameOf(agent), imageIds: [{ imageTag: tag }] })),
      );
    },
    async deleteImage(agent, digest) {
      const { failures: refused } = await run(() =>
        ecr.send(new BatchDeleteImageCommand({ repositoryName: nameOf(agent), imageIds: [{ imageDigest: digest }] })),
      );
      const [first] = (refused ?? []).filter(({ failureCode }) => failureCode !== "ImageNotFound");
      if (first)
        throw new Failure(
          "conflict",
          `The registry does not remove the image: ${first.failureReason ?? first.failureCode}`,
          {
            nextStep: "Remove what refers to it first.",
          },
        );
    },
    getLifecyclePolicy: (agent) => policyIn(ecr, agent),
    putLifecyclePolicy: async (agent, text) => {
      if (text !== undefined)
        await run(() =>
          ecr.send(new PutLifecyclePolicyCommand({ repositoryName: nameOf(agent), lifecyclePolicyText: text })),
        );
      else
        await unlessMissing(
          failures,
          (name) => name === "LifecyclePolicyNotFoundException",
          () => ecr.send(new DeleteLifecyclePolicyCommand({ repositoryName: nameOf(agent) })),
        );
    },
    async readReplication() {
      const { replicationConfiguration } = await run(() => ecr.send(new DescribeRegistryCommand({})));
      const home = await ecr.config.region();
      return {
        home,
        rules: (replicationConfiguration?.rules ?? []).map((rule) => ({
          regions: (rule.destinations ?? []).flatMap(({ region }) => region ?? []),
          filters: (rule.repositoryFilters ?? []).flatMap(({ filter }) => filter ?? []),
        })),
      };
    },
    async replicationOf(agent, digest) {
      const { replicationStatuses } = await run(() =>
        ecr.send(
          new DescribeImageReplicationStatusCommand({
            repositoryName: nameOf(agent),
            imageId: { imageDigest: digest },
          }),
        ),
      );
      return (replicationStatuses ?? []).map(({ region, status, failureCode }) => ({
        region: region ?? "",
        status: status ?? "",
        ...(failureCode === undefined ? {} : { reason: failureCode }),
      }));
    },
    async settingsIn(region, agent) {
      const client = region === undefined ? ecr : clientIn(region);
      const found = await unlessMissing(
        failures,
        (name) => name === "RepositoryNotFoundException",
        () => listIn(client, [nameOf(agent)]),
      );
      const [one] = found ?? [];
      if (!one) return undefined;
      return {
        "tag mutability": one.imageTagMutability ?? "MUTABLE",
        "scan on push": one.imageScanningConfiguration?.scanOnPush ? "on" : "off",
        // Keys are of a region; what kind of encryption it is can be compared.
        encryption: one.encryptionConfiguration?.encryptionType ?? "AES256",
        "lifecycle policy": (await policyIn(client, agent)) ?? "none",
      };
    },
  };
};

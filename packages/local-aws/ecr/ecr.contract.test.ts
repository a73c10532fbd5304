import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  BatchCheckLayerAvailabilityCommand,
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  GetLifecyclePolicyPreviewCommand,
  ImageAlreadyExistsException,
  ImageDigestDoesNotMatchException,
  ImageTagAlreadyExistsException,
  LayersNotFoundException,
  LifecyclePolicyNotFoundException,
  ListImagesCommand,
  PutImageCommand,
  PutImageTagMutabilityCommand,
  PutLifecyclePolicyCommand,
  RepositoryAlreadyExistsException,
  RepositoryNotEmptyException,
  RepositoryNotFoundException,
  StartLifecyclePolicyPreviewCommand,
} from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listenFront } from "../kernel/server.ts";
import { createClientSettings, TEST_ACCOUNT, TEST_CREDENTIALS, TEST_REGION } from "../kernel/testing.ts";
import { digestOf } from "./blob-store.ts";
import { createRegistry, type Registry } from "./index.ts";
import { mediaTypes } from "./manifest.ts";

describe("ECR", () => {
  let dir: string;
  let url: string;
  let ecr: ECRClient;
  let registry: Registry;
  let stop: () => Promise<void>;

  const start = async (): Promise<void> => {
    const front = await listenFront({ port: 0, credentials: [TEST_CREDENTIALS] });
    url = front.url;
    registry = createRegistry({ dir, identity: { region: TEST_REGION, accountId: TEST_ACCOUNT }, publicUrl: url });
    front.addService(registry.service);
    front.addDoor(registry.door);
    front.markReady();
    ecr = new ECRClient(createClientSettings(url));
    stop = async () => {
      ecr.destroy();
      await front.close();
      await registry.service.close();
    };
  };

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "samla-ecr-"));
    await start();
  });
  afterAll(async () => {
    await stop();
    await rm(dir, { recursive: true, force: true });
  });

  const pushBlob = async (repository: string, bytes: Buffer): Promise<void> => {
    const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
    const authorization = `Basic ${authorizationData?.[0]?.authorizationToken}`;
    const answer = await fetch(`${url}/v2/${repository}/blobs/uploads/?digest=${digestOf(bytes)}`, {
      method: "POST",
      headers: { authorization },
      body: new Uint8Array(bytes),
    });
    expect(answer.status).toBe(201);
  };

  const pushImage = async (repositoryName: string, imageTag: string | undefined, text: string): Promise<string> => {
    const config = Buffer.from(JSON.stringify({ text }));
    await pushBlob(repositoryName, config);
    const imageManifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: { digest: digestOf(config), size: config.length },
      layers: [],
    });
    const { image } = await ecr.send(new PutImageCommand({ repositoryName, imageManifest, imageTag }));
    expect(image?.imageId?.imageDigest).toBe(digestOf(Buffer.from(imageManifest)));
    return image?.imageId?.imageDigest ?? "";
  };

  it("creates, lists in pages and deletes repositories, and never one with images by mistake", async () => {
    for (const repositoryName of ["pages/a", "pages/b", "pages/c"])
      await ecr.send(new CreateRepositoryCommand({ repositoryName }));
    await expect(ecr.send(new CreateRepositoryCommand({ repositoryName: "pages/a" }))).rejects.toThrow(
      RepositoryAlreadyExistsException,
    );
    const first = await ecr.send(new DescribeRepositoriesCommand({ maxResults: 2 }));
    const rest = await ecr.send(new DescribeRepositoriesCommand({ nextToken: first.nextToken }));
    const names = [...(first.repositories ?? []), ...(rest.repositories ?? [])].map((one) => one.repositoryName);
    expect(names).toEqual(["pages/a", "pages/b", "pages/c"]);
    expect(first.repositories?.[0]).toMatchObject({
      repositoryUri: `${new URL(url).host}/pages/a`,
      imageTagMutability: "MUTABLE",
    });
    await pushImage("pages/a", "v1", "x");
    await expect(ecr.send(new DeleteRepositoryCommand({ repositoryName: "pages/a" }))).rejects.toThrow(
      RepositoryNotEmptyException,
    );
    await ecr.send(new DeleteRepositoryCommand({ repositoryName: "pages/a", force: true }));
    await expect(ecr.send(new ListImagesCommand({ repositoryName: "pages/a" }))).rejects.toThrow(
      RepositoryNotFoundException,
    );
    await expect(ecr.send(new CreateRepositoryCommand({ repositoryName: "Bad//name" }))).rejects.toThrow(
      /small letters/,
    );
  });

  it("keeps an immutable tag where it is, says so by AWS's own errors, and obeys a change of the setting", async () => {
    const repositoryName = "tags";
    await ecr.send(new CreateRepositoryCommand({ repositoryName, imageTagMutability: "IMMUTABLE" }));
    const one = await pushImage(repositoryName, "v1", "one");
    await expect(pushImage(repositoryName, "v1", "one")).rejects.toThrow(ImageAlreadyExistsException);
    await expect(pushImage(repositoryName, "v1", "two")).rejects.toThrow(ImageTagAlreadyExistsException);
    const held = await ecr.send(new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: "v1" }] }));
    expect(held.imageDetails?.[0]).toMatchObject({ imageDigest: one, imageTags: ["v1"] });
    await ecr.send(new PutImageTagMutabilityCommand({ repositoryName, imageTagMutability: "MUTABLE" }));
    const two = await pushImage(repositoryName, "v1", "two");
    const ids = (await ecr.send(new ListImagesCommand({ repositoryName }))).imageIds ?? [];
    expect(ids).toEqual(expect.arrayContaining([{ imageDigest: one }, { imageDigest: two, imageTag: "v1" }]));
  });

  it("refuses a manifest whose parts nobody sent or whose digest is forged", async () => {
    const repositoryName = "parts";
    await ecr.send(new CreateRepositoryCommand({ repositoryName }));
    const config = Buffer.from("never sent");
    const manifest = {
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: { digest: digestOf(config), size: config.length },
      layers: [],
    };
    const imageManifest = JSON.stringify(manifest);
    await expect(ecr.send(new PutImageCommand({ repositoryName, imageManifest }))).rejects.toThrow(
      LayersNotFoundException,
    );
    await expect(
      ecr.send(new PutImageCommand({ repositoryName, imageManifest, imageDigest: digestOf(Buffer.from("other")) })),
    ).rejects.toThrow(ImageDigestDoesNotMatchException);
    const { layers } = await ecr.send(
      new BatchCheckLayerAvailabilityCommand({ repositoryName, layerDigests: [digestOf(config)] }),
    );
    expect(layers?.[0]?.layerAvailability).toBe("UNAVAILABLE");
  });

  it("gets images with the manifest's very text, records the pull, and names what it cannot find", async () => {
    const repositoryName = "pulls";
    await ecr.send(new CreateRepositoryCommand({ repositoryName }));
    const digest = await pushImage(repositoryName, "v1", "pull me");
    const got = await ecr.send(
      new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: "v1" }, { imageTag: "v9" }, {}] }),
    );
    expect(digestOf(Buffer.from(got.images?.[0]?.imageManifest ?? ""))).toBe(digest);
    expect(got.failures?.map((one) => one.failureCode)).toEqual(["ImageNotFound", "MissingDigestAndTag"]);
    const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName }));
    expect(imageDetails?.[0]?.lastRecordedPullTime).toBeInstanceOf(Date);
  });

  it("takes a tag off an image that has another one, and the image with its last", async () => {
    const repositoryName = "deletes";
    await ecr.send(new CreateRepositoryCommand({ repositoryName }));
    const digest = await pushImage(repositoryName, "a", "x");
    const { images } = await ecr.send(
      new BatchGetImageCommand({ repositoryName, imageIds: [{ imageDigest: digest }] }),
    );
    await ecr.send(new PutImageCommand({ repositoryName, imageManifest: images?.[0]?.imageManifest, imageTag: "b" }));
    await ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds: [{ imageTag: "a" }] }));
    const left = await ecr.send(new ListImagesCommand({ repositoryName }));
    expect(left.imageIds).toEqual([{ imageDigest: digest, imageTag: "b" }]);
    const gone = await ecr.send(
      new BatchDeleteImageCommand({ repositoryName, imageIds: [{ imageTag: "b" }, { imageTag: "zz" }] }),
    );
    expect(gone.failures?.map((one) => one.failureCode)).toEqual(["ImageNotFound"]);
    expect((await ecr.send(new ListImagesCommand({ repositoryName }))).imageIds).toEqual([]);
  });

  it("shows what a lifecycle policy would take before it takes just that", async () => {
    const repositoryName = "life";
    await ecr.send(new CreateRepositoryCommand({ repositoryName }));
    await expect(ecr.send(new StartLifecyclePolicyPreviewCommand({ repositoryName }))).rejects.toThrow(
      LifecyclePolicyNotFoundException,
    );
    const digests = [];
    for (const text of ["1", "2", "3"]) digests.push(await pushImage(repositoryName, `v${text}`, text));
    const lifecyclePolicyText = JSON.stringify({
      rules: [
        {
          rulePriority: 1,
          selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 2 },
          action: { type: "expire" },
        },
      ],
    });
    await ecr.send(new StartLifecyclePolicyPreviewCommand({ repositoryName, lifecyclePolicyText }));
    const preview = await ecr.send(new GetLifecyclePolicyPreviewCommand({ repositoryName }));
    expect(preview.previewResults).toHaveLength(1);
    await ecr.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText }));
    registry.applyLifecycle();
    const left = (await ecr.send(new ListImagesCommand({ repositoryName }))).imageIds?.map((id) => id.imageDigest);
    expect(left?.toSorted()).toEqual(
      digests.filter((digest) => digest !== preview.previewResults?.[0]?.imageDigest).toSorted(),
    );
  });

  it("has everything again after a restart", async () => {
    const before = await ecr.send(new DescribeImagesCommand({ repositoryName: "life" }));
    await stop();
    await start();
    const after = await ecr.send(new DescribeImagesCommand({ repositoryName: "life" }));
    expect(after.imageDetails).toEqual(before.imageDetails);
  });
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  CreateRepositoryCommand,
  CreateRepositoryCreationTemplateCommand,
  DescribeImageReplicationStatusCommand,
  DescribeImagesCommand,
  DescribeRegistryCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  PutReplicationConfigurationCommand,
} from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listenFront } from "../kernel/server.ts";
import { createClientSettings, TEST_ACCOUNT, TEST_CREDENTIALS, TEST_REGION, waitFor } from "../kernel/testing.ts";
import { createRegistry } from "./index.ts";
import { createTestImage, pushTestImage } from "./testing-images.ts";

const there = "eu-west-1";

describe("replication", () => {
  let dir: string;
  let url: string;
  let ecr: ECRClient;
  let other: ECRClient;
  let stop: () => Promise<void>;

  const start = async (): Promise<void> => {
    const front = await listenFront({ port: 0, credentials: [TEST_CREDENTIALS] });
    url = front.url;
    const registry = createRegistry({
      dir,
      identity: { region: TEST_REGION, accountId: TEST_ACCOUNT },
      publicUrl: url,
    });
    front.addService(registry.service);
    front.addDoor(registry.door);
    front.markReady();
    ecr = new ECRClient(createClientSettings(url));
    other = new ECRClient({ ...createClientSettings(url), region: there });
    stop = async () => {
      ecr.destroy();
      other.destroy();
      await front.close();
      await registry.service.close();
    };
  };
  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "samla-replication-"));
    await start();
  });
  afterAll(async () => {
    await stop();
    await rm(dir, { recursive: true, force: true });
  });

  const statusOf = (repositoryName: string, imageDigest: string) =>
    waitFor(async () => {
      const answer = await ecr.send(
        new DescribeImageReplicationStatusCommand({ repositoryName, imageId: { imageDigest } }),
      );
      return answer.replicationStatuses?.every(({ status }) => status !== "IN_PROGRESS")
        ? answer.replicationStatuses
        : undefined;
    });

  it("copies what is pushed while a rule covers it, with the settings of there, not of here", async () => {
    const before = await pushTestImage(ecr, url, "samla/one", "old", await createTestImage([{ a: "old" }]));
    await other.send(
      new CreateRepositoryCreationTemplateCommand({
        prefix: "samla/careful",
        appliedFor: ["REPLICATION"],
        imageTagMutability: "IMMUTABLE",
      }),
    );
    const rules = [
      {
        destinations: [{ region: there, registryId: TEST_ACCOUNT }],
        repositoryFilters: [{ filter: "samla/", filterType: "PREFIX_MATCH" as const }],
      },
    ];
    await ecr.send(new PutReplicationConfigurationCommand({ replicationConfiguration: { rules } }));
    expect((await ecr.send(new DescribeRegistryCommand({}))).replicationConfiguration?.rules).toEqual(rules);
    for (const repositoryName of ["samla/two", "samla/careful/three"])
      await ecr.send(new CreateRepositoryCommand({ repositoryName, imageTagMutability: "IMMUTABLE" }));
    const two = await pushTestImage(ecr, url, "samla/two", "v1", await createTestImage([{ a: "two" }]));
    const three = await pushTestImage(ecr, url, "samla/careful/three", "v1", await createTestImage([{ a: "three" }]));
    const outside = await pushTestImage(ecr, url, "else/four", "v1", await createTestImage([{ a: "four" }]));
    expect(await statusOf("samla/two", two)).toMatchObject([{ region: there, status: "COMPLETE" }]);
    expect(await statusOf("samla/careful/three", three)).toMatchObject([{ status: "COMPLETE" }]);
    expect(await statusOf("else/four", outside)).toEqual([]);
    expect(await statusOf("samla/one", before)).toEqual([]);
    const { repositories } = await other.send(new DescribeRepositoriesCommand({}));
    expect(repositories?.map(({ repositoryName, imageTagMutability }) => [repositoryName, imageTagMutability])).toEqual(
      [
        ["samla/careful/three", "IMMUTABLE"],
        ["samla/two", "MUTABLE"],
      ],
    );
    const copied = await other.send(new DescribeImagesCommand({ repositoryName: "samla/two" }));
    expect(copied.imageDetails).toMatchObject([{ imageDigest: two, imageTags: ["v1"] }]);
  });

  it("says which copy failed, refuses a rule that leads home, and outlasts a restart", async () => {
    const rule = (region: string, registryId: string) =>
      ecr.send(
        new PutReplicationConfigurationCommand({
          replicationConfiguration: { rules: [{ destinations: [{ region, registryId }] }] },
        }),
      );
    await expect(rule(TEST_REGION, TEST_ACCOUNT)).rejects.toThrow(/registry itself/);
    await rule("us-east-1", "111111111111");
    const failed = await pushTestImage(ecr, url, "samla/two", "v2", await createTestImage([{ a: "v2" }]));
    expect(await statusOf("samla/two", failed)).toMatchObject([{ status: "FAILED", failureCode: "AccessDenied" }]);
    await stop();
    await start();
    const copied = await other.send(new DescribeImagesCommand({ repositoryName: "samla/two" }));
    expect(copied.imageDetails).toHaveLength(1);
  });
});

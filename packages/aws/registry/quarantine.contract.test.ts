import { BatchDeleteImageCommand, CreateRepositoryCommand, ECRClient, PutImageCommand } from "@aws-sdk/client-ecr";
import type { Release } from "@samla/contracts";
import {
  createAgentImages,
  deleteImage,
  type ImageContext,
  keepImages,
  listImages,
  restoreImage,
  simulateLifecycle,
  waiveFinding,
} from "@samla/core/images";
import type { AgentRecord, TaskStateOfEcs } from "@samla/core/kernel";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestImage, pushTestImage } from "../../local-aws/ecr/testing-images.ts";
import { createDynamoDbCatalog } from "../catalog/dynamodb.ts";
import { createDynamoDbGateCatalog } from "../catalog/gates.ts";
import { createDynamoDbImageLedger } from "../catalog/image-ledger.ts";
import { newId, startTestAws } from "../testing.ts";
import type { TestResources } from "../testing-resources.ts";
import { createEcrRegistry } from "./ecr.ts";

const day = 86_400_000;
const agent = "keeper";
const repositoryName = `samla/test/${agent}`;

describe("deleted images", () => {
  let aws: TestResources;
  let ecr: ECRClient;
  let ctx: ImageContext;
  let nowMs = Date.now();
  let n = 0;
  let running: string[] = [];
  let releases: Release[] = [];
  let record: Partial<AgentRecord> = {};

  const as = (role: "operator" | "admin"): ImageContext => ({
    ...ctx,
    actor: { kind: "person", id: role, name: role, roles: [role], groups: [] },
  });
  const push = async (tag: string) => {
    n += 1;
    const image = await createTestImage([{ "app/number": String(n) }]);
    return pushTestImage(ecr, process.env.AWS_ENDPOINT_URL ?? "", repositoryName, tag, image);
  };
  const release = (digest: string, status: Release["status"]) =>
    ({
      id: newId("rel"),
      n: 1,
      status,
      image: { digest },
      createdAt: new Date(nowMs).toISOString(),
    }) as never as Release;
  const tagsOf = async (digest: string) => (await ctx.registry.getImage(agent, digest))?.tags;
  const eventsOf = async (imageDigest: string) => {
    const catalog = createDynamoDbCatalog({ table: aws.tables.catalog, now: () => nowMs, newId });
    const { items } = await catalog.listEvents({
      agent,
      about: "images",
      imageDigest: imageDigest as never,
      limit: 50,
    });
    return items.map(({ action, actor, summary }) => ({ action, by: actor.name, summary })).reverse();
  };
  const input = (digest: string) => ({ agent, digest, reason: "no longer needed", days: 14 });

  beforeAll(async () => {
    aws = await startTestAws("tables");
    ecr = new ECRClient({});
    await ecr.send(new CreateRepositoryCommand({ repositoryName, imageTagMutability: "IMMUTABLE" }));
    const tables = { table: aws.tables.catalog, catalogTable: aws.tables.catalog, now: () => nowMs, newId };
    ctx = {
      actor: { kind: "system", id: "system", name: "SAMLA", roles: ["admin"], groups: [] },
      requestId: "test",
      now: () => nowMs,
      newId,
      log: () => undefined,
      registry: createEcrRegistry({ prefix: "samla/test" }),
      gates: createDynamoDbGateCatalog(tables),
      ledger: createDynamoDbImageLedger(tables),
      agents: { getAgent: async () => record as AgentRecord, listReleases: async () => ({ items: releases }) },
      containers: {
        listTasks: async () =>
          running.map(
            (imageDigest, i) => ({ id: String(i).repeat(32), imageDigest, tags: {} }) as never as TaskStateOfEcs,
          ),
      },
      platform: { stage: "test", names: [agent] },
    };
  });
  beforeEach(() => {
    running = [];
    releases = [];
    record = {};
  });
  afterAll(async () => {
    ecr.destroy();
    await aws.close();
  });

  it("are never those that run, are pinned, are being released or can be rolled back to", async () => {
    const digest = await push("used");
    const uses: [string, () => void][] = [
      ["tasks run it", () => running.push(digest)],
      ["one can roll back to it", () => releases.push(release(digest, "superseded"))],
      [
        "the agent is pinned to it",
        () => {
          releases = [release(digest, "failed")];
          record = { pin: { releaseId: releases[0]?.id } as AgentRecord["pin"] };
        },
      ],
      [
        "it is being released",
        () => {
          releases = [release(digest, "rolling")];
          record = { busy: { releaseId: releases[0]?.id } as AgentRecord["busy"] };
        },
      ],
    ];
    for (const [reason, use] of uses) {
      [running, releases, record] = [[], [], {}];
      use();
      const refused = await deleteImage(as("admin"), input(digest)).catch((error: Error) => error);
      expect(refused, reason).toMatchObject({ code: "conflict", message: expect.stringContaining(reason) });
    }
    // What cannot be asked is no permission.
    const blind = { ...as("admin"), containers: { listTasks: () => Promise.reject(new Error("ECS does not answer")) } };
    await expect(deleteImage(blind, input(digest))).rejects.toThrow();
    expect(await tagsOf(digest)).toEqual(["used"]);
    await expect(deleteImage(as("operator"), input(digest))).rejects.toMatchObject({ code: "forbidden" });
  });

  it("cannot be released, are taken by no rule, and come back with their tags", async () => {
    const digest = await push("v1");
    const deleted = await deleteImage(as("admin"), input(digest));
    expect(deleted).toMatchObject({ tags: [], quarantine: { tags: ["v1"], by: { name: "admin" } } });
    expect(await tagsOf(digest)).toEqual([`keep-quarantined-${digest.slice(7, 19)}`]);
    await expect(deleteImage(as("admin"), input(digest))).rejects.toMatchObject({ code: "conflict" });
    const gate = await createAgentImages(ctx).gate(agent, digest);
    expect(gate).toMatchObject({ passed: false, nextStep: "Restore it, or choose another image." });
    expect(gate.obstacles[0]).toMatch(/^The image is in quarantine since admin deleted it/);
    const all = await listImages(ctx, { agent, show: "all", limit: 50 });
    expect(all.items.map((one) => one.digest)).not.toContain(digest);
    const hidden = await listImages(ctx, { agent, show: "quarantined", q: "v1", limit: 50 });
    expect(hidden.items.map((one) => one.digest)).toEqual([digest]);
    const rule = { description: "", tagPatterns: [], countType: "sinceImagePushed" as const, countNumber: 1 };
    nowMs += 5 * day;
    const taken = await simulateLifecycle(ctx, { agent, rules: [{ ...rule, tagStatus: "any" }] });
    expect(taken.expires.map((one) => one.digest)).not.toContain(digest);
    await keepImages(ctx);
    expect(await restoreImage(as("admin"), { agent, digest, reason: "needed after all" })).toMatchObject({
      tags: ["v1"],
    });
    expect(await tagsOf(digest)).toEqual(["v1"]);
    expect((await createAgentImages(ctx).gate(agent, digest)).obstacles.join()).not.toMatch(/quarantine/);
    await expect(restoreImage(as("admin"), { agent, digest, reason: "again" })).rejects.toMatchObject({
      code: "not_found",
    });
    await keepImages(ctx);
    expect((await eventsOf(digest)).map(({ action, by }) => `${action} ${by}`)).toEqual([
      "image.deleted admin",
      "image.restored admin",
    ]);
  });

  it("are removed for good on their day, not before, and only then", async () => {
    const digest = await push("v2");
    await keepImages(ctx);
    await deleteImage(as("admin"), input(digest));
    nowMs += 13 * day;
    expect(await keepImages(ctx)).toMatchObject({ purged: 0, failed: [] });
    expect(await tagsOf(digest)).toHaveLength(1);
    nowMs += 2 * day;
    expect(await keepImages(ctx)).toMatchObject({ purged: 1, failed: [] });
    expect(await tagsOf(digest)).toBeUndefined();
    expect(await keepImages(ctx)).toMatchObject({ purged: 0, told: 0, failed: [] });
    expect((await eventsOf(digest)).map(({ action, by }) => `${action} ${by}`)).toEqual([
      "image.pushed The registry",
      "image.deleted admin",
      "image.purged SAMLA",
    ]);
  });

  it("come back by themselves when they are in use or pushed again, whatever day it is", async () => {
    const [rolled, pushed] = [await push("v3"), await push("v4")];
    const manifest = (await ctx.registry.getImage(agent, pushed)) && (await manifestOf(pushed));
    for (const digest of [rolled, pushed]) await deleteImage(as("admin"), input(digest));
    nowMs += 20 * day;
    running = [rolled];
    await ecr.send(new PutImageCommand({ repositoryName, imageManifest: manifest, imageTag: "v4" }));
    expect(await keepImages(ctx)).toMatchObject({ restored: 2, purged: 0, failed: [] });
    expect(await tagsOf(rolled)).toContain("v3");
    expect(await tagsOf(pushed)).toEqual(["v4"]);
  });

  it("lose a tag that another image has got since, and keep one of their own in any case", async () => {
    const first = await push("latest");
    await deleteImage(as("admin"), input(first));
    const second = await push("latest");
    const restored = await restoreImage(as("admin"), { agent, digest: first, reason: "to compare" });
    expect(restored.tags).toEqual([`restored-${first.slice(7, 19)}`]);
    expect(await tagsOf(second)).toEqual(["latest"]);
    expect((await eventsOf(first)).at(-1)?.summary).toContain("without latest, which another image has");
  });

  it("end in the same state when a crash left the deletion half done", async () => {
    const digest = await push("v5");
    const dying = {
      ...as("admin"),
      registry: { ...ctx.registry, removeTag: () => Promise.reject(new Error("killed")) },
    };
    await expect(deleteImage(dying, input(digest))).rejects.toThrow("killed");
    await keepImages(ctx);
    expect(await tagsOf(digest)).toEqual([`keep-quarantined-${digest.slice(7, 19)}`]);
    // The purge that was cut off after the registry did it.
    await ctx.registry.deleteImage(agent, digest);
    expect(await keepImages(ctx)).toMatchObject({ purged: 1, failed: [] });
    expect(await ctx.ledger.listQuarantined(agent)).toEqual([]);
  });

  it("and pushes, tags, removals outside SAMLA and waivers that ran out are told once, each in its repository's history", async () => {
    const digest = await push("v6");
    expect((await keepImages(ctx)).told).toBe(1);
    await ctx.registry.addTag(agent, digest, "stable");
    expect((await keepImages(ctx)).told).toBe(1);
    await ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds: [{ imageDigest: digest }] }));
    expect((await keepImages(ctx)).told).toBe(1);
    expect((await eventsOf(digest)).map(({ action }) => action)).toEqual([
      "image.pushed",
      "image.tagged",
      "image.gone",
    ]);
    const until = new Date(nowMs + day).toISOString();
    await waiveFinding(as("admin"), { agent, findingId: "CVE-2026-1", owner: "Team A", reason: "harmless", until });
    nowMs += 2 * day;
    expect((await keepImages(ctx)).told).toBe(1);
    expect((await keepImages(ctx)).told).toBe(0);
  });

  const manifestOf = async (digest: string): Promise<string> => {
    const { BatchGetImageCommand } = await import("@aws-sdk/client-ecr");
    const { images } = await ecr.send(
      new BatchGetImageCommand({ repositoryName, imageIds: [{ imageDigest: digest }] }),
    );
    return images?.[0]?.imageManifest ?? "";
  };
});

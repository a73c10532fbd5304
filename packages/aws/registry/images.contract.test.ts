import {
  CreateRepositoryCommand,
  DescribeImagesCommand,
  ECRClient,
  GetLifecyclePolicyPreviewCommand,
  PutReplicationConfigurationCommand,
  StartLifecyclePolicyPreviewCommand,
} from "@aws-sdk/client-ecr";
import { type ImageEndpointId, imageRoutes, type Release } from "@samla/contracts";
import {
  createAgentImages,
  endWaiver,
  getDifferences,
  getFinding,
  getFindings,
  getGate,
  getGateSettings,
  getImage,
  getInventory,
  getLifecycle,
  getReplication,
  getRepository,
  type ImageContext,
  keepImages,
  listFindings,
  listImages,
  listRepositories,
  policyOf,
  setGate,
  setLifecycle,
  simulateLifecycle,
  startScan,
  waiveFinding,
} from "@samla/core/images";
import type { AgentRecord, TaskStateOfEcs } from "@samla/core/kernel";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createTestImage, pushTestImage } from "../../local-aws/ecr/testing-images.ts";
import { createDynamoDbGateCatalog, createDynamoDbImageMemory } from "../catalog/gates.ts";
import { createDynamoDbImageLedger } from "../catalog/image-ledger.ts";
import { eventually, newId, startTestAws } from "../testing.ts";
import type { TestResources } from "../testing-resources.ts";
import { createEcrRegistry } from "./ecr.ts";

const day = 86_400_000;

describe("images of agents", () => {
  let aws: TestResources;
  let ecr: ECRClient;
  let ctx: ImageContext;
  let nowMs = Date.now();
  const agentName = `t${Date.now().toString(36)}`;
  const repositoryName = `samla/test/${agentName}`;
  const digests: Record<string, string> = {};
  const running: string[] = [];
  let releases: Release[] = [];
  let record: Partial<AgentRecord> = {};

  const as = (role: "reader" | "operator" | "admin"): ImageContext => ({
    ...ctx,
    actor: { kind: "person", id: role, name: role, roles: [role], groups: [] },
  });
  const release = (n: number, digest: string, status: Release["status"]) =>
    ({
      id: newId("rel"),
      n,
      status,
      kind: "release",
      image: { digest },
      createdAt: new Date(nowMs).toISOString(),
    }) as unknown as Release;

  const push = async (tag: string, files: Record<string, string>, labels: Record<string, string> = {}) => {
    const image = await createTestImage([files], { config: { Labels: labels, User: "1000:1000" } });
    const digest = await pushTestImage(ecr, process.env.AWS_ENDPOINT_URL ?? "", repositoryName, tag, image);
    digests[tag] = digest;
    return digest;
  };
  const scanned = (digest: string) =>
    vi.waitFor(async () => {
      const image = await ctx.registry.getImage(agentName, digest);
      expect(image?.scan.state).toMatch(/complete|unsupported|failed/);
      return image;
    }, eventually);

  beforeAll(async () => {
    aws = await startTestAws("tables");
    ecr = new ECRClient({});
    await ecr.send(
      new CreateRepositoryCommand({
        repositoryName,
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
      }),
    );
    const now = () => nowMs;
    const tables = { table: aws.tables.catalog, catalogTable: aws.tables.catalog, now, newId };
    ctx = {
      actor: { kind: "person", id: "ada", name: "Ada", roles: ["admin"], groups: [] },
      requestId: "test",
      now,
      newId,
      log: () => undefined,
      registry: createEcrRegistry({ prefix: "samla/test" }),
      gates: createDynamoDbGateCatalog(tables),
      ledger: createDynamoDbImageLedger(tables),
      agents: {
        getAgent: async () => record as AgentRecord,
        listReleases: async () => ({ items: releases }),
      },
      containers: {
        listTasks: async () =>
          running.map(
            (imageDigest, i) => ({ id: String(i).repeat(32), imageDigest, tags: {} }) as unknown as TaskStateOfEcs,
          ),
      },
      platform: { stage: "test", names: [agentName] },
    };
    await push("bad", { "node_modules/ws/package.json": '{"name":"ws","version":"8.16.0"}' });
    await push(
      "good",
      {
        "node_modules/ws/package.json": '{"name":"ws","version":"8.18.0"}',
        "app/sbom.cdx.json": JSON.stringify({
          bomFormat: "CycloneDX",
          components: [
            { name: "ws", version: "8.18.0", purl: "pkg:npm/ws@8.18.0", licenses: [{ license: { name: "MIT" } }] },
          ],
        }),
      },
      {
        "org.opencontainers.image.revision": "abc123",
        "org.opencontainers.image.created": "2026-01-02T03:04:05.000Z",
        "com.samla.agent": '{"name":"x"}',
      },
    );
    await push("strange", { "bin/thing": "?" });
    for (const digest of Object.values(digests)) await scanned(digest);
    running.push(digests.bad ?? "");
  });
  afterAll(async () => {
    ecr.destroy();
    await aws.close();
  });

  it("have lines with tags, labels, scan and tasks, and a page each", async () => {
    const { items } = await listRepositories(ctx);
    expect(items).toMatchObject([
      { agent: agentName, name: repositoryName, images: 3, tagMutability: "IMMUTABLE", runningFindings: { high: 1 } },
    ]);
    const page = await listImages(ctx, { agent: agentName, show: "running", limit: 50 });
    expect(page).toMatchObject({ total: 1, items: [{ tags: ["bad"], protectedBy: ["running"], runs: [{}] }] });
    const found = await listImages(ctx, { agent: agentName, show: "all", q: "ABC123", limit: 50 });
    expect(found.items).toMatchObject([
      { tags: ["good"], commit: "abc123", builtAt: "2026-01-02T03:04:05.000Z", scan: { state: "complete" } },
    ]);
    const first = await listImages(ctx, { agent: agentName, show: "all", limit: 2 });
    const rest = await listImages(ctx, { agent: agentName, show: "all", limit: 2, cursor: first.nextCursor });
    expect(new Set([...first.items, ...rest.items].map(({ digest }) => digest)).size).toBe(3);
    const detail = await getImage(ctx, { agent: agentName, digest: digests.good ?? "" });
    expect(detail).toMatchObject({ user: "1000:1000", manifest: { name: "x" }, gate: { passed: true } });
    expect(detail.layers).toHaveLength(1);
    await expect(getImage(ctx, { agent: "none", digest: digests.good ?? "" })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(listRepositories(as("reader"))).rejects.toMatchObject({ code: "forbidden" });
  });

  it("may go out only when their scan is complete and nothing severe is without a waiver that holds", async () => {
    const images = createAgentImages(ctx);
    const gate = (tag: string) => images.gate(agentName, digests[tag] ?? "");
    expect(await gate("good")).toMatchObject({ passed: true, obstacles: [] });
    expect(await gate("strange")).toMatchObject({ passed: false, scan: "unsupported" });
    expect(await images.gate(agentName, `sha256:${"0".repeat(64)}`)).toMatchObject({ passed: false, scan: "none" });
    const refused = await gate("bad");
    expect(refused).toMatchObject({ passed: false, threshold: "high", counts: { high: 1 } });
    expect(refused.obstacles).toEqual(["CVE-2024-37890 (high) is in ws 8.16.0, mended in 8.17.1."]);

    const until = new Date(nowMs + 10 * day).toISOString();
    const waiver = { agent: agentName, findingId: "CVE-2024-37890", owner: "Team A", reason: "not reachable", until };
    await expect(
      waiveFinding(ctx, { ...waiver, until: new Date(nowMs + 400 * day).toISOString() }),
    ).rejects.toMatchObject({
      code: "invalid_request",
      errors: [{ field: "until" }],
    });
    await expect(waiveFinding(as("reader"), waiver)).rejects.toMatchObject({ code: "forbidden" });
    await waiveFinding(as("operator"), { ...waiver, package: "other" });
    expect((await gate("bad")).passed).toBe(false);
    const { waivers } = await waiveFinding(as("operator"), waiver);
    const waived = await gate("bad");
    expect(waived).toMatchObject({
      passed: true,
      findings: [{ id: "CVE-2024-37890", waiver: { owner: "Team A", until } }],
    });

    nowMs += 11 * day;
    const reopened = await gate("bad");
    expect(reopened).toMatchObject({ passed: false, findings: [{ reopened: { owner: "Team A", until } }] });
    expect(reopened.obstacles[0]).toMatch(/its waiver by Team A ran out on \d{4}-\d\d-\d\d\.$/);
    expect((await getGateSettings(ctx, { agent: agentName })).waivers[0]?.state).toBe("expired");
    nowMs -= 11 * day;
    await endWaiver(ctx, { agent: agentName, waiverId: waivers[0]?.id ?? "", reason: "mended elsewhere" });
    expect((await gate("bad")).passed).toBe(false);

    const settings = await getGateSettings(ctx, { agent: agentName });
    const change = {
      agent: agentName,
      threshold: "critical" as const,
      keepReleases: 3,
      reason: "less strict",
      revision: settings.revision,
    };
    await expect(setGate(as("operator"), change)).rejects.toMatchObject({ code: "forbidden" });
    await setGate(ctx, change);
    expect((await gate("bad")).passed).toBe(true);
    await expect(setGate(ctx, change)).rejects.toMatchObject({ code: "conflict" });
    await setGate(ctx, { ...change, threshold: "high", keepReleases: 1, revision: settings.revision + 1 });
  });

  it("lead from a finding to the tasks it touches, and from an image to what it is made of", async () => {
    const list = await listFindings(ctx, { show: "running" });
    expect(list.items).toMatchObject([
      { id: "CVE-2024-37890", severity: "high", tasks: 1, agents: [agentName], waived: false },
    ]);
    const one = await getFinding(ctx, { findingId: "CVE-2024-37890" });
    expect(one.uses).toMatchObject([
      { digest: digests.bad, package: "ws", version: "8.16.0", runs: [{ agent: agentName }] },
    ]);
    running.push(digests.strange ?? "");
    expect((await listFindings(ctx, { show: "running" })).unscanned).toMatchObject([{ state: "unsupported" }]);
    running.pop();
    expect(await getInventory(ctx, { agent: agentName, digest: digests.good ?? "" })).toMatchObject({
      source: "image",
      packages: [{ name: "ws", version: "8.18.0", ecosystem: "npm", licenses: ["MIT"] }],
    });
    expect(await getInventory(ctx, { agent: agentName, digest: digests.bad ?? "" })).toEqual({
      source: "none",
      packages: [],
    });
    const differences = await getDifferences(ctx, {
      agent: agentName,
      digest: digests.bad ?? "",
      to: digests.good ?? "",
    });
    expect(differences.findings).toMatchObject({ fixed: [{ id: "CVE-2024-37890" }], added: [] });
    expect(differences.packages).toMatchObject([{ name: "ws", before: undefined, after: "8.18.0" }]);
    expect(differences.layers).toMatchObject({ same: [], removed: [{}], added: [{}] });
    await startScan(ctx, { agent: agentName, digest: digests.bad ?? "" });
    await scanned(digests.bad ?? "");
  });

  it("stay when they run, are pinned or can be rolled back to, whatever a rule says, in ECR too", async () => {
    for (const tag of ["v1", "v2", "v3", "v4", "v5"])
      await push(tag, { "node_modules/zod/package.json": `{"name":"zod","version":"4.0.${tag.slice(1)}"}` });
    const [pinned, back, older] = [
      release(3, digests.v1 ?? "", "superseded"),
      release(5, digests.v2 ?? "", "superseded"),
      release(2, digests.v3 ?? "", "superseded"),
    ];
    releases = [back, pinned, older];
    record = { pin: { releaseId: pinned.id } as AgentRecord["pin"] };
    const rules = [
      {
        description: "",
        tagStatus: "any" as const,
        tagPatterns: [],
        countType: "imageCountMoreThan" as const,
        countNumber: 1,
      },
    ];
    const simulation = await simulateLifecycle(ctx, { agent: agentName, rules });
    const spared = Object.fromEntries(simulation.spared.map(({ digest, by }) => [digest, by]));
    expect(spared).toEqual({
      [digests.bad ?? ""]: ["running"],
      [digests.v1 ?? ""]: ["pinned"],
      [digests.v2 ?? ""]: ["roll-back"],
    });
    // The newest of those that are free stays by the rule itself.
    expect(simulation.expires.map(({ digest }) => digest).sort()).toEqual(
      [digests.good, digests.strange, digests.v3, digests.v4].sort(),
    );
    expect(simulation.freedBytes).toBeGreaterThan(0);

    const { policyText = "" } = await getLifecycle(ctx, { agent: agentName });
    const saved = await setLifecycle(ctx, { agent: agentName, rules, reason: "tidy up", policyText });
    expect(saved).toMatchObject({ rules, keepsProtected: true });
    await expect(setLifecycle(ctx, { agent: agentName, rules, reason: "again", policyText })).rejects.toMatchObject({
      code: "conflict",
    });
    // What ECR itself would take is what the simulator named.
    await ecr.send(new StartLifecyclePolicyPreviewCommand({ repositoryName, lifecyclePolicyText: policyOf(rules) }));
    const preview = await vi.waitFor(async () => {
      const answer = await ecr.send(new GetLifecyclePolicyPreviewCommand({ repositoryName }));
      expect(answer.status).toBe("COMPLETE");
      return answer;
    }, eventually);
    expect(preview.previewResults?.map(({ imageDigest }) => imageDigest).sort()).toEqual(
      simulation.expires.map(({ digest }) => digest).sort(),
    );
    const tagged = await ecr.send(
      new DescribeImagesCommand({ repositoryName, imageIds: [{ imageDigest: digests.v1 }] }),
    );
    expect(tagged.imageDetails?.[0]?.imageTags).toContain(`keep-${digests.v1?.slice(7, 19)}`);
    // SAMLA's own tags are not shown as versions.
    const { items } = await listImages(ctx, { agent: agentName, show: "all", q: "v1", limit: 10 });
    expect(items[0]?.tags).toEqual(["v1"]);
    releases = [back];
    record = {};
    expect(await keepImages(ctx)).toMatchObject({ removed: 1, failed: [] });
    const freed = await ecr.send(
      new DescribeImagesCommand({ repositoryName, imageIds: [{ imageDigest: digests.v1 }] }),
    );
    expect(freed.imageDetails?.[0]?.imageTags).toEqual(["v1"]);
  });

  it("never lose their last tag to SAMLA, which would free them to the rule for untagged images", async () => {
    const image = await createTestImage([{ "node_modules/a/package.json": '{"name":"a","version":"1.0.0"}' }]);
    const digest = await pushTestImage(ecr, process.env.AWS_ENDPOINT_URL ?? "", repositoryName, "only", image);
    await ctx.registry.addTag(agentName, digest, `keep-${digest.slice(7, 19)}`);
    await ctx.registry.addTag(agentName, digest, `keep-${digest.slice(7, 19)}`);
    await ctx.registry.removeTag(agentName, "only");
    await expect(ctx.registry.removeTag(agentName, `keep-${digest.slice(7, 19)}`)).rejects.toMatchObject({
      code: "conflict",
    });
    await keepImages(ctx);
    expect((await ctx.registry.getImage(agentName, digest))?.tags).toEqual([`keep-${digest.slice(7, 19)}`]);
  });

  it("show in which region each copy is, and how the repository there differs", async () => {
    const account = "000000000000";
    await ecr.send(
      new PutReplicationConfigurationCommand({
        replicationConfiguration: {
          rules: [
            {
              destinations: [{ region: "eu-west-1", registryId: account }],
              repositoryFilters: [{ filter: "samla/test/", filterType: "PREFIX_MATCH" }],
            },
          ],
        },
      }),
    );
    const digest = await push("copied", { "node_modules/a/package.json": '{"name":"a","version":"2.0.0"}' });
    const found = await vi.waitFor(async () => {
      const [repository] = (await getReplication(ctx)).repositories;
      expect(repository?.images.find((one) => one.digest === digest)?.regions).toEqual([
        { region: "eu-west-1", state: "complete" },
      ]);
      return repository;
    }, eventually);
    expect(found?.images.find((one) => one.digest === digests.good)?.regions).toMatchObject([{ state: "absent" }]);
    expect(found?.targets).toMatchObject([{ region: "eu-west-1", exists: true }]);
    expect(found?.targets[0]?.drift.map(({ setting, here, there }) => [setting, here, there])).toContainEqual([
      "tag mutability",
      "IMMUTABLE",
      "MUTABLE",
    ]);
    expect(found?.targets[0]?.drift).toContainEqual({ setting: "lifecycle policy", here: "2 rules", there: "none" });
  });

  it("are told in the shapes of the contract", async () => {
    const [agent, digest, to] = [agentName, digests.good ?? "", digests.bad ?? ""];
    const answers: Record<ImageEndpointId, unknown> = {
      "images.repositories": await listRepositories(ctx),
      "images.repository": await getRepository(ctx, { agent }),
      "images.list": await listImages(ctx, { agent, show: "all", limit: 50 }),
      "images.get": await getImage(ctx, { agent, digest }),
      "images.findings": await getFindings(ctx, { agent, digest: to }),
      "images.inventory": await getInventory(ctx, { agent, digest }),
      "images.gate": await getGate(ctx, { agent, digest: to }),
      "images.differences": await getDifferences(ctx, { agent, digest, to }),
      "images.scan": await startScan(ctx, { agent, digest: to }),
      "images.delete": (await listImages(ctx, { agent, show: "all", limit: 1 })).items[0],
      "images.restore": (await listImages(ctx, { agent, show: "all", limit: 1 })).items[0],
      "images.gateSettings": await getGateSettings(ctx, { agent }),
      "images.setGate": await getGateSettings(ctx, { agent }),
      "images.waive": await getGateSettings(ctx, { agent }),
      "images.endWaiver": await getGateSettings(ctx, { agent }),
      "images.lifecycle": await getLifecycle(ctx, { agent }),
      "images.simulate": await simulateLifecycle(ctx, { agent, rules: [] }),
      "images.setLifecycle": await getLifecycle(ctx, { agent }),
      "images.allFindings": await listFindings(ctx, { show: "all" }),
      "images.finding": await getFinding(ctx, { findingId: "CVE-2024-37890" }),
      "images.replication": await getReplication(ctx),
    };
    for (const [id, answer] of Object.entries(answers))
      expect(imageRoutes[id as ImageEndpointId].response.safeParse(answer), id).toMatchObject({ success: true });
  });

  it("are read once, whatever process asks, as reading counts as a pull", async () => {
    const digest = await push(
      "unread",
      { "node_modules/b/package.json": '{"name":"b","version":"1.0.0"}' },
      { a: "b" },
    );
    const memory = createDynamoDbImageMemory({ table: aws.tables.catalog });
    const fresh = () => createEcrRegistry({ prefix: "samla/test", memory });
    const first = await fresh().readParts(agentName, digest);
    expect(first?.labels).toEqual({ a: "b" });
    const pulledAt = (await ctx.registry.getImage(agentName, digest))?.pulledAt;
    expect(pulledAt).toBeDefined();
    expect(await fresh().readParts(agentName, digest)).toEqual(first);
    expect((await ctx.registry.getImage(agentName, digest))?.pulledAt).toBe(pulledAt);
  });
});

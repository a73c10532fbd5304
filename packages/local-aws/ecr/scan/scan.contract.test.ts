import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  CreateRepositoryCommand,
  DescribeImageScanFindingsCommand,
  DescribeImagesCommand,
  ECRClient,
  GetDownloadUrlForLayerCommand,
  ScanNotFoundException,
  StartImageScanCommand,
} from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listenFront } from "../../kernel/server.ts";
import { createClientSettings, TEST_ACCOUNT, TEST_CREDENTIALS, TEST_REGION, waitFor } from "../../kernel/testing.ts";
import { digestOf } from "../blob-store.ts";
import { createRegistry } from "../index.ts";
import { createTestImage, pushTestImage } from "../testing-images.ts";

describe("scans of images", () => {
  let dir: string;
  let url: string;
  let ecr: ECRClient;
  let stop: () => Promise<void>;
  const events: { detailType: string; detail: Record<string, unknown> }[] = [];

  const start = async (): Promise<void> => {
    const front = await listenFront({ port: 0, credentials: [TEST_CREDENTIALS] });
    url = front.url;
    const registry = createRegistry({
      dir,
      identity: { region: TEST_REGION, accountId: TEST_ACCOUNT },
      publicUrl: url,
      emit: ({ detailType, detail }) => events.push({ detailType, detail: detail as Record<string, unknown> }),
    });
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
    dir = await mkdtemp(path.join(tmpdir(), "samla-scan-"));
    await start();
    for (const [repositoryName, scanOnPush] of [
      ["scanned", true],
      ["quiet", false],
    ] as const)
      await ecr.send(new CreateRepositoryCommand({ repositoryName, imageScanningConfiguration: { scanOnPush } }));
  });
  afterAll(async () => {
    await stop();
    await rm(dir, { recursive: true, force: true });
  });

  const scanOf = (repositoryName: string, imageDigest: string) =>
    waitFor(async () => {
      const answer = await ecr.send(new DescribeImageScanFindingsCommand({ repositoryName, imageId: { imageDigest } }));
      return answer.imageScanStatus?.status === "IN_PROGRESS" ? undefined : answer;
    });
  const debian = {
    "etc/os-release": 'ID=debian\nVERSION_ID="12"\n',
    "var/lib/dpkg/status.d/libc6":
      "Package: libc6\nSource: glibc\nVersion: 2.36-9+deb12u2\nStatus: install ok installed\n",
  };

  it("find seeded packages of Debian, npm and Node.js on push, with severity, versions and what mends them", async () => {
    const image = await createTestImage(
      [
        { ...debian, "app/node_modules/ws/package.json": '{"name":"ws","version":"8.16.0"}' },
        {
          "app/sbom.cdx.json": JSON.stringify({
            components: [{ purl: "pkg:npm/body-parser@1.20.2" }, { purl: "pkg:npm/%40scope/none@1.0.0" }],
          }),
        },
      ],
      { config: { Env: ["NODE_VERSION=24.13.0"] } },
    );
    const digest = await pushTestImage(ecr, url, "scanned", "bad", image);
    const { imageScanFindings } = await scanOf("scanned", digest);
    const found = new Map(imageScanFindings?.findings?.map((one) => [one.name, one]));
    const attributes = (name: string) =>
      Object.fromEntries(found.get(name)?.attributes?.map(({ key, value }) => [key, value]) ?? []);
    expect(found.get("CVE-2024-37890")).toMatchObject({ severity: "HIGH", uri: expect.stringMatching(/^https:/) });
    expect(attributes("CVE-2024-37890")).toMatchObject({
      package_name: "ws",
      package_version: "8.16.0",
      fixed_in_version: "8.17.1",
    });
    expect(attributes("CVE-2024-45590").fixed_in_version).toBe("1.20.3");
    expect(found.get("CVE-2023-4911")).toMatchObject({ severity: "UNDEFINED" });
    expect(attributes("CVE-2023-4911")).toMatchObject({ package_name: "libc6", fixed_in_version: "2.36-9+deb12u3" });
    expect(attributes("CVE-2026-21717").fixed_in_version).toBe("24.14.1");
    expect(found.has("CVE-2023-4527")).toBe(false);
    const described = await ecr.send(new DescribeImagesCommand({ repositoryName: "scanned" }));
    expect(described.imageDetails?.[0]?.imageScanFindingsSummary?.findingSeverityCounts?.HIGH).toBeGreaterThan(1);
    expect(events.find(({ detailType }) => detailType === "ECR Image Scan")?.detail).toMatchObject({
      "scan-status": "COMPLETE",
      "repository-name": "scanned",
      "image-digest": digest,
      "image-tags": ["bad"],
    });
    expect(events.map(({ detailType }) => detailType)).toContain("ECR Image Action");
  });

  it("find nothing in what is mended, nor in what an upper layer removed", async () => {
    const image = await createTestImage([
      { ...debian, "app/node_modules/ws/package.json": '{"name":"ws","version":"8.16.0"}' },
      {
        "var/lib/dpkg/status.d/libc6":
          "Package: libc6\nSource: glibc\nVersion: 2.36-9+deb12u14\nStatus: install ok installed\n",
        "app/node_modules/.wh.ws": "",
        "app/node_modules/zod/package.json": '{"name":"zod","version":"4.0.0"}',
      },
    ]);
    const digest = await pushTestImage(ecr, url, "scanned", "good", image);
    const { imageScanStatus, imageScanFindings } = await scanOf("scanned", digest);
    expect(imageScanStatus?.status).toBe("COMPLETE");
    expect(imageScanFindings?.findings).toEqual([]);
  });

  it("say what they cannot read, and nothing of what nobody scanned", async () => {
    const strange = await pushTestImage(
      ecr,
      url,
      "scanned",
      "strange",
      await createTestImage([{ "bin/thing": "\u007fELF" }]),
    );
    expect((await scanOf("scanned", strange)).imageScanStatus).toMatchObject({ status: "UNSUPPORTED_IMAGE" });
    const quiet = await pushTestImage(ecr, url, "quiet", "v1", await createTestImage([debian]));
    await expect(scanOf("quiet", quiet)).rejects.toThrow(ScanNotFoundException);
    await ecr.send(new StartImageScanCommand({ repositoryName: "quiet", imageId: { imageTag: "v1" } }));
    expect((await scanOf("quiet", quiet)).imageScanStatus?.status).toBe("COMPLETE");
  });

  it("use refreshed advisories at the next scan, and outlast a restart", async () => {
    const advisory = {
      id: "TEST-2099-1",
      affected: [
        { package: { ecosystem: "npm", name: "left" }, ranges: [{ type: "SEMVER", events: [{ introduced: "0" }] }] },
      ],
      database_specific: { severity: "critical" },
    };
    const file = path.join(dir, "ecr", "advisories.json");
    writeFileSync(file, JSON.stringify({ asOf: "2099-01-01T00:00:00.000Z", sources: [], advisories: [advisory] }));
    const image = await createTestImage([{ "node_modules/left/package.json": '{"name":"left","version":"1.0.0"}' }]);
    const digest = await pushTestImage(ecr, url, "scanned", "refreshed", image);
    expect((await scanOf("scanned", digest)).imageScanFindings).toMatchObject({
      findingSeverityCounts: { CRITICAL: 1 },
      vulnerabilitySourceUpdatedAt: new Date("2099-01-01T00:00:00.000Z"),
    });
    await stop();
    await rm(file);
    await start();
    expect((await scanOf("scanned", digest)).imageScanFindings?.findings?.[0]?.name).toBe("TEST-2099-1");
  });

  it("give layers by an address that is good for that layer alone", async () => {
    const image = await createTestImage([debian]);
    await pushTestImage(ecr, url, "quiet", "layers", image);
    const layer = image.blobs[1] ?? Buffer.alloc(0);
    const { downloadUrl = "" } = await ecr.send(
      new GetDownloadUrlForLayerCommand({ repositoryName: "quiet", layerDigest: digestOf(layer) }),
    );
    const got = Buffer.from(await (await fetch(downloadUrl)).arrayBuffer());
    expect(digestOf(got)).toBe(digestOf(layer));
    const config = digestOf(image.blobs[0] ?? Buffer.alloc(0));
    expect((await fetch(downloadUrl.replace(digestOf(layer), config))).status).toBe(401);
  });
});

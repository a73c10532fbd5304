import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { CreateRepositoryCommand, DescribeImagesCommand, ECRClient } from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRegistryAuthorization } from "../../packages/aws/registry/token.ts";
import { createRegistry, type Registry } from "../../packages/local-aws/ecr/index.ts";
import { listenFront } from "../../packages/local-aws/kernel/server.ts";
import {
  createClientSettings,
  TEST_ACCOUNT,
  TEST_CREDENTIALS,
  TEST_REGION,
} from "../../packages/local-aws/kernel/testing.ts";
import { root as projectRoot } from "../build.ts";
import { buildImage } from "./build-image.ts";
import type { BuiltImage } from "./oci.ts";
import { pushImage } from "./push-image.ts";

const run = promisify(execFile);

const manifest = {
  name: "probe",
  title: "Probe",
  description: "An agent of the tests",
  version: "1.2.3",
  cpu: 256,
  memoryMb: 512,
  health: { path: "/health", startSeconds: 10 },
  scaling: { minTasks: 1, maxTasks: 2, cpuTargetPercent: 60 },
};

describe("images built without Docker", () => {
  let dir: string;
  let url: string;
  let ecr: ECRClient;
  let registry: Registry;
  let close: () => Promise<void>;
  let image: BuiltImage;
  const repository = "samla/test/probe";

  /** A checkout with one agent, whose bundle holds one package. */
  const makeCheckout = async (name: string, main: string): Promise<string> => {
    const root = path.join(dir, name);
    await mkdir(path.join(root, "agents/probe"), { recursive: true });
    await symlink(path.join(projectRoot, "node_modules"), path.join(root, "node_modules"));
    await writeFile(path.join(root, "agents/probe/agent.json"), JSON.stringify(manifest));
    await writeFile(path.join(root, "agents/probe/main.ts"), main);
    return root;
  };
  const main = `import { ulid } from "ulid";\nconsole.log(JSON.stringify({ ulid: ulid().length, node: process.version }));\n`;
  const source = {
    commit: "a".repeat(40),
    committedAt: "2026-01-02T03:04:05.000Z",
    url: "https://example.com/samla",
    changed: false,
  };
  const build = (root: string, more: { source?: typeof source } = { source }) =>
    buildImage({ root, agentDir: "agents/probe", dir: path.join(dir, "layers"), ...more });

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "samla-image-"));
    const front = await listenFront({ port: 0, credentials: [TEST_CREDENTIALS] });
    url = front.url;
    registry = createRegistry({ dir, identity: { region: TEST_REGION, accountId: TEST_ACCOUNT }, publicUrl: url });
    front.addService(registry.service);
    front.addDoor(registry.door);
    front.markReady();
    ecr = new ECRClient(createClientSettings(url));
    await ecr.send(new CreateRepositoryCommand({ repositoryName: repository, imageTagMutability: "IMMUTABLE" }));
    close = async () => {
      ecr.destroy();
      await front.close();
      await registry.service.close();
    };
    image = await build(await makeCheckout("one", main));
  });
  afterAll(async () => {
    await close();
    await rm(dir, { recursive: true, force: true });
  });

  const targetOf = (at: string, more: object = {}) => ({
    url: at,
    repository,
    authorization: createRegistryAuthorization({ endpoint: url, region: TEST_REGION, credentials: TEST_CREDENTIALS }),
    pauseMs: 1,
    ...more,
  });
  const nameOf = (digest: string): string => `${new URL(url).host}/${repository}@${digest}`;

  it("run as the registry gives them back: this Node.js, the agent and its labels", async () => {
    const pushed = await pushImage(image, targetOf(url));
    expect(pushed).toMatchObject({ digest: image.digest, tag: "a".repeat(12), sentBytes: expect.any(Number) });
    const { rootDir, config } = await registry.images.pull(nameOf(image.digest));
    expect(config).toMatchObject({
      user: "1000:1000",
      entrypoint: ["/usr/local/bin/node", "/app/main.js"],
      workingDir: "/app",
      env: { NODE_VERSION: process.versions.node },
      labels: {
        "org.opencontainers.image.created": source.committedAt,
        "org.opencontainers.image.revision": source.commit,
        "org.opencontainers.image.source": source.url,
        "org.opencontainers.image.title": "Probe",
        "org.opencontainers.image.version": "1.2.3",
        "com.samla.agent": JSON.stringify(manifest),
      },
    });
    const { stdout } = await run(path.join(rootDir, "usr/local/bin/node"), [path.join(rootDir, "app/main.js")]);
    expect(JSON.parse(stdout)).toEqual({ ulid: 26, node: process.version });
    const inventory = JSON.parse(readFileSync(path.join(rootDir, "app/sbom.cdx.json"), "utf8"));
    expect(inventory).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.6" });
    const purls = inventory.components.map(({ purl }: { purl: string }) => purl);
    expect(purls).toContain(`pkg:generic/node@${process.versions.node}`);
    expect(purls).toContainEqual(expect.stringMatching(/^pkg:npm\/ulid@\d/));
  });

  it("are the same for the same sources, wherever they lie and whenever they are built", async () => {
    const again = await buildImage({
      root: await makeCheckout("two", main),
      agentDir: "agents/probe",
      dir: path.join(dir, "other-layers"),
      source,
    });
    expect(again.digest).toBe(image.digest);
    expect(again.manifest.equals(image.manifest)).toBe(true);
    const changed = await build(await makeCheckout("three", `${main}// more\nconsole.log(1);\n`));
    expect(changed.digest).not.toBe(image.digest);
    // Only the agent's layer differs: the runtime is stored once.
    expect(changed.blobs[1]?.digest).toBe(image.blobs[1]?.digest);
  });

  it("say that their sources differ from the commit, in label and tag", async () => {
    const root = await makeCheckout("four", main);
    const changed = await build(root, { source: { ...source, changed: true } });
    expect(changed.tag).toMatch(/^a{12}-changed-[0-9a-f]{8}$/);
  });

  it("name the file that keeps an agent from being built", async () => {
    const root = await makeCheckout("broken", "import './absent.ts';");
    await expect(build(root)).rejects.toThrow(/agents\/probe\/main\.ts does not build: .*absent/s);
    await writeFile(path.join(root, "agents/probe/agent.json"), JSON.stringify({ ...manifest, cpu: 300 }));
    await expect(build(root)).rejects.toThrow(/agents\/probe\/agent\.json is not valid: /);
    await rm(path.join(root, "agents/probe/agent.json"));
    await expect(build(root)).rejects.toThrow(/agents\/probe\/agent\.json is missing/);
  });

  it("are pushed again without sending a byte, and never over another image of an immutable tag", async () => {
    await pushImage(image, targetOf(url), "taken");
    const again = await pushImage(image, targetOf(url), "taken");
    expect(again.sentBytes).toBe(0);
    expect(new Set(again.blobs.map(({ how }) => how))).toEqual(new Set(["there"]));
    const other = await build(path.join(dir, "three"));
    await expect(pushImage(other, targetOf(url), "taken")).rejects.toThrow(/tags do not move.*--tag/s);
    await expect(pushImage(image, targetOf(url, { repository: "samla/none" }))).rejects.toThrow(/NAME_UNKNOWN/);
  });

  it("mount layers that another repository has", async () => {
    await ecr.send(new CreateRepositoryCommand({ repositoryName: "samla/test/second" }));
    const pushed = await pushImage(image, targetOf(url, { repository: "samla/test/second", mountFrom: repository }));
    expect(pushed.sentBytes).toBe(0);
    expect(new Set(pushed.blobs.map(({ how }) => how))).toEqual(new Set(["mounted"]));
  });

  it("arrive whole when the registry is cut off in the middle, and what had arrived is not sent again", async () => {
    await ecr.send(new CreateRepositoryCommand({ repositoryName: "samla/test/cut" }));
    const { port } = new URL(url);
    let cuts = 3;
    let passed = 0;
    const sockets = new Set<Socket>();
    // A proxy that hangs up after 8 MB, three times.
    const proxy = createServer((client) => {
      const server = connect(Number(port), "127.0.0.1");
      let seen = 0;
      for (const one of [client, server]) {
        sockets.add(one);
        one.on("error", () => undefined);
        one.on("close", () => {
          client.destroy();
          server.destroy();
        });
      }
      client.on("data", (chunk) => {
        seen += chunk.length;
        passed += chunk.length;
        if (cuts > 0 && seen > 8_000_000) {
          cuts -= 1;
          client.resetAndDestroy();
        } else if (!server.write(chunk)) {
          client.pause();
          server.once("drain", () => client.resume());
        }
      });
      server.pipe(client);
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const address = proxy.address();
    const through = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
    const pushed = await pushImage(image, targetOf(through, { repository: "samla/test/cut" }));
    expect(cuts).toBe(0);
    expect(pushed.digest).toBe(image.digest);
    expect(passed).toBeLessThan(image.sizeBytes * 1.5);
    const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName: "samla/test/cut" }));
    expect(imageDetails?.[0]).toMatchObject({ imageDigest: image.digest, imageSizeInBytes: image.sizeBytes });
    for (const one of sockets) one.destroy();
    await new Promise((resolve) => proxy.close(resolve));
  });

  it("are refused by the registry when a byte of a layer is wrong", async () => {
    const [config, ...layers] = image.blobs;
    if (!config || !("bytes" in config)) throw new Error("the configuration is first");
    const bytes = Buffer.from(config.bytes);
    bytes[0] = 0x20;
    const digest = `sha256:${"0".repeat(64)}`;
    const forged: BuiltImage = { ...image, blobs: [{ ...config, digest, bytes }, ...layers] };
    await expect(pushImage(forged, targetOf(url))).rejects.toThrow(/DIGEST_INVALID/);
    // A manifest that names bytes nobody sent.
    const absent = {
      ...image,
      manifest: Buffer.from(image.manifest.toString().replace(config.digest, digest)),
      blobs: [],
    };
    await expect(pushImage(absent, targetOf(url), "absent")).rejects.toThrow(/MANIFEST_BLOB_UNKNOWN/);
  });
});

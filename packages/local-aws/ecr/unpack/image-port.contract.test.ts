import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DescribeImagesCommand, ECRClient } from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listenFront } from "../../kernel/server.ts";
import { createClientSettings, TEST_ACCOUNT, TEST_CREDENTIALS, TEST_REGION } from "../../kernel/testing.ts";
import { digestOf } from "../blob-store.ts";
import { createRegistry, type Registry } from "../index.ts";
import { mediaTypes } from "../manifest.ts";
import { createTestImage, pushTestImage, type TestEntry } from "../testing-images.ts";

describe("images, unpacked for tasks", () => {
  let dir: string;
  let url: string;
  let ecr: ECRClient;
  let registry: Registry;
  let close: () => Promise<void>;
  let count = 0;

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "samla-pull-"));
    const front = await listenFront({ port: 0, credentials: [TEST_CREDENTIALS] });
    url = front.url;
    registry = createRegistry({ dir, identity: { region: TEST_REGION, accountId: TEST_ACCOUNT }, publicUrl: url });
    front.addService(registry.service);
    front.addDoor(registry.door);
    front.markReady();
    ecr = new ECRClient(createClientSettings(url));
    close = async () => {
      ecr.destroy();
      await front.close();
      await registry.service.close();
    };
  });
  afterAll(async () => {
    await close();
    await rm(dir, { recursive: true, force: true });
  });

  const nameOf = (repository: string, reference: string) =>
    `${new URL(url).host}/${repository}${reference.startsWith("sha256:") ? "@" : ":"}${reference}`;
  const unpackedNames = () => readdirSync(path.join(dir, "ecr", "unpacked"));

  const pull = async (
    layers: Parameters<typeof createTestImage>[0],
    settings?: Parameters<typeof createTestImage>[1],
  ) => {
    count += 1;
    await pushTestImage(ecr, url, "samla/test", `v${count}`, await createTestImage(layers, settings));
    return registry.images.pull(nameOf("samla/test", `v${count}`));
  };
  const file = (name: string, content: string): TestEntry => ({ name, content });

  it("lays layers over one another, hides what they white out and tells the configuration", async () => {
    const { rootDir, config, sizeBytes } = await pull(
      [
        { "app/main.js": "old", "app/gone.js": "x", "data/a": "a", "data/b": "b", "bin/sh": "#!" },
        [
          file("app/main.js", "new"),
          file("app/.wh.gone.js", ""),
          file("data/c", "c"),
          file("data/.wh..wh..opq", ""),
          { name: "app/self", type: "symlink", linkname: "/app/main.js" },
          { name: "app/twin.js", type: "link", linkname: "app/main.js" },
        ],
      ],
      {
        config: {
          Env: ["A=1=2", "B="],
          Entrypoint: ["/bin/sh"],
          Cmd: ["-c", "x"],
          User: "1000:1000",
          WorkingDir: "/app",
          Labels: { "com.samla.agent": "{}" },
        },
      },
    );
    expect(readFileSync(path.join(rootDir, "app/main.js"), "utf8")).toBe("new");
    expect(readFileSync(path.join(rootDir, "app/self"), "utf8")).toBe("new");
    expect(readFileSync(path.join(rootDir, "app/twin.js"), "utf8")).toBe("new");
    expect(readdirSync(path.join(rootDir, "app")).sort()).toEqual(["main.js", "self", "twin.js"]);
    expect(readdirSync(path.join(rootDir, "data"))).toEqual(["c"]);
    expect(statSync(path.join(rootDir, "bin/sh")).mode & 0o777).toBe(0o555);
    expect(sizeBytes).toBeGreaterThan(0);
    expect(config).toEqual({
      env: { A: "1=2", B: "" },
      entrypoint: ["/bin/sh"],
      command: ["-c", "x"],
      workingDir: "/app",
      user: "1000:1000",
      labels: { "com.samla.agent": "{}" },
      stopSignal: "SIGTERM",
    });
  });

  it("unpacks an image once, however often and however many at a time ask, and records each pull", async () => {
    const image = await createTestImage([{ "app/main.js": "once" }]);
    const digest = await pushTestImage(ecr, url, "samla/once", "v1", image);
    const pulls = await Promise.all([1, 2, 3].map(() => registry.images.pull(nameOf("samla/once", digest))));
    expect(new Set(pulls.map((one) => one.rootDir)).size).toBe(1);
    expect(pulls[0]?.digest).toBe(digest);
    const marked = path.join(pulls[0]?.rootDir ?? "", "marked");
    writeFileSync(marked, "");
    await registry.images.pull(nameOf("samla/once", "v1"));
    expect(existsSync(marked)).toBe(true);
    const onAws = `${TEST_ACCOUNT}.dkr.ecr.${TEST_REGION}.amazonaws.com/samla/once@${digest}`;
    expect((await registry.images.pull(onAws)).rootDir).toBe(pulls[0]?.rootDir);
    const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName: "samla/once" }));
    expect(imageDetails?.[0]?.lastRecordedPullTime).toBeInstanceOf(Date);
  });

  it("keeps a large file of several images once on the disk", async () => {
    const large = "x".repeat(300_000);
    const one = await pull([{ "bin/node": large, a: "1" }]);
    const two = await pull([{ "usr/bin/node": large, a: "2" }]);
    const inode = (root: string, name: string) => statSync(path.join(root, name)).ino;
    expect(inode(two.rootDir, "usr/bin/node")).toBe(inode(one.rootDir, "bin/node"));
    expect(readFileSync(path.join(two.rootDir, "usr/bin/node"), "utf8")).toBe(large);
    expect(inode(two.rootDir, "a")).not.toBe(inode(one.rootDir, "a"));
  });

  it("picks this machine's platform from an index and says when there is none", async () => {
    const image = await createTestImage([{ "app/main.js": "platform" }]);
    const digest = await pushTestImage(ecr, url, "samla/index", "single", image);
    const indexOf = (architecture: string) => ({
      manifest: Buffer.from(
        JSON.stringify({
          schemaVersion: 2,
          mediaType: mediaTypes.ociIndex,
          manifests: [
            {
              mediaType: mediaTypes.ociManifest,
              digest,
              size: image.manifest.length,
              platform: { os: process.platform, architecture },
            },
          ],
        }),
      ),
      blobs: [],
    });
    const mine = process.arch === "x64" ? "amd64" : process.arch;
    const both = await pushTestImage(ecr, url, "samla/index", "both", indexOf(mine));
    expect((await registry.images.pull(nameOf("samla/index", both))).digest).toBe(both);
    await pushTestImage(ecr, url, "samla/index", "other", indexOf("s390x"));
    await expect(registry.images.pull(nameOf("samla/index", "other"))).rejects.toThrow(
      /^CannotPullContainerError: .*does not contain descriptor matching platform/,
    );
  });

  it("says in ECS's words what cannot be pulled", async () => {
    await pull([{ a: "a" }]);
    for (const [reference, why] of [
      [nameOf("samla/test", "absent"), /^CannotPullContainerError: .*samla\/test:absent: not found$/],
      [nameOf("samla/none", "v1"), /^CannotPullContainerError: .*repository samla\/none not found/],
      ["registry.example/x:v1", /^CannotPullContainerError: .*registry\.example cannot be reached/],
      ["no reference", /^CannotPullContainerError: .*invalid reference format/],
    ] as const)
      await expect(registry.images.pull(reference)).rejects.toThrow(why);
  });

  it.each<[string, TestEntry[], RegExp]>([
    ["a path that climbs out", [file("../../outside", "x")], /leads out of the image/],
    ["a hard link out", [{ name: "link", type: "link", linkname: "../../../../etc/passwd" }], /leads out of the image/],
    [
      "a hard link to the machine's files",
      [{ name: "link", type: "link", linkname: "/etc/passwd" }],
      /no file of the image/,
    ],
    ["a device", [{ name: "dev/sda", type: "block-device" }], /block-device/],
    ["a pipe", [{ name: "pipe", type: "fifo" }], /fifo/],
    [
      "a ring of links",
      [{ name: "a", type: "symlink", linkname: "b" }, { name: "b", type: "symlink", linkname: "a" }, file("a/x", "x")],
      /too many links/,
    ],
  ])("refuses %s and leaves nothing", async (_, entries, why) => {
    const before = unpackedNames();
    await expect(pull([entries])).rejects.toThrow(why);
    expect(unpackedNames()).toEqual(before);
  });

  it("keeps what is written through links inside the image", async () => {
    const outside = path.join(tmpdir(), `samla-outside-${process.pid}`);
    const { rootDir } = await pull([
      [
        { name: "up", type: "symlink", linkname: "../../../../../../../.." },
        file("up/climbed", "x"),
        { name: "abs", type: "symlink", linkname: tmpdir() },
        file(`abs/${path.basename(outside)}`, "x"),
        { name: "usr/lib/deep", type: "directory" },
        { name: "lib", type: "symlink", linkname: "usr/lib" },
      ],
      [file("lib/deep/x", "merged"), { name: "usr/lib/deep/back", type: "symlink", linkname: "../../../../../lib" }],
    ]);
    expect(existsSync(outside)).toBe(false);
    expect(readFileSync(path.join(rootDir, "climbed"), "utf8")).toBe("x");
    expect(existsSync(path.join(rootDir, outside))).toBe(true);
    expect(readFileSync(path.join(rootDir, "usr/lib/deep/x"), "utf8")).toBe("merged");
    expect(readFileSync(path.join(rootDir, "usr/lib/deep/back/deep/x"), "utf8")).toBe("merged");
  });

  it("refuses layers that are not what the configuration says, and ones it does not tell of", async () => {
    await expect(pull([{ a: "a" }], { diffIds: [digestOf(Buffer.from("other"))] })).rejects.toThrow(
      /the unpacked bytes have the digest .* the configuration says/,
    );
    await expect(pull([{ a: "a" }], { diffIds: [] })).rejects.toThrow(/its configuration tells of 0/);
  });

  it("refuses a layer whose stored bytes have rotted", async () => {
    const image = await createTestImage([{ a: "rot" }]);
    const digest = await pushTestImage(ecr, url, "samla/rot", "v1", image);
    const hex = digestOf(image.blobs[1] ?? Buffer.alloc(0)).slice(7);
    const blob = path.join(dir, "ecr", "blobs", hex.slice(0, 2), hex);
    const bytes = readFileSync(blob);
    // The header's time stamp: the archive stays readable, the digest does not.
    bytes[4] = (bytes[4] ?? 0) ^ 1;
    writeFileSync(blob, bytes);
    await expect(registry.images.pull(nameOf("samla/rot", digest))).rejects.toThrow(/stored bytes have the digest/);
  });
});

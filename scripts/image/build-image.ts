import { createHash } from "node:crypto";
import { bundleAgent } from "./app-files.ts";
import { inventoryOf } from "./inventory.ts";
import { type BuiltImage, mediaTypes } from "./oci.ts";
import { collectRuntime } from "./runtime-files.ts";
import { readSource, type Source } from "./source.ts";
import { writeLayer } from "./write-layer.ts";

const architectures: Partial<Record<string, string>> = { x64: "amd64", arm64: "arm64" };
const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

/** Paths of the repository that an agent's image is made of. */
export const sourcePathsOf = (agentDir: string): string[] => [
  agentDir,
  "packages/agent-kit",
  "packages/contracts",
  "package-lock.json",
];

/** The tag that an image gets when nobody names one: its commit; what differs from the commit says so. */
export const tagOf = (source: Source, digest: string): string =>
  source.commit === undefined
    ? `local-${digest.slice(7, 19)}`
    : `${source.commit.slice(0, 12)}${source.changed ? `-changed-${digest.slice(7, 15)}` : ""}`;

/** Labels by which the console knows an image (https://github.com/opencontainers/image-spec/blob/main/annotations.md). */
export const labelsOf = (
  agent: { name: string; title: string; version: string },
  manifestText: string,
  source: Source,
) => ({
  ...(source.committedAt === undefined ? {} : { "org.opencontainers.image.created": source.committedAt }),
  ...(source.commit === undefined
    ? {}
    : { "org.opencontainers.image.revision": `${source.commit}${source.changed ? "-changed" : ""}` }),
  ...(source.url === undefined ? {} : { "org.opencontainers.image.source": source.url }),
  "org.opencontainers.image.title": agent.title,
  "org.opencontainers.image.version": agent.version,
  "com.samla.agent": manifestText,
});

/**
 * Builds an agent's OCI image without Docker: a layer with this machine's Node.js and one with the bundled agent. The same
 * sources on the same machine give the same digest. Layers are kept in `dir`.
 * @throws Error naming what is missing
 */
export const buildImage = async (options: {
  root: string;
  agentDir: string;
  dir: string;
  source?: Source;
}): Promise<BuiltImage> => {
  const { root, agentDir, dir } = options;
  const architecture = architectures[process.arch];
  if (!architecture) throw new Error(`Images for ${process.arch} can only be built with Docker.`);
  const app = await bundleAgent(root, agentDir);
  const runtime = collectRuntime();
  const osRelease = runtime.files.find((file) => file.path === "etc/os-release");
  const distribution =
    osRelease?.kind === "text"
      ? ["ID", "VERSION_ID"].map((name) => new RegExp(`^${name}="?([^"\\n]*)`, "m").exec(osRelease.text)?.[1]).join("-")
      : undefined;
  const nodeVersion = process.versions.node;
  const inventory = inventoryOf(app.manifest, {
    npm: app.packages,
    debian: runtime.packages,
    nodeVersion,
    distribution,
  });
  const layers = [
    await writeLayer(dir, runtime.files),
    await writeLayer(dir, [...app.files, { kind: "text", path: "app/sbom.cdx.json", text: inventory, mode: 0o644 }]),
  ];
  const source = options.source ?? readSource(root, sourcePathsOf(agentDir));
  const created = source.committedAt;
  const step = (text: string) => ({ ...(created === undefined ? {} : { created }), created_by: text });
  const config = JSON.stringify({
    architecture,
    os: process.platform,
    ...(created === undefined ? {} : { created }),
    config: {
      User: "1000:1000",
      ExposedPorts: { [`${app.manifest.port}/tcp`]: {} },
      Env: ["PATH=/usr/local/bin:/usr/bin:/bin", "NODE_ENV=production", `NODE_VERSION=${nodeVersion}`],
      Entrypoint: ["/usr/local/bin/node", "/app/main.js"],
      WorkingDir: "/app",
      Labels: labelsOf(app.manifest, app.manifestText, source),
      StopSignal: "SIGTERM",
    },
    rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
    history: [step(`Node.js ${nodeVersion} and the libraries it loads`), step(`${agentDir} as one bundle`)],
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: { mediaType: mediaTypes.config, digest: digestOf(config), size: Buffer.byteLength(config) },
    layers: layers.map(({ digest, sizeBytes }) => ({ mediaType: mediaTypes.layer, digest, size: sizeBytes })),
  });
  const digest = digestOf(manifest);
  return {
    name: app.manifest.name,
    digest,
    tag: tagOf(source, digest),
    mediaType: mediaTypes.manifest,
    manifest: Buffer.from(manifest),
    blobs: [
      { digest: digestOf(config), sizeBytes: Buffer.byteLength(config), bytes: Buffer.from(config) },
      ...layers.map(({ digest: layerDigest, sizeBytes, file }) => ({ digest: layerDigest, sizeBytes, file })),
    ],
    sizeBytes: layers.reduce(
      (sum, layer) => sum + layer.sizeBytes,
      Buffer.byteLength(config) + Buffer.byteLength(manifest),
    ),
  };
};

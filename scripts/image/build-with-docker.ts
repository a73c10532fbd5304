import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { AgentManifest } from "../../packages/contracts/index.ts";
import { labelsOf, sourcePathsOf, tagOf } from "./build-image.ts";
import { type BuiltImage, mediaTypes } from "./oci.ts";
import { runText } from "./run-text.ts";
import { readSource } from "./source.ts";

/** Whether Docker with buildx answers on this machine. */
export const hasDocker = (): boolean =>
  runText("docker", ["version", "--format", "{{.Server.Version}}"], { timeoutMs: 5_000 }) !== undefined &&
  runText("docker", ["buildx", "version"], { timeoutMs: 5_000 }) !== undefined;

type Descriptor = { mediaType: string; digest: string; size: number; annotations?: Record<string, string> };

const readOci = (dir: string, digest: string): Buffer => readFileSync(join(dir, "blobs", "sha256", digest.slice(7)));

/**
 * Reads an image from a folder in OCI layout, as buildx writes it. The digest of the manifest is checked; those of the
 * layers are by the registry.
 * @throws Error when the layout holds no single image
 */
export const readOciLayout = (
  dir: string,
): Pick<BuiltImage, "digest" | "mediaType" | "manifest" | "blobs" | "sizeBytes"> => {
  let [descriptor] = (JSON.parse(readFileSync(join(dir, "index.json"), "utf8")) as { manifests: Descriptor[] })
    .manifests;
  if (descriptor?.mediaType === mediaTypes.index)
    [descriptor] = (
      JSON.parse(readOci(dir, descriptor.digest).toString("utf8")) as { manifests: Descriptor[] }
    ).manifests;
  if (!descriptor) throw new Error(`${dir} holds no image`);
  const manifest = readOci(dir, descriptor.digest);
  const digest = `sha256:${createHash("sha256").update(manifest).digest("hex")}`;
  if (digest !== descriptor.digest) throw new Error(`${dir} names ${descriptor.digest} and holds ${digest}`);
  const { config, layers } = JSON.parse(manifest.toString("utf8")) as { config: Descriptor; layers: Descriptor[] };
  const blobs = [config, ...layers].map((one) => ({
    digest: one.digest,
    sizeBytes: one.size,
    file: join(dir, "blobs", "sha256", one.digest.slice(7)),
  }));
  const sizeBytes = blobs.reduce((sum, blob) => sum + blob.sizeBytes, manifest.length);
  return { digest, mediaType: descriptor.mediaType, manifest, blobs, sizeBytes };
};

/**
 * Builds an agent's image from its Dockerfile with buildx, with the same labels as without Docker and times set to the
 * commit's, so that it can be built again.
 * @throws Error with what Docker said
 */
export const buildWithDocker = (options: { root: string; agentDir: string; dir: string }): BuiltImage => {
  const { root, agentDir, dir } = options;
  const dockerfile = join(agentDir, "Dockerfile");
  if (!existsSync(join(root, dockerfile))) throw new Error(`${dockerfile} is missing; Docker builds an agent from it.`);
  const given = JSON.parse(readFileSync(join(root, agentDir, "agent.json"), "utf8")) as unknown;
  const manifest = AgentManifest.parse(given);
  const source = readSource(root, sourcePathsOf(agentDir));
  const out = join(dir, `docker-${manifest.name}`);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const labels = Object.entries(labelsOf(manifest, JSON.stringify(given), source));
  const seconds = source.committedAt === undefined ? 0 : Math.floor(Date.parse(source.committedAt) / 1000);
  execFileSync(
    "docker",
    [
      "buildx",
      "build",
      "--file",
      dockerfile,
      ...labels.flatMap(([name, value]) => ["--label", `${name}=${value}`]),
      "--provenance=false",
      "--output",
      `type=oci,dest=${out},tar=false,rewrite-timestamp=true`,
      ".",
    ],
    {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, SOURCE_DATE_EPOCH: String(seconds) },
      timeout: 1_800_000,
    },
  );
  const image = readOciLayout(out);
  return { name: manifest.name, tag: tagOf(source, image.digest), ...image };
};

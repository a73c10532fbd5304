import type { PulledImage } from "../../kernel/container-ports.ts";
import { isDigest } from "../blob-store.ts";
import type { Descriptor } from "../manifest.ts";

export type ImageConfig = {
  architecture: string;
  os: string;
  createdAt: string | undefined;
  config: PulledImage["config"];
  /** Digests of the layers' unpacked bytes, lowest layer first. */
  diffIds: string[];
};

const asStrings = (value: unknown, name: string): string[] => {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every((one) => typeof one === "string"))
    throw new Error(`${name} is no list of texts`);
  return value;
};
const asText = (value: unknown): string => (typeof value === "string" ? value : "");

/**
 * Reads an image configuration (OCI image specification 1.1, application/vnd.oci.image.config.v1+json, and Docker's).
 * @throws Error saying what is wrong with it
 */
export const parseImageConfig = (bytes: Buffer): ImageConfig => {
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(bytes.toString("utf8")) as Record<string, unknown>;
  } catch {
    throw new Error("the configuration is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error("the configuration is no object");
  const given = (value.config ?? {}) as Record<string, unknown>;
  const diffIds = asStrings((value.rootfs as { diff_ids?: unknown } | undefined)?.diff_ids, "rootfs.diff_ids");
  if (!diffIds.every(isDigest)) throw new Error("rootfs.diff_ids has something that is no digest");
  const env: Record<string, string> = {};
  for (const line of asStrings(given.Env, "Env")) {
    const at = line.indexOf("=");
    if (at > 0) env[line.slice(0, at)] = line.slice(at + 1);
  }
  const labels = Object.entries((given.Labels ?? {}) as Record<string, unknown>);
  return {
    architecture: asText(value.architecture),
    os: asText(value.os),
    createdAt: typeof value.created === "string" ? value.created : undefined,
    diffIds,
    config: {
      env,
      entrypoint: asStrings(given.Entrypoint, "Entrypoint"),
      command: asStrings(given.Cmd, "Cmd"),
      workingDir: asText(given.WorkingDir),
      user: asText(given.User),
      labels: Object.fromEntries(labels.filter((pair): pair is [string, string] => typeof pair[1] === "string")),
      stopSignal: asText(given.StopSignal) || "SIGTERM",
    },
  };
};

/** Docker's names for this machine's processor. */
export const architectureOf = (arch: string): string => ({ x64: "amd64" })[arch] ?? arch;

/**
 * The manifest of an index for a platform.
 * @throws Error in ECS's words when there is none
 */
export const pickPlatform = (index: Buffer, platform: { os: string; architecture: string }): string => {
  const { manifests = [] } = JSON.parse(index.toString("utf8")) as {
    manifests?: (Descriptor & { platform?: { os?: string; architecture?: string } })[];
  };
  const found = manifests.find(
    (one) => one.platform?.os === platform.os && one.platform.architecture === platform.architecture,
  );
  if (!found)
    throw new Error(
      `image Manifest does not contain descriptor matching platform '${platform.os}/${platform.architecture}'`,
    );
  return found.digest;
};

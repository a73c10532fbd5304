import { pathToFileURL } from "node:url";
import type { PulledImage, SecretPort } from "../kernel/container-ports.ts";
import type { ContainerDefinition, NameValue } from "./records.ts";

export type RuntimeSettings = {
  region: string;
  /** The stand-in's own address, such as `http://127.0.0.1:4566`. */
  publicUrl: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
};

/** Path of the metadata endpoint below the stand-in's address. */
export const METADATA_PREFIX = "/_ecs/";
/** Names the task in the environment of each of its processes, so that they are found wherever they moved to. */
export const TASK_MARK = "ECS_LOCAL_TASK";
/** Names the container too. */
export const CONTAINER_MARK = "ECS_LOCAL_CONTAINER";

const PORT_SHIM = new URL("./port-shim.mjs", import.meta.url);
export const portShimPath: string = PORT_SHIM.pathname;

/** Reads a container's secrets. @throws Error `ResourceInitializationError: …` in ECS's words */
export const readSecrets = (container: ContainerDefinition, secrets: SecretPort): NameValue[] =>
  (container.secrets ?? []).map(({ name, valueFrom }) => {
    try {
      return { name, value: secrets.read(valueFrom) };
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      if (cause.startsWith("ResourceInitializationError")) throw error;
      throw new Error(
        `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${valueFrom} from secrets manager: ${cause}`,
      );
    }
  });

const toRecord = (pairs: readonly NameValue[]): Record<string, string> =>
  Object.fromEntries(pairs.map(({ name, value }) => [name, String(value)]));

/**
 * Environment of a container's processes: the image's, then AWS's, then the definition's with overrides and secrets.
 * Nothing else of the host's environment reaches a task.
 */
export const buildEnvironment = (options: {
  image: PulledImage;
  container: ContainerDefinition;
  overrides: readonly NameValue[];
  secrets: readonly NameValue[];
  settings: RuntimeSettings;
  taskId: string;
  searchPath: string;
  scratchDir: string;
  portDir: string;
  hostPorts: Record<number, number>;
}): Record<string, string> => {
  const { settings, container, image } = options;
  const own = { ...toRecord(container.environment), ...toRecord(options.overrides), ...toRecord(options.secrets) };
  const nodeOptions = own.NODE_OPTIONS ?? image.config.env.NODE_OPTIONS;
  const libraries = process.env.LD_LIBRARY_PATH;
  return {
    ...(libraries === undefined ? {} : { LD_LIBRARY_PATH: libraries }),
    ...image.config.env,
    HOME: options.scratchDir,
    AWS_REGION: settings.region,
    AWS_DEFAULT_REGION: settings.region,
    AWS_ENDPOINT_URL: settings.publicUrl,
    AWS_ACCESS_KEY_ID: settings.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: settings.credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_EXECUTION_ENV: "AWS_ECS_FARGATE",
    HOSTNAME: "ip-127-0-0-1",
    ...own,
    PATH: options.searchPath,
    TMPDIR: options.scratchDir,
    ECS_CONTAINER_METADATA_URI_V4: `${settings.publicUrl}${METADATA_PREFIX}v4/${options.taskId}-${container.name}`,
    [TASK_MARK]: options.taskId,
    [CONTAINER_MARK]: `${options.taskId}/${container.name}`,
    ECS_LOCAL_PORTS: JSON.stringify(options.hostPorts),
    ECS_LOCAL_PORT_DIR: options.portDir,
    NODE_OPTIONS: `${nodeOptions ? `${nodeOptions} ` : ""}--import ${pathToFileURL(portShimPath).href}`,
  };
};

/** What ECS, load balancing, discovery, metrics and the registry know of each other inside the process. */

/** An image unpacked from the registry, as a task starts it. */
export type PulledImage = {
  digest: string;
  /** Folder with the image's files, read-only and shared by all tasks of this digest. */
  rootDir: string;
  sizeBytes: number;
  config: {
    env: Record<string, string>;
    entrypoint: string[];
    command: string[];
    workingDir: string;
    user: string;
    labels: Record<string, string>;
    stopSignal: string;
  };
};

export interface ImagePort {
  /**
   * Unpacks `<registry>/<repository>@sha256:…` or `…:<tag>` once per digest and records the pull.
   * @throws Error whose message is what ECS says, such as `CannotPullContainerError: …: not found`
   */
  pull(reference: string): Promise<PulledImage>;
}

export type TargetHealth = "initial" | "healthy" | "unhealthy" | "draining" | "unused";

export interface TargetPort {
  register(targetGroupArn: string, target: { host: string; port: number }): void;
  /** No new requests from now on; resolves when those under way have ended or the delay of the group has passed. */
  deregister(targetGroupArn: string, target: { host: string; port: number }): Promise<void>;
  health(
    targetGroupArn: string,
    target: { host: string; port: number },
  ): { state: TargetHealth; reason?: string; description?: string };
}

export interface DiscoveryPort {
  register(registryArn: string, instanceId: string, attributes: Record<string, string>): void;
  deregister(registryArn: string, instanceId: string): void;
  setHealth(registryArn: string, instanceId: string, healthy: boolean): void;
}

export type MetricDatum = {
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
  value: number;
  unit: string;
  atMs: number;
};

export interface MetricPort {
  put(datum: MetricDatum): void;
  /** Mean (or another statistic) over the last whole period; undefined without data. */
  latest(query: {
    namespace: string;
    name: string;
    dimensions: Record<string, string>;
    periodSeconds: number;
    statistic: "Average" | "Sum" | "Maximum" | "Minimum" | "SampleCount";
  }): number | undefined;
  alarmState(alarmName: string): "OK" | "ALARM" | "INSUFFICIENT_DATA" | undefined;
}

export interface SecretPort {
  /** The value behind a secret's ARN, with `:key::` of a JSON secret if named. @throws Error as ECS words it */
  read(valueFrom: string): string;
}

/** Puts an event on the default bus, as the services of AWS do. */
export type EmitEvent = (event: { source: string; detailType: string; resources: string[]; detail: object }) => void;

/** How scaling changes a service, and what it knows of it. */
export interface ServicePort {
  desiredCount(cluster: string, service: string): number | undefined;
  setDesiredCount(cluster: string, service: string, count: number): void;
}

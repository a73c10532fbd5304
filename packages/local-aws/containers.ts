import { createAutoScaling } from "./autoscaling/index.ts";
import { createCloudWatch } from "./cloudwatch/index.ts";
import type { ContainersConfig } from "./config.ts";
import { createEcs } from "./ecs/index.ts";
import { createLoadBalancing } from "./elb/index.ts";
import type { EmitEvent, ImagePort } from "./kernel/container-ports.ts";
import type { Door, Identity, Service } from "./kernel/types.ts";
import type { LogSink } from "./logs/store.ts";
import { createSecrets } from "./secrets/index.ts";
import { createServiceDiscovery } from "./servicediscovery/index.ts";

export type ContainersDeps = {
  dir: string;
  identity: Identity;
  /** The stand-in's own address, such as `http://127.0.0.1:4566`. */
  publicUrl: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  config: ContainersConfig;
  images: ImagePort;
  logs: LogSink;
  emit: EmitEvent;
};

export type Containers = { services: Service[]; doors: Door[]; close(): Promise<void> };

/** Starts what runs containers and leads to them: metrics, discovery, balancers, secrets, ECS and its scaling. */
export function createContainers(deps: ContainersDeps): Containers {
  const { dir, identity, publicUrl, emit, config } = deps;
  const cloudWatch = createCloudWatch({ dir, identity, emit });
  const { metrics } = cloudWatch;
  const discovery = createServiceDiscovery({ dir, identity });
  const balancing = createLoadBalancing({ dir, identity, publicUrl, metrics, ...config });
  const secrets = createSecrets({ dir, identity });
  const ecs = createEcs({
    dir,
    identity,
    publicUrl,
    credentials: deps.credentials,
    images: deps.images,
    logs: deps.logs,
    emit,
    metrics,
    targets: balancing.targets,
    discovery: discovery.discovery,
    secrets: secrets.secrets,
    secondMs: 1000 * (config.healthCheckTimeScale ?? 1),
  });
  const scaling = createAutoScaling({
    dir,
    identity,
    metrics,
    services: ecs.services,
    cloudWatch: cloudWatch.service,
    ...(config.scalingPeriodSeconds !== undefined && { periodSeconds: config.scalingPeriodSeconds }),
  });
  const services = [
    cloudWatch.service,
    discovery.service,
    balancing.service,
    secrets.service,
    ecs.service,
    scaling.service,
  ];
  return {
    services,
    doors: [balancing.door, ecs.door],
    async close() {
      // Last started, first ended: tasks still write metrics when they stop.
      for (const service of services.toReversed()) await service.close();
    },
  };
}

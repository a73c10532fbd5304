import type { DiscoveryPort, TargetPort } from "../kernel/container-ports.ts";
import type { DefinitionRecord, LoadBalancer, ServiceRegistry, TaskRecord } from "./records.ts";

type Ports = { targets: TargetPort; discovery: DiscoveryPort; settings: { region: string } };

const HOST = "127.0.0.1";

/** A registry may be gone, or take no health from outside: that must stop neither the task nor the stand-in. */
const attempt = (what: string, work: () => void): boolean => {
  try {
    work();
    return true;
  } catch (error) {
    console.error(`${what}:`, error instanceof Error ? error.message : error);
    return false;
  }
};

/** Puts a started task behind its service's load balancers and into its registries. */
export const registerTask = (
  task: TaskRecord,
  serves: { loadBalancers: LoadBalancer[]; serviceRegistries: ServiceRegistry[] },
  definition: DefinitionRecord,
  { targets, discovery, settings }: Ports,
): void => {
  for (const { targetGroupArn, containerPort } of serves.loadBalancers) {
    const port = task.hostPorts[containerPort];
    if (port === undefined) continue;
    targets.register(targetGroupArn, { host: HOST, port });
    task.registered.targets.push({ targetGroupArn, port });
  }
  const [firstPort] = Object.values(task.hostPorts);
  const hasHealthCheck = definition.containers.some(({ healthCheck }) => healthCheck);
  for (const { registryArn, port, containerPort } of serves.serviceRegistries) {
    const wanted = containerPort ?? port;
    const hostPort = wanted === undefined ? firstPort : task.hostPorts[wanted];
    const attributes = {
      AWS_INSTANCE_IPV4: HOST,
      ...(hostPort === undefined ? {} : { AWS_INSTANCE_PORT: String(hostPort) }),
      AVAILABILITY_ZONE: task.view.availabilityZone,
      AWS_INIT_HEALTH_STATUS: hasHealthCheck ? "UNHEALTHY" : "HEALTHY",
      ECS_CLUSTER_NAME: task.cluster,
      ECS_SERVICE_NAME: task.service ?? "",
      ECS_TASK_DEFINITION_FAMILY: definition.family,
      REGION: settings.region,
    };
    if (
      attempt(`Task ${task.id} could not be entered in ${registryArn}`, () =>
        discovery.register(registryArn, task.id, attributes),
      )
    )
      task.registered.registries.push(registryArn);
  }
};

export const tellHealth = (task: TaskRecord, { discovery }: Ports): void => {
  for (const registryArn of task.registered.registries)
    attempt(`The health of task ${task.id} could not be told to ${registryArn}`, () =>
      discovery.setHealth(registryArn, task.id, task.view.healthStatus === "HEALTHY"),
    );
};

/** Takes it out of both; resolves when the requests under way have ended. Done once, whoever asks. */
export const deregisterTask = async (task: TaskRecord, { targets, discovery }: Ports): Promise<void> => {
  const { targets: groups, registries } = task.registered;
  task.registered = { targets: [], registries: [] };
  for (const registryArn of registries)
    attempt(`Task ${task.id} could not be taken out of ${registryArn}`, () =>
      discovery.deregister(registryArn, task.id),
    );
  await Promise.all(
    groups.map(({ targetGroupArn, port }) =>
      targets.deregister(targetGroupArn, { host: HOST, port }).catch((error: unknown) => {
        console.error(`A target of task ${task.id} could not be taken out of ${targetGroupArn}:`, error);
      }),
    ),
  );
};

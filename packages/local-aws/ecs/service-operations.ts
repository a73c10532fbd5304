import { AwsError } from "../kernel/errors.ts";
import type { JsonObject, JsonOperation } from "../kernel/json-protocol.ts";
import { findCluster } from "./cluster-operations.ts";
import type { Deployments } from "./deployments.ts";
import {
  allowOnly,
  pageOf,
  readOptionalCount,
  readOptionalText,
  readTags,
  readText,
  readTexts,
  refuse,
} from "./input.ts";
import { type EcsNames, lastPartOf } from "./names.ts";
import type { RevisionConfig, ServiceRecord } from "./records.ts";
import type { Scheduler } from "./scheduler.ts";
import {
  readDeploymentConfiguration,
  readLaunchType,
  readLoadBalancers,
  readNetwork,
  readPropagateTags,
  readRegistries,
} from "./service-input.ts";
import type { ServiceLog } from "./service-log.ts";
import { showService } from "./service-view.ts";
import type { EcsStore } from "./store.ts";
import { findActiveDefinition } from "./task-definition-operations.ts";

const commonMembers = [
  ..."cluster taskDefinition desiredCount deploymentConfiguration networkConfiguration platformVersion".split(" "),
  ..."healthCheckGracePeriodSeconds loadBalancers serviceRegistries propagateTags enableECSManagedTags".split(" "),
  ..."enableExecuteCommand availabilityZoneRebalancing capacityProviderStrategy".split(" "),
];
const createMembers = [
  ...commonMembers,
  ..."serviceName clientToken launchType schedulingStrategy deploymentController tags role".split(" "),
];
const updateMembers = [...commonMembers, "service", "forceNewDeployment", "deploymentController"];

export type ServiceDeps = {
  store: EcsStore;
  names: EcsNames;
  deployments: Deployments;
  scheduler: Scheduler;
  log: ServiceLog;
  now(): number;
};

/** @throws AwsError `ClusterNotFoundException`, `ServiceNotFoundException` */
export const findService = (store: EcsStore, cluster: unknown, reference: string): ServiceRecord => {
  const found = store.findService(findCluster(store, cluster).name, lastPartOf(reference));
  if (!found) throw new AwsError("ServiceNotFoundException", "Service not found.");
  return found;
};

/** Services: create, change, read, delete. */
export const createServiceOperations = (deps: ServiceDeps): Record<string, JsonOperation> => {
  const { store, names, deployments, scheduler, now } = deps;
  const show = (service: ServiceRecord, hasTags = false) => showService(store, names, service, hasTags);
  const requireRolling = (input: JsonObject): void => {
    const type = (input.deploymentController as { type?: string } | undefined)?.type ?? "ECS";
    if (type !== "ECS") refuse(`The deployment controller ${type} is not held here.`);
    const strategy = readOptionalText(input, "schedulingStrategy") ?? "REPLICA";
    if (strategy !== "REPLICA") refuse("The DAEMON scheduling strategy is not supported on Fargate.");
  };
  const arnOfDefinition = (reference: string): string => {
    const { family, revision } = findActiveDefinition(store, reference);
    return names.definition(family, revision);
  };

  const create: JsonOperation = (input) => {
    allowOnly(input, "CreateService", createMembers);
    requireRolling(input);
    const cluster = findCluster(store, input.cluster);
    const name = readText(input, "serviceName");
    if (!/^[A-Za-z0-9_-]{1,255}$/.test(name)) return refuse("Service name has characters that are not allowed.");
    const known = store.findService(cluster.name, name);
    if (known?.status === "ACTIVE") return refuse("Creation of service was not idempotent.");
    if (known?.status === "DRAINING") return refuse("Unable to Start a service that is still Draining.");
    const definition = findActiveDefinition(store, readText(input, "taskDefinition"));
    const config: RevisionConfig = {
      taskDefinition: names.definition(definition.family, definition.revision),
      launchType: readLaunchType(input),
      platformVersion: readOptionalText(input, "platformVersion") ?? "LATEST",
      loadBalancers: readLoadBalancers(input, definition),
      serviceRegistries: readRegistries(input),
      networkConfiguration: readNetwork(input),
    };
    const service: ServiceRecord = {
      arn: names.service(cluster.name, name),
      name,
      cluster: cluster.name,
      status: "ACTIVE",
      createdAt: now() / 1000,
      desiredCount: readOptionalCount(input, "desiredCount") ?? 1,
      config,
      deploymentConfiguration: readDeploymentConfiguration(input.deploymentConfiguration),
      healthCheckGracePeriodSeconds: readOptionalCount(input, "healthCheckGracePeriodSeconds") ?? 0,
      propagateTags: readPropagateTags(input) ?? "NONE",
      enableECSManagedTags: input.enableECSManagedTags === true,
      enableExecuteCommand: input.enableExecuteCommand === true,
      availabilityZoneRebalancing: readOptionalText(input, "availabilityZoneRebalancing") ?? "ENABLED",
      tags: readTags(input.tags),
      events: [],
      deployments: [],
      isSteady: false,
      failuresInRow: 0,
      nextStartMs: 0,
      isImpairedTold: false,
    };
    store.transaction(() => {
      deployments.begin(service);
      store.saveService(service);
    });
    scheduler.wake();
    return { service: show(service, true) };
  };

  const update: JsonOperation = (input) => {
    allowOnly(input, "UpdateService", updateMembers);
    requireRolling(input);
    const service = findService(store, input.cluster, readText(input, "service"));
    if (service.status !== "ACTIVE") throw new AwsError("ServiceNotActiveException", "Service was not ACTIVE.");
    const reference = readOptionalText(input, "taskDefinition");
    const taskDefinition = reference === undefined ? service.config.taskDefinition : arnOfDefinition(reference);
    const config: RevisionConfig = {
      ...service.config,
      taskDefinition,
      ...(input.networkConfiguration ? { networkConfiguration: readNetwork(input) } : {}),
      ...(input.platformVersion ? { platformVersion: readText(input, "platformVersion") } : {}),
      ...(input.loadBalancers
        ? { loadBalancers: readLoadBalancers(input, findActiveDefinition(store, taskDefinition)) }
        : {}),
      ...(input.serviceRegistries ? { serviceRegistries: readRegistries(input) } : {}),
    };
    const deploymentConfiguration = readDeploymentConfiguration(
      input.deploymentConfiguration,
      service.deploymentConfiguration,
    );
    const desiredCount = readOptionalCount(input, "desiredCount") ?? service.desiredCount;
    const isNew = input.forceNewDeployment === true || JSON.stringify(config) !== JSON.stringify(service.config);
    store.transaction(() => {
      if (desiredCount !== service.desiredCount) service.isSteady = false;
      service.desiredCount = desiredCount;
      service.config = config;
      service.deploymentConfiguration = deploymentConfiguration;
      service.healthCheckGracePeriodSeconds =
        readOptionalCount(input, "healthCheckGracePeriodSeconds") ?? service.healthCheckGracePeriodSeconds;
      service.propagateTags = readPropagateTags(input) ?? service.propagateTags;
      if (typeof input.enableECSManagedTags === "boolean") service.enableECSManagedTags = input.enableECSManagedTags;
      if (typeof input.enableExecuteCommand === "boolean") service.enableExecuteCommand = input.enableExecuteCommand;
      service.availabilityZoneRebalancing =
        readOptionalText(input, "availabilityZoneRebalancing") ?? service.availabilityZoneRebalancing;
      if (isNew) deployments.begin(service);
      store.saveService(service);
    });
    scheduler.wake();
    return { service: show(service, true) };
  };

  return {
    CreateService: create,
    UpdateService: update,
    DeleteService: (input) => {
      const service = findService(store, input.cluster, readText(input, "service"));
      if (service.status === "INACTIVE") throw new AwsError("ServiceNotFoundException", "Service not found.");
      if (service.desiredCount > 0 && input.force !== true)
        return refuse("The service cannot be stopped while it is scaled above 0.");
      service.status = "DRAINING";
      service.desiredCount = 0;
      store.saveService(service);
      scheduler.wake();
      return { service: show(service) };
    },
    DescribeServices: (input) => {
      const cluster = findCluster(store, input.cluster);
      const asked = readTexts(input, "services");
      if (asked.length === 0 || asked.length > 10) return refuse("services must name 1 to 10 services.");
      const hasTags = readTexts(input, "include").includes("TAGS");
      const found = asked.map((one) => store.findService(cluster.name, lastPartOf(one)));
      return {
        services: found.flatMap((one) => (one ? [show(one, hasTags)] : [])),
        failures: asked.flatMap((one, index) =>
          found[index] ? [] : [{ arn: names.service(cluster.name, lastPartOf(one)), reason: "MISSING" }],
        ),
      };
    },
    ListServices: (input) => {
      const cluster = findCluster(store, input.cluster);
      const listed = store.listServices().filter((one) => one.cluster === cluster.name && one.status !== "INACTIVE");
      const { page, nextToken } = pageOf(listed, input, 100, 10);
      return { serviceArns: page.map(({ arn }) => arn), nextToken };
    },
  };
};

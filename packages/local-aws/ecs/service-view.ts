import { showTags } from "./input.ts";
import type { EcsNames } from "./names.ts";
import type { DeploymentRecord, ServiceRecord, TaskRecord } from "./records.ts";
import type { EcsStore } from "./store.ts";

const isPending = ({ view }: TaskRecord): boolean =>
  view.desiredStatus === "RUNNING" && ["PROVISIONING", "PENDING", "ACTIVATING"].includes(view.lastStatus);
const isRunning = ({ view }: TaskRecord): boolean => view.lastStatus === "RUNNING";

const showDeployment = (service: ServiceRecord, one: DeploymentRecord, tasks: TaskRecord[]) => {
  const mine = tasks.filter(({ deploymentId }) => deploymentId === one.id);
  return {
    id: one.id,
    status: one.status,
    taskDefinition: one.taskDefinition,
    desiredCount: one.status === "PRIMARY" && one.rolloutState !== "FAILED" ? service.desiredCount : 0,
    pendingCount: mine.filter(isPending).length,
    runningCount: mine.filter(isRunning).length,
    failedTasks: one.failedTasks,
    createdAt: one.createdAt,
    updatedAt: one.updatedAt,
    launchType: service.config.launchType,
    platformVersion: "1.4.0",
    platformFamily: "Linux",
    networkConfiguration: service.config.networkConfiguration,
    rolloutState: one.rolloutState,
    rolloutStateReason: one.rolloutStateReason,
  };
};

/** A service in the API's shape; `tags` only when asked for. */
export const showService = (store: EcsStore, names: EcsNames, service: ServiceRecord, hasTags = false) => {
  const tasks = store.tasksOf(service);
  const isActive = service.status !== "INACTIVE";
  const [primary] = service.deployments;
  const revisions = service.deployments.map((one) => ({
    arn: one.revisionArn,
    requestedTaskCount: one.status === "PRIMARY" ? service.desiredCount : 0,
    runningTaskCount: tasks.filter((task) => task.deploymentId === one.id && isRunning(task)).length,
    pendingTaskCount: tasks.filter((task) => task.deploymentId === one.id && isPending(task)).length,
  }));
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: names.cluster(service.cluster),
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: isActive ? tasks.filter(isRunning).length : 0,
    pendingCount: isActive ? tasks.filter(isPending).length : 0,
    launchType: service.config.launchType,
    platformVersion: service.config.platformVersion,
    platformFamily: "Linux",
    taskDefinition: service.config.taskDefinition,
    loadBalancers: service.config.loadBalancers,
    serviceRegistries: service.config.serviceRegistries,
    networkConfiguration: service.config.networkConfiguration,
    deploymentConfiguration: service.deploymentConfiguration,
    deploymentController: { type: "ECS" },
    deployments: service.deployments.map((one) => showDeployment(service, one, tasks)),
    events: service.events,
    createdAt: service.createdAt,
    ...(primary?.rolloutState === "IN_PROGRESS" ? { currentServiceDeployment: primary.serviceDeploymentArn } : {}),
    currentServiceRevisions: revisions,
    healthCheckGracePeriodSeconds: service.healthCheckGracePeriodSeconds,
    schedulingStrategy: "REPLICA",
    enableECSManagedTags: service.enableECSManagedTags,
    propagateTags: service.propagateTags,
    enableExecuteCommand: service.enableExecuteCommand,
    availabilityZoneRebalancing: service.availabilityZoneRebalancing,
    placementConstraints: [],
    placementStrategy: [],
    ...(hasTags ? { tags: showTags(service.tags) } : {}),
  };
};

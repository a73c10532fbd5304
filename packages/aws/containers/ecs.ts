import {
  type Deployment,
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  type Service,
  type ServiceDeployment,
  type ServiceRevisionSummary,
  StopTaskCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import { DescribeTargetHealthCommand, ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { ContainerPort, ServiceDeploymentState, ServiceState, TaskStateOfEcs } from "@samla/core/kernel";
import { clientConfig } from "../client-config.ts";
import { type FailureRow, translateBy, unlessMissing } from "../service-failures.ts";

const failures: FailureRow[] = [
  {
    name: "ClusterNotFoundException",
    code: "unavailable",
    text: "The agents' cluster does not exist.",
    nextStep: "Deploy the stage again; it makes the cluster.",
  },
  {
    name: "ServiceNotActiveException",
    code: "conflict",
    text: "The agent's service is being removed.",
    nextStep: "Wait until it is gone, then release the agent again.",
  },
  {
    name: "InvalidParameterException",
    message: /task was not found/i,
    code: "not_found",
    text: "ECS no longer knows this task.",
    nextStep: "Look at the stopped tasks.",
  },
];

/** Last part of an ARN. */
const nameOf = (arn: string | undefined): string => arn?.split("/").at(-1) ?? "";
const iso = (at: Date | undefined): string | undefined => at?.toISOString();
const numberOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));

const rolloutOf = (one: Deployment): ServiceState["deployments"][number] => ({
  id: one.id ?? "",
  status: one.status ?? "",
  rollout: one.rolloutState ?? "",
  rolloutReason: one.rolloutStateReason,
  taskDefinition: one.taskDefinition ?? "",
  desired: one.desiredCount ?? 0,
  running: one.runningCount ?? 0,
  pending: one.pendingCount ?? 0,
  failed: one.failedTasks ?? 0,
  createdAt: iso(one.createdAt) ?? "",
});

const serviceOf = (one: Service): ServiceState => ({
  arn: one.serviceArn ?? "",
  name: one.serviceName ?? "",
  status: one.status ?? "",
  desired: one.desiredCount ?? 0,
  running: one.runningCount ?? 0,
  pending: one.pendingCount ?? 0,
  taskDefinition: one.taskDefinition ?? "",
  targetGroupArn: one.loadBalancers?.[0]?.targetGroupArn,
  deployments: (one.deployments ?? []).map(rolloutOf),
  events: (one.events ?? []).map(({ id = "", createdAt, message = "" }) => ({ id, at: iso(createdAt) ?? "", message })),
});

const revisionOf = (one: ServiceRevisionSummary) => ({
  revisionArn: one.arn ?? "",
  requested: one.requestedTaskCount ?? 0,
  running: one.runningTaskCount ?? 0,
  pending: one.pendingTaskCount ?? 0,
});

const deploymentOf = (one: ServiceDeployment): ServiceDeploymentState => ({
  arn: one.serviceDeploymentArn ?? "",
  status: one.status ?? "",
  reason: one.statusReason,
  createdAt: iso(one.createdAt) ?? "",
  finishedAt: iso(one.finishedAt ?? one.stoppedAt),
  failedTasks: one.deploymentCircuitBreaker?.failureCount ?? 0,
  breaker: {
    status: one.deploymentCircuitBreaker?.status ?? "DISABLED",
    failures: one.deploymentCircuitBreaker?.failureCount ?? 0,
    threshold: one.deploymentCircuitBreaker?.threshold,
  },
  alarms: {
    status: one.alarms?.status ?? "DISABLED",
    names: one.alarms?.alarmNames ?? [],
    triggered: one.alarms?.triggeredAlarmNames ?? [],
  },
  rollback: one.rollback && { reason: one.rollback.reason, startedAt: iso(one.rollback.startedAt) },
  target: one.targetServiceRevision && revisionOf(one.targetServiceRevision),
  sources: (one.sourceServiceRevisions ?? []).map(revisionOf),
});

const detailOf = (task: Task, name: string): string | undefined =>
  task.attachments?.flatMap(({ details }) => details ?? []).find((detail) => detail.name === name)?.value;

const taskOf = (task: Task): TaskStateOfEcs => {
  const container = task.containers?.find(({ name }) => name === "agent") ?? task.containers?.[0];
  return {
    id: nameOf(task.taskArn),
    arn: task.taskArn ?? "",
    group: task.group ?? "",
    definition: task.taskDefinitionArn ?? "",
    lastStatus: task.lastStatus ?? "",
    desiredStatus: task.desiredStatus ?? "",
    health: task.healthStatus ?? "UNKNOWN",
    createdAt: iso(task.createdAt),
    startedAt: iso(task.startedAt),
    stoppingAt: iso(task.stoppingAt),
    stoppedAt: iso(task.stoppedAt),
    stopCode: task.stopCode,
    stopReason: task.stoppedReason,
    startedBy: task.startedBy,
    zone: task.availabilityZone,
    address: container?.networkInterfaces?.[0]?.privateIpv4Address ?? detailOf(task, "privateIPv4Address"),
    platform: [task.launchType, task.platformVersion].filter(Boolean).join(" ") || undefined,
    cpu: numberOf(task.cpu),
    memory: numberOf(task.memory),
    tags: Object.fromEntries((task.tags ?? []).map(({ key = "", value = "" }) => [key, value])),
    exitCode: container?.exitCode,
    containerReason: container?.reason,
    imageDigest: container?.imageDigest ?? container?.image?.split("@")[1],
  };
};

/** What ECS runs in the agents' cluster, and how their targets are. */
export const createEcsContainers = ({ cluster }: { cluster: string }): ContainerPort => {
  const client = new ECSClient(clientConfig);
  const balancing = new ElasticLoadBalancingV2Client(clientConfig);
  const run = <T>(call: () => Promise<T>): Promise<T> => translateBy(failures, call);
  const describeTasks = (tasks: string[]): Promise<TaskStateOfEcs[]> =>
    run(async () => {
      const found: TaskStateOfEcs[] = [];
      for (let i = 0; i < tasks.length; i += 100) {
        const page = await client.send(
          new DescribeTasksCommand({ cluster, tasks: tasks.slice(i, i + 100), include: ["TAGS"] }),
        );
        found.push(...(page.tasks ?? []).map(taskOf));
      }
      return found;
    });
  return {
    describeServices: (names) =>
      run(async () => {
        const found = new Map<string, ServiceState>();
        for (let i = 0; i < names.length; i += 10) {
          const page = await client.send(new DescribeServicesCommand({ cluster, services: names.slice(i, i + 10) }));
          for (const service of page.services ?? [])
            if (service.status !== "INACTIVE" && service.serviceName)
              found.set(service.serviceName, serviceOf(service));
        }
        return found;
      }),
    listDeployments: async (service, since) =>
      (await unlessMissing(
        failures,
        (name) => name === "ServiceNotFoundException",
        async () => {
          const { serviceDeployments } = await client.send(
            new ListServiceDeploymentsCommand({ cluster, service, createdAt: { after: new Date(since) } }),
          );
          const arns = (serviceDeployments ?? []).flatMap((one) => one.serviceDeploymentArn ?? []).slice(0, 20);
          if (arns.length === 0) return [];
          const page = await client.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: arns }));
          return (page.serviceDeployments ?? [])
            .map(deploymentOf)
            .sort((a, b) => b.createdAt.localeCompare(a.createdAt));
        },
      )) ?? [],
    listTasks: async (service, state) =>
      (await unlessMissing(
        failures,
        (name) => name === "ServiceNotFoundException",
        async () => {
          const arns: string[] = [];
          let token: string | undefined;
          do {
            const page = await client.send(
              new ListTasksCommand({
                cluster,
                serviceName: service,
                desiredStatus: state,
                ...(token ? { nextToken: token } : {}),
              }),
            );
            arns.push(...(page.taskArns ?? []));
            token = page.nextToken;
          } while (token);
          return arns.length ? describeTasks(arns) : [];
        },
      )) ?? [],
    getTask: async (taskId) => (await describeTasks([taskId]))[0],
    getDefinition: (arn) =>
      unlessMissing(
        failures,
        (name, message) => name === "ClientException" && /Unable to describe/.test(message),
        async () => {
          const { taskDefinition } = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: arn }));
          const container =
            taskDefinition?.containerDefinitions?.find(({ name }) => name === "agent") ??
            taskDefinition?.containerDefinitions?.[0];
          return (
            taskDefinition && {
              arn: taskDefinition.taskDefinitionArn ?? arn,
              image: container?.image ?? "",
              environment: Object.fromEntries(
                (container?.environment ?? []).map(({ name = "", value = "" }) => [name, value]),
              ),
              secrets: Object.fromEntries(
                (container?.secrets ?? []).map(({ name = "", valueFrom = "" }) => [name, valueFrom]),
              ),
              cpu: numberOf(taskDefinition.cpu),
              memory: numberOf(taskDefinition.memory),
            }
          );
        },
      ),
    stopTask: async (task, reason) => {
      await run(() => client.send(new StopTaskCommand({ cluster, task, reason: reason.slice(0, 255) })));
    },
    targetHealth: async (TargetGroupArn) =>
      (await unlessMissing(
        failures,
        (name) => name === "TargetGroupNotFoundException" || name === "TargetGroupNotFound",
        async () => {
          const page = await balancing.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
          return (page.TargetHealthDescriptions ?? []).map(({ Target, TargetHealth }) => {
            const reason = [TargetHealth?.Reason, TargetHealth?.Description].filter(Boolean).join(": ");
            return {
              host: Target?.Id ?? "",
              port: Target?.Port ?? 0,
              state: TargetHealth?.State ?? "unavailable",
              ...(reason ? { reason } : {}),
            };
          });
        },
      )) ?? [],
  };
};

import {
  type HandlerContext,
  HandlerError,
  ignoreNotFound,
  inventName,
  type Made,
  mergeTags,
  pause,
  type ResourceHandler,
} from "../handler.ts";
import {
  boolean,
  integer,
  list,
  number,
  object,
  oneOf,
  tags,
  text,
  texts,
  toLowerNames,
  toPropertyNames,
} from "../shapes.ts";
import type { Json } from "../template.ts";

/** As CloudFormation's handler: three hours (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html). */
const STABLE_TIMEOUT_MS = 3 * 3600_000;
const POLL_MS = 250;

type Deployment = { id: string; status: string; rolloutState?: string; rolloutStateReason?: string };
type Service = {
  serviceArn: string;
  serviceName: string;
  status: string;
  desiredCount: number;
  runningCount: number;
  deployments: Deployment[];
} & Json;

const shape = object({
  AvailabilityZoneRebalancing: text,
  CapacityProviderStrategy: list(object({ Base: integer, CapacityProvider: text, Weight: integer })),
  Cluster: text,
  DeploymentConfiguration: object({
    Alarms: object({ AlarmNames: texts, Enable: boolean, Rollback: boolean }, "AlarmNames", "Enable", "Rollback"),
    BakeTimeInMinutes: integer,
    DeploymentCircuitBreaker: object(
      {
        Enable: boolean,
        ResetOnHealthyTask: boolean,
        Rollback: boolean,
        ThresholdConfiguration: object({ Type: text, Value: number }),
      },
      "Enable",
      "Rollback",
    ),
    MaximumPercent: integer,
    MinimumHealthyPercent: integer,
    Strategy: text,
  }),
  DeploymentController: object({ Type: text }),
  DesiredCount: integer,
  EnableECSManagedTags: boolean,
  EnableExecuteCommand: boolean,
  ForceNewDeployment: object({ EnableForceNewDeployment: boolean, ForceNewDeploymentNonce: text }),
  HealthCheckGracePeriodSeconds: integer,
  LaunchType: oneOf("EC2", "FARGATE", "EXTERNAL"),
  LoadBalancers: list(
    object({ ContainerName: text, ContainerPort: integer, LoadBalancerName: text, TargetGroupArn: text }),
  ),
  NetworkConfiguration: object({
    AwsvpcConfiguration: object({
      AssignPublicIp: oneOf("DISABLED", "ENABLED"),
      SecurityGroups: texts,
      Subnets: texts,
    }),
  }),
  PlatformVersion: text,
  PropagateTags: oneOf("SERVICE", "TASK_DEFINITION", "NONE"),
  Role: text,
  SchedulingStrategy: oneOf("REPLICA", "DAEMON"),
  ServiceName: text,
  ServiceRegistries: list(object({ ContainerName: text, ContainerPort: integer, Port: integer, RegistryArn: text })),
  Tags: tags,
  TaskDefinition: text,
});

const CREATE_ONLY = ["Cluster", "DeploymentController", "LaunchType", "Role", "SchedulingStrategy", "ServiceName"];
/** Members that `UpdateService` takes; the rest is fixed at creation or, as tags, changed on its own. */
const UPDATABLE = new Set(
  Object.keys(shape.members).filter(
    (name) => !CREATE_ONLY.includes(name) && name !== "Tags" && name !== "ForceNewDeployment",
  ),
);

const made = ({ serviceArn, serviceName }: Pick<Service, "serviceArn" | "serviceName">): Made => ({
  physicalId: serviceArn,
  attributes: { ServiceArn: serviceArn, Name: serviceName },
});

const apiTags = (context: HandlerContext, properties: Json): { key: string; value: string }[] =>
  mergeTags(properties.Tags, context.tags).map(({ Key, Value }) => ({ key: Key, value: Value }));

async function describe({ call }: HandlerContext, cluster: unknown, service: string): Promise<Service | undefined> {
  const output = await ignoreNotFound(() =>
    call("ecs", "DescribeServices", { cluster, services: [service], include: ["TAGS"] }),
  );
  return (output?.services as Service[] | undefined)?.[0];
}

const primaryOf = (service: Service): Deployment | undefined =>
  service.deployments.find(({ status }) => status === "PRIMARY");

/**
 * Waits until the deployment that `service` shows as its own has taken over.
 * @throws HandlerError when the circuit breaker or an alarm gave it up, in the words of the stack's event
 */
async function waitUntilStable(context: HandlerContext, cluster: unknown, service: Service): Promise<void> {
  const ours = primaryOf(service)?.id;
  const untilMs = Date.now() + STABLE_TIMEOUT_MS;
  for (;;) {
    const now = await describe(context, cluster, service.serviceArn);
    if (now?.status !== "ACTIVE")
      throw new HandlerError(`Service ${service.serviceName} is gone`, "GeneralServiceException");
    const primary = primaryOf(now);
    const own = now.deployments.find(({ id }) => id === ours);
    if (!own || own.rolloutState === "FAILED" || primary?.id !== ours) {
      const reason = own?.rolloutStateReason ?? primary?.rolloutStateReason ?? "";
      const what = /alarm/i.test(reason) ? "ECS Deployment Alarm" : "ECS Deployment Circuit Breaker";
      throw new HandlerError(`Error occurred during operation '${what} was triggered'.`, "GeneralServiceException");
    }
    const isDone = now.deployments.length === 1 && now.runningCount === now.desiredCount;
    if (isDone && (own.rolloutState ?? "COMPLETED") === "COMPLETED") return;
    if (Date.now() > untilMs)
      throw new HandlerError(`Service ${service.serviceName} did not become stable in time`, "NotStabilized");
    await pause(POLL_MS, context.signal);
  }
}

/** `AWS::ECS::Service`: create and update wait for the deployment. */
export const ecsService: ResourceHandler = {
  shape,
  createOnly: CREATE_ONLY,
  nameProperty: "ServiceName",
  attributes: ["Name", "ServiceArn"],
  async create(context, properties) {
    const { Tags: _, ForceNewDeployment: __, ...rest } = properties;
    const name = String(rest.ServiceName ?? inventName(context, 255));
    const known = context.resumed ? await describe(context, rest.Cluster, name) : undefined;
    let service = known?.status === "ACTIVE" ? known : undefined;
    if (!service) {
      const sent = apiTags(context, properties);
      const output = await context.call("ecs", "CreateService", {
        ...(toLowerNames(shape, { ...rest, ServiceName: name }) as Json),
        ...(sent.length && { tags: sent }),
        clientToken: context.token,
      });
      service = output.service as Service;
    }
    context.announce(service.serviceArn);
    await waitUntilStable(context, rest.Cluster, service);
    return made(service);
  },
  async update(context, arn, properties, previous) {
    const cluster = properties.Cluster;
    const sent = apiTags(context, properties);
    if (sent.length) await context.call("ecs", "TagResource", { resourceArn: arn, tags: sent });
    const wanted = Object.fromEntries(Object.entries(properties).filter(([name]) => UPDATABLE.has(name)));
    const force = JSON.stringify(properties.ForceNewDeployment) !== JSON.stringify(previous.ForceNewDeployment);
    const output = await context.call("ecs", "UpdateService", {
      cluster,
      service: arn,
      ...(toLowerNames(shape, wanted) as Json),
      ...(force && properties.ForceNewDeployment !== undefined && { forceNewDeployment: true }),
    });
    const service = output.service as Service;
    await waitUntilStable(context, cluster, service);
    return made(service);
  },
  async remove(context, arn, properties) {
    const cluster = properties.Cluster;
    const known = await describe(context, cluster, arn);
    if (!known || known.status === "INACTIVE") return;
    if (known.status === "ACTIVE") {
      await context.call("ecs", "UpdateService", { cluster, service: arn, desiredCount: 0 });
      await context.call("ecs", "DeleteService", { cluster, service: arn, force: true });
    }
    const untilMs = Date.now() + STABLE_TIMEOUT_MS;
    for (;;) {
      const now = await describe(context, cluster, arn);
      if (!now || now.status === "INACTIVE") return;
      if (Date.now() > untilMs)
        throw new HandlerError(`Service ${known.serviceName} did not drain in time`, "NotStabilized");
      await pause(POLL_MS, context.signal);
    }
  },
  async read(context, arn, properties) {
    const service = await describe(context, properties.Cluster, arn);
    if (service?.status !== "ACTIVE") return undefined;
    const found = toPropertyNames(shape, service) as Json;
    // The template may name the cluster where the API answers its ARN.
    return { ...found, Cluster: properties.Cluster };
  },
};

import { type HandlerContext, HandlerError, ignoreNotFound, type Made, type ResourceHandler } from "../handler.ts";
import { boolean, integer, list, number, object, text } from "../shapes.ts";
import type { Json } from "../template.ts";

const SCOPE = "application-autoscaling";
type TargetKey = { ServiceNamespace: string; ResourceId: string; ScalableDimension: string };

const keyOf = ({ ServiceNamespace, ResourceId, ScalableDimension }: Json): TargetKey => ({
  ServiceNamespace: String(ServiceNamespace),
  ResourceId: String(ResourceId),
  ScalableDimension: String(ScalableDimension),
});

/** `service/cluster/name|ecs:service:DesiredCount|ecs`, as CloudFormation names a target. */
const idOf = (key: TargetKey): string => `${key.ResourceId}|${key.ScalableDimension}|${key.ServiceNamespace}`;

const parseId = (id: string): TargetKey => {
  const [ResourceId = "", ScalableDimension = "", ServiceNamespace = ""] = id.split("|");
  return { ResourceId, ScalableDimension, ServiceNamespace };
};

async function register({ call }: HandlerContext, properties: Json): Promise<Made> {
  await call(SCOPE, "RegisterScalableTarget", properties);
  const id = idOf(keyOf(properties));
  return { physicalId: id, attributes: { Id: id } };
}

async function describeTarget({ call }: HandlerContext, key: TargetKey): Promise<Json | undefined> {
  const { ServiceNamespace, ResourceId, ScalableDimension } = key;
  const output = await call(SCOPE, "DescribeScalableTargets", {
    ServiceNamespace,
    ResourceIds: [ResourceId],
    ScalableDimension,
  });
  return (output.ScalableTargets as Json[])[0];
}

const suspended = object({
  DynamicScalingInSuspended: boolean,
  DynamicScalingOutSuspended: boolean,
  ScheduledScalingSuspended: boolean,
});

/** `AWS::ApplicationAutoScaling::ScalableTarget` */
export const scalableTarget: ResourceHandler = {
  shape: object(
    {
      MaxCapacity: integer,
      MinCapacity: integer,
      ResourceId: text,
      RoleARN: text,
      ScalableDimension: text,
      ServiceNamespace: text,
      SuspendedState: suspended,
    },
    "MaxCapacity",
    "MinCapacity",
    "ResourceId",
    "ScalableDimension",
    "ServiceNamespace",
  ),
  createOnly: ["ResourceId", "ScalableDimension", "ServiceNamespace"],
  attributes: ["Id"],
  async create(context, properties) {
    const made = await register(context, properties);
    context.announce(made.physicalId);
    return made;
  },
  update: (context, _, properties) => register(context, properties),
  async remove({ call }, id) {
    await ignoreNotFound(() => call(SCOPE, "DeregisterScalableTarget", parseId(id)));
  },
  read: (context, id) => describeTarget(context, parseId(id)),
};

const tracking = object(
  {
    CustomizedMetricSpecification: object({
      Dimensions: list(object({ Name: text, Value: text })),
      MetricName: text,
      Namespace: text,
      Statistic: text,
      Unit: text,
    }),
    DisableScaleIn: boolean,
    PredefinedMetricSpecification: object({ PredefinedMetricType: text, ResourceLabel: text }, "PredefinedMetricType"),
    ScaleInCooldown: integer,
    ScaleOutCooldown: integer,
    TargetValue: number,
  },
  "TargetValue",
);

/** The target of a policy: named by its id or by its three parts. */
const targetOf = (properties: Json): TargetKey =>
  typeof properties.ScalingTargetId === "string" ? parseId(properties.ScalingTargetId) : keyOf(properties);

async function putPolicy({ call }: HandlerContext, properties: Json): Promise<Made> {
  const { PolicyName, PolicyType, TargetTrackingScalingPolicyConfiguration } = properties;
  const output = await call(SCOPE, "PutScalingPolicy", {
    ...targetOf(properties),
    PolicyName,
    PolicyType,
    TargetTrackingScalingPolicyConfiguration,
  });
  if (typeof output.PolicyARN !== "string")
    throw new HandlerError(`Scaling did not name policy ${String(PolicyName)}`, "GeneralServiceException");
  return { physicalId: output.PolicyARN, attributes: { Arn: output.PolicyARN, PolicyName } };
}

async function describePolicy({ call }: HandlerContext, properties: Json): Promise<Json | undefined> {
  const { ServiceNamespace, ResourceId, ScalableDimension } = targetOf(properties);
  const output = await call(SCOPE, "DescribeScalingPolicies", {
    ServiceNamespace,
    ResourceId,
    ScalableDimension,
    PolicyNames: [properties.PolicyName],
  });
  return (output.ScalingPolicies as Json[])[0];
}

/** `AWS::ApplicationAutoScaling::ScalingPolicy`, target tracking. */
export const scalingPolicy: ResourceHandler = {
  shape: object(
    {
      PolicyName: text,
      PolicyType: text,
      ResourceId: text,
      ScalableDimension: text,
      ScalingTargetId: text,
      ServiceNamespace: text,
      TargetTrackingScalingPolicyConfiguration: tracking,
    },
    "PolicyName",
    "PolicyType",
  ),
  createOnly: ["PolicyName", "ResourceId", "ScalableDimension", "ScalingTargetId", "ServiceNamespace"],
  attributes: ["Arn", "PolicyName"],
  async create(context, properties) {
    const made = await putPolicy(context, properties);
    context.announce(made.physicalId);
    return made;
  },
  update: (context, _, properties) => putPolicy(context, properties),
  async remove({ call }, _, properties) {
    await ignoreNotFound(() =>
      call(SCOPE, "DeleteScalingPolicy", { ...targetOf(properties), PolicyName: properties.PolicyName }),
    );
  },
  async read(context, _, properties) {
    const policy = await describePolicy(context, properties);
    if (!policy) return undefined;
    return properties.ScalingTargetId === undefined ? policy : { ...policy, ScalingTargetId: idOf(keyOf(policy)) };
  },
};

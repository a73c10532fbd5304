import { randomUUID } from "node:crypto";
import { AwsError } from "../kernel/errors.ts";
import { createJsonService, type JsonObject } from "../kernel/json-protocol.ts";
import { assertKnownMembers } from "../kernel/members.ts";
import type { Identity, Service } from "../kernel/types.ts";
import {
  assertEcs,
  isTrue,
  paginate,
  readOptionalNumber,
  readOptionalText,
  readResource,
  readText,
  refuse,
} from "./input.ts";
import { describeAlarms, readPolicy } from "./policies.ts";
import type { Scaler } from "./scaler.ts";
import type { ScalableTarget, ScalingActivity, ScalingPolicy, ScalingStore } from "./store.ts";

export type ScalingDeps = {
  store: ScalingStore;
  scaler: Scaler;
  identity: Identity;
  periodS: number;
  cloudWatch: Service;
  close: () => Promise<void>;
};

const common = { ServiceNamespace: "ecs", ScalableDimension: "ecs:service:DesiredCount" } as const;

const describeTarget = (target: ScalableTarget): JsonObject => ({
  ...common,
  ResourceId: target.resourceId,
  MinCapacity: target.minCapacity,
  MaxCapacity: target.maxCapacity,
  RoleARN: target.roleArn,
  CreationTime: target.createdMs / 1000,
  SuspendedState: target.suspended,
  ScalableTargetARN: target.arn,
});

const describeActivity = (activity: ScalingActivity): JsonObject => ({
  ...common,
  ActivityId: activity.id,
  ResourceId: activity.resourceId,
  Description: activity.description,
  Cause: activity.cause,
  StartTime: activity.startedMs / 1000,
  EndTime: activity.endedMs / 1000,
  StatusCode: activity.statusCode,
  StatusMessage: activity.statusMessage,
});

const notFound = (what: string): AwsError => new AwsError("ObjectNotFoundException", what);

export function createScalingService(deps: ScalingDeps): Service {
  const { store, scaler, identity, cloudWatch } = deps;
  const alarmArn = (name: string) => `arn:aws:cloudwatch:${identity.region}:${identity.accountId}:alarm:${name}`;
  const alarmsOf = ({ alarms }: ScalingPolicy) =>
    [alarms.high, alarms.low].map((AlarmName) => ({ AlarmName, AlarmARN: alarmArn(AlarmName) }));
  const describePolicy = (policy: ScalingPolicy): JsonObject => ({
    ...common,
    PolicyARN: policy.arn,
    PolicyName: policy.name,
    ResourceId: policy.resourceId,
    PolicyType: "TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration: policy.configuration,
    Alarms: alarmsOf(policy),
    CreationTime: policy.createdMs / 1000,
  });
  const removeAlarms = (policy: ScalingPolicy) =>
    Promise.resolve(
      cloudWatch.operate?.("DeleteAlarms", { AlarmNames: [policy.alarms.high, policy.alarms.low] }),
    ).catch((error: unknown) => {
      // Someone may have deleted them by hand.
      if (!(error instanceof AwsError && error.code === "ResourceNotFound")) throw error;
    });
  const findTarget = (input: JsonObject): ScalableTarget => {
    const resourceId = readResource(input);
    const target = store.findTarget(resourceId);
    if (!target)
      throw notFound(
        `No scalable target registered for service namespace: ecs, resource ID: ${resourceId}, scalable dimension: ecs:service:DesiredCount`,
      );
    return target;
  };
  const findPolicy = (target: ScalableTarget, name: string) =>
    store.listPolicies(target.resourceId).find((one) => one.name === name);
  const findByArn = (input: JsonObject): ScalableTarget => {
    const arn = readText(input, "ResourceARN");
    const target = store.listTargets().find((one) => one.arn === arn);
    if (!target) throw new AwsError("ResourceNotFoundException", `The resource ${arn} does not exist.`);
    return target;
  };

  return createJsonService({
    name: "Application Auto Scaling",
    scopes: ["application-autoscaling"],
    protocol: "1.1",
    close: deps.close,
    operations: {
      RegisterScalableTarget: (input) => {
        assertKnownMembers("Application Auto Scaling", "RegisterScalableTarget", input, [
          "ServiceNamespace",
          "ResourceId",
          "ScalableDimension",
          "MinCapacity",
          "MaxCapacity",
          "RoleARN",
          "SuspendedState",
          "Tags",
        ]);
        const target = readTarget(input, store.findTarget(readResource(input)), identity);
        if (scaler.desiredCount(target.resourceId) === undefined)
          throw refuse(`ECS service doesn't exist: ${target.resourceId}`);
        store.saveTarget(target);
        scaler.enforceBounds(target);
        return { ScalableTargetARN: target.arn };
      },
      DescribeScalableTargets: (input) => {
        assertEcs(input);
        const ids = Array.isArray(input.ResourceIds) ? input.ResourceIds : undefined;
        const rows = store.listTargets().filter(({ resourceId }) => !ids?.length || ids.includes(resourceId));
        const { page, NextToken } = paginate(rows, input);
        return { ScalableTargets: page.map(describeTarget), NextToken };
      },
      DeregisterScalableTarget: async (input) => {
        const target = findTarget(input);
        for (const policy of store.listPolicies(target.resourceId)) await removeAlarms(policy);
        store.deleteTarget(target.resourceId);
        return {};
      },
      PutScalingPolicy: async (input) => {
        const target = findTarget(input);
        const known = findPolicy(target, readText(input, "PolicyName"));
        const prefix = `arn:aws:autoscaling:${identity.region}:${identity.accountId}`;
        const policy = readPolicy(input, target.resourceId, known, prefix);
        for (const alarm of describeAlarms(policy, deps.periodS)) await cloudWatch.operate?.("PutMetricAlarm", alarm);
        store.savePolicy(policy);
        return { PolicyARN: policy.arn, Alarms: alarmsOf(policy) };
      },
      DescribeScalingPolicies: (input) => {
        assertEcs(input);
        const names = Array.isArray(input.PolicyNames) ? input.PolicyNames : undefined;
        const rows = store
          .listPolicies(readOptionalText(input, "ResourceId"))
          .filter(({ name, arn }) => !names?.length || names.includes(name) || names.includes(arn));
        const { page, NextToken } = paginate(rows, input);
        return { ScalingPolicies: page.map(describePolicy), NextToken };
      },
      DeleteScalingPolicy: async (input) => {
        const name = readText(input, "PolicyName");
        const policy = findPolicy(findTarget(input), name);
        if (!policy) throw notFound(`No scaling policy found for policy name: ${name}`);
        await removeAlarms(policy);
        store.deletePolicy(policy);
        return {};
      },
      DescribeScalingActivities: (input) => {
        assertEcs(input);
        const { page, NextToken } = paginate(store.listActivities(readOptionalText(input, "ResourceId")), input);
        return { ScalingActivities: page.map(describeActivity), NextToken };
      },
      ListTagsForResource: (input) => ({ Tags: findByArn(input).tags }),
      TagResource: (input) => {
        const target = findByArn(input);
        store.saveTarget({ ...target, tags: { ...target.tags, ...(input.Tags as Record<string, string>) } });
        return {};
      },
      UntagResource: (input) => {
        const target = findByArn(input);
        const gone = new Set(Array.isArray(input.TagKeys) ? input.TagKeys : []);
        const tags = Object.fromEntries(Object.entries(target.tags).filter(([key]) => !gone.has(key)));
        store.saveTarget({ ...target, tags });
        return {};
      },
    },
  });
}

function readTarget(input: JsonObject, known: ScalableTarget | undefined, identity: Identity): ScalableTarget {
  const minCapacity = readOptionalNumber(input, "MinCapacity") ?? known?.minCapacity;
  const maxCapacity = readOptionalNumber(input, "MaxCapacity") ?? known?.maxCapacity;
  if (minCapacity === undefined || maxCapacity === undefined)
    throw refuse("MinCapacity and MaxCapacity are required for a new scalable target.");
  if (!(Number.isInteger(minCapacity) && Number.isInteger(maxCapacity) && minCapacity >= 0))
    throw refuse("MinCapacity and MaxCapacity must be whole numbers of 0 or more.");
  if (minCapacity > maxCapacity)
    throw refuse(`Maximum capacity cannot be less than minimum capacity: ${maxCapacity} < ${minCapacity}`);
  const given = (input.SuspendedState ?? {}) as JsonObject;
  const isSuspended = (name: keyof ScalableTarget["suspended"]) =>
    given[name] === undefined ? (known?.suspended[name] ?? false) : isTrue(given[name]);
  const { region, accountId } = identity;
  return {
    resourceId: readText(input, "ResourceId"),
    arn:
      known?.arn ??
      `arn:aws:application-autoscaling:${region}:${accountId}:scalable-target/${randomUUID().replaceAll("-", "")}`,
    minCapacity,
    maxCapacity,
    roleArn:
      readOptionalText(input, "RoleARN") ??
      known?.roleArn ??
      `arn:aws:iam::${accountId}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`,
    suspended: {
      DynamicScalingInSuspended: isSuspended("DynamicScalingInSuspended"),
      DynamicScalingOutSuspended: isSuspended("DynamicScalingOutSuspended"),
      ScheduledScalingSuspended: isSuspended("ScheduledScalingSuspended"),
    },
    createdMs: known?.createdMs ?? Date.now(),
    tags: { ...known?.tags, ...(input.Tags as Record<string, string> | undefined) },
  };
}

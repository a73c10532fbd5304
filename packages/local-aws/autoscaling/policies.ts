import { randomUUID } from "node:crypto";
import type { JsonObject } from "../kernel/json-protocol.ts";
import { assertKnownMembers } from "../kernel/members.ts";
import { isTrue, lacks, readOptionalNumber, readOptionalText, readText, refuse } from "./input.ts";
import { splitResourceId } from "./scaler.ts";
import type { ScalingPolicy, TrackedMetric } from "./store.ts";

const DEFAULT_COOLDOWN_S = 300;
/** How many periods in a row AWS waits for: fast out, slow in. */
const HIGH_PERIODS = 3;
const LOW_PERIODS = 15;
/** The low alarm's threshold, below the target, so that counts do not swing. */
const LOW_SHARE = 0.9;

const STATISTICS = ["Average", "Minimum", "Maximum", "SampleCount", "Sum"] as const;

function readMetric(configuration: JsonObject, resourceId: string): TrackedMetric {
  const predefined = configuration.PredefinedMetricSpecification as JsonObject | undefined;
  const customized = configuration.CustomizedMetricSpecification as JsonObject | undefined;
  if (customized) {
    assertKnownMembers("Application Auto Scaling", "CustomizedMetricSpecification", customized, [
      "MetricName",
      "Namespace",
      "Dimensions",
      "Statistic",
      "Unit",
    ]);
    const statistic = STATISTICS.find((one) => one === customized.Statistic);
    if (!statistic) throw refuse(`Statistic must be one of ${STATISTICS.join(", ")}.`);
    const dimensions = (Array.isArray(customized.Dimensions) ? customized.Dimensions : []) as JsonObject[];
    return {
      namespace: readText(customized, "Namespace"),
      name: readText(customized, "MetricName"),
      dimensions: Object.fromEntries(dimensions.map((one) => [readText(one, "Name"), readText(one, "Value")])),
      statistic,
    };
  }
  const type = readText(predefined ?? {}, "PredefinedMetricType");
  const { cluster, service } = splitResourceId(resourceId);
  const own = { namespace: "AWS/ECS", dimensions: { ClusterName: cluster, ServiceName: service } };
  if (type === "ECSServiceAverageCPUUtilization") return { ...own, name: "CPUUtilization", statistic: "Average" };
  if (type === "ECSServiceAverageMemoryUtilization") return { ...own, name: "MemoryUtilization", statistic: "Average" };
  if (type !== "ALBRequestCountPerTarget") throw lacks(`the metric ${type}`);
  const label = readText(predefined ?? {}, "ResourceLabel");
  const at = label.indexOf("targetgroup/");
  if (at < 0) throw refuse("ResourceLabel must be app/<name>/<id>/targetgroup/<name>/<id>.");
  return {
    namespace: "AWS/ApplicationELB",
    name: "RequestCountPerTarget",
    dimensions: { TargetGroup: label.slice(at) },
    statistic: "Sum",
  };
}

/**
 * A target tracking policy as it is given; one that is there keeps its ARN and alarms.
 * @throws AwsError `ValidationException`; 501 for other kinds of policies
 */
export function readPolicy(
  input: JsonObject,
  resourceId: string,
  known: ScalingPolicy | undefined,
  arnPrefix: string,
): ScalingPolicy {
  const type = readOptionalText(input, "PolicyType") ?? "TargetTrackingScaling";
  if (type !== "TargetTrackingScaling") throw lacks(`policies of the type ${type}`);
  const configuration = input.TargetTrackingScalingPolicyConfiguration as JsonObject | undefined;
  if (!configuration) throw refuse("TargetTrackingScalingPolicyConfiguration is required.");
  const targetValue = readOptionalNumber(configuration, "TargetValue");
  if (targetValue === undefined || targetValue <= 0) throw refuse("TargetValue must be a number above 0.");
  const name = readText(input, "PolicyName");
  const policyId = randomUUID();
  const alarm = (kind: string) => `TargetTracking-${resourceId}-Alarm${kind}-${randomUUID()}`;
  return {
    resourceId,
    name,
    arn: known?.arn ?? `${arnPrefix}:scalingPolicy:${policyId}:resource/ecs/${resourceId}:policyName/${name}`,
    createdMs: known?.createdMs ?? Date.now(),
    configuration,
    metric: readMetric(configuration, resourceId),
    targetValue,
    scaleOutCooldownS: readOptionalNumber(configuration, "ScaleOutCooldown") ?? DEFAULT_COOLDOWN_S,
    scaleInCooldownS: readOptionalNumber(configuration, "ScaleInCooldown") ?? DEFAULT_COOLDOWN_S,
    isScaleInDisabled: isTrue(configuration.DisableScaleIn),
    alarms: known?.alarms ?? { high: alarm("High"), low: alarm("Low") },
  };
}

/** Inputs of PutMetricAlarm for a policy's two alarms. */
export function describeAlarms(policy: ScalingPolicy, periodS: number): JsonObject[] {
  const { metric, targetValue } = policy;
  const common = {
    AlarmDescription: `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${policy.arn}.`,
    Namespace: metric.namespace,
    MetricName: metric.name,
    Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
    Statistic: metric.statistic,
    Period: periodS,
  };
  return [
    {
      ...common,
      AlarmName: policy.alarms.high,
      ComparisonOperator: "GreaterThanThreshold",
      Threshold: targetValue,
      EvaluationPeriods: HIGH_PERIODS,
    },
    {
      ...common,
      AlarmName: policy.alarms.low,
      ComparisonOperator: "LessThanThreshold",
      Threshold: targetValue * LOW_SHARE,
      EvaluationPeriods: LOW_PERIODS,
    },
  ];
}

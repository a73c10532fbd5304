import { AwsError, createNotImplementedError } from "../kernel/errors.ts";
import type { JsonObject } from "../kernel/json-protocol.ts";
import { allowOnly, asObject, readList, readOptionalCount, readOptionalText, refuse } from "./input.ts";
import type { DefinitionRecord, DeploymentConfiguration, LoadBalancer, ServiceRegistry } from "./records.ts";

const readPercent = (input: JsonObject, name: string, most: number): number | undefined => {
  const value = readOptionalCount(input, name);
  return value !== undefined && value > most ? refuse(`${name} must be at most ${most}.`) : value;
};

const readThreshold = (
  value: unknown,
): NonNullable<DeploymentConfiguration["deploymentCircuitBreaker"]>["thresholdConfiguration"] => {
  if (value === undefined || value === null) return undefined;
  const { type = "BOUNDED_PERCENT", value: amount = 50 } = asObject(value, "thresholdConfiguration");
  if (type !== "COUNT" && type !== "BOUNDED_PERCENT" && type !== "UNBOUNDED_PERCENT")
    return refuse("thresholdConfiguration.type must be COUNT, BOUNDED_PERCENT or UNBOUNDED_PERCENT.");
  if (typeof amount !== "number" || !Number.isInteger(amount) || amount < 1)
    return refuse("thresholdConfiguration.value must be a whole number of 1 or more.");
  return { type, value: amount };
};

const configurationMembers = "maximumPercent minimumHealthyPercent deploymentCircuitBreaker alarms strategy".split(" ");

/** Merges what is given into the configuration so far. @throws AwsError `InvalidParameterException`, 501 */
export const readDeploymentConfiguration = (
  value: unknown,
  before: DeploymentConfiguration = { maximumPercent: 200, minimumHealthyPercent: 100 },
): DeploymentConfiguration => {
  if (value === undefined || value === null) return before;
  const input = asObject(value, "deploymentConfiguration");
  allowOnly(input, "deploymentConfiguration", configurationMembers);
  const strategy = readOptionalText(input, "strategy") ?? "ROLLING";
  if (strategy !== "ROLLING") throw createNotImplementedError("ECS", `the deployment strategy ${strategy}`);
  const merged: DeploymentConfiguration = {
    ...before,
    strategy: "ROLLING",
    maximumPercent: readPercent(input, "maximumPercent", 200) ?? before.maximumPercent,
    minimumHealthyPercent: readPercent(input, "minimumHealthyPercent", 100) ?? before.minimumHealthyPercent,
  };
  if (merged.maximumPercent < 100) return refuse("maximumPercent must be at least 100.");
  if (merged.maximumPercent === 100 && merged.minimumHealthyPercent === 100)
    return refuse("maximumPercent of 100 with minimumHealthyPercent of 100 would leave no room to deploy.");
  if (input.deploymentCircuitBreaker) {
    const breaker = asObject(input.deploymentCircuitBreaker, "deploymentCircuitBreaker");
    const thresholdConfiguration = readThreshold(breaker.thresholdConfiguration);
    merged.deploymentCircuitBreaker = {
      enable: breaker.enable === true,
      rollback: breaker.rollback === true,
      ...(typeof breaker.resetOnHealthyTask === "boolean" ? { resetOnHealthyTask: breaker.resetOnHealthyTask } : {}),
      ...(thresholdConfiguration ? { thresholdConfiguration } : {}),
    };
  }
  if (input.alarms) {
    const alarms = asObject(input.alarms, "alarms");
    merged.alarms = {
      alarmNames: readList(alarms, "alarmNames").map(String),
      enable: alarms.enable === true,
      rollback: alarms.rollback === true,
    };
  }
  return merged;
};

/** @throws AwsError `InvalidParameterException` when the definition has no such container or port */
export const readLoadBalancers = (input: JsonObject, definition: DefinitionRecord): LoadBalancer[] =>
  readList(input, "loadBalancers").map((one) => {
    const { targetGroupArn, containerName, containerPort, loadBalancerName } = asObject(one, "loadBalancers");
    if (loadBalancerName) throw createNotImplementedError("ECS", "classic load balancers");
    if (typeof targetGroupArn !== "string" || !targetGroupArn.includes(":targetgroup/"))
      return refuse("Target Group Arn cannot be blank.");
    const container = definition.containers.find(({ name }) => name === containerName);
    if (!container) return refuse(`The container ${String(containerName)} does not exist in the task definition.`);
    if (!container.portMappings.some((mapping) => mapping.containerPort === containerPort))
      return refuse(`The container ${container.name} did not have a container port ${String(containerPort)} defined.`);
    return { targetGroupArn, containerName: container.name, containerPort: Number(containerPort) };
  });

export const readRegistries = (input: JsonObject): ServiceRegistry[] =>
  readList(input, "serviceRegistries").map((one) => {
    const { registryArn, port, containerName, containerPort } = asObject(one, "serviceRegistries");
    if (typeof registryArn !== "string") return refuse("registryArn cannot be blank.");
    return {
      registryArn,
      ...(typeof port === "number" ? { port } : {}),
      ...(typeof containerName === "string" ? { containerName } : {}),
      ...(typeof containerPort === "number" ? { containerPort } : {}),
    };
  });

/** Fargate tasks need a network of their own. @throws AwsError `InvalidParameterException` */
export const readNetwork = (input: JsonObject): unknown => {
  const network = input.networkConfiguration;
  const subnets = (network as { awsvpcConfiguration?: { subnets?: unknown } } | undefined)?.awsvpcConfiguration
    ?.subnets;
  if (!Array.isArray(subnets) || subnets.length === 0)
    throw new AwsError(
      "InvalidParameterException",
      "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    );
  return network;
};

export const readLaunchType = (input: JsonObject): string => {
  const launchType = readOptionalText(input, "launchType") ?? "FARGATE";
  if (launchType !== "FARGATE") throw createNotImplementedError("ECS", `the launch type ${launchType}`);
  for (const one of readList(input, "capacityProviderStrategy"))
    if (asObject(one, "capacityProviderStrategy").capacityProvider !== "FARGATE")
      throw createNotImplementedError("ECS", "capacity providers other than FARGATE");
  return launchType;
};

export const readPropagateTags = (input: JsonObject): "NONE" | "SERVICE" | "TASK_DEFINITION" | undefined => {
  const value = readOptionalText(input, "propagateTags");
  if (value === undefined || value === "NONE" || value === "SERVICE" || value === "TASK_DEFINITION") return value;
  return refuse("propagateTags must be NONE, SERVICE or TASK_DEFINITION.");
};

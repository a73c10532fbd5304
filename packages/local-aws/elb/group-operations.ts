import type { QueryInput, QueryOperation } from "../kernel/query-protocol.ts";
import {
  assertMembers,
  describeAttributes,
  lacks,
  paginate,
  readAttributes,
  readName,
  readObject,
  readObjects,
  readOptionalNumber,
  readOptionalText,
  readTags,
  readText,
  readTexts,
  refuse,
} from "./input.ts";
import { createSuffix, type ElbState, type HealthCheckSettings, type TargetGroup } from "./state.ts";
import type { Address, Targets } from "./targets.ts";

const GROUP_ATTRIBUTES = {
  "deregistration_delay.timeout_seconds": "300",
  "load_balancing.algorithm.type": "round_robin",
  "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
  "slow_start.duration_seconds": "0",
  "stickiness.enabled": "false",
};

const HEALTH_MEMBERS = [
  "HealthCheckProtocol",
  "HealthCheckPort",
  "HealthCheckEnabled",
  "HealthCheckPath",
  "HealthCheckIntervalSeconds",
  "HealthCheckTimeoutSeconds",
  "HealthyThresholdCount",
  "UnhealthyThresholdCount",
  "Matcher",
];

const defaults: HealthCheckSettings = {
  isEnabled: true,
  protocol: "HTTP",
  port: "traffic-port",
  path: "/",
  intervalS: 30,
  timeoutS: 5,
  healthyThreshold: 5,
  unhealthyThreshold: 2,
  matcher: "200",
};

function readHealthCheck(input: QueryInput, before: HealthCheckSettings): HealthCheckSettings {
  const protocol = readOptionalText(input, "HealthCheckProtocol") ?? "HTTP";
  if (protocol !== "HTTP") throw lacks(`health checks with the protocol ${protocol}`);
  if (readOptionalText(input, "HealthCheckEnabled") === "false")
    throw refuse("Health check enabled must be true for target groups with target type 'ip'");
  const matcher = readOptionalText(readObject(input, "Matcher") ?? {}, "HttpCode") ?? before.matcher;
  if (!/^\d{3}(-\d{3})?(,\d{3}(-\d{3})?)*$/.test(matcher))
    throw refuse(`Health check matcher '${matcher}' is not valid`);
  const settings: HealthCheckSettings = {
    isEnabled: true,
    protocol,
    port: readOptionalText(input, "HealthCheckPort") ?? before.port,
    path: readOptionalText(input, "HealthCheckPath") ?? before.path,
    intervalS: readOptionalNumber(input, "HealthCheckIntervalSeconds", 5, 300) ?? before.intervalS,
    timeoutS: readOptionalNumber(input, "HealthCheckTimeoutSeconds", 2, 120) ?? before.timeoutS,
    healthyThreshold: readOptionalNumber(input, "HealthyThresholdCount", 2, 10) ?? before.healthyThreshold,
    unhealthyThreshold: readOptionalNumber(input, "UnhealthyThresholdCount", 2, 10) ?? before.unhealthyThreshold,
    matcher,
  };
  if (settings.port !== "traffic-port" && !/^\d{1,5}$/.test(settings.port))
    throw refuse(`Health check port '${settings.port}' is not valid`);
  if (!settings.path.startsWith("/")) throw refuse(`Health check path '${settings.path}' must begin with '/'`);
  if (settings.timeoutS >= settings.intervalS) throw refuse("Health check timeout must be smaller than the interval");
  return settings;
}

/** Target groups, their attributes, and their targets. */
export function createGroupOperations(state: ElbState, targets: Targets): Record<string, QueryOperation> {
  const describe = (group: TargetGroup) => ({
    TargetGroupArn: group.arn,
    TargetGroupName: group.name,
    Protocol: group.protocol,
    Port: group.port,
    VpcId: group.vpcId,
    HealthCheckProtocol: group.healthCheck.protocol,
    HealthCheckPort: group.healthCheck.port,
    HealthCheckEnabled: group.healthCheck.isEnabled,
    HealthCheckIntervalSeconds: group.healthCheck.intervalS,
    HealthCheckTimeoutSeconds: group.healthCheck.timeoutS,
    HealthyThresholdCount: group.healthCheck.healthyThreshold,
    UnhealthyThresholdCount: group.healthCheck.unhealthyThreshold,
    HealthCheckPath: group.healthCheck.path,
    Matcher: { HttpCode: group.healthCheck.matcher },
    LoadBalancerArns: state.balancersOf(group.arn).map(({ arn }) => arn),
    TargetType: group.targetType,
    ProtocolVersion: "HTTP1",
    IpAddressType: "ipv4",
  });
  const find = (input: QueryInput) => state.get("group", readText(input, "TargetGroupArn"));
  const readTargets = (input: QueryInput, group: TargetGroup): Address[] | undefined =>
    readObjects(input, "Targets")?.map((target) => ({
      host: readText(target, "Id"),
      port: readOptionalNumber(target, "Port", 1, 65_535) ?? group.port,
    }));
  const describeHealth = (group: TargetGroup, { host, port }: Address) => {
    const { state: State, reason, description } = targets.health(group.arn, { host, port });
    return {
      Target: { Id: host, Port: port, AvailabilityZone: "local" },
      HealthCheckPort: group.healthCheck.port === "traffic-port" ? String(port) : group.healthCheck.port,
      TargetHealth: { State, Reason: reason, Description: description },
    };
  };
  return {
    CreateTargetGroup: (input) => {
      assertMembers("CreateTargetGroup", input, [
        "Name",
        "Protocol",
        "ProtocolVersion",
        "Port",
        "VpcId",
        "TargetType",
        "IpAddressType",
        "Tags",
        ...HEALTH_MEMBERS,
      ]);
      const name = readName(input);
      const protocol = readOptionalText(input, "Protocol") ?? "HTTP";
      if (protocol !== "HTTP") throw lacks(`target groups with the protocol ${protocol}`);
      const version = readOptionalText(input, "ProtocolVersion") ?? "HTTP1";
      if (version !== "HTTP1") throw lacks(`target groups with the protocol version ${version}`);
      const targetType = readOptionalText(input, "TargetType") ?? "instance";
      if (targetType !== "ip") throw lacks(`target groups with targets of the type ${targetType}`);
      if (state.list("group").some((one) => one.name === name))
        throw refuse(
          `A target group with the same name '${name}' exists, but with different settings`,
          "DuplicateTargetGroupName",
        );
      const port = readOptionalNumber(input, "Port", 1, 65_535);
      if (port === undefined) throw refuse("A port must be specified");
      const group = state.save("group", {
        arn: state.arnOf(`targetgroup/${name}/${createSuffix()}`),
        name,
        protocol,
        port,
        vpcId: readText(input, "VpcId"),
        targetType,
        healthCheck: readHealthCheck(input, defaults),
        attributes: { ...GROUP_ATTRIBUTES },
        tags: readTags(input),
      });
      return { TargetGroups: [describe(group)] };
    },
    DescribeTargetGroups: (input) => {
      const names = readTexts(input, "Names");
      const arns = readTexts(input, "TargetGroupArns");
      const balancerArn = readOptionalText(input, "LoadBalancerArn");
      for (const arn of arns ?? []) state.get("group", arn);
      if (balancerArn !== undefined) state.get("balancer", balancerArn);
      const rows = state
        .list("group")
        .filter(
          ({ arn, name }) =>
            (!names?.length || names.includes(name)) &&
            (!arns?.length || arns.includes(arn)) &&
            (balancerArn === undefined || state.balancersOf(arn).some((one) => one.arn === balancerArn)),
        );
      const missing = names?.find((name) => !rows.some((one) => one.name === name));
      if (missing !== undefined) throw refuse(`Target groups '[${missing}]' not found`, "TargetGroupNotFound");
      const { page, NextMarker } = paginate(rows, input);
      return { TargetGroups: page.map(describe), NextMarker };
    },
    ModifyTargetGroup: (input) => {
      assertMembers("ModifyTargetGroup", input, ["TargetGroupArn", ...HEALTH_MEMBERS]);
      const group = find(input);
      const healthCheck = readHealthCheck(input, group.healthCheck);
      return { TargetGroups: [describe(state.save("group", { ...group, healthCheck }))] };
    },
    DeleteTargetGroup: (input) => {
      const arn = readText(input, "TargetGroupArn");
      if (state.balancersOf(arn).length > 0)
        throw refuse(`Target group '${arn}' is currently in use by a listener or a rule`, "ResourceInUse");
      targets.forget(arn);
      state.delete("group", arn);
    },
    DescribeTargetGroupAttributes: (input) => describeAttributes(find(input).attributes),
    ModifyTargetGroupAttributes: (input) => {
      const group = find(input);
      const change = readAttributes(input, GROUP_ATTRIBUTES);
      for (const [key, value] of Object.entries(change)) assertAttribute(key, value);
      const attributes = { ...group.attributes, ...change };
      state.save("group", { ...group, attributes });
      return describeAttributes(attributes);
    },
    RegisterTargets: (input) => {
      const group = find(input);
      const given = readTargets(input, group) ?? [];
      // Only this machine: a stand-in must not become a way into a network.
      const foreign = given.find(({ host }) => host !== "127.0.0.1");
      if (foreign)
        throw refuse(`The IP address '${foreign.host}' is not within the VPC: only 127.0.0.1 is`, "InvalidTarget");
      for (const target of given) targets.registerKept(group.arn, target);
    },
    DeregisterTargets: (input) => {
      const group = find(input);
      for (const target of readTargets(input, group) ?? [])
        targets.deregister(group.arn, target).catch((error: unknown) => console.error(error));
    },
    DescribeTargetHealth: (input) => {
      const group = find(input);
      const rows: Address[] = readTargets(input, group) ?? targets.list(group.arn);
      return { TargetHealthDescriptions: rows.map((target) => describeHealth(group, target)) };
    },
  };
}

function assertAttribute(key: string, value: string): void {
  const isNumber = (most: number) => /^\d+$/.test(value) && Number(value) <= most;
  switch (key) {
    case "deregistration_delay.timeout_seconds":
      if (!isNumber(3600)) throw refuse(`${key} must be between 0 and 3600`, "InvalidConfigurationRequest");
      return;
    case "load_balancing.algorithm.type":
      if (value !== "round_robin" && value !== "least_outstanding_requests") throw lacks(`the algorithm ${value}`);
      return;
    default:
      if (value !== (GROUP_ATTRIBUTES as Record<string, string>)[key])
        throw lacks(`the attribute ${key} with ${value}`);
  }
}

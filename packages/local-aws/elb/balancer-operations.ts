import type { QueryInput, QueryOperation } from "../kernel/query-protocol.ts";
import {
  assertMembers,
  describeAttributes,
  lacks,
  paginate,
  readAttributes,
  readName,
  readOptionalText,
  readTags,
  readText,
  readTexts,
  refuse,
} from "./input.ts";
import { type Balancer, createSuffix, type ElbState } from "./state.ts";

export const BALANCER_ATTRIBUTES = {
  "access_logs.s3.enabled": "false",
  "deletion_protection.enabled": "false",
  "idle_timeout.timeout_seconds": "60",
  "routing.http.drop_invalid_header_fields.enabled": "false",
  "routing.http.preserve_host_header.enabled": "false",
  "routing.http2.enabled": "true",
};

/** Attributes that can have another value here. */
const HELD = new Set(["deletion_protection.enabled", "idle_timeout.timeout_seconds"]);

/** Balancers, their attributes, and the tags of everything. */
export function createBalancerOperations(
  state: ElbState,
  dnsNameOf: (name: string) => string,
): Record<string, QueryOperation> {
  const describe = (balancer: Balancer) => ({
    LoadBalancerArn: balancer.arn,
    DNSName: dnsNameOf(balancer.name),
    CanonicalHostedZoneId: "ZLOCAL00000000",
    CreatedTime: new Date(balancer.createdMs),
    LoadBalancerName: balancer.name,
    Scheme: balancer.scheme,
    VpcId: balancer.vpcId,
    State: { Code: "active" },
    Type: "application",
    AvailabilityZones: balancer.subnets.map((SubnetId) => ({ ZoneName: "local", SubnetId, LoadBalancerAddresses: [] })),
    SecurityGroups: balancer.securityGroups,
    IpAddressType: balancer.ipAddressType,
  });
  const find = (input: QueryInput) => state.get("balancer", readText(input, "LoadBalancerArn"));
  return {
    CreateLoadBalancer: (input) => {
      assertMembers("CreateLoadBalancer", input, [
        "Name",
        "Subnets",
        "SecurityGroups",
        "Scheme",
        "Tags",
        "Type",
        "IpAddressType",
      ]);
      const name = readName(input);
      const type = readOptionalText(input, "Type") ?? "application";
      if (type !== "application") throw lacks(`load balancers of the type ${type}`);
      const scheme = readOptionalText(input, "Scheme") ?? "internet-facing";
      if (scheme !== "internal" && scheme !== "internet-facing") throw refuse(`Scheme '${scheme}' is not valid`);
      const settings = {
        scheme,
        subnets: readTexts(input, "Subnets") ?? [],
        securityGroups: readTexts(input, "SecurityGroups") ?? [],
        ipAddressType: readOptionalText(input, "IpAddressType") ?? "ipv4",
      } as const;
      const known = state.list("balancer").find((one) => one.name === name);
      // The same once more is answered with what there is, as in AWS.
      if (known) {
        if (known.scheme !== scheme || known.subnets.join() !== settings.subnets.join())
          throw refuse(
            `A load balancer with the same name '${name}' exists, but with different settings`,
            "DuplicateLoadBalancerName",
          );
        return { LoadBalancers: [describe(known)] };
      }
      const balancer = state.save("balancer", {
        ...settings,
        arn: state.arnOf(`loadbalancer/app/${name}/${createSuffix()}`),
        name,
        vpcId: "vpc-local",
        createdMs: Date.now(),
        attributes: { ...BALANCER_ATTRIBUTES },
        tags: readTags(input),
      });
      return { LoadBalancers: [describe(balancer)] };
    },
    DescribeLoadBalancers: (input) => {
      const names = readTexts(input, "Names");
      const arns = readTexts(input, "LoadBalancerArns");
      for (const arn of arns ?? []) state.get("balancer", arn);
      const rows = state
        .list("balancer")
        .filter(({ name, arn }) => (!names?.length || names.includes(name)) && (!arns?.length || arns.includes(arn)));
      const missing = names?.find((name) => !rows.some((one) => one.name === name));
      if (missing !== undefined) throw refuse(`Load balancers '[${missing}]' not found`, "LoadBalancerNotFound");
      const { page, NextMarker } = paginate(rows, input);
      return { LoadBalancers: page.map(describe), NextMarker };
    },
    DeleteLoadBalancer: (input) => {
      const arn = readText(input, "LoadBalancerArn");
      const balancer = state.find("balancer", arn);
      // Deleting what is not there succeeds, as in AWS.
      if (!balancer) return;
      if (balancer.attributes["deletion_protection.enabled"] === "true")
        throw refuse(
          `Load balancer '${arn}' cannot be deleted because deletion protection is enabled`,
          "OperationNotPermitted",
        );
      state.transaction(() => {
        for (const listener of state.list("listener").filter(({ balancerArn }) => balancerArn === arn)) {
          for (const rule of state.rulesOf(listener.arn)) state.delete("rule", rule.arn);
          state.delete("listener", listener.arn);
        }
        state.delete("balancer", arn);
      });
    },
    DescribeLoadBalancerAttributes: (input) => describeAttributes(find(input).attributes),
    ModifyLoadBalancerAttributes: (input) => {
      const balancer = find(input);
      const change = readAttributes(input, BALANCER_ATTRIBUTES);
      for (const [key, value] of Object.entries(change))
        if (!HELD.has(key) && value !== balancer.attributes[key]) throw lacks(`the attribute ${key} with ${value}`);
      const idle = change["idle_timeout.timeout_seconds"];
      if (idle !== undefined && !(Number(idle) >= 1 && Number(idle) <= 4000))
        throw refuse("idle_timeout.timeout_seconds must be between 1 and 4000", "InvalidConfigurationRequest");
      const attributes = { ...balancer.attributes, ...change };
      state.save("balancer", { ...balancer, attributes });
      return describeAttributes(attributes);
    },
    ...createTagOperations(state),
  };
}

const kindOfArn = (arn: string) => {
  const resource = arn.slice(arn.lastIndexOf(":") + 1);
  if (resource.startsWith("loadbalancer/")) return "balancer";
  if (resource.startsWith("targetgroup/")) return "group";
  return resource.startsWith("listener-rule/") ? "rule" : "listener";
};

function createTagOperations(state: ElbState): Record<string, QueryOperation> {
  const change = (input: QueryInput, next: (tags: Record<string, string>) => Record<string, string>) => {
    const arns = readTexts(input, "ResourceArns") ?? [];
    for (const arn of arns) state.get(kindOfArn(arn), arn);
    for (const arn of arns) {
      const kind = kindOfArn(arn);
      const resource = state.get(kind, arn);
      state.save(kind, { ...resource, tags: next(resource.tags) });
    }
  };
  return {
    AddTags: (input) => change(input, (tags) => ({ ...tags, ...readTags(input) })),
    RemoveTags: (input) => {
      const gone = new Set(readTexts(input, "TagKeys") ?? []);
      change(input, (tags) => Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.has(key))));
    },
    DescribeTags: (input) => ({
      TagDescriptions: (readTexts(input, "ResourceArns") ?? []).map((ResourceArn) => ({
        ResourceArn,
        Tags: Object.entries(state.get(kindOfArn(ResourceArn), ResourceArn).tags).map(([Key, Value]) => ({
          Key,
          Value,
        })),
      })),
    }),
  };
}

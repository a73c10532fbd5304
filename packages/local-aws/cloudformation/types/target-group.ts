import {
  type HandlerContext,
  HandlerError,
  ignoreNotFound,
  inventName,
  type Made,
  mergeTags,
  type ResourceHandler,
} from "../handler.ts";
import { boolean, integer, list, object, oneOf, tags, text } from "../shapes.ts";
import type { Json } from "../template.ts";

type Group = { TargetGroupArn: string; TargetGroupName: string; LoadBalancerArns?: string[] } & Json;
type Attribute = { Key: string; Value: string };

const changeable = {
  HealthCheckEnabled: boolean,
  HealthCheckIntervalSeconds: integer,
  HealthCheckPath: text,
  HealthCheckPort: text,
  HealthCheckProtocol: text,
  HealthCheckTimeoutSeconds: integer,
  HealthyThresholdCount: integer,
  Matcher: object({ HttpCode: text, GrpcCode: text }),
  UnhealthyThresholdCount: integer,
};
const fixed = {
  IpAddressType: text,
  Name: text,
  Port: integer,
  Protocol: oneOf("HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE"),
  ProtocolVersion: text,
  TargetType: oneOf("instance", "ip", "lambda", "alb"),
  VpcId: text,
};
const shape = object({
  ...changeable,
  ...fixed,
  Tags: tags,
  TargetGroupAttributes: list(object({ Key: text, Value: text }, "Key", "Value")),
});

const pick = (properties: Json, names: object): Json =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => name in names));

const made = (group: Group): Made => ({
  physicalId: group.TargetGroupArn,
  attributes: {
    TargetGroupArn: group.TargetGroupArn,
    TargetGroupName: group.TargetGroupName,
    TargetGroupFullName: group.TargetGroupArn.slice(group.TargetGroupArn.indexOf("targetgroup/")),
    LoadBalancerArns: group.LoadBalancerArns ?? [],
  },
});

async function describe({ call }: HandlerContext, filter: Json): Promise<Group | undefined> {
  const output = await ignoreNotFound(() => call("elasticloadbalancing", "DescribeTargetGroups", filter));
  return (output?.TargetGroups as Group[] | undefined)?.[0];
}

async function putAttributes({ call }: HandlerContext, arn: string, properties: Json): Promise<void> {
  const wanted = properties.TargetGroupAttributes as Attribute[] | undefined;
  if (wanted?.length)
    await call("elasticloadbalancing", "ModifyTargetGroupAttributes", { TargetGroupArn: arn, Attributes: wanted });
}

/** `AWS::ElasticLoadBalancingV2::TargetGroup` */
export const targetGroup: ResourceHandler = {
  shape,
  createOnly: Object.keys(fixed),
  nameProperty: "Name",
  attributes: ["LoadBalancerArns", "TargetGroupArn", "TargetGroupFullName", "TargetGroupName"],
  async create(context, properties) {
    const name = String(properties.Name ?? inventName(context, 32));
    const known = context.resumed ? await describe(context, { Names: [name] }) : undefined;
    const sent = mergeTags(properties.Tags, context.tags);
    const output = known
      ? { TargetGroups: [known] }
      : await context.call("elasticloadbalancing", "CreateTargetGroup", {
          ...pick(properties, { ...changeable, ...fixed }),
          Name: name,
          ...(sent.length && { Tags: sent }),
        });
    const [group] = output.TargetGroups as Group[];
    if (!group) throw new HandlerError(`The balancer did not name target group ${name}`, "GeneralServiceException");
    context.announce(group.TargetGroupArn);
    await putAttributes(context, group.TargetGroupArn, properties);
    return made(group);
  },
  async update(context, arn, properties) {
    await context.call("elasticloadbalancing", "ModifyTargetGroup", {
      TargetGroupArn: arn,
      ...pick(properties, changeable),
    });
    await putAttributes(context, arn, properties);
    const group = await describe(context, { TargetGroupArns: [arn] });
    return made(group ?? { TargetGroupArn: arn, TargetGroupName: arn.split("/")[1] ?? "" });
  },
  async remove(context, arn) {
    if (await describe(context, { TargetGroupArns: [arn] }))
      await context.call("elasticloadbalancing", "DeleteTargetGroup", { TargetGroupArn: arn });
  },
  async read(context, arn, properties) {
    const group = await describe(context, { TargetGroupArns: [arn] });
    if (!group) return undefined;
    const { TargetGroupName, ...rest } = group;
    const found: Json = { ...rest, Name: TargetGroupName };
    const wanted = properties.TargetGroupAttributes as Attribute[] | undefined;
    if (wanted) {
      const output = await context.call("elasticloadbalancing", "DescribeTargetGroupAttributes", {
        TargetGroupArn: arn,
      });
      // Only those that the template sets: a group has many more by default.
      const named = new Map((output.Attributes as Attribute[]).map((one) => [one.Key, one.Value]));
      found.TargetGroupAttributes = wanted.map(({ Key }) => ({ Key, Value: named.get(Key) ?? "" }));
    }
    return found;
  },
};

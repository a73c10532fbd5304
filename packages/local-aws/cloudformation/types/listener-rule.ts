import {
  type HandlerContext,
  HandlerError,
  ignoreNotFound,
  type Made,
  mergeTags,
  type ResourceHandler,
} from "../handler.ts";
import { integer, list, map, object, oneOf, tags, text, texts } from "../shapes.ts";
import type { Json } from "../template.ts";

type Rule = { RuleArn: string; Priority: string; IsDefault?: unknown; Conditions: Json[]; Actions: Json[] };

const values = object({ Values: texts });
const condition = object({
  Field: text,
  Values: texts,
  HostHeaderConfig: values,
  PathPatternConfig: values,
  SourceIpConfig: values,
  HttpRequestMethodConfig: values,
  HttpHeaderConfig: object({ HttpHeaderName: text, Values: texts }),
  QueryStringConfig: object({ Values: list(object({ Key: text, Value: text })) }),
});
const action = object(
  {
    Type: oneOf("forward", "fixed-response", "redirect", "authenticate-oidc", "authenticate-cognito"),
    Order: integer,
    TargetGroupArn: text,
    ForwardConfig: object({
      TargetGroups: list(object({ TargetGroupArn: text, Weight: integer })),
      TargetGroupStickinessConfig: map(),
    }),
    FixedResponseConfig: object({ ContentType: text, MessageBody: text, StatusCode: text }),
    RedirectConfig: map(),
  },
  "Type",
);
const made = (arn: string): Made => ({ physicalId: arn, attributes: { RuleArn: arn, IsDefault: false } });

async function describe({ call }: HandlerContext, arn: string): Promise<Rule | undefined> {
  const output = await ignoreNotFound(() => call("elasticloadbalancing", "DescribeRules", { RuleArns: [arn] }));
  return (output?.Rules as Rule[] | undefined)?.[0];
}

async function findByPriority({ call }: HandlerContext, properties: Json): Promise<Rule | undefined> {
  const output = await call("elasticloadbalancing", "DescribeRules", { ListenerArn: properties.ListenerArn });
  return (output.Rules as Rule[]).find((rule) => rule.Priority === String(properties.Priority));
}

/** `AWS::ElasticLoadBalancingV2::ListenerRule` */
export const listenerRule: ResourceHandler = {
  shape: object(
    {
      Actions: list(action),
      Conditions: list(condition),
      ListenerArn: text,
      Priority: integer,
      Tags: tags,
      Transforms: list(map()),
    },
    "Actions",
    "Conditions",
    "Priority",
  ),
  createOnly: ["ListenerArn"],
  attributes: ["IsDefault", "RuleArn"],
  async create(context, properties) {
    const known = context.resumed ? await findByPriority(context, properties) : undefined;
    const isOurs = known && JSON.stringify(known.Actions).includes(JSON.stringify(targetOf(properties)));
    const sent = mergeTags(properties.Tags, context.tags);
    const output = isOurs
      ? { Rules: [known] }
      : await context.call("elasticloadbalancing", "CreateRule", {
          ...properties,
          Tags: undefined,
          ...(sent.length && { Tags: sent }),
        });
    const [rule] = output.Rules as Rule[];
    if (!rule) throw new HandlerError("The balancer did not name the rule", "GeneralServiceException");
    context.announce(rule.RuleArn);
    return made(rule.RuleArn);
  },
  async update(context, arn, properties, previous) {
    if (properties.Priority !== previous.Priority)
      await context.call("elasticloadbalancing", "SetRulePriorities", {
        RulePriorities: [{ RuleArn: arn, Priority: properties.Priority }],
      });
    const { Actions, Conditions } = properties;
    await context.call("elasticloadbalancing", "ModifyRule", { RuleArn: arn, Actions, Conditions });
    return made(arn);
  },
  async remove(context, arn) {
    if (await describe(context, arn)) await context.call("elasticloadbalancing", "DeleteRule", { RuleArn: arn });
  },
  async read(context, arn, properties) {
    const rule = await describe(context, arn);
    if (!rule) return undefined;
    const { Priority, Conditions, Actions } = rule;
    return { Priority: Number(Priority), Conditions, Actions, ListenerArn: properties.ListenerArn };
  },
};

const targetOf = (properties: Json): unknown => (properties.Actions as Json[])[0]?.TargetGroupArn ?? "";

import { type HandlerContext, inventName, type Made, mergeTags, type ResourceHandler } from "../handler.ts";
import { boolean, integer, list, number, object, tags, text, texts } from "../shapes.ts";
import type { Json } from "../template.ts";

const dimensions = list(object({ Name: text, Value: text }, "Name", "Value"));
const shape = object(
  {
    ActionsEnabled: boolean,
    AlarmActions: texts,
    AlarmDescription: text,
    AlarmName: text,
    ComparisonOperator: text,
    DatapointsToAlarm: integer,
    Dimensions: dimensions,
    EvaluationPeriods: integer,
    ExtendedStatistic: text,
    InsufficientDataActions: texts,
    MetricName: text,
    Namespace: text,
    OKActions: texts,
    Period: integer,
    Statistic: text,
    Tags: tags,
    Threshold: number,
    TreatMissingData: text,
    Unit: text,
  },
  "ComparisonOperator",
  "EvaluationPeriods",
);

async function describe({ call }: HandlerContext, name: string): Promise<Json | undefined> {
  const output = await call("monitoring", "DescribeAlarms", { AlarmNames: [name] });
  return (output.MetricAlarms as Json[] | undefined)?.[0];
}

/** Also replaces the alarm that has this name. */
async function put(context: HandlerContext, name: string, properties: Json): Promise<Made> {
  const { region, accountId } = context.identity;
  const sent = mergeTags(properties.Tags, context.tags);
  await context.call("monitoring", "PutMetricAlarm", {
    ...properties,
    AlarmName: name,
    Tags: undefined,
    ...(sent.length && { Tags: sent }),
  });
  return { physicalId: name, attributes: { Arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}` } };
}

/** `AWS::CloudWatch::Alarm` */
export const alarm: ResourceHandler = {
  shape,
  createOnly: ["AlarmName"],
  nameProperty: "AlarmName",
  attributes: ["Arn"],
  async create(context, properties) {
    const name = String(properties.AlarmName ?? inventName(context, 255));
    const made = await put(context, name, properties);
    context.announce(name);
    return made;
  },
  update: (context, name, properties) => put(context, name, properties),
  async remove(context, name) {
    if (await describe(context, name)) await context.call("monitoring", "DeleteAlarms", { AlarmNames: [name] });
  },
  read: (context, name) => describe(context, name),
};

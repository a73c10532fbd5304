import { AwsError } from "../../kernel/errors.ts";
import { type HandlerContext, ignoreNotFound, inventName, type Made, type ResourceHandler } from "../handler.ts";
import { integer, object, text } from "../shapes.ts";
import type { Json } from "../template.ts";

type Group = { logGroupName: string; retentionInDays?: number };

async function findGroup({ call }: HandlerContext, name: string): Promise<Group | undefined> {
  const { logGroups } = await call("logs", "DescribeLogGroups", { logGroupNamePrefix: name });
  return (logGroups as Group[]).find((group) => group.logGroupName === name);
}

const made = ({ identity }: HandlerContext, name: string): Made => ({
  physicalId: name,
  attributes: { Arn: `arn:aws:logs:${identity.region}:${identity.accountId}:log-group:${name}:*` },
});

async function putRetention({ call }: HandlerContext, logGroupName: string, days: unknown): Promise<void> {
  if (days === undefined) await call("logs", "DeleteRetentionPolicy", { logGroupName });
  else await call("logs", "PutRetentionPolicy", { logGroupName, retentionInDays: days });
}

/** `AWS::Logs::LogGroup` */
export const logGroup: ResourceHandler = {
  shape: object({ LogGroupName: text, RetentionInDays: integer }),
  createOnly: ["LogGroupName"],
  nameProperty: "LogGroupName",
  attributes: ["Arn"],
  async create(context, properties) {
    const name = String(properties.LogGroupName ?? inventName(context, 512));
    try {
      await context.call("logs", "CreateLogGroup", { logGroupName: name });
    } catch (error) {
      const isOurs = context.resumed && error instanceof AwsError && error.code === "ResourceAlreadyExistsException";
      if (!isOurs) throw error;
    }
    context.announce(name);
    if (properties.RetentionInDays !== undefined) await putRetention(context, name, properties.RetentionInDays);
    return made(context, name);
  },
  async update(context, name, properties) {
    await putRetention(context, name, properties.RetentionInDays);
    return made(context, name);
  },
  async remove({ call }, logGroupName) {
    await ignoreNotFound(() => call("logs", "DeleteLogGroup", { logGroupName }));
  },
  async read(context, name) {
    const group = await findGroup(context, name);
    if (!group) return undefined;
    const found: Json = { LogGroupName: group.logGroupName };
    if (group.retentionInDays !== undefined) found.RetentionInDays = group.retentionInDays;
    return found;
  },
  async find(context, properties) {
    return properties.LogGroupName === undefined
      ? undefined
      : (await findGroup(context, String(properties.LogGroupName)))?.logGroupName;
  },
};

import type { QueryInput } from "../kernel/query-protocol.ts";
import {
  assertMembers,
  lacks,
  readObject,
  readObjects,
  readOptionalNumber,
  readOptionalText,
  readText,
  readTexts,
  refuse,
} from "./input.ts";
import type { Action, Condition, ElbState } from "./state.ts";

/**
 * The one action of a rule or listener: forward or a fixed response.
 * @throws AwsError `TargetGroupNotFound`, `ValidationError`; 501 for other kinds
 */
export function readAction(state: ElbState, input: QueryInput, member: string): Action {
  const [action, ...more] = readObjects(input, member) ?? [];
  if (!action) throw refuse(`The member ${member} is required.`);
  if (more.length > 0) throw lacks("more than one action");
  const type = readText(action, "Type");
  if (type === "fixed-response") {
    const config = readObject(action, "FixedResponseConfig") ?? {};
    return {
      type,
      statusCode: readOptionalNumber(config, "StatusCode", 200, 599) ?? 503,
      contentType: readOptionalText(config, "ContentType") ?? "text/plain",
      body: readOptionalText(config, "MessageBody") ?? "",
    };
  }
  if (type !== "forward") throw lacks(`actions of the type ${type}`);
  const config = readObject(action, "ForwardConfig");
  if (readOptionalText(readObject(config ?? {}, "TargetGroupStickinessConfig") ?? {}, "Enabled") === "true")
    throw lacks("stickiness of target groups");
  const groups = (config && readObjects(config, "TargetGroups"))?.map((group) => ({
    arn: readText(group, "TargetGroupArn"),
    weight: readOptionalNumber(group, "Weight", 0, 999) ?? 1,
  })) ?? [{ arn: readText(action, "TargetGroupArn"), weight: 1 }];
  for (const { arn } of groups) state.get("group", arn);
  return { type, groups };
}

export function describeAction(action: Action): object {
  if (action.type === "fixed-response") {
    const { statusCode, contentType, body } = action;
    const config = { StatusCode: String(statusCode), ContentType: contentType, MessageBody: body || undefined };
    return { Type: action.type, Order: 1, FixedResponseConfig: config };
  }
  const { groups } = action;
  return {
    Type: action.type,
    ...(groups.length === 1 && { TargetGroupArn: groups[0]?.arn }),
    Order: 1,
    ForwardConfig: {
      TargetGroups: groups.map(({ arn, weight }) => ({ TargetGroupArn: arn, Weight: weight })),
      TargetGroupStickinessConfig: { Enabled: false },
    },
  };
}

const configOf = {
  "path-pattern": "PathPatternConfig",
  "host-header": "HostHeaderConfig",
  "http-request-method": "HttpRequestMethodConfig",
} as const;
const VALUES_LIMIT = 5;

/** @throws AwsError 501 for conditions that look at something else */
export function readConditions(input: QueryInput): Condition[] | undefined {
  return readObjects(input, "Conditions")?.map((condition) => {
    const name = readText(condition, "Field");
    const field = (Object.keys(configOf) as Condition["field"][]).find((one) => one === name);
    if (!field) throw lacks(`rule conditions on ${name}`);
    assertMembers("CreateRule", condition, ["Field", "Values", configOf[field]]);
    const config = readObject(condition, configOf[field]);
    const values = (config && readTexts(config, "Values")) ?? readTexts(condition, "Values") ?? [];
    if (values.length === 0) throw refuse("A condition value must be specified");
    if (values.length > VALUES_LIMIT) throw refuse(`A rule condition may have ${VALUES_LIMIT} values`);
    return { field, values };
  });
}

export const describeCondition = ({ field, values }: Condition): object => ({
  Field: field,
  ...(field !== "http-request-method" && { Values: values }),
  [configOf[field]]: { Values: values },
});

/** `*` stands for any text, `?` for one character. */
const matchesPattern = (pattern: string, text: string): boolean => {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s").test(text);
};

export type RequestFacts = { path: string; host: string; method: string };

/** All conditions hold, each by one of its values; paths by case, hosts without. */
export const matchesConditions = (conditions: readonly Condition[], facts: RequestFacts): boolean =>
  conditions.every(({ field, values }) =>
    values.some((value) => {
      if (field === "path-pattern") return matchesPattern(value, facts.path);
      if (field === "host-header") return matchesPattern(value.toLowerCase(), facts.host.toLowerCase());
      return value === facts.method;
    }),
  );

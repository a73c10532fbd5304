import { AwsError } from "../kernel/errors.ts";
import type { Identity } from "../kernel/types.ts";
import { evaluate, evaluateCondition, NO_VALUE, type Scope } from "./intrinsics.ts";
import type { ParameterSpec, Template } from "./template.ts";

/** Values by parameter, as texts; lists are comma-separated. */
export type ParameterValues = Record<string, string>;
export type GivenParameter = { key: string; value?: string; usePrevious: boolean };

const invalid = (text: string): AwsError => new AwsError("ValidationError", text);
const AWS_FORMATS: Record<string, RegExp> = {
  "AWS::EC2::VPC::Id": /^vpc-[0-9a-f]{8}([0-9a-f]{9})?$/,
  "AWS::EC2::Subnet::Id": /^subnet-[0-9a-f]{8}([0-9a-f]{9})?$/,
  "AWS::EC2::SecurityGroup::Id": /^sg-[0-9a-f]{8}([0-9a-f]{9})?$/,
};

/**
 * The values a template runs with: given, previous, or default, each checked against its constraints.
 * @throws AwsError `ValidationError` in CloudFormation's words
 */
export function resolveParameters(
  template: Template,
  given: readonly GivenParameter[],
  previous: ParameterValues | undefined,
): ParameterValues {
  const strangers = given.map(({ key }) => key).filter((key) => !(key in template.parameters));
  if (strangers.length) throw invalid(`Parameters: [${strangers.join(", ")}] do not exist in the template`);
  const byKey = new Map(given.map((one) => [one.key, one]));
  const values: ParameterValues = {};
  const missing: string[] = [];
  for (const [key, spec] of Object.entries(template.parameters)) {
    const one = byKey.get(key);
    if (one?.usePrevious && one.value !== undefined)
      throw invalid(
        `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true and non empty value for a parameter`,
      );
    if (one?.usePrevious && previous?.[key] === undefined)
      throw invalid(`Invalid input for parameter key ${key}. No previous value exists for it`);
    const value = one?.usePrevious ? previous?.[key] : (one?.value ?? spec.default);
    if (value === undefined) missing.push(key);
    else values[key] = value;
  }
  if (missing.length) throw invalid(`Parameters: [${missing.join(", ")}] must have values`);
  for (const [key, spec] of Object.entries(template.parameters)) checkValue(key, spec, values[key] ?? "");
  return values;
}

const itemType = (type: string): string | undefined =>
  type === "CommaDelimitedList" ? "String" : /^List<(.+)>$/.exec(type)?.[1];

/** A parameter's value as `Ref` answers it: a text, or a list for list types. */
export function valueOfParameter(spec: ParameterSpec, value: string): string | string[] {
  if (itemType(spec.type) === undefined) return value;
  return value === "" ? [] : value.split(",").map((item) => item.trim());
}

function checkValue(key: string, spec: ParameterSpec, value: string): void {
  const type = itemType(spec.type) ?? spec.type;
  if (type !== "String" && type !== "Number" && !AWS_FORMATS[type])
    throw new AwsError("NotImplemented", `The local stand-in does not hold parameters of type ${spec.type} (${key}).`, {
      statusCode: 501,
    });
  const refuse = (fault: string): never => {
    const { constraintDescription } = spec;
    throw invalid(
      constraintDescription
        ? `Parameter ${key} failed to satisfy constraint: ${constraintDescription}`
        : `Parameter '${key}' ${fault}`,
    );
  };
  const found = valueOfParameter(spec, value);
  for (const item of Array.isArray(found) ? found : [found]) {
    if (type === "Number" && (item.trim() === "" || !Number.isFinite(Number(item))))
      throw invalid(`Parameter '${key}' must be a number.`);
    const format = AWS_FORMATS[type];
    if (format && !format.test(item))
      throw invalid(
        `Parameter validation failed: parameter value ${item} for parameter name ${key} does not exist. Rollback requested by user.`,
      );
    if (spec.allowedValues && !spec.allowedValues.includes(item)) refuse("must be one of AllowedValues");
    if (spec.allowedPattern && !new RegExp(`^(?:${spec.allowedPattern})$`).test(item))
      refuse(`must match pattern ${spec.allowedPattern}`);
    if (spec.minValue !== undefined && Number(item) < spec.minValue)
      refuse(`must be a number not less than ${spec.minValue}`);
    if (spec.maxValue !== undefined && Number(item) > spec.maxValue)
      refuse(`must be a number not greater than ${spec.maxValue}`);
    if (spec.minLength !== undefined && item.length < spec.minLength)
      refuse(`must contain at least ${spec.minLength} characters`);
    if (spec.maxLength !== undefined && item.length > spec.maxLength)
      refuse(`must contain at most ${spec.maxLength} characters`);
  }
}

/** What `Ref` and `Fn::GetAtt` say about a resource; undefined: it does not exist. */
export type ResourceValues = { physicalId(id: string): unknown; attribute(id: string, name: string): unknown };

/** The scope of a template's functions for one stack. */
export function createScope(options: {
  template: Template;
  values: ParameterValues;
  identity: Identity;
  stack: { id: string; name: string };
  resources: ResourceValues;
}): Scope {
  const { template, values, identity, stack, resources } = options;
  const pseudo: Record<string, unknown> = {
    "AWS::AccountId": identity.accountId,
    "AWS::NoValue": NO_VALUE,
    "AWS::NotificationARNs": [],
    "AWS::Partition": "aws",
    "AWS::Region": identity.region,
    "AWS::StackId": stack.id,
    "AWS::StackName": stack.name,
    "AWS::URLSuffix": "amazonaws.com",
  };
  const scope: Scope = {
    ref(name) {
      if (name in pseudo) return pseudo[name];
      const parameter = template.parameters[name];
      if (parameter) return valueOfParameter(parameter, values[name] ?? "");
      const found = resources.physicalId(name);
      if (found === undefined) throw invalid(`Template error: resource ${name} of a Ref is not in the stack`);
      return found;
    },
    getAtt(name, attribute) {
      const found = resources.attribute(name, attribute);
      if (found === undefined)
        throw invalid(`Template error: resource ${name} does not support attribute type ${attribute} in Fn::GetAtt`);
      return found;
    },
    condition(name) {
      if (!(name in template.conditions))
        throw invalid(`Template format error: Unresolved condition dependency ${name}`);
      return evaluateCondition(template.conditions[name], scope);
    },
    findInMap(map, top, second) {
      const found = template.mappings[map]?.[top]?.[second];
      if (found === undefined) throw invalid(`Template error: Unable to get mapping for ${map}::${top}::${second}`);
      return found;
    },
  };
  return scope;
}

/** Conditions and rules see parameters only. */
export const noResources: ResourceValues = { physicalId: () => undefined, attribute: () => undefined };

/** Checks the template's rules. @throws AwsError `ValidationError` with the descriptions of all that do not hold */
export function assertRulesHold(template: Template, scope: Scope): void {
  const broken = Object.entries(template.rules).flatMap(([name, rule]) => {
    if (rule.condition !== undefined && !evaluateCondition(rule.condition, scope)) return [];
    return rule.assertions
      .filter(({ assert }) => !evaluateCondition(assert, scope))
      .map(({ description }) => `Rule ${name}: ${description || "an assertion does not hold"}`);
  });
  if (broken.length) throw invalid(`Template rule validation failed: ${broken.join("; ")}`);
}

/** Logical ids of the resources whose condition holds. */
export function activeResources(template: Template, scope: Scope): Set<string> {
  return new Set(
    Object.entries(template.resources)
      .filter(([, spec]) => spec.condition === undefined || scope.condition(spec.condition))
      .map(([id]) => id),
  );
}

export const evaluateProperties = (properties: unknown, scope: Scope): Record<string, unknown> =>
  evaluate(properties, scope) as Record<string, unknown>;

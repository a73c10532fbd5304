import { AwsError } from "../kernel/errors.ts";
import { parseGetAtt, parseSub, SUB_VARIABLE } from "./references.ts";
import { isObject, type Json } from "./template.ts";

/** What functions are evaluated against. Resources answer their physical id and attributes. */
export type Scope = {
  ref(name: string): unknown;
  getAtt(name: string, attribute: string): unknown;
  condition(name: string): boolean;
  findInMap(map: string, top: string, second: string): unknown;
};

/** The value of `AWS::NoValue`: the property is as if it had not been written. */
export const NO_VALUE = Symbol("AWS::NoValue");

const templateError = (text: string): AwsError => new AwsError("ValidationError", `Template error: ${text}`);

const asText = (value: unknown, where: string): string => {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw templateError(`${where} needs a string, not ${Array.isArray(value) ? "a list" : typeof value}`);
};

const asList = (value: unknown, where: string): unknown[] => {
  if (Array.isArray(value)) return value;
  throw templateError(`${where} needs a list`);
};

/**
 * A value with its functions worked out (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html).
 * @throws AwsError `ValidationError` for a function used wrongly, `NotImplemented` naming one that is not held
 */
export function evaluate(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((item) => evaluate(item, scope)).filter((item) => item !== NO_VALUE);
  if (!isObject(value)) return value;
  const [key, ...others] = Object.keys(value);
  if (key !== undefined && others.length === 0 && (key === "Ref" || key === "Condition" || key.startsWith("Fn::"))) {
    const run = functions[key];
    // `Condition` is also a member's name where it is not alone.
    if (!run)
      throw new AwsError("NotImplemented", `The local stand-in does not implement ${key} in templates.`, {
        statusCode: 501,
      });
    return run(value[key], scope);
  }
  const result: Json = {};
  for (const [name, member] of Object.entries(value)) {
    const evaluated = evaluate(member, scope);
    if (evaluated !== NO_VALUE) result[name] = evaluated;
  }
  return result;
}

/** A condition: `Fn::Equals`, `Fn::And`, … @throws AwsError when it answers anything but true or false */
export function evaluateCondition(value: unknown, scope: Scope): boolean {
  const result = evaluate(value, scope);
  if (typeof result !== "boolean") throw templateError("a condition must be a condition function");
  return result;
}

const conditionsOf = (value: unknown, scope: Scope, where: string): boolean[] =>
  asList(value, where).map((one) => evaluateCondition(one, scope));

const functions: Record<string, (value: unknown, scope: Scope) => unknown> = {
  Ref: (value, scope) => scope.ref(String(value)),
  Condition: (value, scope) => scope.condition(String(value)),
  "Fn::GetAtt": (value, scope) => {
    const { name, attribute } = parseGetAtt(value);
    return scope.getAtt(name, attribute);
  },
  "Fn::Sub": (value, scope) => {
    const { text, variables } = parseSub(value);
    return text.replace(SUB_VARIABLE, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      const key = name.trim();
      if (key in variables) return asText(evaluate(variables[key], scope), "Fn::Sub");
      const dot = key.indexOf(".");
      const found = dot < 0 ? scope.ref(key) : scope.getAtt(key.slice(0, dot), key.slice(dot + 1));
      return asText(Array.isArray(found) ? found.join(",") : found, "Fn::Sub");
    });
  },
  "Fn::Join": (value, scope) => {
    const [delimiter, items] = asList(value, "Fn::Join");
    const list = asList(evaluate(items, scope), "Fn::Join");
    return list.map((item) => asText(item, "Fn::Join")).join(String(delimiter));
  },
  "Fn::If": (value, scope) => {
    const [name, whenTrue, whenFalse] = asList(value, "Fn::If");
    return evaluate(scope.condition(String(name)) ? whenTrue : whenFalse, scope);
  },
  "Fn::Equals": (value, scope) => {
    const [a, b] = asList(evaluate(value, scope), "Fn::Equals");
    return JSON.stringify(toTexts(a)) === JSON.stringify(toTexts(b));
  },
  "Fn::Select": (value, scope) => {
    const [index, items] = asList(evaluate(value, scope), "Fn::Select");
    const list = asList(items, "Fn::Select");
    const item = list[Number(index)];
    if (item === undefined) throw templateError(`Fn::Select cannot select nonexistent value at index ${String(index)}`);
    return item;
  },
  "Fn::Split": (value, scope) => {
    const [delimiter, source] = asList(evaluate(value, scope), "Fn::Split");
    return asText(source, "Fn::Split").split(String(delimiter));
  },
  "Fn::FindInMap": (value, scope) => {
    const [map, top, second] = asList(evaluate(value, scope), "Fn::FindInMap").map(String);
    return scope.findInMap(map ?? "", top ?? "", second ?? "");
  },
  "Fn::And": (value, scope) => conditionsOf(value, scope, "Fn::And").every(Boolean),
  "Fn::Or": (value, scope) => conditionsOf(value, scope, "Fn::Or").some(Boolean),
  "Fn::Not": (value, scope) => !conditionsOf(value, scope, "Fn::Not")[0],
  "Fn::Contains": (value, scope) => {
    const [list, wanted] = asList(evaluate(value, scope), "Fn::Contains");
    return asList(list, "Fn::Contains").map(String).includes(String(wanted));
  },
  "Fn::EachMemberEquals": (value, scope) => {
    const [list, wanted] = asList(evaluate(value, scope), "Fn::EachMemberEquals");
    return asList(list, "Fn::EachMemberEquals").every((item) => String(item) === String(wanted));
  },
  "Fn::EachMemberIn": (value, scope) => {
    const [list, among] = asList(evaluate(value, scope), "Fn::EachMemberIn");
    const allowed = asList(among, "Fn::EachMemberIn").map(String);
    return asList(list, "Fn::EachMemberIn").every((item) => allowed.includes(String(item)));
  },
  "Fn::Base64": (value, scope) => Buffer.from(asText(evaluate(value, scope), "Fn::Base64")).toString("base64"),
};

/** Numbers and booleans compare as the texts they are written as. */
const toTexts = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(toTexts) : typeof value === "object" ? value : String(value);

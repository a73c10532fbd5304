import { matchesWildcard } from "../apigateway/policy.ts";
import { AwsError } from "../kernel/errors.ts";

type Test = (value: unknown) => boolean;
/** One field's conditions; `undefined` stands for a field that is not there. */
type FieldMatcher = (value: unknown) => boolean;
export type EventMatcher = (event: unknown) => boolean;

const refuse = (reason: string): AwsError =>
  new AwsError("InvalidEventPatternException", `Event pattern is not valid. Reason: ${reason}`);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Compiles an EventBridge event pattern: exact values, `prefix`, `suffix`, `anything-but`, `numeric`, `exists`,
 * `wildcard`, `equals-ignore-case` and `$or`
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html).
 * @throws AwsError `InvalidEventPatternException` for anything else
 */
export function compilePattern(pattern: unknown): EventMatcher {
  if (!isObject(pattern) || Object.keys(pattern).length === 0)
    throw refuse("it must be an object with at least one field");
  return compileObject(pattern, "");
}

function compileObject(pattern: Record<string, unknown>, path: string): EventMatcher {
  const checks = Object.entries(pattern).map(([name, condition]): EventMatcher => {
    const here = path === "" ? name : `${path}.${name}`;
    if (name === "$or") {
      if (!Array.isArray(condition) || condition.length === 0 || !condition.every(isObject))
        throw refuse(`${here} must be a list of patterns`);
      const options = condition.map((option) => compileObject(option, path));
      return (event) => options.some((option) => option(event));
    }
    const read = (event: unknown) => (isObject(event) && Object.hasOwn(event, name) ? event[name] : undefined);
    if (Array.isArray(condition)) {
      const matches = compileField(condition, here);
      return (event) => matches(read(event));
    }
    if (!isObject(condition)) throw refuse(`${here} must be an object or an array`);
    const inner = compileObject(condition, here);
    return (event) => {
      const value = read(event);
      // An array of objects matches when one of them does.
      return Array.isArray(value) ? value.some(inner) : inner(value);
    };
  });
  return (event) => checks.every((check) => check(event));
}

function compileField(conditions: unknown[], path: string): FieldMatcher {
  if (conditions.length === 0) throw refuse(`the list of ${path} is empty`);
  let exists: boolean | undefined;
  const tests: Test[] = [];
  for (const condition of conditions) {
    if (isObject(condition) && "exists" in condition) {
      if (typeof condition.exists !== "boolean") throw refuse(`exists of ${path} must be true or false`);
      exists = condition.exists;
    } else tests.push(compileTest(condition, path));
  }
  return (value) => {
    if (value === undefined) return exists === false;
    // Only leaves exist for a pattern.
    if (exists === true && !isObject(value)) return true;
    const candidates = Array.isArray(value) ? value : [value];
    return tests.some((test) => candidates.some(test));
  };
}

function compileTest(condition: unknown, path: string): Test {
  if (!isObject(condition)) {
    if (Array.isArray(condition)) throw refuse(`${path} holds a list within a list`);
    return (value) => value === condition;
  }
  const [operator = "", ...more] = Object.keys(condition);
  if (more.length > 0) throw refuse(`${path} has more than one operator in one condition`);
  const operand = condition[operator];
  if (operator === "anything-but") return compileAnythingBut(operand, path);
  if (operator === "numeric") return compileNumeric(operand, path);
  return compileText(operator, operand, path);
}

function compileText(operator: string, operand: unknown, path: string): Test {
  const isFolded = isObject(operand) && typeof operand["equals-ignore-case"] === "string";
  const given = isFolded ? operand["equals-ignore-case"] : operand;
  if (typeof given !== "string") throw refuse(`${operator} of ${path} needs a string`);
  const fold = (text: string) => (isFolded ? text.toLowerCase() : text);
  const text = fold(given);
  switch (operator) {
    case "prefix":
      return (value) => typeof value === "string" && fold(value).startsWith(text);
    case "suffix":
      return (value) => typeof value === "string" && fold(value).endsWith(text);
    case "equals-ignore-case":
      return (value) => typeof value === "string" && value.toLowerCase() === text.toLowerCase();
    case "wildcard":
      // Only `*` is a wildcard here; the question mark of IAM is an ordinary character.
      return (value) =>
        typeof value === "string" && matchesWildcard(text.replaceAll("?", "\u0000"), value.replaceAll("?", "\u0000"));
    default:
      throw refuse(`the operator ${operator} of ${path} is not supported by the local stand-in`);
  }
}

function compileAnythingBut(operand: unknown, path: string): Test {
  if (isObject(operand)) {
    const [operator = ""] = Object.keys(operand);
    const given = operand[operator];
    const tests = (Array.isArray(given) ? given : [given]).map((item) => compileText(operator, item, path));
    return (value) => !tests.some((test) => test(value));
  }
  const excluded = Array.isArray(operand) ? operand : [operand];
  if (excluded.length === 0) throw refuse(`anything-but of ${path} is empty`);
  return (value) => !excluded.includes(value);
}

function compileNumeric(operand: unknown, path: string): Test {
  if (!Array.isArray(operand) || operand.length === 0 || operand.length % 2 !== 0)
    throw refuse(`numeric of ${path} needs pairs of operator and number`);
  const tests: ((value: number) => boolean)[] = [];
  for (let i = 0; i < operand.length; i += 2) {
    const bound: unknown = operand[i + 1];
    if (typeof bound !== "number") throw refuse(`numeric of ${path} needs numbers`);
    switch (operand[i]) {
      case "=":
        tests.push((value) => value === bound);
        break;
      case ">":
        tests.push((value) => value > bound);
        break;
      case ">=":
        tests.push((value) => value >= bound);
        break;
      case "<":
        tests.push((value) => value < bound);
        break;
      case "<=":
        tests.push((value) => value <= bound);
        break;
      default:
        throw refuse(`numeric of ${path} has the unknown operator ${String(operand[i])}`);
    }
  }
  return (value) => typeof value === "number" && tests.every((test) => test(value));
}

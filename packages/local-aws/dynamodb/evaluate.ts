import type { Comparator, Condition, Operand } from "./condition-tree.ts";
import { readPath } from "./paths.ts";
import { type AttributeValue, areEqual, compareValues, type Item, setMembers, toBytes, typeOf } from "./values.ts";

/** Whether an item (undefined: there is none) meets a condition. */
export function evaluateCondition(condition: Condition, item: Item | undefined): boolean {
  switch (condition.kind) {
    case "and":
      return evaluateCondition(condition.left, item) && evaluateCondition(condition.right, item);
    case "or":
      return evaluateCondition(condition.left, item) || evaluateCondition(condition.right, item);
    case "not":
      return !evaluateCondition(condition.inner, item);
    case "compare":
      return compareOperands(condition.operator, readOperand(condition.left, item), readOperand(condition.right, item));
    case "between": {
      const subject = readOperand(condition.subject, item);
      return (
        compareOperands(">=", subject, readOperand(condition.low, item)) &&
        compareOperands("<=", subject, readOperand(condition.high, item))
      );
    }
    case "in": {
      const subject = readOperand(condition.subject, item);
      return condition.choices.some((choice) => areEqual(subject, readOperand(choice, item)));
    }
    case "function": {
      const [first, second] = condition.operands.map((operand) => readOperand(operand, item));
      if (condition.name === "attribute_exists") return first !== undefined;
      if (condition.name === "attribute_not_exists") return first === undefined;
      if (first === undefined || second === undefined) return false;
      if (condition.name === "attribute_type") return "S" in second && typeOf(first) === second.S;
      return condition.name === "begins_with" ? beginsWith(first, second) : contains(first, second);
    }
  }
}

function readOperand(operand: Operand, item: Item | undefined): AttributeValue | undefined {
  if (operand.kind === "value") return operand.value;
  if (operand.kind === "path") return readPath(item, operand.path);
  const value = readOperand(operand.of, item);
  const size = value && measure(value);
  return size === undefined ? undefined : { N: String(size) };
}

/** size(): characters, bytes or members; undefined for types that have none. */
function measure(value: AttributeValue): number | undefined {
  if ("S" in value) return value.S.length;
  if ("B" in value) return Buffer.byteLength(value.B, "base64");
  if ("M" in value) return Object.keys(value.M).length;
  if ("L" in value) return value.L.length;
  return setMembers(value)?.length;
}

function compareOperands(
  operator: Comparator,
  left: AttributeValue | undefined,
  right: AttributeValue | undefined,
): boolean {
  if (operator === "=") return areEqual(left, right);
  if (operator === "<>") return !areEqual(left, right) && (left !== undefined || right !== undefined);
  if (left === undefined || right === undefined) return false;
  const order = compareValues(left, right);
  if (order === undefined) return false;
  if (operator === "<") return order < 0;
  if (operator === "<=") return order <= 0;
  return operator === ">" ? order > 0 : order >= 0;
}

function beginsWith(value: AttributeValue, prefix: AttributeValue): boolean {
  const bytes = toBytes(value);
  const start = toBytes(prefix);
  if (!bytes || !start || typeOf(value) !== typeOf(prefix)) return false;
  return bytes.subarray(0, start.length).equals(start);
}

function contains(value: AttributeValue, wanted: AttributeValue): boolean {
  if ("S" in value) return "S" in wanted && value.S.includes(wanted.S);
  if ("B" in value) return "B" in wanted && Buffer.from(value.B, "base64").includes(Buffer.from(wanted.B, "base64"));
  if ("L" in value) return value.L.some((entry) => areEqual(entry, wanted));
  if ("SS" in value) return "S" in wanted && value.SS.includes(wanted.S);
  if ("NS" in value) return "N" in wanted && value.NS.includes(wanted.N);
  return "BS" in value && "B" in wanted && value.BS.includes(wanted.B);
}

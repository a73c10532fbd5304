import type { Comparator, ConditionFunction, Operand } from "./condition-tree.ts";
import type { ExpressionReader } from "./expression-reader.ts";
import { formatPath } from "./paths.ts";
import { compareValues, typeOf, VALUE_TYPES, type ValueType } from "./values.ts";

/** Type known before any item is read: that of a literal, N for size(), undefined for a path. */
function staticType(operand: Operand | undefined): ValueType | undefined {
  if (operand?.kind === "value") return typeOf(operand.value);
  return operand?.kind === "size" ? "N" : undefined;
}

function refuseType(reader: ExpressionReader, name: string, type: string, label = "operator or function"): Error {
  return reader.fail(`Incorrect operand type for operator or function; ${label}: ${name}, operand type: ${type}`);
}

/** `a = a` is refused. */
export function checkDistinct(reader: ExpressionReader, name: string, left: Operand, right: Operand): void {
  if (left.kind !== "path" || right.kind !== "path" || formatPath(left.path) !== formatPath(right.path)) return;
  throw reader.fail(
    `The first operand must be distinct from the remaining operands for this operator or function; operator: ${name}, first operand: ${formatPath(left.path)}`,
  );
}

/** Ordering comparisons take S, N and B only. */
export function checkComparison(reader: ExpressionReader, operator: Comparator, operands: Operand[]): void {
  if (operator === "=" || operator === "<>") return;
  for (const operand of operands) {
    const type = staticType(operand);
    if (type !== undefined && !["S", "N", "B"].includes(type)) throw refuseType(reader, operator, type, "operator");
  }
}

/** Bounds given as values must be of one type and in order. */
export function checkBetween(reader: ExpressionReader, low: Operand, high: Operand): void {
  for (const operand of [low, high]) {
    const type = staticType(operand);
    if (type !== undefined && !["S", "N", "B"].includes(type)) throw refuseType(reader, "BETWEEN", type, "operator");
  }
  if (low.kind !== "value" || high.kind !== "value") return;
  const bounds = `lower bound operand: AttributeValue: ${JSON.stringify(low.value)}, upper bound operand: AttributeValue: ${JSON.stringify(high.value)}`;
  if (typeOf(low.value) !== typeOf(high.value)) {
    throw reader.fail(`The BETWEEN operator requires same data type for lower and upper bounds; ${bounds}`);
  }
  if ((compareValues(low.value, high.value) ?? 0) > 0) {
    throw reader.fail(
      `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${bounds}`,
    );
  }
}

/** What each function demands of its operands before any item is read. */
export function checkFunction(reader: ExpressionReader, name: ConditionFunction, operands: Operand[]): void {
  const [first, second] = operands;
  if (first && second) checkDistinct(reader, name, first, second);
  switch (name) {
    case "attribute_exists":
    case "attribute_not_exists":
      if (first?.kind !== "path") {
        throw reader.fail(`Operator or function requires a document path; operator or function: ${name}`);
      }
      return;
    case "begins_with":
      for (const operand of operands) {
        const type = staticType(operand);
        if (type !== undefined && type !== "S" && type !== "B") throw refuseType(reader, name, type);
      }
      return;
    case "attribute_type": {
      if (second?.kind !== "value" || !("S" in second.value)) {
        throw refuseType(reader, name, staticType(second) ?? "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}");
      }
      const wanted = second.value.S;
      if (!VALUE_TYPES.some((type) => type === wanted)) {
        throw reader.fail(
          `Invalid attribute type name found; type: ${wanted}, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}`,
        );
      }
      return;
    }
    case "contains":
      return;
  }
}

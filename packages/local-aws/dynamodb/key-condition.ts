import type { Comparator, Condition, Operand } from "./condition-tree.ts";
import { validationError } from "./errors.ts";
import { encodeKeyValue } from "./keys.ts";
import type { KeySchema, TableDefinition } from "./tables.ts";
import { type AttributeValue, typeOf } from "./values.ts";

/** Bounds of the sort key as stored; `exclusive` bounds are not part of the range. */
export type SortBound = { bytes: Uint8Array; exclusive: boolean };
export type KeyRange = { partition: Uint8Array; low?: SortBound; high?: SortBound };

type Term = { name: string; operator: Comparator | "BETWEEN" | "begins_with"; values: AttributeValue[] };

function toTerms(condition: Condition): Term[] {
  switch (condition.kind) {
    case "and":
      return [...toTerms(condition.left), ...toTerms(condition.right)];
    case "compare":
      if (condition.operator === "<>") throw validationError("Unsupported operator on KeyCondition: operator: <>");
      return [toTerm(condition.operator, condition.left, [condition.right])];
    case "between":
      return [toTerm("BETWEEN", condition.subject, [condition.low, condition.high])];
    case "function": {
      const [subject, prefix] = condition.operands;
      if (condition.name === "begins_with" && subject && prefix) return [toTerm("begins_with", subject, [prefix])];
      throw validationError(`Invalid operator used in KeyConditionExpression: ${condition.name}`);
    }
    default:
      throw validationError(`Invalid operator used in KeyConditionExpression: ${condition.kind.toUpperCase()}`);
  }
}

function toTerm(operator: Term["operator"], subject: Operand, operands: Operand[]): Term {
  if (subject.kind !== "path" || subject.path.length > 1) {
    throw validationError("Invalid KeyConditionExpression: KeyConditionExpressions must name a key attribute first");
  }
  const values = operands.map((operand) => {
    if (operand.kind !== "value") {
      throw validationError("Invalid KeyConditionExpression: KeyConditionExpressions must compare with values");
    }
    return operand.value;
  });
  return { name: subject.path[0], operator, values };
}

/** The stretch of a table or index that a KeyConditionExpression selects. Throws ValidationException. */
export function toKeyRange(condition: Condition, table: TableDefinition, schema: KeySchema): KeyRange {
  const terms = toTerms(condition);
  if (new Set(terms.map((term) => term.name)).size < terms.length) {
    throw validationError("KeyConditionExpressions must only contain one condition per key");
  }
  const partitionTerm = terms.find((term) => term.name === schema.partitionKey);
  if (!partitionTerm) {
    throw validationError(`Query condition missed key schema element: ${schema.partitionKey}`);
  }
  if (partitionTerm.operator !== "=") throw validationError("Query key condition not supported");
  const partition = encodeTermValue(table, partitionTerm, partitionTerm.values[0]);
  const others = terms.filter((term) => term !== partitionTerm);
  const sortTerm = others.find((term) => term.name === schema.sortKey);
  if (others.length > 1 || (others.length === 1 && !sortTerm)) {
    throw validationError(`Query condition missed key schema element: ${schema.sortKey ?? others[0]?.name}`);
  }
  return sortTerm ? { partition, ...toSortBounds(table, sortTerm) } : { partition };
}

function encodeTermValue(table: TableDefinition, term: Term, value: AttributeValue | undefined): Uint8Array {
  if (value === undefined || typeOf(value) !== table.attributes[term.name]) {
    throw validationError(
      "One or more parameter values were invalid: Condition parameter type does not match schema type",
    );
  }
  const bytes = encodeKeyValue(value);
  if (bytes.length === 0) {
    throw validationError(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${term.name}`,
    );
  }
  return bytes;
}

function toSortBounds(table: TableDefinition, term: Term): { low?: SortBound; high?: SortBound } {
  const [first, second] = term.values;
  const bytes = encodeTermValue(table, term, first);
  switch (term.operator) {
    case "=":
      return { low: { bytes, exclusive: false }, high: { bytes, exclusive: false } };
    case "<":
    case "<=":
      return { high: { bytes, exclusive: term.operator === "<" } };
    case ">":
    case ">=":
      return { low: { bytes, exclusive: term.operator === ">" } };
    case "BETWEEN":
      return {
        low: { bytes, exclusive: false },
        high: { bytes: encodeTermValue(table, term, second), exclusive: false },
      };
    default: {
      const end = endOfPrefix(bytes);
      return { low: { bytes, exclusive: false }, ...(end && { high: { bytes: end, exclusive: true } }) };
    }
  }
}

/** The first bytes after everything that begins with `prefix`; undefined when nothing is after it. */
function endOfPrefix(prefix: Uint8Array): Uint8Array | undefined {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 255) length--;
  if (length === 0) return undefined;
  const end = Uint8Array.from(prefix.subarray(0, length));
  end[length - 1] = (end[length - 1] ?? 0) + 1;
  return end;
}

/** Names of the attributes a condition reads at the top level. */
export function collectNames(condition: Condition): Set<string> {
  const names = new Set<string>();
  const visitOperand = (operand: Operand): void => {
    if (operand.kind === "path") names.add(operand.path[0]);
    if (operand.kind === "size") visitOperand(operand.of);
  };
  const visit = (node: Condition): void => {
    if (node.kind === "and" || node.kind === "or") {
      visit(node.left);
      visit(node.right);
    } else if (node.kind === "not") visit(node.inner);
    else if (node.kind === "compare") [node.left, node.right].forEach(visitOperand);
    else if (node.kind === "between") [node.subject, node.low, node.high].forEach(visitOperand);
    else if (node.kind === "in") [node.subject, ...node.choices].forEach(visitOperand);
    else if (node.kind === "function") node.operands.forEach(visitOperand);
  };
  visit(condition);
  return names;
}

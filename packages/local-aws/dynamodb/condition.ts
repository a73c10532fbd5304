import { checkBetween, checkComparison, checkDistinct, checkFunction } from "./condition-checks.ts";
import type { Comparator, Condition, ConditionFunction, Operand } from "./condition-tree.ts";
import { createExpressionReader, type ExpressionReader } from "./expression-reader.ts";
import type { ExpressionScope } from "./expression-scope.ts";

const FUNCTION_OPERANDS: ReadonlyMap<string, number> = new Map([
  ["attribute_exists", 1],
  ["attribute_not_exists", 1],
  ["attribute_type", 2],
  ["begins_with", 2],
  ["contains", 2],
]);
const COMPARATORS: readonly string[] = ["=", "<>", "<", "<=", ">", ">="];
const MAX_CHOICES = 100;
const MAX_NESTING = 100;

/** Parses a condition, filter or key condition; `what` is the member's name. Throws ValidationException. */
export function parseCondition(source: string, what: string, scope: ExpressionScope): Condition {
  const reader = createExpressionReader(source, what, scope);
  const { condition } = readOr(reader, 0);
  if (!reader.isAtEnd()) throw reader.failSyntax();
  return condition;
}

/** `wrapped`: the whole of it stood in parentheses, which a second pair around it would make redundant. */
type Parsed = { condition: Condition; wrapped: boolean };

function readOr(reader: ExpressionReader, depth: number): Parsed {
  let parsed = readAnd(reader, depth);
  while (reader.accept("OR")) {
    parsed = {
      condition: { kind: "or", left: parsed.condition, right: readAnd(reader, depth).condition },
      wrapped: false,
    };
  }
  return parsed;
}

function readAnd(reader: ExpressionReader, depth: number): Parsed {
  let parsed = readNot(reader, depth);
  while (reader.accept("AND")) {
    parsed = {
      condition: { kind: "and", left: parsed.condition, right: readNot(reader, depth).condition },
      wrapped: false,
    };
  }
  return parsed;
}

function readNot(reader: ExpressionReader, depth: number): Parsed {
  if (depth > MAX_NESTING) throw reader.fail("The expression has too many nested operators;");
  if (reader.accept("NOT")) {
    return { condition: { kind: "not", inner: readNot(reader, depth + 1).condition }, wrapped: false };
  }
  if (!reader.accept("(")) return { condition: readPredicate(reader), wrapped: false };
  const parsed = readOr(reader, depth + 1);
  reader.expect(")");
  if (parsed.wrapped) throw reader.fail("The expression has redundant parentheses;");
  return { condition: parsed.condition, wrapped: true };
}

function readPredicate(reader: ExpressionReader): Condition {
  const name = reader.peek();
  if (name !== undefined && reader.peek(1) === "(" && name !== "size") return readFunction(reader, name);
  const subject = readOperand(reader);
  if (reader.accept("BETWEEN")) {
    const low = readOperand(reader);
    reader.expect("AND");
    const high = readOperand(reader);
    checkBetween(reader, low, high);
    return { kind: "between", subject, low, high };
  }
  if (reader.accept("IN")) {
    reader.expect("(");
    const choices = [readOperand(reader)];
    while (reader.accept(",")) choices.push(readOperand(reader));
    reader.expect(")");
    if (choices.length > MAX_CHOICES) {
      throw reader.fail(`The IN operator is provided with too many operands; number of operands: ${choices.length}`);
    }
    return { kind: "in", subject, choices };
  }
  const operator = reader.peek();
  if (!isComparator(operator)) throw reader.failSyntax();
  reader.next();
  const right = readOperand(reader);
  checkDistinct(reader, operator, subject, right);
  checkComparison(reader, operator, [subject, right]);
  return { kind: "compare", operator, left: subject, right };
}

function isComparator(token: string | undefined): token is Comparator {
  return token !== undefined && COMPARATORS.includes(token);
}

function isConditionFunction(name: string): name is ConditionFunction {
  return FUNCTION_OPERANDS.has(name);
}

function readFunction(reader: ExpressionReader, name: string): Condition {
  if (!isConditionFunction(name)) {
    throw reader.fail(`Invalid function name; function: ${name}`);
  }
  reader.next();
  reader.expect("(");
  const operands = [readOperand(reader)];
  while (reader.accept(",")) operands.push(readOperand(reader));
  reader.expect(")");
  if (operands.length !== FUNCTION_OPERANDS.get(name)) {
    throw reader.fail(
      `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${operands.length}`,
    );
  }
  checkFunction(reader, name, operands);
  return { kind: "function", name, operands };
}

function readOperand(reader: ExpressionReader): Operand {
  const token = reader.peek();
  if (token?.startsWith(":")) return { kind: "value", value: reader.readValue() };
  if (token === "size" && reader.peek(1) === "(") {
    reader.next();
    reader.expect("(");
    const of = readOperand(reader);
    reader.expect(")");
    if (of.kind === "size") {
      throw reader.fail("The function is not allowed to be used this way in an expression; function: size");
    }
    return { kind: "size", of };
  }
  if (token !== undefined && reader.peek(1) === "(" && isConditionFunction(token)) {
    throw reader.fail(`The function is not allowed to be used this way in an expression; function: ${token}`);
  }
  return { kind: "path", path: reader.readPath() };
}

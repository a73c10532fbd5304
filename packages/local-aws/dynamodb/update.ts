import { validationError } from "./errors.ts";
import { createExpressionReader, type ExpressionReader } from "./expression-reader.ts";
import type { ExpressionScope } from "./expression-scope.ts";
import { addNumbers } from "./numbers.ts";
import { type DocumentPath, readPath, removePath, requireSeparatePaths, writePath } from "./paths.ts";
import { type AttributeValue, type Item, setMembers, typeOf, type ValueType } from "./values.ts";

type Term =
  | { kind: "path"; path: DocumentPath }
  | { kind: "value"; value: AttributeValue }
  | { kind: "ifNotExists"; path: DocumentPath; otherwise: Term }
  | { kind: "listAppend"; first: Term; second: Term }
  | { kind: "arithmetic"; sign: 1 | -1; left: Term; right: Term };

type Action =
  | { kind: "set"; path: DocumentPath; term: Term }
  | { kind: "remove"; path: DocumentPath }
  | { kind: "add" | "delete"; path: DocumentPath; value: AttributeValue };

export type Update = { actions: Action[]; paths: DocumentPath[] };

const OPERAND_TYPE_ERROR = "An operand in the update expression has an incorrect data type";
const SECTIONS = ["SET", "REMOVE", "ADD", "DELETE"] as const;
const TYPE_NAMES: Partial<Record<ValueType, string>> = {
  S: "STRING",
  N: "NUMBER",
  B: "BINARY",
  NULL: "NULL",
  BOOL: "BOOLEAN",
  L: "LIST",
  M: "MAP",
};

/** Parses an UpdateExpression. Throws ValidationException. */
export function parseUpdate(source: string, scope: ExpressionScope): Update {
  const reader = createExpressionReader(source, "UpdateExpression", scope);
  const actions: Action[] = [];
  const seen = new Set<string>();
  while (!reader.isAtEnd()) {
    const section = SECTIONS.find((name) => reader.accept(name));
    if (section === undefined) throw reader.failSyntax();
    if (seen.has(section)) {
      throw reader.fail(`The "${section}" section can only be used once in an update expression;`);
    }
    seen.add(section);
    do actions.push(readAction(reader, section));
    while (reader.accept(","));
  }
  const paths = actions.map((action) => action.path);
  requireSeparatePaths(paths, "UpdateExpression");
  return { actions, paths };
}

function readAction(reader: ExpressionReader, section: (typeof SECTIONS)[number]): Action {
  const path = reader.readPath();
  if (section === "REMOVE") return { kind: "remove", path };
  if (section === "SET") {
    reader.expect("=");
    return { kind: "set", path, term: readTerms(reader) };
  }
  const value = reader.readValue();
  const type = TYPE_NAMES[typeOf(value)];
  if (type !== undefined && !(section === "ADD" && type === "NUMBER")) {
    throw reader.fail(`Incorrect operand type for operator or function; operator: ${section}, operand type: ${type}`);
  }
  return { kind: section === "ADD" ? "add" : "delete", path, value };
}

function readTerms(reader: ExpressionReader): Term {
  let term = readTerm(reader);
  for (;;) {
    const operator = reader.peek();
    if (operator !== "+" && operator !== "-") return term;
    reader.next();
    const right = readTerm(reader);
    for (const side of [term, right]) requireTermType(reader, side, "N", operator);
    term = { kind: "arithmetic", sign: operator === "+" ? 1 : -1, left: term, right };
  }
}

function requireTermType(reader: ExpressionReader, term: Term, type: ValueType, name: string): void {
  if (term.kind !== "value" || typeOf(term.value) === type) return;
  throw reader.fail(
    `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${typeOf(term.value)}`,
  );
}

function readTerm(reader: ExpressionReader): Term {
  const token = reader.peek();
  if (token?.startsWith(":")) return { kind: "value", value: reader.readValue() };
  if (reader.accept("(")) {
    const term = readTerms(reader);
    reader.expect(")");
    return term;
  }
  if (reader.peek(1) !== "(") return { kind: "path", path: reader.readPath() };
  reader.next();
  reader.expect("(");
  if (token === "if_not_exists") {
    if (reader.peek()?.startsWith(":")) {
      throw reader.fail("Operator or function requires a document path; operator or function: if_not_exists");
    }
    const path = reader.readPath();
    reader.expect(",");
    const otherwise = readTerms(reader);
    reader.expect(")");
    return { kind: "ifNotExists", path, otherwise };
  }
  if (token !== "list_append") throw reader.fail(`Invalid function name; function: ${token}`);
  const first = readTerms(reader);
  reader.expect(",");
  const second = readTerms(reader);
  reader.expect(")");
  for (const side of [first, second]) requireTermType(reader, side, "L", "list_append");
  return { kind: "listAppend", first, second };
}

function evaluateTerm(term: Term, item: Item): AttributeValue {
  switch (term.kind) {
    case "value":
      return term.value;
    case "path": {
      const value = readPath(item, term.path);
      if (value === undefined) {
        throw validationError("The provided expression refers to an attribute that does not exist in the item");
      }
      return value;
    }
    case "ifNotExists":
      return readPath(item, term.path) ?? evaluateTerm(term.otherwise, item);
    case "listAppend": {
      const first = evaluateTerm(term.first, item);
      const second = evaluateTerm(term.second, item);
      if (!("L" in first && "L" in second)) throw validationError(OPERAND_TYPE_ERROR);
      return { L: [...first.L, ...second.L] };
    }
    case "arithmetic": {
      const left = evaluateTerm(term.left, item);
      const right = evaluateTerm(term.right, item);
      if (!("N" in left && "N" in right)) throw validationError(OPERAND_TYPE_ERROR);
      return { N: addNumbers(left.N, right.N, term.sign) };
    }
  }
}

/**
 * The item after an update; `before` is not changed. Every right side reads the item as it was. Removals of list
 * places run last and from the back, so that places mean those of the old item.
 */
export function applyUpdate(update: Update, before: Item): Item {
  const item = structuredClone(before);
  const sets = update.actions.flatMap((action) =>
    action.kind === "set" ? [{ path: action.path, value: structuredClone(evaluateTerm(action.term, before)) }] : [],
  );
  for (const { path, value } of [...sets].sort(comparePlaces)) writePath(item, path, value);
  for (const action of update.actions) {
    if (action.kind === "add") addTo(item, before, action.path, action.value);
    if (action.kind === "delete") deleteFrom(item, before, action.path, action.value);
  }
  const removals = update.actions.filter((action) => action.kind === "remove").sort(comparePlaces);
  for (const { path } of removals.reverse()) removePath(item, path);
  return item;
}

function comparePlaces(left: { path: DocumentPath }, right: { path: DocumentPath }): number {
  const leftLast = left.path[left.path.length - 1];
  const rightLast = right.path[right.path.length - 1];
  return typeof leftLast === "number" && typeof rightLast === "number" ? leftLast - rightLast : 0;
}

function withMembers(like: AttributeValue, members: string[]): AttributeValue {
  if ("SS" in like) return { SS: members };
  return "NS" in like ? { NS: members } : { BS: members };
}

function addTo(item: Item, before: Item, path: DocumentPath, value: AttributeValue): void {
  const current = readPath(before, path);
  if (current !== undefined && typeOf(current) !== typeOf(value)) throw validationError(OPERAND_TYPE_ERROR);
  if ("N" in value) {
    const sum = current && "N" in current ? addNumbers(current.N, value.N) : value.N;
    writePath(item, path, { N: sum });
    return;
  }
  const members = new Set([...((current && setMembers(current)) ?? []), ...(setMembers(value) ?? [])]);
  writePath(item, path, withMembers(value, [...members]));
}

function deleteFrom(item: Item, before: Item, path: DocumentPath, value: AttributeValue): void {
  const current = readPath(before, path);
  if (current === undefined) return;
  if (typeOf(current) !== typeOf(value)) throw validationError(OPERAND_TYPE_ERROR);
  const gone = new Set(setMembers(value));
  const left = (setMembers(current) ?? []).filter((member) => !gone.has(member));
  if (left.length > 0) writePath(item, path, withMembers(value, left));
  else removePath(item, path);
}

import { validationError } from "./errors.ts";
import { compareNumbers, normalizeNumber } from "./numbers.ts";

/** An attribute as it travels: binary is base64, numbers are decimal text in normal form. */
export type AttributeValue =
  | { S: string }
  | { N: string }
  | { B: string }
  | { BOOL: boolean }
  | { NULL: true }
  | { SS: string[] }
  | { NS: string[] }
  | { BS: string[] }
  | { M: Item }
  | { L: AttributeValue[] };

export type Item = { [name: string]: AttributeValue };

export type ValueType = "S" | "N" | "B" | "BOOL" | "NULL" | "SS" | "NS" | "BS" | "M" | "L";
export const VALUE_TYPES: readonly ValueType[] = ["S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "M", "L"];

const MAX_DEPTH = 32;

/** The one type name an attribute carries. */
export function typeOf(value: AttributeValue): ValueType {
  for (const type of VALUE_TYPES) if (type in value) return type;
  throw validationError("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
}

/** Own attribute by name: names such as `constructor` are data, never the prototype's. */
export function getAttribute(item: Item | undefined, name: string): AttributeValue | undefined {
  return item !== undefined && Object.hasOwn(item, name) ? item[name] : undefined;
}

/** Sets an own attribute, also one called `__proto__`. */
export function setAttribute(item: Item, name: string, value: AttributeValue): void {
  Object.defineProperty(item, name, { value, enumerable: true, configurable: true, writable: true });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Checks a map of attributes from a request and brings it into normal form. Throws ValidationException. */
export function parseItem(input: unknown, depth = 0): Item {
  if (!isRecord(input)) throw serializationError("a map of attributes");
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, parseValue(value, depth)]));
}

function serializationError(expected: string) {
  return validationError(`The request is not in the form of DynamoDB's JSON: expected ${expected}`);
}

/** Checks one attribute from a request and brings it into normal form. Throws ValidationException. */
export function parseValue(input: unknown, depth = 0): AttributeValue {
  if (depth > MAX_DEPTH) throw validationError("Nesting Levels have exceeded supported limits");
  if (!isRecord(input)) throw serializationError('an attribute such as {"S": "text"}');
  const types = Object.keys(input).filter((key) => input[key] !== undefined && input[key] !== null);
  const type = types[0];
  if (type === undefined || !VALUE_TYPES.some((known) => known === type)) {
    throw validationError("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  }
  if (types.length > 1) {
    throw validationError(
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
    );
  }
  const raw = input[type];
  switch (type) {
    case "S":
      return { S: requireText(raw) };
    case "N":
      return { N: normalizeNumber(requireText(raw)) };
    case "B":
      return { B: normalizeBinary(requireText(raw)) };
    case "BOOL":
      if (typeof raw !== "boolean") throw serializationError("true or false in BOOL");
      return { BOOL: raw };
    case "NULL":
      if (raw !== true) {
        throw validationError(
          "One or more parameter values were invalid: Null attribute value types must have the value of true",
        );
      }
      return { NULL: true };
    case "M":
      return { M: parseItem(raw, depth + 1) };
    case "L":
      if (!Array.isArray(raw)) throw serializationError("an array in L");
      return { L: raw.map((entry) => parseValue(entry, depth + 1)) };
    case "SS":
      return { SS: parseSet(raw, "string", (text) => text) };
    case "NS":
      return { NS: parseSet(raw, "number", normalizeNumber) };
    default:
      return { BS: parseSet(raw, "binary", normalizeBinary) };
  }
}

function requireText(raw: unknown): string {
  if (typeof raw !== "string") throw serializationError("text");
  return raw;
}

function normalizeBinary(text: string): string {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) throw serializationError("base64 in B");
  return Buffer.from(text, "base64").toString("base64");
}

function parseSet(raw: unknown, kind: string, normalize: (text: string) => string): string[] {
  if (!Array.isArray(raw)) throw serializationError(`an array in a ${kind} set`);
  if (raw.length === 0) {
    throw validationError(`One or more parameter values were invalid: An ${kind} set  may not be empty`);
  }
  const members = raw.map((entry) => normalize(requireText(entry)));
  const unique = new Set(members);
  if (unique.size < members.length) {
    throw validationError(
      `One or more parameter values were invalid: Input collection [${members.join(", ")}] contains duplicates.`,
    );
  }
  return members;
}

/** Text that is equal exactly when two attributes are equal; sets compare without order. */
export function canonicalText(value: AttributeValue): string {
  if ("M" in value) {
    const entries = Object.entries(value.M).sort(([left], [right]) => (left < right ? -1 : 1));
    return `M{${entries.map(([name, entry]) => `${JSON.stringify(name)}:${canonicalText(entry)}`).join()}}`;
  }
  if ("L" in value) return `L[${value.L.map(canonicalText).join()}]`;
  const members = setMembers(value);
  return members ? `${typeOf(value)}${JSON.stringify([...members].sort())}` : JSON.stringify(value);
}

/** Members of a set, undefined for every other type. */
export function setMembers(value: AttributeValue): string[] | undefined {
  if ("SS" in value) return value.SS;
  if ("NS" in value) return value.NS;
  if ("BS" in value) return value.BS;
  return undefined;
}

export function areEqual(left: AttributeValue | undefined, right: AttributeValue | undefined): boolean {
  return left !== undefined && right !== undefined && canonicalText(left) === canonicalText(right);
}

/** Bytes of a string or binary attribute, undefined for other types. */
export function toBytes(value: AttributeValue): Buffer | undefined {
  if ("S" in value) return Buffer.from(value.S);
  if ("B" in value) return Buffer.from(value.B, "base64");
  return undefined;
}

/** Order of two attributes of the same scalar type (S and B by bytes, N by value); undefined when not comparable. */
export function compareValues(left: AttributeValue, right: AttributeValue): number | undefined {
  if ("N" in left && "N" in right) return compareNumbers(left.N, right.N);
  if (typeOf(left) !== typeOf(right)) return undefined;
  const leftBytes = toBytes(left);
  const rightBytes = toBytes(right);
  return leftBytes && rightBytes ? Buffer.compare(leftBytes, rightBytes) : undefined;
}

function numberSizeBytes(text: string): number {
  const digits = text.replace(/[-.]/g, "").replace(/^0+|0+$/g, "").length;
  return Math.ceil(digits / 2) + 1 + (text.startsWith("-") ? 1 : 0);
}

/** Size in bytes by the rules of the Developer Guide, "DynamoDB item sizes and formats". */
export function valueSizeBytes(value: AttributeValue): number {
  if ("S" in value) return Buffer.byteLength(value.S);
  if ("N" in value) return numberSizeBytes(value.N);
  if ("B" in value) return Buffer.byteLength(value.B, "base64");
  if ("SS" in value) return value.SS.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if ("NS" in value) return value.NS.reduce((sum, text) => sum + numberSizeBytes(text), 0);
  if ("BS" in value) return value.BS.reduce((sum, text) => sum + Buffer.byteLength(text, "base64"), 0);
  if ("L" in value) return 3 + value.L.reduce((sum, entry) => sum + valueSizeBytes(entry) + 1, 0);
  if ("M" in value) return 3 + itemSizeBytes(value.M) + Object.keys(value.M).length;
  return 1;
}

/** Names plus values of an item, in bytes. */
export function itemSizeBytes(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueSizeBytes(value), 0);
}

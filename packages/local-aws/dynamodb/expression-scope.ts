import { validationError } from "./errors.ts";
import { type AttributeValue, isRecord, parseValue } from "./values.ts";

const PLACEHOLDER = /^[#:][A-Za-z0-9_]+$/;

/** The `#names` and `:values` of one request, which must all be used by its expressions. */
export type ExpressionScope = {
  /** Attribute name behind `#token`. Throws when it is not defined. */
  resolveName(token: string, what: string): string;
  /** Value behind `:token`. Throws when it is not defined. */
  resolveValue(token: string, what: string): AttributeValue;
  /** Throws ValidationException when a name or value was given and not used. */
  requireAllUsed(): void;
};

/**
 * Reads `ExpressionAttributeNames` and `ExpressionAttributeValues`.
 * @param expressions the request's expressions, to refuse placeholders without any
 */
export function createExpressionScope(
  input: Record<string, unknown>,
  expressions: readonly (string | undefined)[],
): ExpressionScope {
  const names = new Map<string, string>();
  const values = new Map<string, AttributeValue>();
  const hasExpression = expressions.some((expression) => expression !== undefined);
  for (const [token, name] of readPlaceholders(input, "ExpressionAttributeNames", "#", hasExpression)) {
    if (typeof name !== "string")
      throw validationError(`ExpressionAttributeNames contains invalid value: key: ${token}`);
    names.set(token, name);
  }
  for (const [token, value] of readPlaceholders(input, "ExpressionAttributeValues", ":", hasExpression)) {
    values.set(token, parseValue(value));
  }
  const used = new Set<string>();
  return {
    resolveName(token, what) {
      const name = names.get(token);
      if (name === undefined) {
        throw validationError(
          `Invalid ${what}: An expression attribute name used in the document path is not defined; attribute name: ${token}`,
        );
      }
      used.add(token);
      return name;
    },
    resolveValue(token, what) {
      const value = values.get(token);
      if (value === undefined) {
        throw validationError(
          `Invalid ${what}: An expression attribute value used in expression is not defined; attribute value: ${token}`,
        );
      }
      used.add(token);
      return value;
    },
    requireAllUsed() {
      for (const [member, tokens] of [
        ["ExpressionAttributeNames", names],
        ["ExpressionAttributeValues", values],
      ] as const) {
        const unused = [...tokens.keys()].filter((token) => !used.has(token));
        if (unused.length > 0) {
          throw validationError(`Value provided in ${member} unused in expressions: keys: {${unused.join(", ")}}`);
        }
      }
    },
  };
}

function readPlaceholders(
  input: Record<string, unknown>,
  member: string,
  marker: string,
  hasExpression: boolean,
): [string, unknown][] {
  const raw = input[member];
  if (raw === undefined || raw === null) return [];
  if (!isRecord(raw)) throw validationError(`${member} must be a map`);
  if (!hasExpression) throw validationError(`${member} can only be specified when using expressions`);
  const entries = Object.entries(raw);
  if (entries.length === 0) throw validationError(`${member} must not be empty`);
  for (const [token] of entries) {
    if (!token.startsWith(marker) || !PLACEHOLDER.test(token)) {
      throw validationError(`${member} contains invalid key: Syntax error; key: "${token}"`);
    }
  }
  return entries;
}

import { AwsError } from "../kernel/errors.ts";
import { unsupportedOptionError, validationError } from "./errors.ts";
import { isRecord } from "./values.ts";

export type Input = Record<string, unknown>;

function constraintError(member: string, value: unknown, constraint: string): AwsError {
  const field = member.charAt(0).toLowerCase() + member.slice(1);
  const shown = typeof value === "string" || typeof value === "number" ? `'${value}'` : "null";
  return validationError(
    `1 validation error detected: Value ${shown} at '${field}' failed to satisfy constraint: ${constraint}`,
  );
}

/** A required text member. Throws ValidationException. */
export function readText(input: Input, member: string): string {
  const value = input[member];
  if (value === undefined || value === null) throw constraintError(member, value, "Member must not be null");
  if (typeof value !== "string") throw new AwsError("SerializationException", `${member} must be a string`);
  return value;
}

export function readOptionalText(input: Input, member: string): string | undefined {
  return input[member] === undefined || input[member] === null ? undefined : readText(input, member);
}

export function readOptionalBoolean(input: Input, member: string): boolean | undefined {
  const value = input[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "boolean") throw new AwsError("SerializationException", `${member} must be true or false`);
  return value;
}

/** A whole number within bounds, undefined when absent. Throws ValidationException. */
export function readOptionalInteger(input: Input, member: string, min: number, max: number): number | undefined {
  const value = input[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw new AwsError("SerializationException", `${member} must be a whole number`);
  }
  if (value < min) throw constraintError(member, value, `Member must have value greater than or equal to ${min}`);
  if (value > max) throw constraintError(member, value, `Member must have value less than or equal to ${max}`);
  return value;
}

/** One of the given words, or the fallback when absent. Throws ValidationException. */
export function readChoice<Choice extends string>(
  input: Input,
  member: string,
  choices: readonly Choice[],
  fallback: Choice,
): Choice {
  const value = input[member];
  if (value === undefined || value === null) return fallback;
  const choice = choices.find((known) => known === value);
  if (choice === undefined) {
    throw constraintError(member, value, `Member must satisfy enum value set: [${choices.join(", ")}]`);
  }
  return choice;
}

/** A required map member. */
export function readMap(input: Input, member: string): Input {
  const value = input[member];
  if (value === undefined || value === null) throw constraintError(member, value, "Member must not be null");
  if (!isRecord(value)) throw new AwsError("SerializationException", `${member} must be a map`);
  return value;
}

export function readOptionalMap(input: Input, member: string): Input | undefined {
  return input[member] === undefined || input[member] === null ? undefined : readMap(input, member);
}

/** A required list of maps with a length within bounds. */
export function readMaps(input: Input, member: string, min: number, max: number): Input[] {
  const value = input[member];
  if (value === undefined || value === null) throw constraintError(member, value, "Member must not be null");
  if (!Array.isArray(value)) throw new AwsError("SerializationException", `${member} must be a list`);
  if (value.length < min) {
    throw constraintError(member, value, `Member must have length greater than or equal to ${min}`);
  }
  if (value.length > max) {
    throw constraintError(member, value, `Member must have length less than or equal to ${max}`);
  }
  return value.map((entry) => {
    if (!isRecord(entry)) throw new AwsError("SerializationException", `${member} must hold maps`);
    return entry;
  });
}

export function readOptionalMaps(input: Input, member: string, max: number): Input[] {
  return input[member] === undefined || input[member] === null ? [] : readMaps(input, member, 0, max);
}

/** A required list of texts. */
export function readTexts(input: Input, member: string): string[] {
  const value = input[member];
  if (!Array.isArray(value)) throw constraintError(member, value, "Member must not be null");
  return value.map((entry) => {
    if (typeof entry !== "string") throw new AwsError("SerializationException", `${member} must hold strings`);
    return entry;
  });
}

/** Answers 501 for any member set that the operation does not know, so nothing is silently ignored. */
export function requireKnownMembers(operation: string, input: Input, known: readonly string[]): void {
  for (const [member, value] of Object.entries(input)) {
    if (value !== undefined && value !== null && !known.includes(member)) {
      throw unsupportedOptionError(operation, member);
    }
  }
}

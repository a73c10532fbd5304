import { AwsError } from "../kernel/errors.ts";
import type { JsonObject } from "../kernel/json-protocol.ts";

/** @throws AwsError `InvalidParameterException` when the member is missing or no text */
export function readText(input: JsonObject, name: string): string {
  const value = input[name];
  if (typeof value !== "string" || value === "")
    throw new AwsError("InvalidParameterException", `The member ${name} is required and must be a non-empty string.`);
  return value;
}

export function readOptionalText(input: JsonObject, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string")
    throw new AwsError("InvalidParameterException", `The member ${name} must be a string.`);
  return value;
}

export function readOptionalNumber(input: JsonObject, name: string): number | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new AwsError("InvalidParameterException", `The member ${name} must be a number.`);
  return value;
}

/** A whole number between 1 and `most`; `most` when absent. */
export function readLimit(input: JsonObject, most: number): number {
  const value = readOptionalNumber(input, "limit");
  if (value === undefined) return most;
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new AwsError("InvalidParameterException", `The member limit must be a whole number between 1 and ${most}.`);
  return value;
}

/** Log groups are named or, in newer requests, given by ARN. */
export function readGroupName(input: JsonObject): string {
  const identifier = readOptionalText(input, "logGroupIdentifier");
  if (identifier === undefined) return readText(input, "logGroupName");
  const name = /:log-group:([^:]+)/.exec(identifier)?.[1];
  return name ?? identifier;
}

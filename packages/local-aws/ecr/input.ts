import { AwsError } from "../kernel/errors.ts";
import type { JsonObject } from "../kernel/json-protocol.ts";

const refuse = (message: string): never => {
  throw new AwsError("InvalidParameterException", message);
};

/** @throws AwsError `InvalidParameterException` when the member is missing or no text */
export const readText = (input: JsonObject, name: string): string => {
  const value = input[name];
  return typeof value === "string" && value !== "" ? value : refuse(`The member ${name} is required.`);
};

export const readOptionalText = (input: JsonObject, name: string): string | undefined => {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" ? value : refuse(`The member ${name} must be a string.`);
};

/** A whole number from 1 to `most`; `otherwise` when absent. */
export const readCount = (input: JsonObject, name: string, most: number, otherwise: number): number => {
  const value = input[name];
  if (value === undefined || value === null) return otherwise;
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= most
    ? value
    : refuse(`The member ${name} must be a whole number from 1 to ${most}.`);
};

export type ImageId = { digest?: string; tag?: string };

/** Image identifiers, by digest, tag or both. */
export const readImageIds = (value: unknown): ImageId[] => {
  if (!Array.isArray(value) || value.length > 100) return refuse("The member imageIds must be a list of at most 100.");
  return value.map((one) => {
    const { imageDigest, imageTag } = (one ?? {}) as { imageDigest?: unknown; imageTag?: unknown };
    return {
      ...(typeof imageDigest === "string" ? { digest: imageDigest } : {}),
      ...(typeof imageTag === "string" ? { tag: imageTag } : {}),
    };
  });
};

/** Tags of a resource, `[{Key, Value}]`, as a record. */
export const readTags = (value: unknown): Record<string, string> => {
  if (value === undefined) return {};
  if (!Array.isArray(value)) return refuse("The member tags must be a list.");
  return Object.fromEntries(value.map((one) => [String(one?.Key ?? ""), String(one?.Value ?? "")]));
};

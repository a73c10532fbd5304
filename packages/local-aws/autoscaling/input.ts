import { AwsError, createNotImplementedError } from "../kernel/errors.ts";
import type { JsonObject } from "../kernel/json-protocol.ts";

export const refuse = (message: string): AwsError => new AwsError("ValidationException", message);
export const lacks = (what: string): AwsError => createNotImplementedError("Application Auto Scaling", what);

export function readText(input: JsonObject, name: string): string {
  const value = input[name];
  if (typeof value !== "string" || value === "" || value.length > 1600)
    throw refuse(`The member ${name} must be a text of 1 to 1600 characters.`);
  return value;
}

export const readOptionalText = (input: JsonObject, name: string): string | undefined =>
  input[name] === undefined || input[name] === null ? undefined : readText(input, name);

/** Also texts, as templates of CloudFormation may have them. */
export function readOptionalNumber(input: JsonObject, name: string): number | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number)) throw refuse(`The member ${name} must be a number.`);
  return number;
}

export const isTrue = (value: unknown): boolean => value === true || value === "true";

const SERVICE = /^service\/[A-Za-z0-9_-]{1,255}\/[A-Za-z0-9_-]{1,255}$/;

/** The ECS service a call is about. @throws AwsError 501 for what is not the desired count of an ECS service */
export function readResource(input: JsonObject): string {
  assertEcs(input);
  const dimension = readText(input, "ScalableDimension");
  if (dimension !== "ecs:service:DesiredCount") throw lacks(`the dimension ${dimension}`);
  const resourceId = readText(input, "ResourceId");
  if (!SERVICE.test(resourceId))
    throw refuse(`Unsupported service namespace, resource type or scalable dimension: ${resourceId}`);
  return resourceId;
}

export function assertEcs(input: JsonObject): void {
  const namespace = readText(input, "ServiceNamespace");
  if (namespace !== "ecs") throw lacks(`the service namespace ${namespace}`);
}

const PAGE = 50;

export function paginate<Row>(rows: readonly Row[], input: JsonObject): { page: Row[]; NextToken?: string } {
  const size = Math.min(PAGE, readOptionalNumber(input, "MaxResults") ?? PAGE);
  const skip = Number(readOptionalText(input, "NextToken") ?? 0);
  if (!Number.isInteger(skip) || skip < 0)
    throw new AwsError("InvalidNextTokenException", "The member NextToken is not one of an answer.");
  return {
    page: rows.slice(skip, skip + size),
    ...(rows.length > skip + size && { NextToken: String(skip + size) }),
  };
}

import { AwsError, createNotImplementedError } from "../kernel/errors.ts";
import type { JsonObject } from "../kernel/json-protocol.ts";
import type { Tags } from "./records.ts";

/** @throws AwsError `InvalidParameterException`, always */
export const refuse = (message: string): never => {
  throw new AwsError("InvalidParameterException", message);
};

export const readOptionalText = (input: JsonObject, name: string): string | undefined => {
  const value = input[name];
  if (value === undefined || value === null || value === "") return undefined;
  return typeof value === "string" ? value : refuse(`${name} must be a string.`);
};

/** @throws AwsError `InvalidParameterException` when the member is missing or no text */
export const readText = (input: JsonObject, name: string): string =>
  readOptionalText(input, name) ?? refuse(`${name} cannot be empty.`);

export const readOptionalCount = (input: JsonObject, name: string): number | undefined => {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  return typeof value === "number" && Number.isInteger(value) && value >= 0
    ? value
    : refuse(`${name} must be a whole number of 0 or more.`);
};

export const readList = (input: JsonObject, name: string): unknown[] => {
  const value = input[name];
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : refuse(`${name} must be a list.`);
};

export const readTexts = (input: JsonObject, name: string): string[] =>
  readList(input, name).map((one) => (typeof one === "string" ? one : refuse(`${name} must be a list of strings.`)));

export const asObject = (value: unknown, name: string): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : refuse(`${name} must be an object.`);

/** Tags, `[{key, value}]`, as a record. */
export const readTags = (value: unknown): Tags => {
  if (value === undefined || value === null) return {};
  if (!Array.isArray(value) || value.length > 50) return refuse("tags must be a list of at most 50.");
  return Object.fromEntries(
    value.map((one) => {
      const { key, value: text } = asObject(one, "A tag");
      return [typeof key === "string" ? key : refuse("A tag needs a key."), typeof text === "string" ? text : ""];
    }),
  );
};

export const showTags = (tags: Tags): { key: string; value: string }[] =>
  Object.entries(tags).map(([key, value]) => ({ key, value }));

const isGiven = (value: unknown): boolean =>
  value !== undefined &&
  value !== null &&
  value !== false &&
  value !== "" &&
  !(Array.isArray(value) && value.length === 0) &&
  !(typeof value === "object" && Object.keys(value as object).length === 0);

/** @throws AwsError 501 naming the first member that is given but not held here */
export const allowOnly = (input: JsonObject, operation: string, members: readonly string[]): void => {
  for (const [name, value] of Object.entries(input))
    if (isGiven(value) && !members.includes(name)) throw createNotImplementedError("ECS", `${operation} with ${name}`);
};

/** One page of a list, by an offset as the token. */
export const pageOf = <Item>(
  items: Item[],
  input: JsonObject,
  most: number,
  otherwise = most,
): { page: Item[]; nextToken?: string } => {
  const limit = readOptionalCount(input, "maxResults") ?? otherwise;
  if (limit < 1 || limit > most) return refuse(`maxResults must be from 1 to ${most}.`);
  const token = readOptionalText(input, "nextToken");
  const from = token === undefined ? 0 : Number(token);
  if (!Number.isInteger(from) || from < 0) return refuse("Invalid token in request.");
  const page = items.slice(from, from + limit);
  return from + limit < items.length ? { page, nextToken: String(from + limit) } : { page };
};

import { AwsError, createNotImplementedError } from "../kernel/errors.ts";
import { assertKnownMembers } from "../kernel/members.ts";
import type { QueryInput, QueryValue } from "../kernel/query-protocol.ts";
import type { Attributes, Tags } from "./state.ts";

export const refuse = (message: string, code = "ValidationError"): AwsError => new AwsError(code, message);
export const lacks = (what: string): AwsError => createNotImplementedError("ElasticLoadBalancingV2", what);

/** @throws AwsError 501 naming the option that is not held */
export const assertMembers = (operation: string, input: QueryInput, known: readonly string[]): void =>
  assertKnownMembers("ElasticLoadBalancingV2", operation, input, known);

export function readOptionalText(input: QueryInput, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === "") return undefined;
  if (typeof value !== "string") throw refuse(`The member ${name} must be a text.`);
  return value;
}

export function readText(input: QueryInput, name: string): string {
  const value = readOptionalText(input, name);
  if (value === undefined) throw refuse(`The member ${name} is required.`);
  return value;
}

/** A whole number from `least` to `most`. */
export function readOptionalNumber(input: QueryInput, name: string, least: number, most: number): number | undefined {
  const text = readOptionalText(input, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most)
    throw refuse(`${name} must be a whole number between '${least}' and '${most}'`);
  return value;
}

export function readList(input: QueryInput, name: string): QueryValue[] | undefined {
  const value = input[name];
  if (value === undefined) return undefined;
  if (value === "") return [];
  if (!Array.isArray(value)) throw refuse(`The member ${name} must be a list.`);
  return value;
}

export const readTexts = (input: QueryInput, name: string): string[] | undefined =>
  readList(input, name)?.map((value) => {
    if (typeof value !== "string") throw refuse(`The member ${name} must be a list of texts.`);
    return value;
  });

export const readObjects = (input: QueryInput, name: string): QueryInput[] | undefined =>
  readList(input, name)?.map((value) => {
    if (typeof value === "string" || Array.isArray(value))
      throw refuse(`The member ${name} must be a list of structures.`);
    return value;
  });

export function readObject(input: QueryInput, name: string): QueryInput | undefined {
  const value = input[name];
  if (value === undefined || value === "") return undefined;
  if (typeof value === "string" || Array.isArray(value)) throw refuse(`The member ${name} must be a structure.`);
  return value;
}

export const readTags = (input: QueryInput): Tags =>
  Object.fromEntries(
    (readObjects(input, "Tags") ?? []).map((tag) => [readText(tag, "Key"), readOptionalText(tag, "Value") ?? ""]),
  );

/** Attributes to change. @throws AwsError 501 for one that is not held */
export function readAttributes(input: QueryInput, known: Attributes): Attributes {
  return Object.fromEntries(
    (readObjects(input, "Attributes") ?? []).map((one) => {
      const key = readText(one, "Key");
      if (known[key] === undefined) throw lacks(`the attribute ${key}`);
      return [key, readOptionalText(one, "Value") ?? ""];
    }),
  );
}

export const describeAttributes = (attributes: Attributes) => ({
  Attributes: Object.entries(attributes).map(([Key, Value]) => ({ Key, Value })),
});

/** Names of balancers and groups: 32 letters, digits and hyphens. */
export function readName(input: QueryInput): string {
  const name = readText(input, "Name");
  if (!/^(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/.test(name))
    throw refuse(`The name '${name}' must have 1 to 32 letters, digits or hyphens, and no hyphen at its ends.`);
  return name;
}

const PAGE = 400;

/** A page of a list by `Marker` and `PageSize`. */
export function paginate<Row>(
  rows: readonly Row[],
  input: QueryInput,
): { page: Row[]; NextMarker: string | undefined } {
  const size = readOptionalNumber(input, "PageSize", 1, PAGE) ?? PAGE;
  const skip = readOptionalNumber(input, "Marker", 0, Number.MAX_SAFE_INTEGER) ?? 0;
  return {
    page: rows.slice(skip, skip + size),
    NextMarker: rows.length > skip + size ? String(skip + size) : undefined,
  };
}

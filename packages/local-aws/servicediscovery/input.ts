import { AwsError } from "../kernel/errors.ts";
import type { JsonObject } from "../kernel/json-protocol.ts";

export const refuse = (message: string): AwsError => new AwsError("InvalidInput", message);

export function readText(input: JsonObject, name: string): string {
  const value = input[name];
  if (typeof value !== "string" || value === "" || value.length > 1024)
    throw refuse(`The member ${name} must be a text of 1 to 1024 characters.`);
  return value;
}

export const readOptionalText = (input: JsonObject, name: string): string | undefined =>
  input[name] === undefined || input[name] === null || input[name] === "" ? undefined : readText(input, name);

/** Attributes or query parameters: texts by name. */
export function readTexts(input: JsonObject, name: string): Record<string, string> {
  const value = input[name] ?? {};
  if (typeof value !== "object" || Array.isArray(value)) throw refuse(`The member ${name} must be a map of texts.`);
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([key, one]) => {
      if (typeof one !== "string" || one.length > 1024) throw refuse(`The value of ${name}.${key} must be a text.`);
      return [key, one];
    }),
  );
}

/** `[{Key, Value}]` as a record. */
export function readTags(value: unknown): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (!Array.isArray(value)) throw refuse("The member Tags must be a list.");
  return Object.fromEntries(value.map((one) => [String(one?.Key ?? ""), String(one?.Value ?? "")]));
}

/** Filters of lists: each condition must hold. @throws AwsError 501 for another than EQ and IN */
export function readFilters(input: JsonObject): { name: string; values: string[] }[] {
  const filters = input.Filters ?? [];
  if (!Array.isArray(filters)) throw refuse("The member Filters must be a list.");
  return (filters as JsonObject[]).map((filter) => {
    if (filter.Condition !== undefined && filter.Condition !== "EQ" && filter.Condition !== "IN")
      throw new AwsError(
        "NotImplemented",
        `The local stand-in does not implement Cloud Map filters ${filter.Condition}.`,
        {
          statusCode: 501,
        },
      );
    return { name: readText(filter, "Name"), values: Array.isArray(filter.Values) ? filter.Values.map(String) : [] };
  });
}

const PAGE = 100;

export function paginate<Row>(rows: readonly Row[], input: JsonObject): { page: Row[]; NextToken?: string } {
  const size = typeof input.MaxResults === "number" ? Math.min(PAGE, Math.max(1, input.MaxResults)) : PAGE;
  const skip = Number(readOptionalText(input, "NextToken") ?? 0);
  if (!Number.isInteger(skip) || skip < 0) throw refuse("The member NextToken is not one of an answer.");
  return {
    page: rows.slice(skip, skip + size),
    ...(rows.length > skip + size && { NextToken: String(skip + size) }),
  };
}

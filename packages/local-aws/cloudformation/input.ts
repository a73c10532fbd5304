import { AwsError } from "../kernel/errors.ts";
import type { QueryInput, QueryValue } from "../kernel/query-protocol.ts";
import type { Tag } from "./handler.ts";
import type { GivenParameter } from "./parameters.ts";

export const invalid = (text: string): AwsError => new AwsError("ValidationError", text);

/**
 * Refuses members that an operation does not know: 501 with their names.
 * `inert` members are taken when they ask for nothing: `false`, `""` or an empty list.
 */
export function assertMembers(operation: string, input: QueryInput, known: string, inert = ""): void {
  const names = new Set(known.split(" "));
  const idle = new Set(inert.split(" "));
  const stranger = Object.entries(input).find(
    ([name, value]) => !names.has(name) && !(idle.has(name) && asksNothing(value)),
  );
  if (stranger)
    throw new AwsError(
      "NotImplemented",
      `The local stand-in does not implement ${stranger[0]} of CloudFormation ${operation}.`,
      { statusCode: 501 },
    );
}

const asksNothing = (value: QueryValue): boolean =>
  value === "" || value === "false" || (typeof value === "object" && Object.values(value).every(asksNothing));

export function readText(input: QueryInput, member: string): string {
  const value = readOptionalText(input, member);
  if (value === undefined)
    throw invalid(
      `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
    );
  return value;
}

export function readOptionalText(input: QueryInput, member: string): string | undefined {
  const value = input[member];
  if (value === undefined || value === "") return undefined;
  if (typeof value !== "string") throw invalid(`${member} must be a string.`);
  return value;
}

export const readFlag = (input: QueryInput, member: string): boolean => input[member] === "true";

export function readList(input: QueryInput, member: string): QueryValue[] {
  const value = input[member];
  if (value === undefined || value === "") return [];
  if (!Array.isArray(value)) throw invalid(`${member} must be a list.`);
  return value;
}

export const readTexts = (input: QueryInput, member: string): string[] => readList(input, member).map(String);

const asObject = (value: QueryValue, member: string): QueryInput => {
  if (typeof value !== "object" || Array.isArray(value)) throw invalid(`${member} must hold structures.`);
  return value;
};

export function readParameters(input: QueryInput): GivenParameter[] {
  return readList(input, "Parameters").map((item) => {
    const one = asObject(item, "Parameters");
    return {
      key: readText(one, "ParameterKey"),
      // An empty text is a value.
      ...(typeof one.ParameterValue === "string" && { value: one.ParameterValue }),
      usePrevious: readFlag(one, "UsePreviousValue"),
    };
  });
}

export function readTags(input: QueryInput): Tag[] {
  return readList(input, "Tags").map((item) => {
    const one = asObject(item, "Tags");
    return { Key: readText(one, "Key"), Value: typeof one.Value === "string" ? one.Value : "" };
  });
}

/** @throws AwsError `ValidationError` in the words of CloudFormation */
export function assertName(name: string, member: "stackName" | "changeSetName"): void {
  const length = 128;
  if (!/^[a-zA-Z][-a-zA-Z0-9]*$/.test(name) || name.length > length)
    throw invalid(
      `1 validation error detected: Value '${name}' at '${member}' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]* and have at most ${length} characters`,
    );
}

import { AwsError } from "../kernel/errors.ts";
import type { JsonObject } from "../kernel/json-protocol.ts";
import type { Dimensions, MetricName } from "./store.ts";

/** The query codes are what clients that still speak the old protocol branch on. */
export const refuseValue = (message: string): AwsError =>
  new AwsError("InvalidParameterValueException", message, { queryCode: "InvalidParameterValue" });

export const refuseMissing = (name: string): AwsError =>
  new AwsError("MissingRequiredParameterException", `The parameter ${name} is required.`, {
    queryCode: "MissingParameter",
  });

export const refuseCombination = (message: string): AwsError =>
  new AwsError("InvalidParameterCombinationException", message, { queryCode: "InvalidParameterCombination" });

export function readText(input: JsonObject, name: string, longest = 255): string {
  const value = input[name];
  if (value === undefined || value === null || value === "") throw refuseMissing(name);
  if (typeof value !== "string" || value.length > longest)
    throw refuseValue(`The parameter ${name} must be a text of 1 to ${longest} characters.`);
  return value;
}

export function readOptionalText(input: JsonObject, name: string): string | undefined {
  return input[name] === undefined || input[name] === null ? undefined : readText(input, name, 4096);
}

/** Numbers, also as texts, as CloudFormation's templates may have them. */
export function readOptionalNumber(input: JsonObject, name: string): number | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number))
    throw refuseValue(`The parameter ${name} must be a number.`);
  return number;
}

export function readNumber(input: JsonObject, name: string): number {
  const value = readOptionalNumber(input, name);
  if (value === undefined) throw refuseMissing(name);
  return value;
}

export function readOptionalTexts(input: JsonObject, name: string): string[] | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || value.some((one) => typeof one !== "string"))
    throw refuseValue(`The parameter ${name} must be a list of texts.`);
  return value as string[];
}

export function readObjects(input: JsonObject, name: string): JsonObject[] {
  const value = input[name] ?? [];
  if (!Array.isArray(value)) throw refuseValue(`The parameter ${name} must be a list.`);
  return value.map((one: unknown) => {
    if (typeof one !== "object" || one === null)
      throw refuseValue(`The parameter ${name} must be a list of structures.`);
    return one as JsonObject;
  });
}

/** Seconds since 1970 over the wire, an ISO text inside the process; answers milliseconds. */
export function readOptionalTime(input: JsonObject, name: string): number | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  const ms = typeof value === "number" ? value * 1000 : Date.parse(String(value));
  if (!Number.isFinite(ms)) throw refuseValue(`The parameter ${name} must be a time.`);
  return ms;
}

export function readTime(input: JsonObject, name: string): number {
  const ms = readOptionalTime(input, name);
  if (ms === undefined) throw refuseMissing(name);
  return ms;
}

/** 1, 5, 10, 30 or a multiple of 60 seconds. */
export function readPeriod(input: JsonObject): number {
  const period = readNumber(input, "Period");
  if (![1, 5, 10, 20, 30].includes(period) && !(period > 0 && period % 60 === 0))
    throw refuseValue("The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.");
  return period;
}

export function readDimensions(input: JsonObject): Dimensions {
  const list = readObjects(input, "Dimensions");
  if (list.length > 30) throw refuseValue("A metric may have 30 dimensions.");
  return Object.fromEntries(list.map((one) => [readText(one, "Name"), readText(one, "Value", 1024)]));
}

export const readMetric = (input: JsonObject): MetricName => ({
  namespace: readText(input, "Namespace"),
  name: readText(input, "MetricName"),
  dimensions: readDimensions(input),
});

export const describeMetric = ({ namespace, name, dimensions }: MetricName) => ({
  Namespace: namespace,
  MetricName: name,
  Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
});

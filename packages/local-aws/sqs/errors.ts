import { AwsError } from "../kernel/errors.ts";

/** Codes of the query protocol that clients still see in `x-amzn-query-error` (SQS API reference, "Errors"). */
const QUERY_CODES: Record<string, string> = {
  QueueDoesNotExist: "AWS.SimpleQueueService.NonExistentQueue",
  QueueNameExists: "QueueAlreadyExists",
  EmptyBatchRequest: "AWS.SimpleQueueService.EmptyBatchRequest",
  TooManyEntriesInBatchRequest: "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
  BatchEntryIdsNotDistinct: "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
  BatchRequestTooLong: "AWS.SimpleQueueService.BatchRequestTooLong",
  InvalidBatchEntryId: "AWS.SimpleQueueService.InvalidBatchEntryId",
  MessageNotInflight: "AWS.SimpleQueueService.MessageNotInflight",
  UnsupportedOperation: "AWS.SimpleQueueService.UnsupportedOperation",
};

export function createSqsError(code: string, message: string): AwsError {
  return new AwsError(code, message, { queryCode: QUERY_CODES[code] ?? code });
}

export const createInvalidValueError = (message: string): AwsError => createSqsError("InvalidParameterValue", message);

/** A string member of an input document, or the error AWS answers when it is absent. */
export function requireString(input: Record<string, unknown>, name: string): string {
  const value = input[name];
  if (typeof value !== "string" || value.length === 0)
    throw createSqsError("MissingParameter", `The request must contain the parameter ${name}.`);
  return value;
}

/** An integer member between two bounds, or `fallback` when absent. */
export function readInteger(
  input: Record<string, unknown>,
  name: string,
  bounds: { min: number; max: number; fallback: number },
): number {
  const value = input[name];
  if (value === undefined || value === null) return bounds.fallback;
  const number = Number(value);
  if (!Number.isInteger(number) || number < bounds.min || number > bounds.max)
    throw createInvalidValueError(
      `Value ${String(value)} for parameter ${name} is invalid. Reason: Must be between ${bounds.min} and ${bounds.max}.`,
    );
  return number;
}

/** A list-of-strings member, empty when absent. */
export function readStrings(input: Record<string, unknown>, name: string): string[] {
  const value = input[name];
  return Array.isArray(value) ? value.map(String) : [];
}

import { AwsError } from "../kernel/errors.ts";

/** A request DynamoDB calls invalid: 400 `ValidationException`. */
export function validationError(message: string): AwsError {
  return new AwsError("ValidationException", message);
}

/** 400 `ResourceNotFoundException`. */
export function notFoundError(message: string): AwsError {
  return new AwsError("ResourceNotFoundException", message);
}

/** An option AWS has and this stand-in lacks: 501 with its name, never a silent success. */
export function unsupportedOptionError(operation: string, option: string): AwsError {
  return new AwsError(
    "NotImplemented",
    `The local stand-in does not implement the option ${option} of DynamoDB ${operation}.`,
    { statusCode: 501 },
  );
}

/** An error as AWS answers it: a code clients branch on, a message for people, an HTTP status. */
export class AwsError extends Error {
  readonly code: string;
  readonly statusCode: number;
  /** Legacy query-protocol code, sent as `x-amzn-query-error` by services that used to speak it (SQS). */
  readonly queryCode: string | undefined;
  /** More members of the error document, such as DynamoDB's `CancellationReasons`. */
  readonly fields: Record<string, unknown>;

  constructor(
    code: string,
    message: string,
    options: { statusCode?: number; queryCode?: string; fields?: Record<string, unknown> } = {},
  ) {
    super(message);
    this.name = "AwsError";
    this.code = code;
    this.statusCode = options.statusCode ?? 400;
    this.queryCode = options.queryCode;
    this.fields = options.fields ?? {};
  }
}

/** What a service answers for an operation, option or resource it does not hold: 501 with the name of both. */
export function createNotImplementedError(service: string, operation: string): AwsError {
  return new AwsError("NotImplemented", `The local stand-in does not implement ${service} ${operation}.`, {
    statusCode: 501,
  });
}

/** Anything thrown, as an `AwsError`; what is not one becomes a 500 and is written to stderr whole. */
export function toAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  console.error(error);
  const message = error instanceof Error ? error.message : String(error);
  return new AwsError("InternalError", `The local stand-in failed: ${message}`, { statusCode: 500 });
}

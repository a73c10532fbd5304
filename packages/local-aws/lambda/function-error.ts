/** The error document a failed invocation answers with, as Lambda writes it. */
export type FunctionErrorDocument = { errorType: string; errorMessage: string };

export function encodeFunctionError(errorType: string, errorMessage: string): Buffer {
  return Buffer.from(JSON.stringify({ errorType, errorMessage } satisfies FunctionErrorDocument));
}

/** Reads type and message out of an error payload; a payload that is no error document becomes an unknown error. */
export function decodeFunctionError(payload: Buffer): FunctionErrorDocument {
  try {
    const value: unknown = JSON.parse(payload.toString("utf8"));
    if (value && typeof value === "object") {
      const { errorType, errorMessage } = value as Partial<FunctionErrorDocument>;
      return { errorType: String(errorType ?? "Error"), errorMessage: String(errorMessage ?? "unknown error") };
    }
  } catch {
    // Not JSON: the handler's answer was cut off.
  }
  return { errorType: "Error", errorMessage: "unknown error" };
}

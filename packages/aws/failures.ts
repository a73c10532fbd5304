import type { ErrorCode } from "@samla/contracts";
import { Failure } from "@samla/core/kernel";

/** AWS error names to our codes. A name that is not here is a fault of ours and stays unknown to people. */
const codesByName: Record<string, { code: ErrorCode; text: string }> = {
  ThrottlingException: { code: "unavailable", text: "A part of SAMLA is asked too much at the moment." },
  ProvisionedThroughputExceededException: {
    code: "unavailable",
    text: "A part of SAMLA is asked too much at the moment.",
  },
  RequestLimitExceeded: { code: "unavailable", text: "A part of SAMLA is asked too much at the moment." },
  SlowDown: { code: "unavailable", text: "The object store is asked too much at the moment." },
  TimeoutError: { code: "timeout", text: "A part of SAMLA did not answer in time." },
  ECONNREFUSED: { code: "unavailable", text: "A part of SAMLA cannot be reached." },
  NoSuchUpload: { code: "gone", text: "This upload was abandoned or completed already." },
  InvalidPart: { code: "invalid_request", text: "A part of the upload is missing or differs from what arrived." },
  InvalidPartOrder: { code: "invalid_request", text: "The parts of the upload are not in order." },
  EntityTooSmall: { code: "invalid_request", text: "A part of the upload is smaller than allowed." },
};

export const errorName = (error: unknown): string => {
  if (!(error instanceof Error)) return "";
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return code && codesByName[code] ? code : error.name;
};

/** Runs an AWS call and turns its known failures into ours. */
export const translate = async <T>(call: () => Promise<T>): Promise<T> => {
  try {
    return await call();
  } catch (error) {
    const known = codesByName[errorName(error)];
    if (known) throw new Failure(known.code, known.text, { cause: error, nextStep: "Try again in a moment." });
    throw error;
  }
};

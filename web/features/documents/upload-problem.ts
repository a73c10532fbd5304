import { ApiError, errorTable } from "@samla/contracts/plain";
import type { UploadProblem } from "./upload-item.ts";
import { PutError } from "./upload-ports.ts";

/** An error of an upload as a sentence with its next step. */
export const uploadProblemOf = (error: unknown): UploadProblem => {
  if (error instanceof ApiError) {
    const { title, detail, nextStep, requestId, code } = error.problem;
    const isFinal = code === "too_large" || code === "unsupported_type" || code === "invalid_request";
    return {
      title,
      detail,
      ...(nextStep ? { nextStep } : {}),
      ...(requestId ? { requestId } : {}),
      retryable: errorTable[code].retryable || !isFinal,
    };
  }
  if (error instanceof PutError)
    return {
      title: "The bytes did not arrive",
      detail: error.message,
      nextStep:
        error.failure.kind === "network"
          ? "Check the connection and choose Retry; it goes on where it stopped."
          : "Choose Retry; it goes on where it stopped.",
      retryable: true,
    };
  if (error instanceof DOMException && (error.name === "NotReadableError" || error.name === "NotFoundError"))
    return {
      title: "The file can no longer be read",
      detail: "It was moved, changed or deleted on this computer after it was added.",
      nextStep: "Cancel it and add the file again.",
      retryable: false,
    };
  return {
    title: "The upload stopped",
    detail: error instanceof Error ? error.message : "Something unexpected happened.",
    nextStep: "Choose Retry.",
    retryable: !(error instanceof RangeError),
  };
};

/** Seconds to wait before the same call again; undefined when the same call cannot succeed. */
export const retryAfterSecondsOf = (error: unknown): number | undefined => {
  if (!(error instanceof ApiError) || !errorTable[error.problem.code].retryable) return undefined;
  return error.retryAfterSeconds ?? 1;
};

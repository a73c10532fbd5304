import { ApiError, errorTable } from "@samla/contracts";

/** What a person needs to know of an error. */
export type ProblemText = { title: string; detail: string; nextStep?: string; requestId?: string; retryable: boolean };

/** Puts any thrown thing into words; never shows the text of an unknown error, which may be anything. */
export const describeError = (error: unknown): ProblemText => {
  if (error instanceof ApiError) {
    const { title, detail, nextStep, requestId, code } = error.problem;
    const wait = error.retryAfterSeconds;
    return {
      title,
      detail,
      nextStep: nextStep ?? (wait ? `Try again in ${wait} seconds.` : undefined),
      requestId,
      retryable: errorTable[code].retryable,
    };
  }
  return {
    title: "Something went wrong in this page",
    detail: "The answer could not be read or shown.",
    nextStep: "Try again. If it stays, reload the page.",
    retryable: true,
  };
};

/** Errors of single fields, by field name; empty when the error has none. */
export const fieldErrorsOf = (error: unknown): Record<string, string> =>
  error instanceof ApiError
    ? Object.fromEntries((error.problem.errors ?? []).map(({ field, message }) => [field, message]))
    : {};

/** True for an error that the same call may not meet again. */
export const isRetryable = (error: unknown): boolean =>
  error instanceof ApiError && errorTable[error.problem.code].retryable;

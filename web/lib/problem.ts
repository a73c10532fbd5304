import type { ApiError, Problem } from "@samla/contracts";

/** What a person needs to know of an error. */
export type ProblemText = { title: string; detail: string; nextStep?: string; requestId?: string; retryable: boolean };

// Told by its name, so that the class, and the schemas that come with it, need not be loaded to draw a page.
const asApiError = (error: unknown): ApiError | undefined =>
  error instanceof Error && error.name === "ApiError" && "problem" in error ? (error as ApiError) : undefined;

/** The problem document of a refused call; undefined for any other error. */
export const problemOfError = (error: unknown): Problem | undefined => asApiError(error)?.problem;

/** Whether the same call may succeed later: limits, outages and time limits, as the contract's error table has it. */
const isRetryableStatus = (status: number): boolean => status === 429 || (status >= 500 && status !== 501);

/** Puts any thrown thing into words; never shows the text of an unknown error, which may be anything. */
export const describeError = (error: unknown): ProblemText => {
  const refused = asApiError(error);
  if (refused) {
    const { title, detail, nextStep, requestId, status } = refused.problem;
    const wait = refused.retryAfterSeconds;
    return {
      title,
      detail,
      nextStep: nextStep ?? (wait ? `Try again in ${wait} seconds.` : undefined),
      requestId,
      retryable: isRetryableStatus(status),
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
  Object.fromEntries((problemOfError(error)?.errors ?? []).map(({ field, message }) => [field, message]));

/** True for an error that the same call may not meet again. */
export const isRetryable = (error: unknown): boolean => {
  const problem = problemOfError(error);
  return problem !== undefined && isRetryableStatus(problem.status);
};

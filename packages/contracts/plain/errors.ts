/** Every error the API gives, with its HTTP status, title and whether the same call may succeed later. */
export const errorTable = {
  invalid_request: { status: 400, title: "The request is not valid", retryable: false },
  invalid_cursor: { status: 400, title: "The page cursor is not valid", retryable: false },
  unauthenticated: { status: 401, title: "You are not signed in", retryable: false },
  forbidden: { status: 403, title: "Your role does not allow this", retryable: false },
  not_found: { status: 404, title: "There is no such thing, or you may not see it", retryable: false },
  conflict: { status: 409, title: "The thing is not in a state that allows this", retryable: false },
  already_exists: { status: 409, title: "Something with this name exists already", retryable: false },
  idempotency_mismatch: { status: 409, title: "This Idempotency-Key was used for another request", retryable: false },
  gone: { status: 410, title: "The thing was deleted for good", retryable: false },
  precondition_failed: { status: 412, title: "Somebody changed this in the meantime", retryable: false },
  too_large: { status: 413, title: "This is over a limit", retryable: false },
  unsupported_type: { status: 415, title: "This type of file is not supported", retryable: false },
  rate_limited: { status: 429, title: "Too many requests", retryable: true },
  internal: { status: 500, title: "Something went wrong on our side", retryable: true },
  not_built: { status: 501, title: "This is not offered here", retryable: false },
  unavailable: { status: 503, title: "A part of SAMLA does not answer at the moment", retryable: true },
  timeout: { status: 504, title: "This took too long", retryable: true },
} as const satisfies Record<string, { status: number; title: string; retryable: boolean }>;

export type ErrorCode = keyof typeof errorTable;
export const errorCodes = Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]];

/** Problem details (RFC 9457) with our members: `code`, `requestId`, `nextStep`, `errors`. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  nextStep?: string | undefined;
  requestId?: string | undefined;
  errors?: { field: string; message: string }[] | undefined;
};

/** The problem document of an error. */
export const problemOf = (
  code: ErrorCode,
  detail: string,
  more: { nextStep?: string; requestId?: string; errors?: { field: string; message: string }[] } = {},
): Problem => ({
  type: `https://samla.dev/problems/${code}`,
  title: errorTable[code].title,
  status: errorTable[code].status,
  code,
  detail,
  ...more,
});

/** The problem document in a body of JSON; undefined if it is something else, such as a proxy's page. */
export const asProblem = (json: unknown): Problem | undefined => {
  const found = json as Partial<Problem> | null | undefined;
  const isProblem =
    typeof found === "object" &&
    found !== null &&
    typeof found.code === "string" &&
    Object.hasOwn(errorTable, found.code) &&
    typeof found.status === "number" &&
    [found.type, found.title, found.detail].every((text) => typeof text === "string") &&
    [found.nextStep, found.requestId].every((text) => text === undefined || typeof text === "string") &&
    (found.errors === undefined ||
      (Array.isArray(found.errors) &&
        found.errors.every((one) => typeof one?.field === "string" && typeof one.message === "string")));
  return isProblem ? (found as Problem) : undefined;
};

/** A refused call: the problem document, and how long to wait when the server said so. */
export class ApiError extends Error {
  readonly problem: Problem;
  readonly retryAfterSeconds: number | undefined;
  constructor(problem: Problem, retryAfterSeconds?: number) {
    super(problem.detail);
    this.name = "ApiError";
    this.problem = problem;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

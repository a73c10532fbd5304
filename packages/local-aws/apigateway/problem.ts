/** The gateway's own answers (API Gateway calls them gateway responses), with status, `code` and title. */
export const PROBLEMS = {
  BAD_REQUEST_BODY: { status: 400, code: "invalid_request", title: "The request body is not valid" },
  BAD_REQUEST_PARAMETERS: { status: 400, code: "invalid_request", title: "The request parameters are not valid" },
  UNAUTHORIZED: { status: 401, code: "unauthenticated", title: "You are not signed in" },
  ACCESS_DENIED: { status: 403, code: "forbidden", title: "This is not allowed" },
  INVALID_API_KEY: { status: 403, code: "forbidden", title: "The API key is missing or not valid" },
  RESOURCE_NOT_FOUND: { status: 404, code: "not_found", title: "There is no such resource" },
  REQUEST_TOO_LARGE: { status: 413, code: "too_large", title: "The request is too large" },
  THROTTLED: { status: 429, code: "rate_limited", title: "Too many requests" },
  QUOTA_EXCEEDED: { status: 429, code: "rate_limited", title: "The quota of this API key is used up" },
  AUTHORIZER_FAILURE: { status: 500, code: "internal", title: "The authorizer failed" },
  AUTHORIZER_CONFIGURATION_ERROR: { status: 500, code: "internal", title: "The authorizer answered nothing usable" },
  API_CONFIGURATION_ERROR: { status: 500, code: "internal", title: "The gateway is not configured for this" },
  INTEGRATION_FAILURE: { status: 502, code: "unavailable", title: "The function behind this failed" },
  INTEGRATION_TIMEOUT: { status: 504, code: "timeout", title: "The function behind this took too long" },
} as const;

export type ProblemType = keyof typeof PROBLEMS;

/** Ends the handling of a request with a gateway response. */
export class GatewayProblem extends Error {
  readonly type: ProblemType;
  readonly headers: Record<string, string>;
  readonly errors: { field: string; message: string }[] | undefined;

  constructor(
    type: ProblemType,
    detail: string,
    options: { headers?: Record<string, string>; errors?: { field: string; message: string }[] } = {},
  ) {
    super(detail);
    this.name = "GatewayProblem";
    this.type = type;
    this.headers = options.headers ?? {};
    this.errors = options.errors;
  }

  get status(): number {
    return PROBLEMS[this.type].status;
  }
}

/** The answer to a request that was cut off by a throttle or quota. */
export function createThrottleProblem(type: "THROTTLED" | "QUOTA_EXCEEDED", retryAfterSeconds: number): GatewayProblem {
  const wait = `Try again in ${retryAfterSeconds} s.`;
  const detail =
    type === "THROTTLED" ? `Too many requests at once. ${wait}` : `The quota of this API key is used up. ${wait}`;
  return new GatewayProblem(type, detail, { headers: { "retry-after": String(retryAfterSeconds) } });
}

/** Problem details, RFC 9457, with `code` and `requestId`. */
export function encodeProblem(problem: GatewayProblem, requestId: string): Buffer {
  const { status, code, title } = PROBLEMS[problem.type];
  return Buffer.from(
    JSON.stringify({
      type: "about:blank",
      title,
      status,
      code,
      detail: problem.message,
      requestId,
      ...(problem.errors && { errors: problem.errors }),
    }),
  );
}

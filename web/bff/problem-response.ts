import "server-only";
import { type ErrorCode, problemOf } from "@samla/contracts";

/** A problem document (RFC 9457) as a response. */
export const problemResponse = (
  code: ErrorCode,
  detail: string,
  more: { nextStep?: string; requestId: string; retryAfter?: string },
): Response => {
  const problem = problemOf(code, detail, { nextStep: more.nextStep, requestId: more.requestId });
  return Response.json(problem, {
    status: problem.status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      "x-request-id": more.requestId,
      ...(more.retryAfter ? { "retry-after": more.retryAfter } : {}),
    },
  });
};

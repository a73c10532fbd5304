import type { ErrorCode } from "@samla/contracts";

export type FailureMore = { nextStep?: string; errors?: { field: string; message: string }[]; cause?: unknown };

/**
 * A refusal a person may read. `message` is for them; `cause` is for the log only.
 * Recognise it with `isFailure`, not `instanceof`: bundles may hold two copies of this class.
 */
export class Failure extends Error {
  readonly code: ErrorCode;
  readonly nextStep: string | undefined;
  readonly errors: { field: string; message: string }[] | undefined;
  constructor(code: ErrorCode, message: string, more: FailureMore = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = "Failure";
    this.code = code;
    this.nextStep = more.nextStep;
    this.errors = more.errors;
  }
}

export const isFailure = (error: unknown): error is Failure =>
  error instanceof Error && error.name === "Failure" && "code" in error;

/** The thing does not exist, or the actor may not know that it does: both get this. */
export const notFound = (what: string, id: string): Failure =>
  new Failure("not_found", `There is no ${what} ${id}, or you may not see it.`, {
    nextStep: "Check the id, or ask an administrator for access.",
  });

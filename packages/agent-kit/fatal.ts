import { type AgentFatalCode, agentFatalCodes } from "@samla/contracts";

/** A failure that no retry mends: the process says why in one line and ends with the code's exit code. */
export class FatalError extends Error {
  readonly code: AgentFatalCode;
  readonly nextStep: string;
  readonly details: Record<string, unknown>;
  constructor(code: AgentFatalCode, message: string, nextStep: string, details: Record<string, unknown> = {}) {
    super(message);
    this.name = "FatalError";
    this.code = code;
    this.nextStep = nextStep;
    this.details = details;
  }
  get exitCode(): number {
    return agentFatalCodes[this.code].exitCode;
  }
}

/** Any error as a fatal one; what is not ours is `internal`. */
export const asFatal = (error: unknown): FatalError => {
  if (error instanceof FatalError) return error;
  const fatal = new FatalError(
    "internal",
    error instanceof Error ? error.message : String(error),
    "Read the lines before this one; if they do not help, roll back to the release before.",
  );
  fatal.cause = error;
  return fatal;
};

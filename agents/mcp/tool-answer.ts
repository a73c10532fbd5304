import type { CallToolResult } from "@modelcontextprotocol/server";
import type { Log } from "@samla/agent-kit";
import { ApiError } from "@samla/contracts";

/** An answer in both forms that clients read: structured, and the same as text. */
export const answerOf = (structuredContent: Record<string, unknown>): CallToolResult => ({
  content: [{ type: "text", text: JSON.stringify(structuredContent) }],
  structuredContent,
});

/** A refusal that names its code, its cause and what to do, for the assistant to read. */
export const refusalOf = (code: string, detail: string, nextStep?: string): CallToolResult => ({
  isError: true,
  content: [{ type: "text", text: `${code}: ${detail}${nextStep ? ` ${nextStep}` : ""}` }],
});

const nextSteps: Partial<Record<string, string>> = {
  unauthenticated: "Sign in again: the token has expired or was revoked.",
  not_found: "It does not exist, or you may not see it. Use the ids that search and list_documents give.",
  rate_limited: "Wait a moment and call again.",
};

/** Runs a tool: what the API refuses becomes a named refusal; anything else is logged and says no more than `internal`. */
export const answering = async (
  log: Log,
  tool: string,
  work: () => Promise<CallToolResult>,
): Promise<CallToolResult> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ApiError)
      return refusalOf(
        error.problem.code,
        error.problem.detail,
        error.problem.nextStep ?? nextSteps[error.problem.code],
      );
    if (error instanceof Error && error.name === "AbortError") return refusalOf("cancelled", "The call was cancelled.");
    log("error", "tool failed", {
      tool,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    return refusalOf("internal", "Something went wrong in the agent.", "Try again.");
  }
};

import type { CallInput, CallOutput, RouteId } from "@samla/contracts";
import { createTransport, type TransportInput } from "@samla/contracts/plain";
import { csrfHeader, csrfValue } from "./csrf.ts";
import { problemOfError } from "./problem.ts";

// Answers are taken as they come: the API checks each against the contract before it leaves, and the shapes would be a
// quarter of the first page.
const transport = createTransport({ baseUrl: "/api/v1", headers: () => ({ [csrfHeader]: csrfValue }) });

/** Where signed-out people go; they come back to where they were. */
export const signInPath = (returnTo: string, reason?: "expired"): string => {
  const query = new URLSearchParams({ return_to: returnTo, ...(reason ? { reason } : {}) });
  return `/sign-in?${query}`;
};

let leaving = false;

/** Leads to the sign-in page, once, when an error says that the session is over. */
export const leaveWhenSignedOut = (error: unknown): void => {
  if (problemOfError(error)?.code !== "unauthenticated" || leaving) return;
  leaving = true;
  window.location.assign(signInPath(window.location.pathname + window.location.search, "expired"));
};

/**
 * Calls a route of API v1 through the BFF, typed by the contract's route table.
 * Throws `ApiError`; when the session is over it also leads to the sign-in page.
 */
export const callApi = async <Id extends RouteId>(
  id: Id,
  ...input: Record<string, never> extends CallInput<Id> ? [CallInput<Id>?] : [CallInput<Id>]
): Promise<CallOutput<Id>> => {
  try {
    return (await transport(id, input[0] as TransportInput | undefined)) as CallOutput<Id>;
  } catch (error) {
    leaveWhenSignedOut(error);
    throw error;
  }
};

/** A fresh key for `idempotencyKey`: make one per intent, and send the same one when trying again. */
export const createIdempotencyKey = (): string => crypto.randomUUID();

import type { CallInput, CallOutput, RouteId } from "@samla/contracts";
import { problemOfError } from "./problem.ts";

const loadClient = () => import("./api-client.ts").then((module) => module.client);
// Asked for as soon as this module runs in a browser, so that it is there when the first call is made.
if (typeof window !== "undefined") void loadClient().catch(() => undefined);

/** Where signed-out people go; they come back to where they were. */
export const signInPath = (returnTo: string, reason?: "expired"): string => {
  const query = new URLSearchParams({ return_to: returnTo, ...(reason ? { reason } : {}) });
  return `/sign-in?${query}`;
};

let leaving = false;

/**
 * Calls a route of API v1 through the BFF, typed by the contract's route table.
 * Throws `ApiError`; when the session is over it also leads to the sign-in page.
 */
export const callApi = async <Id extends RouteId>(
  id: Id,
  ...input: Record<string, never> extends CallInput<Id> ? [CallInput<Id>?] : [CallInput<Id>]
): Promise<CallOutput<Id>> => {
  try {
    const client = await loadClient();
    return await client.call(id, ...input);
  } catch (error) {
    if (problemOfError(error)?.code === "unauthenticated" && !leaving) {
      leaving = true;
      window.location.assign(signInPath(window.location.pathname + window.location.search, "expired"));
    }
    throw error;
  }
};

/** A fresh key for `idempotencyKey`: make one per intent, and send the same one when trying again. */
export const createIdempotencyKey = (): string => crypto.randomUUID();

import { csrfHeader, csrfValue } from "../../lib/csrf.ts";

/** Ends this session, or all of the person's sessions, and leads to where the server says. */
export const signOut = async (everywhere: boolean): Promise<void> => {
  const response = await fetch(everywhere ? "/auth/sign-out-everywhere" : "/auth/sign-out", {
    method: "POST",
    headers: { [csrfHeader]: csrfValue, accept: "application/json" },
  });
  const body: unknown = await response.json().catch(() => undefined);
  const location =
    typeof body === "object" && body !== null && "location" in body && typeof body.location === "string"
      ? body.location
      : "/sign-in";
  window.location.assign(location);
};

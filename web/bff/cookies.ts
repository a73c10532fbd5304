import "server-only";
import { unsign } from "./seal.ts";

const isSecure = (publicUrl: string): boolean => publicUrl.startsWith("https:");

/** `__Host-` binds the cookie to the very host, which needs https; a laptop has http. */
export const sessionCookieName = (publicUrl: string): string =>
  isSecure(publicUrl) ? "__Host-samla-session" : "samla-session";

/** One cookie for each sign-in under way, so that two tabs do not disturb each other. */
export const signInCookieName = (publicUrl: string, state: string): string =>
  `${isSecure(publicUrl) ? "__Secure-" : ""}samla-sign-in-${state.replace(/[^A-Za-z0-9_-]/g, "").slice(0, 24)}`;

/** Options of all our cookies: not for scripts, not sent by foreign pages except when they link here. */
export const cookieOptions = (publicUrl: string, path: string, maxAgeSeconds: number) =>
  ({ httpOnly: true, sameSite: "lax", secure: isSecure(publicUrl), path, maxAge: maxAgeSeconds }) as const;

/** Session id of a cookie value, if its signature fits. */
export const readSessionCookie = (value: string | undefined, secret: string): string | undefined =>
  value ? unsign(secret, value) : undefined;

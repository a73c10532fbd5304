import "server-only";
import { csrfHeader, csrfValue } from "../lib/csrf.ts";

/**
 * Why a request may not have come from our own page, or undefined when it has. Reads may also be typed into the address
 * bar; changes need our own origin and our own header, which a form or a foreign script cannot send.
 */
export const refuseForeign = (headers: Headers, method: string, publicUrl: string): string | undefined => {
  const site = headers.get("sec-fetch-site");
  const origin = headers.get("origin");
  const isRead = method === "GET" || method === "HEAD";
  if (origin !== null && origin !== new URL(publicUrl).origin) return "The request comes from another site.";
  if (site !== null && site !== "same-origin" && !(isRead && site === "none"))
    return "The request comes from another site.";
  if (isRead) return undefined;
  if (site === null && origin === null) return "The request does not say which site it comes from.";
  return headers.get(csrfHeader) === csrfValue ? undefined : `The header ${csrfHeader} is missing.`;
};

import "server-only";

/** A path of this console to come back to; anything else, such as a foreign or protocol-relative URL, becomes `/`. */
export const safeReturnTo = (value: string | null | undefined, publicUrl: string): string => {
  if (!value?.startsWith("/") || value.length > 2000) return "/";
  try {
    const base = new URL(publicUrl);
    const url = new URL(value, base);
    if (url.origin !== base.origin || url.pathname.startsWith("//")) return "/";
    if (/^\/(auth|api|sign-in)(\/|$)/.test(url.pathname)) return "/";
    return `${url.pathname}${url.search}${url.hash}`;
  } catch {
    return "/";
  }
};

import { type NextRequest, NextResponse } from "next/server";
import { contentPolicy, dataPolicy, securityHeaders } from "./bff/content-policy.ts";
import { readSessionCookie, sessionCookieName } from "./bff/cookies.ts";
import { getEnv } from "./bff/env.ts";
import { otherLoopbackUrl } from "./bff/loopback.ts";

const isOpenPath = (path: string): boolean => /^\/(sign-in|auth|api)(\/|$)/.test(path);

/** Leads to another name of this machine by a page: of a redirect the framework drops the host, which makes a loop. */
const leadTo = (url: string): NextResponse => {
  const shown = url.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return new NextResponse(
    `<!doctype html><title>SAMLA</title><meta http-equiv="refresh" content="0;url=${shown}"><a href="${shown}">SAMLA is here</a>`,
    {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "content-security-policy": dataPolicy,
        ...securityHeaders(false),
      },
    },
  );
};

/** Runs before every page: sends signed-out people to the sign-in page, sets the nonce and the security headers. */
export const proxy = (request: NextRequest): NextResponse => {
  const env = getEnv();
  const { pathname, search } = request.nextUrl;
  const elsewhere = otherLoopbackUrl(request.headers.get("host"), env.SAMLA_PUBLIC_URL, pathname + search);
  if (elsewhere && request.method === "GET") return leadTo(elsewhere);
  const cookie = request.cookies.get(sessionCookieName(env.SAMLA_PUBLIC_URL))?.value;
  if (!isOpenPath(pathname) && !readSessionCookie(cookie, env.SAMLA_SESSION_SECRET)) {
    const url = new URL("/sign-in", env.SAMLA_PUBLIC_URL);
    if (pathname !== "/") url.searchParams.set("return_to", pathname + search);
    return NextResponse.redirect(url, 307);
  }
  const nonce = btoa(crypto.randomUUID());
  const policy = contentPolicy({
    nonce,
    connectOrigins: env.SAMLA_CONNECT_ORIGINS,
    formOrigins: [new URL(env.SAMLA_ISSUER_URL).origin],
    development: process.env.NODE_ENV === "development",
  });
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("x-path", pathname + search);
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  for (const [name, value] of Object.entries(securityHeaders(env.SAMLA_PUBLIC_URL.startsWith("https:"))))
    response.headers.set(name, value);
  return response;
};

// Calls of the API set their headers themselves: they come often, and this would clone each of them.
export const config = {
  matcher: ["/((?!api/v1/|_next/static|_next/image|icon\\.svg|favicon\\.ico|robots\\.txt|pdfjs/).*)"],
};

import { type NextRequest, NextResponse } from "next/server";
import { contentPolicy, securityHeaders } from "./bff/content-policy.ts";
import { readSessionCookie, sessionCookieName } from "./bff/cookies.ts";
import { getEnv } from "./bff/env.ts";
import { otherLoopbackUrl } from "./bff/loopback.ts";

const isOpenPath = (path: string): boolean => /^\/(sign-in|auth|api)(\/|$)/.test(path);

/** Runs before every page: sends signed-out people to the sign-in page, sets the nonce and the security headers. */
export const proxy = (request: NextRequest): NextResponse => {
  const env = getEnv();
  const { pathname, search } = request.nextUrl;
  const elsewhere = otherLoopbackUrl(request.headers.get("host"), env.SAMLA_PUBLIC_URL, pathname + search);
  if (elsewhere && request.method === "GET") return NextResponse.redirect(elsewhere, 307);
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

export const config = {
  matcher: ["/((?!_next/static|_next/image|icon\\.svg|favicon\\.ico|robots\\.txt|pdfjs/).*)"],
};

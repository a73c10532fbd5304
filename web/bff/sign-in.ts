import "server-only";
import { NextResponse } from "next/server";
import { getSessions } from "./context.ts";
import { cookieOptions, readSessionCookie, sessionCookieName, signInCookieName } from "./cookies.ts";
import { getEnv, type WebEnv } from "./env.ts";
import { beginSignIn, completeSignIn, revokeTokens, type SignInState, signOutTarget } from "./oidc.ts";
import { problemResponse } from "./problem-response.ts";
import { safeReturnTo } from "./return-to.ts";
import { refuseForeign } from "./same-origin.ts";
import { seal, sign, unseal } from "./seal.ts";
import { longestLifeMs } from "./sessions.ts";

const signInSecondsMax = 600;
const purpose = "sign-in";

/** What the sign-in page says, by code; no text from outside is shown. */
export type SignInProblem = "denied" | "expired" | "failed" | "unavailable";

const toSignIn = (env: WebEnv, problem: SignInProblem, returnTo: string): NextResponse => {
  const url = new URL("/sign-in", env.SAMLA_PUBLIC_URL);
  url.searchParams.set("problem", problem);
  if (returnTo !== "/") url.searchParams.set("return_to", returnTo);
  return noStore(NextResponse.redirect(url, 303));
};

const noStore = (response: NextResponse): NextResponse => {
  response.headers.set("cache-control", "no-store");
  return response;
};

const logFailure = (message: string, error: unknown): void => {
  const cause = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  console.error(JSON.stringify({ level: "error", message, cause }));
};

/** `GET /auth/sign-in?return_to=`: off to the issuer. */
export const startSignIn = async (request: Request): Promise<Response> => {
  const env = getEnv();
  const returnTo = safeReturnTo(new URL(request.url).searchParams.get("return_to"), env.SAMLA_PUBLIC_URL);
  try {
    const { url, remember } = await beginSignIn(env, returnTo);
    const response = noStore(NextResponse.redirect(url, 303));
    response.cookies.set(
      signInCookieName(env.SAMLA_PUBLIC_URL, remember.state),
      seal(env.SAMLA_SESSION_SECRET, purpose, { ...remember, startedAtMs: Date.now() }),
      cookieOptions(env.SAMLA_PUBLIC_URL, "/auth", signInSecondsMax),
    );
    return response;
  } catch (error) {
    logFailure("sign-in could not begin", error);
    return toSignIn(env, "unavailable", returnTo);
  }
};

const cookieOf = (request: Request, name: string): string | undefined =>
  request.headers
    .get("cookie")
    ?.split(/;\s*/)
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);

/** `GET /auth/callback`: the issuer sends the browser back; a fresh session begins. */
export const finishSignIn = async (request: Request): Promise<Response> => {
  const env = getEnv();
  const url = new URL(request.url);
  const name = signInCookieName(env.SAMLA_PUBLIC_URL, url.searchParams.get("state") ?? "");
  const sealed = cookieOf(request, name);
  const remembered = sealed
    ? (unseal(env.SAMLA_SESSION_SECRET, purpose, sealed) as (SignInState & { startedAtMs: number }) | undefined)
    : undefined;
  if (!remembered || Date.now() - remembered.startedAtMs > signInSecondsMax * 1000)
    return toSignIn(env, "expired", "/");
  const clearing = cookieOptions(env.SAMLA_PUBLIC_URL, "/auth", 0);
  try {
    if (url.searchParams.get("error") === "access_denied") {
      const denied = toSignIn(env, "denied", remembered.returnTo);
      denied.cookies.set(name, "", clearing);
      return denied;
    }
    const { tokens, userId } = await completeSignIn(env, url.search, remembered);
    const cookieName = sessionCookieName(env.SAMLA_PUBLIC_URL);
    const formerId = readSessionCookie(cookieOf(request, cookieName), env.SAMLA_SESSION_SECRET);
    if (formerId) await getSessions().end(formerId);
    const id = await getSessions().begin(userId, tokens);
    const response = noStore(NextResponse.redirect(new URL(remembered.returnTo, env.SAMLA_PUBLIC_URL), 303));
    response.cookies.set(
      cookieName,
      sign(env.SAMLA_SESSION_SECRET, id),
      cookieOptions(env.SAMLA_PUBLIC_URL, "/", longestLifeMs / 1000),
    );
    response.cookies.set(name, "", clearing);
    return response;
  } catch (error) {
    logFailure("sign-in failed", error);
    const failed = toSignIn(env, "failed", remembered.returnTo);
    failed.cookies.set(name, "", clearing);
    return failed;
  }
};

/** `POST /auth/sign-out` and `-everywhere`: ends the session (or all of the person), then says where to go on. */
export const endSignIn = async (request: Request, everywhere: boolean): Promise<Response> => {
  const env = getEnv();
  const foreign = refuseForeign(request.headers, request.method, env.SAMLA_PUBLIC_URL);
  if (foreign) return problemResponse("forbidden", foreign, { requestId: crypto.randomUUID() });
  const cookieName = sessionCookieName(env.SAMLA_PUBLIC_URL);
  const id = readSessionCookie(cookieOf(request, cookieName), env.SAMLA_SESSION_SECRET);
  try {
    const session = id ? await getSessions().peek(id) : undefined;
    if (id) await getSessions().end(id);
    if (session && everywhere) await getSessions().endAllOf(session.userId);
    // The session is over here whatever the issuer says to the revocation.
    if (session) await revokeTokens(env, session.tokens).catch((error) => logFailure("tokens were not revoked", error));
    const response = noStore(NextResponse.json(await signOutTarget(env, session?.tokens.idToken)));
    response.cookies.set(cookieName, "", cookieOptions(env.SAMLA_PUBLIC_URL, "/", 0));
    return response;
  } catch (error) {
    logFailure("sign-out failed", error);
    return problemResponse("unavailable", "The session could not be ended.", {
      requestId: crypto.randomUUID(),
      nextStep: "Try again in a moment.",
    });
  }
};

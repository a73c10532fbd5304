import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestAws } from "../../packages/aws/testing.ts";
import { CALLBACK, startIssuer } from "../../packages/local-aws/oidc/testing.ts";
import { TestBrowser } from "../../packages/local-aws/oidc/testing-browser.ts";

vi.mock("server-only", () => ({}));

const publicUrl = new URL(CALLBACK).origin;
const anna = { username: "anna", password: "anna-password" };
let closers: (() => Promise<unknown>)[] = [];
let bff: typeof import("./sign-in.ts");
let context: typeof import("./context.ts");
let cookies: typeof import("./cookies.ts");

beforeAll(async () => {
  const dir = await mkdtemp(join(tmpdir(), "samla-sign-in-"));
  const issuer = await startIssuer(dir);
  const aws = await startTestAws("tables");
  closers = [() => issuer.close(), () => aws.close(), () => rm(dir, { recursive: true, force: true })];
  Object.assign(process.env, {
    SAMLA_PUBLIC_URL: publicUrl,
    SAMLA_API_URL: "http://127.0.0.1:9/v1",
    SAMLA_ISSUER_URL: issuer.issuer,
    SAMLA_CLIENT_ID: "console",
    SAMLA_CLIENT_SECRET: "console-secret",
    SAMLA_SESSION_SECRET: "test-secret-of-at-least-32-characters",
    SAMLA_SESSIONS_TABLE: aws.tables.sessions,
    SAMLA_ALLOW_HTTP_ISSUER: "1",
  });
  [bff, context, cookies] = await Promise.all([import("./sign-in.ts"), import("./context.ts"), import("./cookies.ts")]);
});
afterAll(async () => {
  for (const close of closers) await close();
});

const cookiePairs = (response: Response): string[] =>
  response.headers.getSetCookie().map((line) => line.split(";")[0] ?? "");

const begin = async (returnTo = "/search?q=a") => {
  const query = new URLSearchParams({ return_to: returnTo });
  const response = await bff.startSignIn(new Request(`${publicUrl}/auth/sign-in?${query}`));
  return { location: response.headers.get("location") ?? "", cookie: cookiePairs(response).join("; "), response };
};

const atIssuer = async (location: string, browser: TestBrowser): Promise<string> => {
  const page = await browser.open(location);
  return (await browser.open(page.url, anna)).url;
};

const signIn = async (returnTo?: string) => {
  const begun = await begin(returnTo);
  const browser = new TestBrowser();
  const back = await atIssuer(begun.location, browser);
  const response = await bff.finishSignIn(new Request(back, { headers: { cookie: begun.cookie } }));
  const session = cookiePairs(response).find((pair) => pair.startsWith(`${cookies.sessionCookieName(publicUrl)}=`));
  return { response, cookie: session ?? "", begun, back, browser };
};

const sessionIdOf = (cookie: string) =>
  cookies.readSessionCookie(cookie.slice(cookie.indexOf("=") + 1), process.env.SAMLA_SESSION_SECRET ?? "") ?? "";

const signOut = (cookie: string, everywhere: boolean) =>
  bff.endSignIn(
    new Request(`${publicUrl}/auth/sign-out`, {
      method: "POST",
      headers: { cookie, origin: publicUrl, "sec-fetch-site": "same-origin", "x-samla-csrf": "1" },
    }),
    everywhere,
  );

describe("signing in with the code flow", () => {
  it("asks with PKCE, state and nonce, and tells the browser none of the secrets", async () => {
    const { location, response } = await begin();
    const asked = new URL(location).searchParams;
    expect(asked.get("code_challenge_method")).toBe("S256");
    expect(asked.get("state")).toBeTruthy();
    expect(asked.get("nonce")).toBeTruthy();
    const line = response.headers.getSetCookie()[0] ?? "";
    expect(line).toMatch(/HttpOnly/i);
    expect(line).toMatch(/SameSite=lax/i);
    expect(line).not.toContain(asked.get("nonce") ?? "-");
  });

  it("leads back to where the person was, with a session whose tokens stay on the server", async () => {
    const { response, cookie } = await signIn("/search?q=a");
    expect(response.headers.get("location")).toBe(`${publicUrl}/search?q=a`);
    const session = await context.getSessions().use(sessionIdOf(cookie));
    expect(session?.userId).toBe("user-anna");
    const sent = JSON.stringify([...response.headers]);
    for (const token of [session?.tokens.accessToken, session?.tokens.refreshToken]) {
      expect(token).toBeTruthy();
      expect(sent).not.toContain(token);
    }
  });

  it("gives a session that outlives the console's process", async () => {
    const { cookie } = await signIn();
    vi.resetModules();
    const restarted = await import("./context.ts");
    expect(restarted.getSessions()).not.toBe(context.getSessions());
    expect((await restarted.getSessions().use(sessionIdOf(cookie)))?.userId).toBe("user-anna");
  });

  it("never leads to another site", async () => {
    const { response } = await signIn("//evil.example/");
    expect(response.headers.get("location")).toBe(`${publicUrl}/`);
  });

  it("takes no answer that this browser did not ask for", async () => {
    const { back } = await signIn();
    for (const cookie of ["", "samla-sign-in-x=forged", (await begin()).cookie]) {
      const response = await bff.finishSignIn(new Request(back, { headers: { cookie } }));
      expect(response.headers.get("location")).toBe(`${publicUrl}/sign-in?problem=expired`);
      expect(cookiePairs(response).join()).not.toContain(cookies.sessionCookieName(publicUrl));
    }
  });

  it("takes no code twice", async () => {
    const { back, begun } = await signIn();
    const again = await bff.finishSignIn(new Request(back, { headers: { cookie: begun.cookie } }));
    expect(again.headers.get("location")).toContain("problem=failed");
  });
});

describe("signing out", () => {
  it("ends the session at once and says where the issuer's ends", async () => {
    const { cookie, browser } = await signIn();
    const response = await signOut(cookie, false);
    const { location, fields } = (await response.json()) as { location: string; fields: Record<string, string> };
    expect(fields.post_logout_redirect_uri).toBe(`${publicUrl}/sign-in`);
    expect(fields.id_token_hint).toBeTruthy();
    expect(new URL(location).search).toBe("");
    // The issuer sees whose session ends and does not ask: its page goes on by itself.
    const page = await browser.open(location, fields);
    expect(page.body).toContain('querySelector("button[name=logout]").click()');
    const form = /action="([^"]+)"[\s\S]*?name="xsrf" value="([^"]+)"/.exec(page.body);
    const done = await browser.open(form?.[1] ?? "", { xsrf: form?.[2] ?? "", logout: "yes" });
    expect(done.url).toBe(`${publicUrl}/sign-in`);
    expect(await context.getSessions().use(sessionIdOf(cookie))).toBeUndefined();
  });

  it("everywhere ends all sessions of the person", async () => {
    const [one, two] = [await signIn(), await signIn()];
    await signOut(one.cookie, true);
    for (const { cookie } of [one, two]) expect(await context.getSessions().use(sessionIdOf(cookie))).toBeUndefined();
  });

  it("is not for other sites to do", async () => {
    const { cookie } = await signIn();
    const response = await bff.endSignIn(
      new Request(`${publicUrl}/auth/sign-out`, {
        method: "POST",
        headers: { cookie, origin: "https://evil.example" },
      }),
      true,
    );
    expect(response.status).toBe(403);
    expect(await context.getSessions().use(sessionIdOf(cookie))).toBeDefined();
  });
});

describe("renewing at the issuer", () => {
  it("gives a new token and keeps the session, and ends it when the issuer has revoked it", async () => {
    const { cookie } = await signIn();
    const sessions = context.getSessions();
    const before = await sessions.use(sessionIdOf(cookie));
    if (!before) throw new Error("there is no session");
    const after = await sessions.renew(before);
    expect(after?.tokens.accessToken).toBeTruthy();
    expect(after?.tokens.accessToken).not.toBe(before.tokens.accessToken);
    const { revokeTokens } = await import("./oidc.ts");
    const { getEnv } = await import("./env.ts");
    if (after) await revokeTokens(getEnv(), after.tokens);
    expect(after && (await sessions.renew(after))).toBeUndefined();
    expect(await sessions.use(sessionIdOf(cookie))).toBeUndefined();
  });
});

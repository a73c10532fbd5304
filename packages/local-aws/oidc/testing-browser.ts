import * as oidc from "openid-client";
import { CALLBACK } from "./testing.ts";

export type BrowserAnswer = { status: number; url: string; body: string; headers: Headers };

/** What a browser does in a login: keeps cookies by path, follows redirects, stops before the application's address. */
export class TestBrowser {
  readonly #cookies = new Map<string, { value: string; path: string }>();

  #collect(answer: Response): void {
    for (const line of answer.headers.getSetCookie()) {
      const [pair = "", ...attributes] = line.split("; ");
      const name = pair.slice(0, pair.indexOf("="));
      const value = pair.slice(name.length + 1);
      const path = attributes.find((attribute) => attribute.toLowerCase().startsWith("path="))?.slice(5) ?? "/";
      if (value === "") this.#cookies.delete(`${name} ${path}`);
      else this.#cookies.set(`${name} ${path}`, { value, path });
    }
  }

  /** Follows redirects from `url`; the answer is the first page, or the application's address with status 302. */
  async open(url: string, form?: Record<string, string>): Promise<BrowserAnswer> {
    let target = new URL(url);
    let body = form && new URLSearchParams(form);
    for (let hop = 0; hop < 10; hop++) {
      if (!target.pathname.startsWith("/_oidc")) {
        return { status: 302, url: target.href, body: "", headers: new Headers() };
      }
      const cookie = [...this.#cookies]
        .filter(([, { path }]) => target.pathname.startsWith(path))
        .map(([key, { value }]) => `${key.split(" ")[0]}=${value}`)
        .join("; ");
      const answer = await fetch(target, {
        redirect: "manual",
        headers: { cookie, ...(body && { origin: target.origin }) },
        ...(body && { method: "POST", body }),
      });
      this.#collect(answer);
      const location = answer.headers.get("location");
      if (location === null) {
        return { status: answer.status, url: target.href, body: await answer.text(), headers: answer.headers };
      }
      target = new URL(location, target);
      body = undefined;
    }
    throw new Error("too many redirects");
  }
}

const SCOPE = "openid email profile samla/read samla/write samla/admin";

/** The console's view of the issuer. */
export async function discoverConsole(issuer: string): Promise<oidc.Configuration> {
  return oidc.discovery(new URL(issuer), "console", "console-secret", undefined, {
    execute: [oidc.allowInsecureRequests],
  });
}

export type Login = { verifier: string; url: string };

export async function beginLogin(configuration: oidc.Configuration, more: Record<string, string> = {}): Promise<Login> {
  const verifier = oidc.randomPKCECodeVerifier();
  const url = oidc.buildAuthorizationUrl(configuration, {
    redirect_uri: CALLBACK,
    scope: SCOPE,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    ...more,
  });
  return { verifier, url: url.href };
}

/** The whole code flow; without a username the browser's session must be enough. */
export async function signIn(
  configuration: oidc.Configuration,
  browser: TestBrowser,
  credentials?: { username: string; password: string },
) {
  const { verifier, url } = await beginLogin(configuration);
  let answer = await browser.open(url);
  if (answer.status === 200 && credentials) answer = await browser.open(answer.url, credentials);
  if (!answer.url.startsWith(CALLBACK)) throw new Error(`no sign-in: ${answer.status} at ${answer.url}`);
  return oidc.authorizationCodeGrant(configuration, new URL(answer.url), { pkceCodeVerifier: verifier });
}

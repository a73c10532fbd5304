import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { get } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { createRemoteJWKSet, jwtVerify } from "jose";
import * as oidc from "openid-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AUDIENCE, CALLBACK, SIGNED_OUT, startIssuer } from "./testing.ts";
import { beginLogin, discoverConsole, signIn, TestBrowser } from "./testing-browser.ts";

const ANNA = { username: "anna", password: "anna-password" };
const BO = { username: "bo", password: "bo-password" };

let dir: string;
let server: Awaited<ReturnType<typeof startIssuer>>;
let configuration: oidc.Configuration;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "samla-issuer-"));
  server = await startIssuer(dir);
  configuration = await discoverConsole(server.issuer);
});
afterAll(async () => {
  await server.close();
  await rm(dir, { recursive: true, force: true });
});

function verifyAccess(token: string, issuer = server.issuer) {
  return jwtVerify(token, createRemoteJWKSet(new URL(`${issuer}/jwks`)), {
    issuer,
    audience: AUDIENCE,
    algorithms: ["RS256"],
    typ: "at+jwt",
  });
}

async function refuseGrant(work: Promise<unknown>, error = "invalid_grant") {
  await expect(work).rejects.toMatchObject({ error });
}

describe("sign-in of a person", () => {
  it("gives a verifiable access token with audience, groups, name and the scopes of the groups", async () => {
    const tokens = await signIn(configuration, new TestBrowser(), ANNA);
    const { payload } = await verifyAccess(tokens.access_token);
    expect(payload).toMatchObject({
      sub: "user-anna",
      username: "anna",
      email: "anna@example.test",
      client_id: "console",
      token_use: "access",
      "cognito:groups": ["admins", "editors"],
      scope: "samla/read samla/write samla/admin",
    });
    expect(tokens.claims()).toMatchObject({ email: "anna@example.test", name: "Anna Admin" });
    expect(tokens.expires_in).toBe(300);
  });

  it("gives a reader fewer scopes than were asked for", async () => {
    const tokens = await signIn(configuration, new TestBrowser(), BO);
    const { payload } = await verifyAccess(tokens.access_token);
    expect(payload.scope).toBe("samla/read");
  });

  it("asks for the password once per browser", async () => {
    const browser = new TestBrowser();
    await signIn(configuration, browser, ANNA);
    await expect(signIn(configuration, browser)).resolves.toHaveProperty("access_token");
  });

  it("keeps earlier refresh tokens alive through a second sign-in of the same browser", async () => {
    const browser = new TestBrowser();
    const first = await signIn(configuration, browser, ANNA);
    await signIn(configuration, browser);
    await expect(oidc.refreshTokenGrant(configuration, first.refresh_token ?? "")).resolves.toHaveProperty(
      "access_token",
    );
  });

  it("refuses a wrong code verifier and a code used twice", async () => {
    const browser = new TestBrowser();
    const { verifier, url } = await beginLogin(configuration);
    const page = await browser.open(url);
    const done = new URL((await browser.open(page.url, ANNA)).url);
    const wrong = oidc.authorizationCodeGrant(configuration, done, { pkceCodeVerifier: "a".repeat(43) });
    await refuseGrant(wrong);
    const again = new URL((await browser.open((await beginLogin(configuration)).url)).url);
    await refuseGrant(oidc.authorizationCodeGrant(configuration, again, { pkceCodeVerifier: verifier }));
  });

  it("lets only one of two racing uses of a code through", async () => {
    const browser = new TestBrowser();
    await signIn(configuration, browser, ANNA);
    const { verifier, url } = await beginLogin(configuration);
    const done = new URL((await browser.open(url)).url);
    const uses = await Promise.allSettled(
      [1, 2].map(() => oidc.authorizationCodeGrant(configuration, done, { pkceCodeVerifier: verifier })),
    );
    expect(uses.filter((use) => use.status === "fulfilled").length).toBeLessThanOrEqual(1);
  });

  it("refuses a redirect address that is not registered, and a request without PKCE", async () => {
    const { url } = await beginLogin(configuration, { redirect_uri: "http://evil.test/callback" });
    const refused = await new TestBrowser().open(url);
    expect(refused.status).toBe(400);
    expect(refused.body).toContain("Sign-in did not work");
    const plain = new URL((await beginLogin(configuration)).url);
    plain.searchParams.delete("code_challenge");
    plain.searchParams.delete("code_challenge_method");
    const answer = await new TestBrowser().open(plain.href);
    expect(new URL(answer.url).searchParams.get("error")).toBe("invalid_request");
  });
});

describe("login page", () => {
  it("is a whole page under a strict policy that lets the redirect to the application through", async () => {
    const page = await new TestBrowser().open((await beginLogin(configuration)).url);
    expect(page.status).toBe(200);
    expect(page.body).toContain('<label for="username">');
    expect(page.body).toContain("anna-password");
    expect(page.body).toContain("Bo &lt;Reader&gt;");
    expect(page.body).not.toContain("<script");
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`form-action 'self' ${new URL(CALLBACK).origin}`);
    expect(policy).not.toContain("unsafe-inline");
  });

  it("fills in a seeded account on request", async () => {
    const browser = new TestBrowser();
    const page = await browser.open((await beginLogin(configuration)).url);
    const filled = await browser.open(`${page.url}?fill=bo`);
    expect(filled.body).toMatch(/id="username"[^>]*value="bo"/);
    expect(filled.body).toMatch(/id="password"[^>]*value="bo-password"/);
  });

  it("shows the error at a wrong password and makes further tries wait after five", async () => {
    const browser = new TestBrowser();
    const page = await browser.open((await beginLogin(configuration)).url);
    const attempt = () => browser.open(page.url, { username: "carl", password: "wrong" });
    const first = await attempt();
    expect(first.status).toBe(400);
    expect(first.body).toContain('role="alert"');
    for (let count = 1; count < 5; count++) await attempt();
    const limited = await attempt();
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  it("refuses a form sent from another origin", async () => {
    const page = await new TestBrowser().open((await beginLogin(configuration)).url);
    const answer = await fetch(page.url, {
      method: "POST",
      headers: { origin: "http://evil.test" },
      body: new URLSearchParams(ANNA),
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });
});

describe("tokens", () => {
  it("rotates refresh tokens and ends the whole grant when a used one comes back", async () => {
    const tokens = await signIn(configuration, new TestBrowser(), ANNA);
    const used = tokens.refresh_token ?? "";
    const next = await oidc.refreshTokenGrant(configuration, used);
    expect(next.refresh_token).not.toBe(used);
    await verifyAccess(next.access_token);
    await refuseGrant(oidc.refreshTokenGrant(configuration, used));
    await refuseGrant(oidc.refreshTokenGrant(configuration, next.refresh_token ?? ""));
  });

  it("refuses a token whose claims were changed", async () => {
    const tokens = await signIn(configuration, new TestBrowser(), BO);
    const [header, payload = "", signature] = tokens.access_token.split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
    const forged = Buffer.from(JSON.stringify({ ...claims, "cognito:groups": ["admins"] })).toString("base64url");
    await expect(verifyAccess([header, forged, signature].join("."))).rejects.toMatchObject({
      code: "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
    });
  });

  it("gives a machine a token with its groups and only its scopes", async () => {
    const robot = await oidc.discovery(
      new URL(server.issuer),
      "robot",
      undefined,
      oidc.ClientSecretBasic("robot-secret"),
      { execute: [oidc.allowInsecureRequests] },
    );
    const tokens = await oidc.clientCredentialsGrant(robot, { scope: "samla/read samla/admin" });
    const { payload } = await verifyAccess(tokens.access_token);
    expect(payload).toMatchObject({
      sub: "robot",
      client_id: "robot",
      scope: "samla/read",
      "cognito:groups": ["services"],
      token_use: "access",
    });
    const all = await oidc.clientCredentialsGrant(robot, {});
    expect((await verifyAccess(all.access_token)).payload.scope).toBe("samla/read samla/write");
    const wrong = await oidc.discovery(new URL(server.issuer), "robot", "wrong", undefined, {
      execute: [oidc.allowInsecureRequests],
    });
    await refuseGrant(oidc.clientCredentialsGrant(wrong, {}), "invalid_client");
  });

  it("ends everything of a grant when its refresh token is revoked", async () => {
    const browser = new TestBrowser();
    const first = await signIn(configuration, browser, ANNA);
    const second = await signIn(configuration, browser);
    await oidc.tokenRevocation(configuration, first.refresh_token ?? "");
    await refuseGrant(oidc.refreshTokenGrant(configuration, first.refresh_token ?? ""));
    await refuseGrant(oidc.refreshTokenGrant(configuration, second.refresh_token ?? ""));
  });
});

describe("sign-out", () => {
  it("ends session and refresh tokens and leads back to the application", async () => {
    const browser = new TestBrowser();
    const tokens = await signIn(configuration, browser, ANNA);
    const url = oidc.buildEndSessionUrl(configuration, {
      id_token_hint: tokens.id_token ?? "",
      post_logout_redirect_uri: SIGNED_OUT,
    });
    const page = await browser.open(url.href);
    expect(page.body).toContain("Sign out");
    const action = /action="([^"]+)"/.exec(page.body)?.[1] ?? "";
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1] ?? "";
    expect(action.startsWith(server.issuer)).toBe(true);
    const done = await browser.open(action, { xsrf, logout: "yes" });
    expect(done.url).toBe(SIGNED_OUT);
    await refuseGrant(oidc.refreshTokenGrant(configuration, tokens.refresh_token ?? ""));
    await expect(signIn(configuration, browser)).rejects.toThrow("no sign-in");
  });
});

describe("borders", () => {
  it("signs the earlier person out when another one signs in from the same browser", async () => {
    const browser = new TestBrowser();
    const earlier = await signIn(configuration, browser, ANNA);
    const { verifier, url } = await beginLogin(configuration, { prompt: "login" });
    const page = await browser.open(url);
    const handover = await browser.open(page.url, BO);
    const action = /action="([^"]+)"/.exec(handover.body)?.[1] ?? "";
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(handover.body)?.[1] ?? "";
    const done = new URL((await browser.open(action, { xsrf, logout: "yes" })).url);
    const tokens = await oidc.authorizationCodeGrant(configuration, done, { pkceCodeVerifier: verifier });
    expect(tokens.claims()?.sub).toBe("user-bo");
    await refuseGrant(oidc.refreshTokenGrant(configuration, earlier.refresh_token ?? ""));
  });

  it("lets only one of two racing refreshes through", async () => {
    const tokens = await signIn(configuration, new TestBrowser(), ANNA);
    const uses = await Promise.allSettled(
      [1, 2].map(() => oidc.refreshTokenGrant(configuration, tokens.refresh_token ?? "")),
    );
    expect(uses.filter((use) => use.status === "fulfilled").length).toBeLessThanOrEqual(1);
  });

  it("names its public address whatever host a caller claims", async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const headers = { host: "evil.test", "x-forwarded-host": "evil.test", "x-forwarded-proto": "https" };
      get(`${server.issuer}/.well-known/openid-configuration`, { headers }, (res) => {
        res.setEncoding("utf8");
        let body = "";
        res.on("data", (text: string) => {
          body += text;
        });
        res.on("end", () => resolve(body));
      }).on("error", reject);
    });
    expect(answer).not.toContain("evil.test");
    expect(JSON.parse(answer)).toMatchObject({ issuer: server.issuer, token_endpoint: `${server.issuer}/token` });
  });

  it("answers paths it does not have, and a login that has ended, with a page that says so", async () => {
    for (const path of ["", "/", "/nothing"]) {
      const answer = await fetch(`${server.issuer}${path}`, { headers: { accept: "text/html" } });
      expect(answer.status).toBe(404);
    }
    const expired = await fetch(`${server.issuer}/login/unknown`);
    expect(expired.status).toBe(400);
    expect(await expired.text()).toContain("This sign-in has expired");
  });
});

describe("restart", () => {
  it("keeps tokens, refresh and session through kill -9", async () => {
    const home = await mkdtemp(path.join(tmpdir(), "samla-issuer-kill-"));
    const script = path.join(import.meta.dirname, "testing-process.ts");
    const boot = async (port: number) => {
      const child = spawn(process.execPath, [script, home, String(port)], { stdio: ["ignore", "pipe", "inherit"] });
      const ready = await new Promise<string>((resolve, reject) => {
        child.stdout.once("data", (data: Buffer) => resolve(String(data).trim()));
        child.once("exit", (code) => reject(new Error(`the issuer ended with ${code}`)));
      });
      return { child, port: Number(ready) };
    };
    const kill = (child: Awaited<ReturnType<typeof boot>>["child"]) =>
      new Promise((resolve) => {
        child.once("exit", resolve);
        child.kill("SIGKILL");
      });
    let running = await boot(0);
    try {
      const issuer = `http://127.0.0.1:${running.port}/_oidc`;
      const client = await discoverConsole(issuer);
      const browser = new TestBrowser();
      const tokens = await signIn(client, browser, ANNA);
      await kill(running.child);
      running = await boot(running.port);
      await verifyAccess(tokens.access_token, issuer);
      await expect(oidc.refreshTokenGrant(client, tokens.refresh_token ?? "")).resolves.toHaveProperty("access_token");
      await expect(signIn(client, browser)).resolves.toHaveProperty("access_token");
    } finally {
      await kill(running.child);
      await rm(home, { recursive: true, force: true });
    }
  });
});

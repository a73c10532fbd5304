import "server-only";
import * as oidc from "openid-client";
import type { WebEnv } from "./env.ts";

export type Tokens = {
  accessToken: string;
  refreshToken?: string | undefined;
  /** Only for signing out: by it the issuer knows who asks. */
  idToken?: string | undefined;
  expiresAtMs: number;
};

/** Where the browser goes to end the issuer's session; with fields, by a form: what they hold is then in no address. */
export type SignOutTarget = { location: string; fields?: Record<string, string> };

/** What must be remembered between leaving for the issuer and coming back. */
export type SignInState = { state: string; nonce: string; codeVerifier: string; returnTo: string };

/** The issuer refused for good: the person has to sign in again. */
export class SignInEndedError extends Error {
  override name = "SignInEndedError";
}

const defaultLifeSeconds = 300;
let discovered: { issuer: string; configuration: Promise<oidc.Configuration> } | undefined;

const configurationOf = (env: WebEnv): Promise<oidc.Configuration> => {
  if (discovered?.issuer === env.SAMLA_ISSUER_URL) return discovered.configuration;
  const configuration = oidc.discovery(
    new URL(env.SAMLA_ISSUER_URL),
    env.SAMLA_CLIENT_ID,
    env.SAMLA_CLIENT_SECRET,
    env.SAMLA_CLIENT_SECRET ? oidc.ClientSecretBasic(env.SAMLA_CLIENT_SECRET) : oidc.None(),
    { timeout: 10, ...(env.SAMLA_ALLOW_HTTP_ISSUER ? { execute: [oidc.allowInsecureRequests] } : {}) },
  );
  discovered = { issuer: env.SAMLA_ISSUER_URL, configuration };
  // A failed discovery is not kept: the issuer may be up at the next try.
  configuration.catch(() => {
    discovered = undefined;
  });
  return configuration;
};

export const callbackUrl = (env: WebEnv): string => new URL("/auth/callback", env.SAMLA_PUBLIC_URL).href;

const tokensOf = (answer: oidc.TokenEndpointResponse, nowMs: number, former?: Tokens): Tokens => ({
  accessToken: answer.access_token,
  refreshToken: answer.refresh_token ?? former?.refreshToken,
  idToken: answer.id_token ?? former?.idToken,
  expiresAtMs: nowMs + (answer.expires_in ?? defaultLifeSeconds) * 1000,
});

/** Begins the code flow with PKCE (RFC 7636): where to send the browser, and what to remember. */
export const beginSignIn = async (env: WebEnv, returnTo: string): Promise<{ url: string; remember: SignInState }> => {
  const configuration = await configurationOf(env);
  const remember: SignInState = {
    state: oidc.randomState(),
    nonce: oidc.randomNonce(),
    codeVerifier: oidc.randomPKCECodeVerifier(),
    returnTo,
  };
  const url = oidc.buildAuthorizationUrl(configuration, {
    redirect_uri: callbackUrl(env),
    scope: env.SAMLA_SCOPES,
    code_challenge: await oidc.calculatePKCECodeChallenge(remember.codeVerifier),
    code_challenge_method: "S256",
    state: remember.state,
    nonce: remember.nonce,
  });
  return { url: url.href, remember };
};

/** Trades the code for tokens; checks state, nonce, PKCE, issuer and the ID token. */
export const completeSignIn = async (
  env: WebEnv,
  query: string,
  remembered: SignInState,
): Promise<{ tokens: Tokens; userId: string }> => {
  const configuration = await configurationOf(env);
  // Made from the public URL: behind a load balancer the request's own URL is not what the issuer saw.
  const current = new URL(callbackUrl(env));
  current.search = query;
  const answer = await oidc.authorizationCodeGrant(configuration, current, {
    expectedState: remembered.state,
    expectedNonce: remembered.nonce,
    pkceCodeVerifier: remembered.codeVerifier,
    idTokenExpected: true,
  });
  const claims = answer.claims();
  if (!claims) throw new SignInEndedError("The issuer sent no ID token.");
  return { tokens: tokensOf(answer, Date.now()), userId: claims.sub };
};

/** Trades the refresh token for new tokens. Throws `SignInEndedError` when the issuer refuses, others when it is down. */
export const refreshTokens = async (env: WebEnv, tokens: Tokens): Promise<Tokens> => {
  if (!tokens.refreshToken) throw new SignInEndedError("There is no refresh token.");
  const configuration = await configurationOf(env);
  try {
    return tokensOf(await oidc.refreshTokenGrant(configuration, tokens.refreshToken), Date.now(), tokens);
  } catch (error) {
    if (error instanceof oidc.ResponseBodyError && error.status < 500)
      throw new SignInEndedError(`The issuer refused: ${error.error}`);
    throw error;
  }
};

/** Makes the tokens worthless at the issuer, where it offers that. */
export const revokeTokens = async (env: WebEnv, tokens: Tokens): Promise<void> => {
  const configuration = await configurationOf(env);
  if (tokens.refreshToken && configuration.serverMetadata().revocation_endpoint)
    await oidc.tokenRevocation(configuration, tokens.refreshToken, { token_type_hint: "refresh_token" });
};

/**
 * Where the browser ends the issuer's own session, then comes back to the sign-in page. With the ID token the issuer need
 * not ask (OpenID Connect RP-Initiated Logout 1.0, section 2); it is posted, as addresses are logged.
 */
export const signOutTarget = async (env: WebEnv, idToken: string | undefined): Promise<SignOutTarget> => {
  const back = new URL("/sign-in", env.SAMLA_PUBLIC_URL).href;
  try {
    const configuration = await configurationOf(env);
    const endpoint = configuration.serverMetadata().end_session_endpoint;
    if (!endpoint) return { location: back };
    const issuer = new URL(env.SAMLA_ISSUER_URL);
    // Cognito takes no form and asks nobody; pages may post to the issuer's own origin only.
    if (idToken && !issuer.hostname.startsWith("cognito-idp.") && new URL(endpoint).origin === issuer.origin)
      return {
        location: endpoint,
        fields: { id_token_hint: idToken, client_id: env.SAMLA_CLIENT_ID, post_logout_redirect_uri: back },
      };
    // `logout_uri` is Cognito's name of the same thing.
    const url = oidc.buildEndSessionUrl(configuration, { post_logout_redirect_uri: back, logout_uri: back });
    return { location: url.href };
  } catch {
    return { location: back };
  }
};

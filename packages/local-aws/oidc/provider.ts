import { type ClientMetadata, errors, interactionPolicy, type KoaContextWithOIDC, Provider } from "oidc-provider";
import type { IssuerConfig } from "../config.ts";
import type { Accounts, IssuerClient, IssuerUser } from "./accounts.ts";
import type { ArtifactStore } from "./artifacts.ts";
import type { IssuerKeys } from "./keys.ts";
import { renderLogoutPage, renderMessagePage } from "./pages.ts";
import { answerPage } from "./responses.ts";

const SESSION_SECONDS = 24 * 3600;
const INTERACTION_SECONDS = 3600;
// Grants only end by sign-out or revocation: a refresh token must never outlive its grant.
const GRANT_SECONDS = 10 * 365 * 24 * 3600;

export type ProviderDeps = {
  issuer: string;
  prefix: string;
  config: IssuerConfig;
  accounts: Accounts;
  store: ArtifactStore;
  keys: IssuerKeys;
  /** Origins the browser may be sent to after a form of ours. */
  formTargets: readonly string[];
};

function toClientMetadata(client: IssuerClient): ClientMetadata {
  const isForPeople = client.grantTypes.includes("authorization_code");
  return {
    client_id: client.clientId,
    client_name: client.clientId,
    ...(client.clientSecret && { client_secret: client.clientSecret }),
    token_endpoint_auth_method: client.clientSecret ? "client_secret_basic" : "none",
    redirect_uris: client.redirectUris,
    post_logout_redirect_uris: client.postLogoutRedirectUris,
    grant_types: client.grantTypes,
    response_types: isForPeople ? ["code"] : [],
  };
}

/** Claims about a person, in the names Cognito uses in its tokens. */
function toUserClaims(user: IssuerUser) {
  return { username: user.username, email: user.email, name: user.name, "cognito:groups": user.groups };
}

function createLoginPolicy() {
  const policy = interactionPolicy.base();
  // Our own clients need no consent; with it, a scope a person lacks would show the login page for ever.
  policy.remove("consent");
  return policy;
}

async function loadGrant(ctx: KoaContextWithOIDC, deps: ProviderDeps) {
  const { provider, session, client } = ctx.oidc;
  const user = deps.accounts.findBySub(session?.accountId ?? "");
  const settings = deps.accounts.findClient(client?.clientId ?? "");
  if (!user || !client || !settings) return undefined;
  const knownId = session?.grantIdFor(client.clientId);
  const known = knownId === undefined ? undefined : await provider.Grant.find(knownId);
  // The session's grant is used again: a new one would end the refresh tokens issued under it.
  const grant =
    known?.accountId === user.sub ? known : new provider.Grant({ clientId: client.clientId, accountId: user.sub });
  grant.addOIDCScope("openid email profile");
  grant.addResourceScope(deps.config.audience, deps.accounts.listScopes(settings, user).join(" "));
  await grant.save();
  return grant;
}

/** The certified OpenID provider, set up as the product's user pool behaves. */
export function createProvider(deps: ProviderDeps): Provider {
  const { config, accounts } = deps;
  const provider = new Provider(deps.issuer, {
    adapter: (model: string) => deps.store.createAdapter(model),
    jwks: { keys: [deps.keys.signingKey] },
    clients: config.clients.map(toClientMetadata),
    pkce: { required: () => true },
    scopes: ["openid", "email", "profile"],
    claims: {
      openid: ["sub"],
      email: ["email", "email_verified"],
      profile: ["name", "username", "cognito:groups"],
    },
    conformIdTokenClaims: false,
    cookies: {
      keys: [deps.keys.cookieSecret],
      names: { session: "samla_issuer_session", interaction: "samla_issuer_login", resume: "samla_issuer_resume" },
      long: { signed: true, httpOnly: true, sameSite: "lax", path: deps.prefix },
      short: { signed: true, httpOnly: true, sameSite: "lax" },
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource(ctx, form) {
          const isAsked = ctx.oidc.entities.IdTokenHint !== undefined;
          answerPage(ctx, { page: renderLogoutPage(form, isAsked), formTargets: deps.formTargets });
        },
        postLogoutSuccessSource(ctx) {
          answerPage(ctx, {
            page: renderMessagePage(
              "You are signed out",
              "You can close this page, or go back to SAMLA to sign in again.",
            ),
            formTargets: [],
          });
        },
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => config.audience,
        useGrantedResource: () => true,
        getResourceServerInfo(ctx, resource, client) {
          if (resource !== config.audience) throw new errors.InvalidTarget();
          const settings = accounts.findClient(client.clientId);
          const user = accounts.findBySub(ctx.oidc.account?.accountId ?? "");
          return {
            scope: settings ? accounts.listScopes(settings, user).join(" ") : "",
            audience: config.audience,
            accessTokenFormat: "jwt",
            accessTokenTTL: config.accessTokenTtlSeconds,
            jwt: { sign: { alg: "RS256" } },
          };
        },
      },
    },
    extraTokenClaims(_ctx, token) {
      const user = "accountId" in token ? accounts.findBySub(String(token.accountId)) : undefined;
      if (user) return { ...toUserClaims(user), token_use: "access" };
      const groups = accounts.findClient(token.clientId ?? "")?.groups ?? [];
      return { username: token.clientId, "cognito:groups": groups, token_use: "access" };
    },
    formats: {
      customizers: {
        jwt(_ctx, token, parts) {
          const settings = accounts.findClient(token.clientId ?? "");
          // A machine that names no scope gets all it may have, as with Cognito.
          if (token.kind === "ClientCredentials" && !parts.payload.scope && settings) {
            parts.payload.scope = accounts.listScopes(settings, undefined).join(" ");
          }
        },
      },
    },
    findAccount(_ctx, sub) {
      const user = accounts.findBySub(sub);
      return user && { accountId: sub, claims: () => ({ sub, email_verified: true, ...toUserClaims(user) }) };
    },
    // Without this a refresh token would need `offline_access` with prompt=consent, which there is none of.
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed("refresh_token"),
    rotateRefreshToken: true,
    expiresWithSession: () => false,
    interactions: {
      policy: createLoginPolicy(),
      url: (_ctx, interaction) => `${deps.prefix}login/${interaction.uid}`,
    },
    loadExistingGrant: (ctx) => loadGrant(ctx, deps),
    renderError(ctx, out) {
      const detail = out.error_description ?? out.error;
      answerPage(ctx, {
        page: renderMessagePage("Sign-in did not work", `${detail}. Go back to SAMLA and sign in again.`),
        statusCode: Math.max(ctx.status, 400),
        formTargets: [],
      });
    },
    ttl: {
      Session: SESSION_SECONDS,
      Grant: GRANT_SECONDS,
      Interaction: INTERACTION_SECONDS,
      AuthorizationCode: 60,
      AccessToken: config.accessTokenTtlSeconds,
      ClientCredentials: config.accessTokenTtlSeconds,
      IdToken: config.accessTokenTtlSeconds,
      RefreshToken: config.refreshTokenTtlSeconds,
    },
  });
  provider.on("server_error", (_ctx, error) => console.error("The issuer failed:", error));
  // Refresh tokens outlive the browser's session, not the person's wish to sign out.
  provider.on("end_session.success", (ctx) => {
    for (const { grantId } of Object.values(ctx.oidc.session?.authorizations ?? {})) {
      if (grantId) deps.store.revokeGrant(grantId);
    }
  });
  return provider;
}

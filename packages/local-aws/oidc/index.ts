import type { IncomingMessage } from "node:http";
import type { IssuerConfig } from "../config.ts";
import { readBody } from "../kernel/body.ts";
import { AwsError } from "../kernel/errors.ts";
import type { Door } from "../kernel/types.ts";
import { createAccounts } from "./accounts.ts";
import { openArtifactStore } from "./artifacts.ts";
import { createAttemptLimiter } from "./attempts.ts";
import { loadIssuerKeys } from "./keys.ts";
import { handleLogin } from "./login.ts";
import { renderMessagePage } from "./pages.ts";
import { createProvider } from "./provider.ts";
import { sendPage } from "./responses.ts";

const MOUNT = "/_oidc";
const PREFIX = `${MOUNT}/`;
const SIGN_OUT_FORM_BYTES_MAX = 16_384;
const CLEANUP_INTERVAL_MS = 60_000;

function listOrigins(config: IssuerConfig): string[] {
  const uris = config.clients.flatMap((client) => [...client.redirectUris, ...client.postLogoutRedirectUris]);
  return [...new Set(uris.map((uri) => new URL(uri).origin))];
}

/**
 * The provider takes a posted sign-out only with cookies for any site, which need HTTPS. Here both are on one machine, so
 * the form's fields are handed to it as those of a GET; no address that anybody sees or logs has them.
 */
async function takePostedSignOut(req: IncomingMessage, url: URL): Promise<string | undefined> {
  if (req.method !== "POST" || url.pathname !== `${PREFIX}session/end`) return undefined;
  const form = new URLSearchParams((await readBody(req, SIGN_OUT_FORM_BYTES_MAX)).toString("utf8"));
  req.method = "GET";
  return form.toString();
}

/**
 * The laptop's OpenID issuer at `${publicUrl}/_oidc`: code flow with PKCE, rotating refresh tokens, RS256 access
 * tokens in the shape of Cognito's, client credentials, revocation, sign-out. Keys, sessions and tokens live in `dir`
 * and outlive the process.
 * @param publicUrl where browsers and services reach the stand-in; it is in every token, so its port must stay
 */
export async function createIssuer(deps: { dir: string; publicUrl: string; config: IssuerConfig }): Promise<Door> {
  const publicUrl = new URL(deps.publicUrl);
  const formTargets = listOrigins(deps.config);
  const accounts = createAccounts(deps.config);
  const store = openArtifactStore(deps.dir);
  const provider = createProvider({
    issuer: `${publicUrl.origin}${MOUNT}`,
    prefix: PREFIX,
    config: deps.config,
    accounts,
    store,
    keys: await loadIssuerKeys(deps.dir),
    formTargets,
  });
  provider.proxy = true;
  const answer = provider.callback();
  const login = {
    provider,
    accounts,
    attempts: createAttemptLimiter(),
    publicOrigin: publicUrl.origin,
    formTargets,
    homeUrl: formTargets[0],
  };
  const cleanup = setInterval(() => {
    try {
      store.removeExpired();
    } catch (error) {
      console.error("Issuer: expired sessions could not be removed; trying again.", error);
    }
  }, CLEANUP_INTERVAL_MS);
  cleanup.unref();
  return {
    prefix: PREFIX,
    async handle(req, res, url) {
      // Links must lead to the public address whatever Host a caller sends.
      req.headers.host = publicUrl.host;
      req.headers["x-forwarded-host"] = publicUrl.host;
      req.headers["x-forwarded-proto"] = publicUrl.protocol.replace(":", "");
      delete req.headers["x-forwarded-for"];
      try {
        if (url.pathname.startsWith(`${PREFIX}login/`)) await handleLogin(login, req, res, url);
        else {
          // Mounted below a prefix: the provider routes by `url` and builds its links from `originalUrl`.
          const posted = await takePostedSignOut(req, url);
          const query = posted ? `?${posted}` : url.search;
          Object.assign(req, { originalUrl: `${url.pathname}${query}` });
          req.url = `${url.pathname.slice(MOUNT.length) || "/"}${query}`;
          await answer(req, res);
        }
      } catch (error) {
        if (res.headersSent) throw error;
        const statusCode = error instanceof AwsError ? error.statusCode : 500;
        if (statusCode >= 500) console.error("The issuer failed:", error);
        const text = "The sign-in service could not answer. Its log says why; go back to SAMLA and try again.";
        sendPage(res, { page: renderMessagePage("Sign-in did not work", text), statusCode, formTargets: [] });
      }
    },
    async close() {
      clearInterval(cleanup);
      store.close();
    },
  };
}

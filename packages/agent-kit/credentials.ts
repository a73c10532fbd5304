import { z } from "zod";
import type { OwnCredentials } from "./environment.ts";
import { FatalError } from "./fatal.ts";

const Discovery = z.looseObject({ token_endpoint: z.url({ protocol: /^https?$/ }) });
const Token = z.looseObject({ access_token: z.string().min(1), expires_in: z.number().positive().default(300) });

const timeoutMs = 10_000;
const spareMs = 60_000;

/** An issuer that did not answer as one; asking again may help. */
export class IssuerUnavailable extends Error {}

const get = async (url: string, init: RequestInit = {}): Promise<Response> => {
  try {
    return await fetch(url, { ...init, redirect: "error", signal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    throw new IssuerUnavailable(`The issuer does not answer at ${url}.`, { cause: error });
  }
};

/**
 * Tokens by OAuth 2.0 client credentials (RFC 6749, 4.4), the token endpoint by OpenID Connect discovery. One request
 * for all callers at once; a token is renewed a minute before it ends, or at half of a shorter life. Throws
 * `FatalError` (`access_denied`) when the issuer refuses the credentials, `IssuerUnavailable` when it does not answer.
 */
export const createTokenSource = (credentials: OwnCredentials): (() => Promise<string>) => {
  let endpoint: string | undefined;
  let token: { value: string; untilMs: number } | undefined;
  let underWay: Promise<string> | undefined;

  const fetchToken = async (): Promise<string> => {
    if (!endpoint) {
      const url = `${credentials.issuerUrl.replace(/\/+$/, "")}/.well-known/openid-configuration`;
      const found = Discovery.safeParse(await (await get(url)).json().catch(() => undefined));
      if (!found.success) throw new IssuerUnavailable(`There is no issuer at ${credentials.issuerUrl}.`);
      endpoint = found.data.token_endpoint;
    }
    const basic = [credentials.clientId, credentials.clientSecret].map(encodeURIComponent).join(":");
    const response = await get(endpoint, {
      method: "POST",
      headers: {
        authorization: `Basic ${Buffer.from(basic).toString("base64")}`,
        "content-type": "application/x-www-form-urlencoded",
        accept: "application/json",
      },
      body: new URLSearchParams({
        grant_type: "client_credentials",
        ...(credentials.scope ? { scope: credentials.scope } : {}),
      }),
    });
    if (response.status >= 400 && response.status < 500 && response.status !== 429)
      throw new FatalError(
        "access_denied",
        `The issuer refused the agent's client ${credentials.clientId} (${response.status}).`,
        "Check the client id and renew the secret; then restart the agent.",
      );
    const parsed = Token.safeParse(response.ok ? await response.json().catch(() => undefined) : undefined);
    if (!parsed.success) throw new IssuerUnavailable(`The issuer gave no token (${response.status}).`);
    const lifeMs = parsed.data.expires_in * 1000;
    token = { value: parsed.data.access_token, untilMs: Date.now() + Math.max(lifeMs / 2, lifeMs - spareMs) };
    return token.value;
  };

  return () => {
    if (token && token.untilMs > Date.now()) return Promise.resolve(token.value);
    underWay ??= fetchToken().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
};

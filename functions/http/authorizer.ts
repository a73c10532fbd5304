import { roles } from "@samla/contracts";
import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from "aws-lambda";
import { createRemoteJWKSet, errors, jwtVerify } from "jose";
import { readEnv, readUsageKeys } from "../runtime/env.ts";
import { createLog } from "../runtime/log.ts";

const env = readEnv();
const usageKeys = readUsageKeys();
const discovery = fetchKeys();

async function fetchKeys(): Promise<ReturnType<typeof createRemoteJWKSet>> {
  const response = await fetch(`${env.SAMLA_ISSUER_URL}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(5_000),
  });
  const { jwks_uri: address } = (await response.json()) as { jwks_uri: string };
  return createRemoteJWKSet(new URL(address), { cooldownDuration: 10_000 });
}
discovery.catch(() => undefined);
let keys: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined = discovery;

/** Verifies the bearer's access token and tells the API who calls. Any fault of the token is `Unauthorized`, a 401. */
export const handler = async (event: APIGatewayRequestAuthorizerEvent): Promise<APIGatewayAuthorizerResult> => {
  const header = Object.entries(event.headers ?? {}).find(([name]) => name.toLowerCase() === "authorization")?.[1];
  const token = /^Bearer ([\w.~+/=-]{1,8192})$/i.exec(header ?? "")?.[1];
  if (!token) throw new Error("Unauthorized");
  const claims = await verify(token);
  const groups = Array.isArray(claims["cognito:groups"])
    ? claims["cognito:groups"].filter(
        (group): group is string => typeof group === "string" && /^[\w.-]{1,64}$/.test(group),
      )
    : [];
  // Cognito's tokens of client credentials have no groups, and their client as subject.
  const machine = claims.sub === claims.client_id || claims.sub === undefined;
  if (machine) groups.push(...rolesOfScope(claims.scope).filter((role) => !groups.includes(role)));
  const kind = machine ? "machine" : "person";
  const text = (value: unknown): string => (typeof value === "string" ? value : "");
  const sub = text(claims.sub) || text(claims.client_id);
  return {
    principalId: sub,
    usageIdentifierKey: usageKeys[kind],
    policyDocument: {
      Version: "2012-10-17",
      Statement: [
        {
          Action: "execute-api:Invoke",
          Effect: "Allow",
          Resource: event.methodArn.split("/").slice(0, 2).join("/").concat("/*"),
        },
      ],
    },
    context: {
      sub,
      kind,
      name: text(claims.name) || text(claims.username) || sub,
      email: text(claims.email),
      roles: groups.filter((group) => (roles as readonly string[]).includes(group)).join(","),
      groups: groups.join(","),
    },
  };
};

/** Scopes of the API are named after roles: `<audience>/editor`. Only machines hold them. */
const rolesOfScope = (scope: unknown): string[] =>
  typeof scope === "string" ? roles.filter((role) => scope.split(" ").includes(`${env.SAMLA_AUDIENCE}/${role}`)) : [];

/** Codes that jose throws when the issuer, not the token, is at fault; the generic one is an answer other than 200. */
const issuerFaults = ["ERR_JOSE_GENERIC", "ERR_JWKS_TIMEOUT", "ERR_JWKS_INVALID"];

const verify = async (token: string): Promise<Record<string, unknown>> => {
  try {
    keys ??= fetchKeys();
    const { payload } = await jwtVerify(token, await keys, {
      issuer: env.SAMLA_ISSUER_URL,
      algorithms: ["RS256", "ES256"],
      clockTolerance: 5,
    });
    // Cognito's access tokens carry client_id and no aud; others carry aud.
    const audiences = Array.isArray(payload.aud) ? payload.aud : payload.aud ? [payload.aud] : [];
    if (audiences.length > 0 && !audiences.includes(env.SAMLA_AUDIENCE))
      throw new errors.JWTInvalid("the token is for another audience");
    const isAccess = payload.token_use === "access" || (payload.token_use === undefined && audiences.length > 0);
    if (!isAccess) throw new errors.JWTInvalid("it is not an access token");
    return payload;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const isTokensFault = error instanceof errors.JOSEError && !issuerFaults.includes(error.code);
    createLog({ function: "authorizer" })(isTokensFault ? "info" : "error", "token refused", { reason });
    if (isTokensFault) throw new Error("Unauthorized");
    // Not the caller's fault: a 500 has it try again, where a 401 would end its session.
    keys = undefined;
    throw new Error("the issuer's keys cannot be read");
  }
};

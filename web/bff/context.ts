import "server-only";
import { createDynamoSessionStore } from "@samla/aws/sessions/dynamodb";
import { cookies } from "next/headers";
import { readSessionCookie, sessionCookieName } from "./cookies.ts";
import { getEnv } from "./env.ts";
import { refreshTokens } from "./oidc.ts";
import { createSessionService, type SessionService } from "./sessions.ts";

let service: SessionService | undefined;

/** The session service of this process. */
export const getSessions = (): SessionService => {
  const env = getEnv();
  service ??= createSessionService({
    store: createDynamoSessionStore({ table: env.SAMLA_SESSIONS_TABLE }),
    secret: env.SAMLA_SESSION_SECRET,
    refresh: (tokens) => refreshTokens(env, tokens),
  });
  return service;
};

/** Session id of the current request, if its cookie is ours. */
export const currentSessionId = async (): Promise<string | undefined> => {
  const env = getEnv();
  const value = (await cookies()).get(sessionCookieName(env.SAMLA_PUBLIC_URL))?.value;
  return readSessionCookie(value, env.SAMLA_SESSION_SECRET);
};

import type { IssuerConfig } from "../config.ts";
import { listenFront } from "../kernel/server.ts";
import { createIssuer } from "./index.ts";

export const AUDIENCE = "https://api.samla.test";
export const CALLBACK = "http://127.0.0.1:9/auth/callback";
export const SIGNED_OUT = "http://127.0.0.1:9/";

/** Accounts and clients of the tests. */
export const TEST_CONFIG: IssuerConfig = {
  users: [
    {
      sub: "user-anna",
      username: "anna",
      password: "anna-password",
      email: "anna@example.test",
      name: "Anna Admin",
      groups: ["admins", "editors"],
    },
    {
      sub: "user-bo",
      username: "bo",
      password: "bo-password",
      email: "bo@example.test",
      name: "Bo <Reader>",
      groups: ["readers"],
    },
  ],
  clients: [
    {
      clientId: "console",
      clientSecret: "console-secret",
      redirectUris: [CALLBACK],
      postLogoutRedirectUris: [SIGNED_OUT, new URL("/sign-in", CALLBACK).href],
      grantTypes: ["authorization_code", "refresh_token"],
      scopes: ["openid", "email", "profile", "samla/read", "samla/write", "samla/admin"],
    },
    {
      clientId: "robot",
      clientSecret: "robot-secret",
      redirectUris: [],
      postLogoutRedirectUris: [],
      grantTypes: ["client_credentials"],
      scopes: ["samla/read", "samla/write"],
      groups: ["services"],
    },
  ],
  audience: AUDIENCE,
  groupScopes: {
    admins: ["samla/read", "samla/write", "samla/admin"],
    editors: ["samla/read", "samla/write"],
    readers: ["samla/read"],
  },
  accessTokenTtlSeconds: 300,
  refreshTokenTtlSeconds: 3600,
};

/** Starts the front with the issuer alone; state in `dir`. */
export async function startIssuer(dir: string, port = 0) {
  const front = await listenFront({ port, credentials: [] });
  const door = await createIssuer({ dir, publicUrl: front.url, config: TEST_CONFIG });
  front.addDoor(door);
  front.markReady();
  return {
    url: front.url,
    issuer: `${front.url}/_oidc`,
    port: front.port,
    async close() {
      await front.close();
      await door.close();
    },
  };
}

import { createHash, timingSafeEqual } from "node:crypto";
import type { IssuerConfig } from "../config.ts";

export type IssuerUser = IssuerConfig["users"][number];
export type IssuerClient = IssuerConfig["clients"][number];

/** Who may sign in, and what they may ask for. */
export type Accounts = {
  readonly users: readonly IssuerUser[];
  findBySub(sub: string): IssuerUser | undefined;
  findByUsername(username: string): IssuerUser | undefined;
  /** The user when the password is right; takes equally long when there is no such user. */
  verifyPassword(username: string, password: string): IssuerUser | undefined;
  findClient(clientId: string): IssuerClient | undefined;
  /** Scopes of the product's API that a client may have: for a person also limited to the person's groups. */
  listScopes(client: IssuerClient, user: IssuerUser | undefined): string[];
};

const OIDC_SCOPES: readonly string[] = ["openid", "email", "profile", "offline_access"];

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

export function createAccounts(config: IssuerConfig): Accounts {
  const findByUsername = (username: string) => {
    const wanted = username.trim().toLowerCase();
    return config.users.find((user) => user.username.toLowerCase() === wanted || user.email.toLowerCase() === wanted);
  };
  return {
    users: config.users,
    findBySub: (sub) => config.users.find((user) => user.sub === sub),
    findByUsername,
    verifyPassword(username, password) {
      const user = findByUsername(username);
      const isRight = timingSafeEqual(digest(password), digest(user?.password ?? ""));
      return user && isRight ? user : undefined;
    },
    findClient: (clientId) => config.clients.find((client) => client.clientId === clientId),
    listScopes(client, user) {
      const allowed = client.scopes.filter((scope) => !OIDC_SCOPES.includes(scope));
      if (!user) return allowed;
      const ofGroups = new Set(user.groups.flatMap((group) => config.groupScopes[group] ?? []));
      return allowed.filter((scope) => ofGroups.has(scope));
    },
  };
}

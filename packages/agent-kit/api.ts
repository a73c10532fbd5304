import { type Client, createClient } from "@samla/contracts";
import { createTokenSource } from "./credentials.ts";
import type { OwnCredentials } from "./environment.ts";

const timeoutMs = 25_000;

/** Clients of API v1: with a caller's rights, with the agent's own, or with none for open routes. */
export type Api = {
  /** Acts as the caller whose `Authorization` header this is. */
  as(authorization: string): Client;
  /** Acts as the agent; undefined when it was given no credentials. */
  own: Client | undefined;
  open: Client;
};

export const createApi = (apiUrl: string, credentials: OwnCredentials | undefined): Api => {
  const getToken = credentials && createTokenSource(credentials);
  return {
    as: (authorization) => createClient({ baseUrl: apiUrl, timeoutMs, headers: () => ({ authorization }) }),
    own:
      getToken &&
      createClient({
        baseUrl: apiUrl,
        timeoutMs,
        headers: async () => ({ authorization: `Bearer ${await getToken()}` }),
      }),
    open: createClient({ baseUrl: apiUrl, timeoutMs }),
  };
};

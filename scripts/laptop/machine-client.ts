import { type Client, createClient } from "../../packages/contracts/index.ts";
import type { Settings } from "./settings.ts";

/** An API client that signs in as the laptop's own machine account; its token is renewed before it ends. */
export const createMachineClient = (
  settings: Pick<Settings, "apiUrl" | "issuerUrl" | "machineClientId" | "machineClientSecret">,
): Client => {
  let token: { value: string; until: number } | undefined;
  const getToken = async (): Promise<string> => {
    if (token && token.until > Date.now()) return token.value;
    const response = await fetch(`${settings.issuerUrl}/token`, {
      method: "POST",
      headers: {
        authorization: `Basic ${Buffer.from(`${settings.machineClientId}:${settings.machineClientSecret}`).toString("base64")}`,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: new URLSearchParams({ grant_type: "client_credentials" }),
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok)
      throw new Error(`the issuer refused the machine account: ${response.status} ${await response.text()}`);
    const body = (await response.json()) as { access_token: string; expires_in: number };
    token = { value: body.access_token, until: Date.now() + (body.expires_in - 60) * 1000 };
    return body.access_token;
  };
  return createClient({
    baseUrl: settings.apiUrl,
    headers: async () => ({ authorization: `Bearer ${await getToken()}` }),
  });
};

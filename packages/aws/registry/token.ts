import { ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { clientConfig } from "../client-config.ts";

/** Renewed when less than this is left of it. */
const marginMs = 10 * 60_000;

/**
 * Gives the Authorization header for ECR's registry protocol, kept until shortly before its 12 hours are over.
 * Endpoint, region and credentials come from the environment unless given.
 */
export const createRegistryAuthorization = (
  options: {
    region?: string;
    endpoint?: string;
    credentials?: { accessKeyId: string; secretAccessKey: string };
    now?: () => number;
  } = {},
): (() => Promise<string>) => {
  const { now = Date.now, ...given } = options;
  const client = new ECRClient({ ...clientConfig, ...given });
  let held: { header: string; untilMs: number } | undefined;
  return async () => {
    if (held && held.untilMs - now() > marginMs) return held.header;
    const { authorizationData } = await client.send(new GetAuthorizationTokenCommand({}));
    const [data] = authorizationData ?? [];
    if (!data?.authorizationToken) throw new Error("ECR gave no token.");
    held = { header: `Basic ${data.authorizationToken}`, untilMs: data.expiresAt?.getTime() ?? now() };
    return held.header;
  };
};

import { type AgentManifest, agentNamePattern, agentSettingsShape } from "@samla/contracts";
import { z } from "zod";
import { FatalError } from "./fatal.ts";

const address = z.url({ protocol: /^https?$/, error: "is not an http or https address" });

const Environment = z.object({
  SAMLA_AGENT: z.string().regex(agentNamePattern),
  SAMLA_STAGE: z.string().min(1),
  SAMLA_RELEASE_ID: z.string().regex(/^rel_[0-7][0-9A-HJKMNP-TV-Z]{25}$/, "is not a release id (rel_…)"),
  SAMLA_API_URL: address.transform((url) => url.replace(/\/+$/, "")),
  SAMLA_AGENT_SETTINGS: z.string().default("{}"),
  PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  /** Client credentials: a secret alone, or JSON with `clientId`, `clientSecret`, `issuerUrl`, `scope`. */
  SAMLA_CLIENT_SECRET: z.string().min(1).optional(),
  SAMLA_CLIENT_ID: z.string().min(1).optional(),
  SAMLA_ISSUER_URL: address.optional(),
  SAMLA_SCOPE: z.string().min(1).optional(),
  /** Given by ECS: where a container reads which task and image it is. */
  ECS_CONTAINER_METADATA_URI_V4: address.optional(),
});

const Secret = z.object({
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  issuerUrl: address,
  scope: z.string().optional(),
});

/** How an agent signs in as itself. */
export type OwnCredentials = z.infer<typeof Secret>;

export type Environment = {
  agent: string;
  stage: string;
  releaseId: string;
  apiUrl: string;
  port: number;
  /** As its manifest's shape gives them, defaults filled in. */
  settings: Record<string, unknown>;
  credentials?: OwnCredentials;
  /** Other texts of the agent's secret, such as the key of a model. Never logged. */
  secrets: Record<string, string>;
  metadataUrl?: string;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The texts of a secret that is a JSON object. */
const readSecrets = (secret: string | undefined): Record<string, string> => {
  const inJson = secret ? parseJson(secret) : undefined;
  if (typeof inJson !== "object" || inJson === null) return {};
  return Object.fromEntries(
    Object.entries(inJson).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
};

const readCredentials = (env: z.infer<typeof Environment>): OwnCredentials | undefined => {
  const secret = env.SAMLA_CLIENT_SECRET;
  if (!secret) return undefined;
  const inJson = parseJson(secret);
  // A secret that only holds the key of a model says nothing about signing in.
  if (typeof inJson === "object" && inJson !== null && !("clientId" in inJson) && !("clientSecret" in inJson))
    return undefined;
  const found =
    typeof inJson === "object" && inJson !== null
      ? inJson
      : {
          clientId: env.SAMLA_CLIENT_ID,
          clientSecret: secret,
          issuerUrl: env.SAMLA_ISSUER_URL,
          scope: env.SAMLA_SCOPE,
        };
  const parsed = Secret.safeParse(found);
  if (parsed.success) return parsed.data;
  // Names only: the value is a secret.
  const names = [...new Set(parsed.error.issues.map((issue) => issue.path.join(".")))].join(", ");
  throw new FatalError(
    "bad_configuration",
    `The agent's credentials are not complete: ${names} is missing or wrong.`,
    "Put clientId, clientSecret and issuerUrl into the secret, or set SAMLA_CLIENT_ID and SAMLA_ISSUER_URL beside it.",
    { variable: "SAMLA_CLIENT_SECRET" },
  );
};

const readSettings = (manifest: AgentManifest, text: string): Record<string, unknown> => {
  const value = parseJson(text);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new FatalError(
      "bad_configuration",
      "The agent's settings (SAMLA_AGENT_SETTINGS) are not a JSON object.",
      "Correct the settings and release again, or roll back to the release before.",
      { variable: "SAMLA_AGENT_SETTINGS" },
    );
  const parsed = agentSettingsShape(manifest).safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map((issue) => ({
    field: issue.path.join(".") || "settings",
    message: issue.message,
  }));
  throw new FatalError(
    "bad_configuration",
    `The agent's settings are not valid: ${errors.map(({ field, message }) => `${field}: ${message}`).join("; ")}.`,
    "Correct these settings and release again, or roll back to the release before.",
    { variable: "SAMLA_AGENT_SETTINGS", errors },
  );
};

/**
 * What the container was started with, checked. Throws `FatalError`: `missing_variable` naming the variables,
 * `bad_configuration` naming each wrong value. Values of secrets are never named.
 */
export const readEnvironment = (manifest: AgentManifest, source: Record<string, string | undefined>): Environment => {
  // An empty variable is one that somebody forgot to fill.
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const missing = ["SAMLA_AGENT", "SAMLA_STAGE", "SAMLA_RELEASE_ID", "SAMLA_API_URL"].filter((name) => !given[name]);
  if (manifest.needs.credentials === "required" && !given.SAMLA_CLIENT_SECRET) missing.push("SAMLA_CLIENT_SECRET");
  if (missing.length > 0)
    throw new FatalError(
      "missing_variable",
      `The environment lacks ${missing.join(", ")}.`,
      missing.includes("SAMLA_CLIENT_SECRET")
        ? "Name the secret with the agent's client credentials in the release (SecretArn)."
        : "Set the missing variables in the task definition; agents/agent.template.yaml sets them all.",
      { variables: missing },
    );
  const parsed = Environment.safeParse(given);
  if (!parsed.success)
    throw new FatalError(
      "bad_configuration",
      parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`).join("; "),
      "Correct the variables in the task definition.",
      { variables: parsed.error.issues.map((issue) => issue.path.join(".")) },
    );
  const env = parsed.data;
  const credentials = readCredentials(env);
  return {
    agent: env.SAMLA_AGENT,
    stage: env.SAMLA_STAGE,
    releaseId: env.SAMLA_RELEASE_ID,
    apiUrl: env.SAMLA_API_URL,
    port: env.PORT ?? manifest.port,
    settings: readSettings(manifest, env.SAMLA_AGENT_SETTINGS),
    secrets: readSecrets(env.SAMLA_CLIENT_SECRET),
    ...(credentials ? { credentials } : {}),
    ...(env.ECS_CONTAINER_METADATA_URI_V4 ? { metadataUrl: env.ECS_CONTAINER_METADATA_URI_V4 } : {}),
  };
};

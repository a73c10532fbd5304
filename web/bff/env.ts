import "server-only";
import { z } from "zod";

const origins = z
  .string()
  .default("")
  .transform((text) => text.split(/[\s,]+/).filter(Boolean))
  .pipe(z.array(z.string().regex(/^(https?|wss?):\/\/[^\s;,'"]+$/, "origins such as https://host or wss://host")));

const Env = z.object({
  /** Where people reach the console: the base of redirect URIs, and the only origin allowed to change things. */
  SAMLA_PUBLIC_URL: z.url(),
  /** Up to and with the stage, such as `https://host/v1`. */
  SAMLA_API_URL: z.url(),
  SAMLA_ISSUER_URL: z.url(),
  SAMLA_CLIENT_ID: z.string().min(1),
  SAMLA_CLIENT_SECRET: z.string().min(1).optional(),
  SAMLA_SCOPES: z.string().default("openid profile email"),
  /** Seals sessions and signs cookies; changing it signs everybody out. */
  SAMLA_SESSION_SECRET: z.string().min(32, "use at least 32 random characters"),
  SAMLA_SESSIONS_TABLE: z.string().min(1),
  /** Origins the browser may connect to besides the console: S3 and the WebSocket. */
  SAMLA_CONNECT_ORIGINS: origins,
  /** Only for an issuer on the same machine. */
  SAMLA_ALLOW_HTTP_ISSUER: z.stringbool().default(false),
});
export type WebEnv = z.infer<typeof Env>;

/** Reads the console's configuration; throws one error that names every setting that is wrong. */
export const parseEnv = (source: Record<string, string | undefined>): WebEnv => {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const parsed = Env.safeParse(present);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`The console is not configured: ${wrong.join("; ")}. Set these environment variables and restart.`);
};

let cached: WebEnv | undefined;

/** The configuration of this process, read at first use so that building needs none. */
export const getEnv = (): WebEnv => {
  cached ??= parseEnv(process.env);
  return cached;
};

import { defaultUploadLimits, documentKinds, EmbedderSetting, UsageKeys } from "@samla/contracts";
import { z } from "zod";

const address = z.object({ url: z.string(), deadLetterUrl: z.string() });
const json = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text, ctx) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        ctx.addIssue({ code: "custom", message: "is not JSON" });
        return z.NEVER;
      }
    })
    .pipe(schema);

/** Settings of all functions, from the environment, parsed once per process. */
const Env = z.object({
  SAMLA_STAGE: z.string().default("laptop"),
  SAMLA_CATALOG_TABLE: z.string(),
  SAMLA_BUCKET: z.string(),
  SAMLA_QUEUES: json(
    z.object({ stored: address, process: address, index: address, embed: address, fill: address, evaluate: address }),
  ),
  /** Folder or `s3://bucket/prefix` that holds the engine's tables. */
  SAMLA_ENGINE_URI: z.string(),
  SAMLA_EMBEDDER: json(EmbedderSetting),
  /** Further ones that builds may use. */
  SAMLA_EMBEDDERS: json(z.array(EmbedderSetting)).default([]),
  SAMLA_UPLOAD_LIMITS: json(z.partialRecord(z.enum(documentKinds), z.int().positive()))
    .default({})
    .transform((configured) => ({ ...defaultUploadLimits, ...configured })),
  SAMLA_API_URL: z.string(),
  SAMLA_SOCKET_URL: z.string(),
  SAMLA_SOCKET_MANAGEMENT_URL: z.string(),
  SAMLA_ISSUER_URL: z.string(),
  SAMLA_AUDIENCE: z.string(),
  /** How long a reader's claim on a version holds without a sign of life. */
  SAMLA_LEASE_MS: z.coerce.number().int().min(1_000).default(30_000),
  /** A version that nothing has moved for so long is asked for again. */
  SAMLA_STALE_MS: z.coerce.number().int().min(1_000).default(180_000),
  /** A change younger than this is work under way, and nothing for the auditor to put right. */
  SAMLA_AUDIT_GRACE_MS: z.coerce.number().int().min(500).default(300_000),
  SAMLA_CACHE_DIR: z.string().optional(),
});
export type Env = z.infer<typeof Env>;

/** The authorizer's own: the key of each caller's usage plan, as JSON in `SAMLA_USAGE_KEYS`. Throws an error that names it. */
export const readUsageKeys = (source: Record<string, string | undefined> = process.env): UsageKeys => {
  const parsed = json(UsageKeys).safeParse(source.SAMLA_USAGE_KEYS ?? "");
  if (parsed.success) return parsed.data;
  throw new Error(`SAMLA_USAGE_KEYS is wrong: ${parsed.error.issues.map((issue) => issue.message).join("; ")}`);
};

/** Reads the environment. Throws an error that names each missing or wrong variable. */
export const readEnv = (source: Record<string, string | undefined> = process.env): Env => {
  const parsed = Env.safeParse(source);
  if (parsed.success) return parsed.data;
  throw new Error(
    `settings are wrong: ${parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`).join("; ")}`,
  );
};

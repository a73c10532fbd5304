/** What differs between stages, from the environment of whoever deploys. Unset means the careful default. */
export const production = $app.stage === "production";
export const region = aws.getRegionOutput().region;
export const accountId = aws.getCallerIdentityOutput().accountId;

const numberOf = (name: string, fallback: number): number => {
  const value = Number(process.env[name] || fallback);
  if (!Number.isFinite(value) || value < 0)
    throw new Error(`${name} is ${process.env[name]}; give a number of at least 0.`);
  return value;
};

export const settings = {
  /** Host name of the console, in a Route 53 zone of this account; without one it has CloudFront's. */
  domain: process.env.SAMLA_DOMAIN,
  /** Who is told of alarms and of the budget. */
  alarmEmail: process.env.SAMLA_ALARM_EMAIL,
  monthlyBudgetUsd: numberOf("SAMLA_MONTHLY_BUDGET_USD", production ? 500 : 50),
  /** Region that gets copies of agent images; none without it. */
  replicaRegion: process.env.SAMLA_REPLICA_REGION,
  /** Days within which even an administrator cannot delete a backup; 0 leaves the vault unlocked. */
  vaultLockDays: numberOf("SAMLA_VAULT_LOCK_DAYS", 0),
  /** Hour-priced response cache of the API; on in production. */
  apiCache: process.env.SAMLA_API_CACHE ? process.env.SAMLA_API_CACHE === "1" : production,
  /** JSON of an embedder's settings; without it, the shipped one in the engine's layer. */
  embedder: process.env.SAMLA_EMBEDDER,
  uploadLimits: process.env.SAMLA_UPLOAD_LIMITS ?? "{}",
  logRetention: production ? ("3 months" as const) : ("1 week" as const),
};

/** `samla-<stage>-<part>`, for names that others need before the thing exists. */
export const nameOf = (part: string): string => `${$app.name}-${$app.stage}-${part}`;

/** `write-index` as `WriteIndex`, as SST names its components. */
export const pascalCase = (name: string): string =>
  name.replace(/(?:^|-)([a-z0-9])/g, (_, first: string) => first.toUpperCase());

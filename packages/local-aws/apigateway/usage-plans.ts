import { createHash } from "node:crypto";
import type { RestApiConfig } from "../config.ts";
import type { Database } from "../kernel/sqlite.ts";
import { createThrottleProblem, GatewayProblem } from "./problem.ts";
import { TokenBucket } from "./token-bucket.ts";

export const USAGE_SCHEMA = `
CREATE TABLE IF NOT EXISTS usage_counts (
  api TEXT NOT NULL,
  plan TEXT NOT NULL,
  key_id TEXT NOT NULL,
  period TEXT NOT NULL,
  used INTEGER NOT NULL,
  PRIMARY KEY (api, plan, key_id, period)
) STRICT;`;

export type UsagePlanConfig = RestApiConfig["usagePlans"][number];
export type ApiKey = { id: string; name: string };
type Period = NonNullable<UsagePlanConfig["quota"]>["period"];
type Entry = { key: ApiKey; plan: UsagePlanConfig; bucket: TokenBucket | undefined };

const digest = (value: string): string => createHash("sha256").update(value).digest("hex");

/** The period of a quota that holds `nowMs` (UTC), and when it ends. Weeks begin on Monday. */
export function findQuotaPeriod(period: Period, nowMs: number): { id: string; endsMs: number } {
  const now = new Date(nowMs);
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  if (period === "MONTH") return { id: now.toISOString().slice(0, 7), endsMs: Date.UTC(year, month + 1, 1) };
  const back = period === "WEEK" ? (now.getUTCDay() + 6) % 7 : 0;
  const startMs = Date.UTC(year, month, day - back);
  return {
    id: new Date(startMs).toISOString().slice(0, 10),
    endsMs: startMs + (period === "WEEK" ? 7 : 1) * 86_400_000,
  };
}

/** API keys with the throttle and quota of their usage plan; quotas are counted on disk. */
export class UsagePlans {
  readonly #api: string;
  readonly #db: Database;
  readonly #now: () => number;
  /** By digest, so that a lookup tells nothing about a key through its time. */
  readonly #entries = new Map<string, Entry>();

  constructor(api: string, plans: readonly UsagePlanConfig[], db: Database, now: () => number = Date.now) {
    this.#api = api;
    this.#db = db;
    this.#now = now;
    for (const plan of plans)
      for (const { id, name, value } of plan.apiKeys) {
        const bucket = plan.throttle && new TokenBucket(plan.throttle);
        this.#entries.set(digest(value), { key: { id, name }, plan, bucket });
      }
  }

  /** @throws GatewayProblem 403 for a missing or unknown key, 429 over its throttle or quota */
  use(value: string | undefined, missing = "The request header x-api-key is missing."): ApiKey {
    const entry = value ? this.#entries.get(digest(value)) : undefined;
    if (!entry) {
      throw new GatewayProblem("INVALID_API_KEY", value ? "The API key is not valid." : missing);
    }
    const waitSeconds = entry.bucket?.take() ?? 0;
    if (waitSeconds > 0) throw createThrottleProblem("THROTTLED", waitSeconds);
    if (entry.plan.quota) this.#count(entry, entry.plan.quota);
    return entry.key;
  }

  #count({ plan, key }: Entry, quota: NonNullable<UsagePlanConfig["quota"]>): void {
    const now = this.#now();
    const { id, endsMs } = findQuotaPeriod(quota.period, now);
    const { changes } = this.#db.run(
      `INSERT INTO usage_counts (api, plan, key_id, period, used) SELECT ?, ?, ?, ?, 1 WHERE ? > 0
         ON CONFLICT (api, plan, key_id, period) DO UPDATE SET used = used + 1 WHERE used < ?`,
      this.#api,
      plan.name,
      key.id,
      id,
      quota.limit,
      quota.limit,
    );
    if (changes === 0) throw createThrottleProblem("QUOTA_EXCEEDED", Math.max(1, Math.ceil((endsMs - now) / 1000)));
  }

  /** Calls a key has made in the current period of its plan's quota. */
  readUsed(plan: UsagePlanConfig, keyId: string): number {
    if (!plan.quota) return 0;
    return (
      this.#db.get<{ used: number }>(
        "SELECT used FROM usage_counts WHERE api = ? AND plan = ? AND key_id = ? AND period = ?",
        this.#api,
        plan.name,
        keyId,
        findQuotaPeriod(plan.quota.period, this.#now()).id,
      )?.used ?? 0
    );
  }
}

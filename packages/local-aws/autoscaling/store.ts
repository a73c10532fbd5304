import { type Database, openDatabase } from "../kernel/sqlite.ts";

export type SuspendedState = {
  DynamicScalingInSuspended: boolean;
  DynamicScalingOutSuspended: boolean;
  ScheduledScalingSuspended: boolean;
};

export type ScalableTarget = {
  /** `service/<cluster>/<service>`. */
  resourceId: string;
  arn: string;
  minCapacity: number;
  maxCapacity: number;
  roleArn: string;
  suspended: SuspendedState;
  createdMs: number;
  tags: Record<string, string>;
};

export type TrackedMetric = {
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
  statistic: "Average" | "Sum" | "Maximum" | "Minimum" | "SampleCount";
};

export type ScalingPolicy = {
  resourceId: string;
  name: string;
  arn: string;
  createdMs: number;
  /** As it was given, to be told back. */
  configuration: Record<string, unknown>;
  metric: TrackedMetric;
  targetValue: number;
  scaleOutCooldownS: number;
  scaleInCooldownS: number;
  isScaleInDisabled: boolean;
  alarms: { high: string; low: string };
};

export type ScalingActivity = {
  id: string;
  resourceId: string;
  description: string;
  cause: string;
  startedMs: number;
  endedMs: number;
  statusCode: "Successful" | "Failed";
  statusMessage: string;
  direction: "in" | "out";
};

const SCHEMA = `
CREATE TABLE IF NOT EXISTS targets (resource_id TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS policies (
  resource_id TEXT NOT NULL,
  name TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (resource_id, name)
) STRICT;
CREATE TABLE IF NOT EXISTS activities (
  id TEXT PRIMARY KEY,
  resource_id TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  document TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS activities_by_resource ON activities (resource_id, started_ms);`;

/** Activities can be looked up for six weeks. */
const ACTIVITY_MS = 42 * 86_400_000;

/** Scalable targets, their policies and what was done, in one SQLite file. */
export class ScalingStore {
  readonly #db: Database;

  constructor(file: string) {
    this.#db = openDatabase(file, SCHEMA);
  }

  findTarget(resourceId: string): ScalableTarget | undefined {
    return this.listTargets().find((one) => one.resourceId === resourceId);
  }

  listTargets(): ScalableTarget[] {
    return this.#db
      .all<{ document: string }>("SELECT document FROM targets ORDER BY resource_id")
      .map(({ document }) => JSON.parse(document) as ScalableTarget);
  }

  saveTarget(target: ScalableTarget): void {
    this.#db.run("INSERT OR REPLACE INTO targets VALUES (?, ?)", target.resourceId, JSON.stringify(target));
  }

  /** Its policies go with it. */
  deleteTarget(resourceId: string): void {
    this.#db.transaction(() => {
      this.#db.run("DELETE FROM policies WHERE resource_id = ?", resourceId);
      this.#db.run("DELETE FROM targets WHERE resource_id = ?", resourceId);
    });
  }

  listPolicies(resourceId?: string): ScalingPolicy[] {
    return this.#db
      .all<{ document: string }>(
        "SELECT document FROM policies WHERE (? IS NULL OR resource_id = ?) ORDER BY resource_id, name",
        resourceId ?? null,
        resourceId ?? null,
      )
      .map(({ document }) => JSON.parse(document) as ScalingPolicy);
  }

  savePolicy(policy: ScalingPolicy): void {
    const { resourceId, name } = policy;
    this.#db.run("INSERT OR REPLACE INTO policies VALUES (?, ?, ?)", resourceId, name, JSON.stringify(policy));
  }

  deletePolicy({ resourceId, name }: ScalingPolicy): void {
    this.#db.run("DELETE FROM policies WHERE resource_id = ? AND name = ?", resourceId, name);
  }

  noteActivity(activity: ScalingActivity): void {
    const { id, resourceId, startedMs } = activity;
    this.#db.run("INSERT INTO activities VALUES (?, ?, ?, ?)", id, resourceId, startedMs, JSON.stringify(activity));
    this.#db.run("DELETE FROM activities WHERE started_ms < ?", startedMs - ACTIVITY_MS);
  }

  /** Newest first. */
  listActivities(resourceId?: string): ScalingActivity[] {
    return this.#db
      .all<{ document: string }>(
        "SELECT document FROM activities WHERE (? IS NULL OR resource_id = ?) ORDER BY started_ms DESC, rowid DESC",
        resourceId ?? null,
        resourceId ?? null,
      )
      .map(({ document }) => JSON.parse(document) as ScalingActivity);
  }

  close(): void {
    this.#db.close();
  }
}

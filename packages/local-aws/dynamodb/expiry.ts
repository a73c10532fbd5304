import { AwsError } from "../kernel/errors.ts";
import type { JsonOperation } from "../kernel/json-protocol.ts";
import type { Engine } from "./engine.ts";
import { validationError } from "./errors.ts";
import { type Input, readMap, readOptionalBoolean, readText, requireKnownMembers } from "./input.ts";
import { keyOfItem } from "./keys.ts";
import type { Item } from "./values.ts";

const SWEEP_BATCH = 500;
const TOO_OLD_SECONDS = 5 * 365 * 24 * 60 * 60;

/** Deletes expired items and old stream records. Source of the five-year rule: Developer Guide, "Time to Live". */
export function sweepExpired(engine: Engine, nowMs: number): void {
  const now = Math.floor(nowMs / 1000);
  engine.commit(() => {
    for (const table of engine.catalog.all()) {
      if (table.ttlAttribute === undefined) continue;
      const rows = engine.database.all<{ body: string }>(
        "SELECT body FROM items WHERE table_id=? AND expires_at IS NOT NULL AND expires_at<? AND expires_at>? LIMIT ?",
        table.id,
        now,
        now - TOO_OLD_SECONDS,
        SWEEP_BATCH,
      );
      for (const row of rows) {
        const key = keyOfItem(table, JSON.parse(row.body) as Item);
        const stored = engine.items.read(table, key);
        if (stored) engine.items.write(table, key, stored, undefined, "ttl");
      }
    }
    engine.changes.trim(nowMs);
  });
}

/** Switches a table's TTL. Throws ValidationException when nothing would change, as AWS does. */
export function setTimeToLive(engine: Engine, tableName: string, attribute: string, isEnabled: boolean): void {
  const table = engine.catalog.require(tableName);
  if (isEnabled && table.ttlAttribute !== undefined) throw validationError("TimeToLive is already enabled");
  if (!isEnabled && table.ttlAttribute === undefined) throw validationError("TimeToLive is already disabled");
  if (!isEnabled && table.ttlAttribute !== attribute) {
    throw validationError(
      `TimeToLive is active on a different AttributeName: current AttributeName is ${table.ttlAttribute}`,
    );
  }
  const changed = { ...table, ttlAttribute: isEnabled ? attribute : undefined };
  try {
    engine.commit(() => {
      engine.items.refreshExpiry(changed);
      engine.catalog.save(changed);
    });
  } catch (error) {
    engine.catalog.reload();
    throw error;
  }
}

/** UpdateTimeToLive, DescribeTimeToLive. */
export function createExpiryOperations(engine: Engine): Record<string, JsonOperation> {
  return {
    UpdateTimeToLive(input: Input) {
      requireKnownMembers("UpdateTimeToLive", input, ["TableName", "TimeToLiveSpecification"]);
      const specification = readMap(input, "TimeToLiveSpecification");
      const isEnabled = readOptionalBoolean(specification, "Enabled");
      if (isEnabled === undefined)
        throw new AwsError("ValidationException", "TimeToLiveSpecification.Enabled is missing");
      const attribute = readText(specification, "AttributeName");
      setTimeToLive(engine, readText(input, "TableName"), attribute, isEnabled);
      return { TimeToLiveSpecification: { AttributeName: attribute, Enabled: isEnabled } };
    },
    DescribeTimeToLive(input: Input) {
      requireKnownMembers("DescribeTimeToLive", input, ["TableName"]);
      const { ttlAttribute } = engine.catalog.require(readText(input, "TableName"));
      return {
        TimeToLiveDescription:
          ttlAttribute === undefined
            ? { TimeToLiveStatus: "DISABLED" }
            : { TimeToLiveStatus: "ENABLED", AttributeName: ttlAttribute },
      };
    },
  };
}

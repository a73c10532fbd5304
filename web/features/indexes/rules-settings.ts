import type { IndexSettings } from "@samla/contracts";
import { isSameValue, limits } from "@samla/contracts/plain";
import type { z } from "zod";

export type RuleSettings = z.infer<typeof IndexSettings>;
export type RulePart = keyof RuleSettings;

/** The parts that differ, as the body of a change; undefined if none does. */
export const changedParts = (base: RuleSettings, mine: RuleSettings): Partial<RuleSettings> | undefined => {
  const parts = (Object.keys(base) as RulePart[]).filter((part) => !isSameValue(base[part], mine[part]));
  return parts.length === 0 ? undefined : Object.fromEntries(parts.map((part) => [part, mine[part]]));
};

const isShare = (value: number): boolean => value >= 0 && value <= 1;
const isWholeIn = (value: number, min: number, max: number): boolean =>
  Number.isInteger(value) && value >= min && value <= max;

/** Whether all numbers are within their bounds, so that a save can succeed. */
export const areSound = ({ gate, retention, queryLog }: RuleSettings): boolean =>
  [gate.ndcg10DropMax, gate.recall10DropMax, gate.zeroResultRiseMax, gate.failedShareMax].every(isShare) &&
  isWholeIn(retention.supersededMax, 1, limits.supersededBuildsMax) &&
  isWholeIn(queryLog.days, 1, limits.queryLogDaysMax);

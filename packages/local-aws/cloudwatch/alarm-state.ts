import { readStatistic } from "./statistics.ts";
import type { MetricName, Slot } from "./store.ts";

export const comparisonOperators = [
  "GreaterThanOrEqualToThreshold",
  "GreaterThanThreshold",
  "LessThanThreshold",
  "LessThanOrEqualToThreshold",
] as const;
export type ComparisonOperator = (typeof comparisonOperators)[number];

export const missingTreatments = ["breaching", "notBreaching", "ignore", "missing"] as const;
export type MissingTreatment = (typeof missingTreatments)[number];

export const alarmStates = ["OK", "ALARM", "INSUFFICIENT_DATA"] as const;
export type AlarmState = (typeof alarmStates)[number];

export type AlarmRule = {
  metric: MetricName;
  statistic: string;
  unit?: string;
  periodS: number;
  evaluationPeriods: number;
  datapointsToAlarm: number;
  threshold: number;
  comparison: ComparisonOperator;
  missing: MissingTreatment;
};

const isBreach: Record<ComparisonOperator, (value: number, threshold: number) => boolean> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

const wordings: Record<ComparisonOperator, string> = {
  GreaterThanOrEqualToThreshold: "greater than or equal to",
  GreaterThanThreshold: "greater than",
  LessThanThreshold: "less than",
  LessThanOrEqualToThreshold: "less than or equal to",
};

const formatNumber = (value: number): string => (Number.isInteger(value) ? `${value}.0` : String(value));

/** As CloudWatch writes times into reasons: `23/11/26 22:10:00`. */
const formatTime = (ms: number): string => {
  const [, year = "", month = "", day = "", time = ""] =
    /^\d\d(\d\d)-(\d\d)-(\d\d)T([\d:]{8})/.exec(new Date(ms).toISOString()) ?? [];
  return `${day}/${month}/${year} ${time}`;
};

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;

export type Verdict = { state: AlarmState; reason: string; points: { atMs: number; value: number }[] };

/**
 * What an alarm's state is by the last whole periods before `nowMs`: M of N values beyond the threshold make an alarm,
 * missing ones count as the alarm says (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html).
 * @returns undefined when the state stays as it is (missing data that are to be ignored)
 */
export function judgeAlarm(rule: AlarmRule, slots: readonly Slot[]): Verdict | undefined {
  const points = slots
    .map(({ atMs, summary }) => ({ atMs, value: readStatistic(summary, rule.statistic) }))
    .sort((a, b) => b.atMs - a.atMs);
  const missing = rule.evaluationPeriods - points.length;
  const breaches = points.filter(({ value }) => isBreach[rule.comparison](value, rule.threshold)).length;
  const needed = rule.datapointsToAlarm;
  if (points.length === 0) {
    if (rule.missing === "ignore") return undefined;
    if (rule.missing === "missing")
      return {
        state: "INSUFFICIENT_DATA",
        reason: `Insufficient Data: ${count(missing, "datapoint")} were unknown.`,
        points,
      };
    const name = rule.missing === "breaching" ? "Breaching" : "NonBreaching";
    const reason = `Threshold Crossed: no datapoints were received for ${count(missing, "period")} and ${count(missing, "missing datapoint")} ${missing === 1 ? "was" : "were"} treated as [${name}].`;
    return { state: rule.missing === "breaching" ? "ALARM" : "OK", reason, points };
  }
  const counted = breaches + (rule.missing === "breaching" ? missing : 0);
  const state = counted >= needed ? "ALARM" : "OK";
  // Values that are still unknown could make the difference: the alarm waits for them.
  if (rule.missing === "ignore" && state === "OK" && breaches + missing >= needed) return undefined;
  const shown = points.map(({ atMs, value }) => `${formatNumber(value)} (${formatTime(atMs)})`).join(", ");
  const threshold = `the threshold (${formatNumber(rule.threshold)})`;
  const verb = (n: number) => (n === 1 ? "was" : "were");
  const reason =
    state === "ALARM"
      ? `Threshold Crossed: ${breaches} out of the last ${count(rule.evaluationPeriods, "datapoint")} [${shown}] ${verb(breaches)} ${wordings[rule.comparison]} ${threshold} (minimum ${count(needed, "datapoint")} for OK -> ALARM transition).`
      : `Threshold Crossed: ${count(points.length - breaches, "datapoint")} [${shown}] ${verb(points.length - breaches)} not ${wordings[rule.comparison]} ${threshold}.`;
  return { state, reason, points };
}

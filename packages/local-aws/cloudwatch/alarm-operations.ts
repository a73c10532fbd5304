import { AwsError, createNotImplementedError } from "../kernel/errors.ts";
import type { JsonObject, JsonOperation } from "../kernel/json-protocol.ts";
import { assertKnownMembers } from "../kernel/members.ts";
import { alarmStates, comparisonOperators, missingTreatments } from "./alarm-state.ts";
import type { Alarm, Alarms } from "./alarms.ts";
import {
  describeMetric,
  readMetric,
  readNumber,
  readObjects,
  readOptionalNumber,
  readOptionalText,
  readOptionalTexts,
  readOptionalTime,
  readPeriod,
  readText,
  refuseCombination,
  refuseValue,
} from "./input.ts";
import { isStatistic } from "./statistics.ts";

const PAGE = 100;
/** 24 hours; a day's evaluation range at most. */
const RANGE_LIMIT_S = 86_400;

const notFound = (what: string) =>
  new AwsError("ResourceNotFound", `${what} does not exist.`, { statusCode: 404, queryCode: "ResourceNotFound" });

/** Alarms of one metric: create, describe, delete, set, history, tags. */
export function createAlarmOperations(alarms: Alarms, now: () => number): Record<string, JsonOperation> {
  const find = (name: string): Alarm => {
    const alarm = alarms.find(name);
    if (!alarm) throw notFound(`Alarm ${name}`);
    return alarm;
  };
  const findByArn = (input: JsonObject): Alarm => {
    const arn = readText(input, "ResourceARN", 1024);
    return find(arn.slice(arn.indexOf(":alarm:") + 7));
  };
  return {
    PutMetricAlarm: (input) => alarms.put(readAlarm(input)),
    DescribeAlarms: (input) => describeAlarms(alarms, input),
    DescribeAlarmsForMetric: (input) => {
      const { MetricName, Namespace } = input;
      const wanted = JSON.stringify(readMetric(input).dimensions);
      const own = alarms
        .list()
        .filter(
          ({ metric }) =>
            metric.name === MetricName &&
            metric.namespace === Namespace &&
            JSON.stringify(metric.dimensions) === wanted,
        );
      return { MetricAlarms: own.map((alarm) => describe(alarms, alarm)) };
    },
    DeleteAlarms: (input) => {
      const names = readOptionalTexts(input, "AlarmNames") ?? [];
      for (const name of names) find(name);
      for (const name of names) alarms.delete(name);
    },
    SetAlarmState: (input) => {
      const state = alarmStates.find((one) => one === input.StateValue);
      if (!state) throw refuseValue(`The parameter StateValue must be one of ${alarmStates.join(", ")}.`);
      const reasonData = readOptionalText(input, "StateReasonData") ?? "";
      alarms.setState(find(readText(input, "AlarmName")), state, readText(input, "StateReason", 1023), reasonData);
    },
    DescribeAlarmHistory: (input) => {
      const alarm = readOptionalText(input, "AlarmName");
      const type = readOptionalText(input, "HistoryItemType");
      const rows = alarms.history({
        ...(alarm !== undefined && { alarm }),
        ...(type !== undefined && { type }),
        fromMs: readOptionalTime(input, "StartDate") ?? 0,
        toMs: readOptionalTime(input, "EndDate") ?? now(),
      });
      if (input.ScanBy === "TimestampAscending") rows.reverse();
      const { page, nextToken } = paginate(rows, input);
      return {
        AlarmHistoryItems: page.map((row) => ({
          AlarmName: row.alarm,
          AlarmType: "MetricAlarm",
          Timestamp: row.at_ms / 1000,
          HistoryItemType: row.type,
          HistorySummary: row.summary,
          HistoryData: row.data,
        })),
        ...(nextToken !== undefined && { NextToken: nextToken }),
      };
    },
    ListTagsForResource: (input) => ({
      Tags: Object.entries(findByArn(input).tags).map(([Key, Value]) => ({ Key, Value })),
    }),
    TagResource: (input) => {
      const alarm = findByArn(input);
      alarms.setTags(alarm, { ...alarm.tags, ...readTags(input) });
      return {};
    },
    UntagResource: (input) => {
      const alarm = findByArn(input);
      const gone = new Set(readOptionalTexts(input, "TagKeys") ?? []);
      alarms.setTags(alarm, Object.fromEntries(Object.entries(alarm.tags).filter(([key]) => !gone.has(key))));
      return {};
    },
  };
}

const readTags = (input: JsonObject): Record<string, string> =>
  Object.fromEntries(readObjects(input, "Tags").map((tag) => [readText(tag, "Key"), String(tag.Value ?? "")]));

function paginate<Row>(rows: readonly Row[], input: JsonObject): { page: Row[]; nextToken: string | undefined } {
  const size = Math.min(PAGE, readOptionalNumber(input, "MaxRecords") ?? PAGE);
  const skip = Number(readOptionalText(input, "NextToken") ?? 0);
  return {
    page: rows.slice(skip, skip + size),
    nextToken: rows.length > skip + size ? String(skip + size) : undefined,
  };
}

function readAlarm(input: JsonObject): Parameters<Alarms["put"]>[0] {
  assertKnownMembers("CloudWatch", "PutMetricAlarm", input, [
    "AlarmName",
    "AlarmDescription",
    "ActionsEnabled",
    "OKActions",
    "AlarmActions",
    "InsufficientDataActions",
    "MetricName",
    "Namespace",
    "Statistic",
    "ExtendedStatistic",
    "Dimensions",
    "Period",
    "Unit",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "Threshold",
    "ComparisonOperator",
    "TreatMissingData",
    "Tags",
  ]);
  for (const member of ["OKActions", "AlarmActions", "InsufficientDataActions"])
    if ((readOptionalTexts(input, member) ?? []).length > 0)
      throw createNotImplementedError("CloudWatch", `PutMetricAlarm with ${member}`);
  const statistic = readOptionalText(input, "Statistic") ?? readOptionalText(input, "ExtendedStatistic");
  if (statistic === undefined)
    throw refuseCombination("Exactly one of the parameters Statistic and ExtendedStatistic must be specified.");
  if (!isStatistic(statistic)) throw createNotImplementedError("CloudWatch", `the statistic ${statistic}`);
  const comparison = comparisonOperators.find((one) => one === input.ComparisonOperator);
  if (!comparison)
    throw typeof input.ComparisonOperator === "string"
      ? createNotImplementedError("CloudWatch", `PutMetricAlarm with ComparisonOperator ${input.ComparisonOperator}`)
      : refuseValue(`The parameter ComparisonOperator must be one of ${comparisonOperators.join(", ")}.`);
  const missing = missingTreatments.find((one) => one === (input.TreatMissingData ?? "missing"));
  if (!missing) throw refuseValue(`The parameter TreatMissingData must be one of ${missingTreatments.join(", ")}.`);
  const evaluationPeriods = readNumber(input, "EvaluationPeriods");
  const datapointsToAlarm = readOptionalNumber(input, "DatapointsToAlarm") ?? evaluationPeriods;
  const periodS = readPeriod(input);
  if (!(Number.isInteger(evaluationPeriods) && evaluationPeriods >= 1 && evaluationPeriods * periodS <= RANGE_LIMIT_S))
    throw refuseValue("EvaluationPeriods must be a whole number, and all periods together a day at most.");
  if (!(datapointsToAlarm >= 1 && datapointsToAlarm <= evaluationPeriods))
    throw refuseValue("DatapointsToAlarm must be from 1 to EvaluationPeriods.");
  const description = readOptionalText(input, "AlarmDescription");
  const unit = readOptionalText(input, "Unit");
  return {
    name: readText(input, "AlarmName"),
    metric: readMetric(input),
    statistic,
    periodS,
    evaluationPeriods,
    datapointsToAlarm,
    threshold: readNumber(input, "Threshold"),
    comparison,
    missing,
    tags: readTags(input),
    ...(description !== undefined && { description }),
    ...(unit !== undefined && { unit }),
  };
}

function describe(alarms: Alarms, alarm: Alarm): JsonObject {
  const { MetricName, Namespace, Dimensions } = describeMetric(alarm.metric);
  return {
    AlarmName: alarm.name,
    AlarmArn: alarms.arnOf(alarm.name),
    ...(alarm.description !== undefined && { AlarmDescription: alarm.description }),
    AlarmConfigurationUpdatedTimestamp: alarm.configuredMs / 1000,
    ActionsEnabled: true,
    OKActions: [],
    AlarmActions: [],
    InsufficientDataActions: [],
    StateValue: alarm.state,
    StateReason: alarm.reason,
    ...(alarm.reasonData !== "" && { StateReasonData: alarm.reasonData }),
    StateUpdatedTimestamp: alarm.updatedMs / 1000,
    StateTransitionedTimestamp: alarm.updatedMs / 1000,
    MetricName,
    Namespace,
    Dimensions,
    ...(alarm.statistic.startsWith("p") ? { ExtendedStatistic: alarm.statistic } : { Statistic: alarm.statistic }),
    ...(alarm.unit !== undefined && { Unit: alarm.unit }),
    Period: alarm.periodS,
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    Threshold: alarm.threshold,
    ComparisonOperator: alarm.comparison,
    TreatMissingData: alarm.missing,
  };
}

function describeAlarms(alarms: Alarms, input: JsonObject): JsonObject {
  assertKnownMembers("CloudWatch", "DescribeAlarms", input, [
    "AlarmNames",
    "AlarmNamePrefix",
    "AlarmTypes",
    "StateValue",
    "MaxRecords",
    "NextToken",
  ]);
  const names = readOptionalTexts(input, "AlarmNames");
  const prefix = readOptionalText(input, "AlarmNamePrefix") ?? "";
  const types = readOptionalTexts(input, "AlarmTypes");
  const rows = alarms
    .list()
    .filter(
      ({ name, state }) =>
        (!names?.length || names.includes(name)) &&
        name.startsWith(prefix) &&
        (input.StateValue === undefined || input.StateValue === state) &&
        (!types?.length || types.includes("MetricAlarm")),
    );
  const { page, nextToken } = paginate(rows, input);
  return {
    MetricAlarms: page.map((alarm) => describe(alarms, alarm)),
    CompositeAlarms: [],
    ...(nextToken !== undefined && { NextToken: nextToken }),
  };
}

import { createNotImplementedError } from "../kernel/errors.ts";
import type { JsonObject, JsonOperation } from "../kernel/json-protocol.ts";
import { assertKnownMembers } from "../kernel/members.ts";
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
  readTime,
  refuseCombination,
  refuseMissing,
  refuseValue,
} from "./input.ts";
import { isStatistic, readStatistic, type Summary } from "./statistics.ts";
import type { MetricStore, Sample } from "./store.ts";

const DATA_LIMIT = 1000;
const QUERY_LIMIT = 500;
const POINT_LIMIT = 100_800;
const LIST_LIMIT = 500;
/** Metrics without values for so long are no longer listed, as in CloudWatch. */
const LISTED_MS = 14 * 86_400_000;

/** PutMetricData, GetMetricData, GetMetricStatistics and ListMetrics. */
export function createMetricOperations(store: MetricStore, now: () => number): Record<string, JsonOperation> {
  return {
    PutMetricData: (input) => putMetricData(store, input, now()),
    GetMetricData: (input) => getMetricData(store, input),
    GetMetricStatistics: (input) => getMetricStatistics(store, input),
    ListMetrics: (input) => listMetrics(store, input, now()),
  };
}

function putMetricData(store: MetricStore, input: JsonObject, nowMs: number): void {
  assertKnownMembers("CloudWatch", "PutMetricData", input, ["Namespace", "MetricData"]);
  const namespace = readText(input, "Namespace");
  if (namespace.startsWith("AWS/")) throw refuseValue("The value AWS/ for parameter Namespace is reserved.");
  const data = readObjects(input, "MetricData");
  if (data.length === 0) throw refuseMissing("MetricData");
  if (data.length > DATA_LIMIT) throw refuseValue(`MetricData may hold ${DATA_LIMIT} values.`);
  const samples: Sample[] = [];
  for (const datum of data) {
    assertKnownMembers("CloudWatch", "PutMetricData", datum, [
      "MetricName",
      "Dimensions",
      "Timestamp",
      "Value",
      "Values",
      "Counts",
      "Unit",
      "StorageResolution",
    ]);
    const common = {
      ...readMetric({ ...datum, Namespace: namespace }),
      unit: readOptionalText(datum, "Unit") ?? "None",
      atMs: readOptionalTime(datum, "Timestamp") ?? nowMs,
    };
    const values = Array.isArray(datum.Values) ? datum.Values : [readNumber(datum, "Value")];
    const counts = Array.isArray(datum.Counts) ? datum.Counts : values.map(() => 1);
    if (counts.length !== values.length) throw refuseCombination("Values and Counts must be of the same length.");
    for (const [i, value] of values.entries())
      samples.push({
        ...common,
        value: readNumber({ Value: value }, "Value"),
        count: readNumber({ Count: counts[i] }, "Count"),
      });
  }
  for (const sample of samples) store.put(sample);
  store.flush();
}

function readStat(input: JsonObject, name: string): string {
  const stat = readText(input, name);
  if (!isStatistic(stat)) throw createNotImplementedError("CloudWatch", `the statistic ${stat}`);
  return stat;
}

function getMetricData(store: MetricStore, input: JsonObject): JsonObject {
  assertKnownMembers("CloudWatch", "GetMetricData", input, [
    "MetricDataQueries",
    "StartTime",
    "EndTime",
    "ScanBy",
    "MaxDatapoints",
    "NextToken",
  ]);
  const queries = readObjects(input, "MetricDataQueries");
  if (queries.length === 0) throw refuseMissing("MetricDataQueries");
  if (queries.length > QUERY_LIMIT) throw refuseValue(`MetricDataQueries may hold ${QUERY_LIMIT} queries.`);
  const fromMs = readTime(input, "StartTime");
  const toMs = readTime(input, "EndTime");
  if (fromMs >= toMs) throw refuseValue("The parameter StartTime must be before EndTime.");
  const most = readOptionalNumber(input, "MaxDatapoints") ?? POINT_LIMIT;
  const skip = Number(readOptionalText(input, "NextToken") ?? 0);
  if (!Number.isInteger(skip) || skip < 0) throw refuseValue("The parameter NextToken is not one of an answer.");
  const isAscending = input.ScanBy === "TimestampAscending";
  let seen = 0;
  const results: JsonObject[] = [];
  for (const query of queries) {
    const stat = query.MetricStat as JsonObject | undefined;
    if (!stat) throw createNotImplementedError("CloudWatch", "GetMetricData with Expression");
    if (query.ReturnData === false) continue;
    const metric = readMetric((stat.Metric ?? {}) as JsonObject);
    const name = readStat(stat, "Stat");
    const unit = readOptionalText(stat, "Unit");
    const periodS = readPeriod(stat);
    const slots = store.read(metric, { fromMs, toMs, periodS, ...(unit !== undefined && { unit }) });
    if (!isAscending) slots.reverse();
    const page = slots.filter(() => {
      seen += 1;
      return seen > skip && seen <= skip + most;
    });
    results.push({
      Id: readText(query, "Id"),
      Label: readOptionalText(query, "Label") ?? metric.name,
      Timestamps: page.map(({ atMs }) => atMs / 1000),
      Values: page.map(({ summary }) => readStatistic(summary, name)),
      StatusCode: page.length < slots.length && seen > skip + most ? "PartialData" : "Complete",
    });
  }
  return { MetricDataResults: results, Messages: [], ...(seen > skip + most && { NextToken: String(skip + most) }) };
}

function getMetricStatistics(store: MetricStore, input: JsonObject): JsonObject {
  const metric = readMetric(input);
  const unit = readOptionalText(input, "Unit");
  const simple = readOptionalTexts(input, "Statistics") ?? [];
  const extended = readOptionalTexts(input, "ExtendedStatistics") ?? [];
  if (simple.length + extended.length === 0)
    throw refuseCombination("At least one of the parameters Statistics and ExtendedStatistics must be specified.");
  for (const name of [...simple, ...extended]) readStat({ name }, "name");
  const slots = store.read(metric, {
    fromMs: readTime(input, "StartTime"),
    toMs: readTime(input, "EndTime"),
    periodS: readPeriod(input),
    ...(unit !== undefined && { unit }),
  });
  const tell = (names: string[], summary: Summary) =>
    Object.fromEntries(names.map((name): [string, number] => [name, readStatistic(summary, name)]));
  return {
    Label: metric.name,
    Datapoints: slots.map((slot) => ({
      Timestamp: slot.atMs / 1000,
      Unit: slot.unit,
      ...tell(simple, slot.summary),
      ...(extended.length > 0 && { ExtendedStatistics: tell(extended, slot.summary) }),
    })),
  };
}

function listMetrics(store: MetricStore, input: JsonObject, nowMs: number): JsonObject {
  assertKnownMembers("CloudWatch", "ListMetrics", input, [
    "Namespace",
    "MetricName",
    "Dimensions",
    "NextToken",
    "RecentlyActive",
  ]);
  const wanted = readObjects(input, "Dimensions");
  const namespace = readOptionalText(input, "Namespace");
  const name = readOptionalText(input, "MetricName");
  const metrics = store
    .list({
      ...(namespace !== undefined && { namespace }),
      ...(name !== undefined && { name }),
      sinceMs: nowMs - (input.RecentlyActive === "PT3H" ? 3 * 3_600_000 : LISTED_MS),
    })
    .filter(({ dimensions }) =>
      wanted.every(({ Name, Value }) => {
        const own = dimensions[String(Name)];
        return own !== undefined && (Value === undefined || own === Value);
      }),
    );
  const skip = Number(readOptionalText(input, "NextToken") ?? 0);
  return {
    Metrics: metrics.slice(skip, skip + LIST_LIMIT).map(describeMetric),
    ...(metrics.length > skip + LIST_LIMIT && { NextToken: String(skip + LIST_LIMIT) }),
  };
}

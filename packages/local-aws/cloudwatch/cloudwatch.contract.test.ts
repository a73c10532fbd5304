import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
  ResourceNotFound,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EmitEvent } from "../kernel/container-ports.ts";
import { listenFront } from "../kernel/server.ts";
import { createClientSettings, TEST_ACCOUNT, TEST_CREDENTIALS, TEST_REGION } from "../kernel/testing.ts";
import { type CloudWatch, createCloudWatch } from "./index.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

describe("CloudWatch", () => {
  let nowMs = Date.UTC(2026, 10, 23, 12, 0, 0);
  const events: Parameters<EmitEvent>[0][] = [];
  let dir: string;
  let cloudWatch: CloudWatch;
  let client: CloudWatchClient;
  let close: () => Promise<void>;
  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "local-aws-cloudwatch-"));
    const front = await listenFront({ port: 0, credentials: [TEST_CREDENTIALS] });
    const identity = { region: TEST_REGION, accountId: TEST_ACCOUNT };
    cloudWatch = createCloudWatch({ dir, identity, emit: (event) => events.push(event), now: () => nowMs });
    front.addService(cloudWatch.service);
    front.markReady();
    client = new CloudWatchClient(createClientSettings(front.url));
    close = async () => {
      await front.close();
      await cloudWatch.service.close();
      await rm(dir, { recursive: true, force: true });
    };
  });
  afterAll(() => close());

  const put = (name: string, value: number, agoMs = 0) =>
    cloudWatch.metrics.put({
      namespace: "Test",
      name,
      dimensions: { Agent: "a" },
      value,
      unit: "Count",
      atMs: nowMs - agoMs,
    });
  const metric = (MetricName: string) => ({
    Namespace: "Test",
    MetricName,
    Dimensions: [{ Name: "Agent", Value: "a" }],
  });
  const read = async (name: string, Stat: string, Period = 60, spanMs = HOUR_MS) => {
    const { MetricDataResults = [] } = await client.send(
      new GetMetricDataCommand({
        StartTime: new Date(nowMs - spanMs),
        EndTime: new Date(nowMs + MINUTE_MS),
        ScanBy: "TimestampAscending",
        MetricDataQueries: [{ Id: "q", MetricStat: { Metric: metric(name), Period, Stat } }],
      }),
    );
    return MetricDataResults[0]?.Values;
  };

  it("keeps what is put, also packed, as values with counts, and tells every statistic by period", async () => {
    await client.send(
      new PutMetricDataCommand({
        Namespace: "Own",
        MetricData: [
          ...Array.from({ length: 400 }, (_, i) => ({
            MetricName: "latency",
            Dimensions: [{ Name: "Path", Value: "/a" }],
            Timestamp: new Date(nowMs - (i % 2) * MINUTE_MS),
            Value: i,
            Unit: "Milliseconds" as const,
          })),
          { MetricName: "sizes", Timestamp: new Date(nowMs), Values: [1, 10], Counts: [9, 1] },
        ],
      }),
    );
    const { Datapoints = [] } = await client.send(
      new GetMetricStatisticsCommand({
        Namespace: "Own",
        MetricName: "latency",
        Dimensions: [{ Name: "Path", Value: "/a" }],
        StartTime: new Date(nowMs - HOUR_MS),
        EndTime: new Date(nowMs + MINUTE_MS),
        Period: 3600,
        Statistics: ["SampleCount", "Sum", "Minimum", "Maximum", "Average"],
        ExtendedStatistics: ["p90"],
      }),
    );
    const count = Datapoints.reduce((sum, point) => sum + (point.SampleCount ?? 0), 0);
    expect(count).toBe(400);
    expect(Datapoints.reduce((sum, point) => sum + (point.Sum ?? 0), 0)).toBe((399 * 400) / 2);
    const [point] = Datapoints;
    expect(point?.ExtendedStatistics?.p90).toBeGreaterThan(350);
    expect(point?.ExtendedStatistics?.p90).toBeLessThan(370);
    const { Metrics } = await client.send(new ListMetricsCommand({ Namespace: "Own" }));
    expect(Metrics?.map(({ MetricName }) => MetricName)).toEqual(["latency", "sizes"]);
    const wanted = [{ Name: "Path", Value: "/b" }];
    expect((await client.send(new ListMetricsCommand({ Namespace: "Own", Dimensions: wanted }))).Metrics).toEqual([]);
  });

  it("gives periods oldest or newest first, in pages", async () => {
    for (const [i, value] of [5, 6, 7].entries()) put("paged", value, (2 - i) * MINUTE_MS);
    expect(await read("paged", "Average")).toEqual([5, 6, 7]);
    const MetricDataQueries = [{ Id: "q", MetricStat: { Metric: metric("paged"), Period: 60, Stat: "Sum" } }];
    const range = { StartTime: new Date(nowMs - HOUR_MS), EndTime: new Date(nowMs + MINUTE_MS), MaxDatapoints: 2 };
    const first = await client.send(new GetMetricDataCommand({ ...range, MetricDataQueries }));
    expect(first.MetricDataResults?.[0]?.Values).toEqual([7, 6]);
    const rest = await client.send(
      new GetMetricDataCommand({ ...range, MetricDataQueries, NextToken: first.NextToken }),
    );
    expect([rest.MetricDataResults?.[0]?.Values, rest.NextToken]).toEqual([[5], undefined]);
  });

  it("answers the mean of the last whole period to services, and nothing without values", () => {
    const query = { namespace: "Test", dimensions: { Agent: "a" }, periodSeconds: 60, statistic: "Average" } as const;
    put("cpu", 20, MINUTE_MS);
    put("cpu", 40, MINUTE_MS - 1000);
    put("cpu", 99);
    expect(cloudWatch.metrics.latest({ ...query, name: "cpu" })).toBe(30);
    expect(cloudWatch.metrics.latest({ ...query, name: "none" })).toBeUndefined();
  });

  const alarm = (name: string, more: Partial<PutMetricAlarmCommandInput> = {}): PutMetricAlarmCommandInput => ({
    AlarmName: name,
    ...metric(name),
    Statistic: "Sum",
    Period: 60,
    EvaluationPeriods: 2,
    Threshold: 10,
    ComparisonOperator: "GreaterThanThreshold",
    TreatMissingData: "notBreaching",
    ...more,
  });
  const stateOf = async (name: string) => {
    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
    return MetricAlarms?.[0];
  };
  const pass = (ms: number) => {
    nowMs += ms;
    cloudWatch.evaluateAlarms();
  };

  it("raises an alarm after as many breaching periods as it asks for, says why, tells the bus, and lets it go", async () => {
    await client.send(new PutMetricAlarmCommand(alarm("faults", { AlarmDescription: "too many" })));
    expect((await stateOf("faults"))?.StateValue).toBe("OK");
    put("faults", 11);
    pass(MINUTE_MS);
    expect((await stateOf("faults"))?.StateValue).toBe("OK");
    put("faults", 12);
    pass(MINUTE_MS);
    const raised = await stateOf("faults");
    expect(raised?.StateValue).toBe("ALARM");
    expect(raised?.StateReason).toMatch(
      /^Threshold Crossed: 2 out of the last 2 datapoints \[12\.0 \(23\/11\/26 \d\d:\d\d:00\), 11\.0 \(.*\)\] were greater than the threshold \(10\.0\)/,
    );
    expect(cloudWatch.metrics.alarmState("faults")).toBe("ALARM");
    expect(events.at(-1)).toMatchObject({
      source: "aws.cloudwatch",
      detailType: "CloudWatch Alarm State Change",
      detail: { alarmName: "faults", state: { value: "ALARM" }, previousState: { value: "OK" } },
    });
    pass(3 * MINUTE_MS);
    expect((await stateOf("faults"))?.StateValue).toBe("OK");
    const { AlarmHistoryItems } = await client.send(
      new DescribeAlarmHistoryCommand({ AlarmName: "faults", HistoryItemType: "StateUpdate" }),
    );
    expect(AlarmHistoryItems?.map(({ HistorySummary }) => HistorySummary)).toEqual([
      "Alarm updated from ALARM to OK",
      "Alarm updated from OK to ALARM",
      "Alarm updated from INSUFFICIENT_DATA to OK",
    ]);
  });

  it("treats missing values as each alarm says", async () => {
    for (const treatment of ["breaching", "notBreaching", "missing", "ignore"]) {
      await client.send(new PutMetricAlarmCommand(alarm(`gone-${treatment}`, { TreatMissingData: treatment })));
      await client.send(
        new SetAlarmStateCommand({ AlarmName: `gone-${treatment}`, StateValue: "ALARM", StateReason: "by hand" }),
      );
    }
    pass(MINUTE_MS);
    const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNamePrefix: "gone-" }));
    expect(Object.fromEntries(MetricAlarms.map((one) => [one.AlarmName, one.StateValue]))).toEqual({
      "gone-breaching": "ALARM",
      "gone-ignore": "ALARM",
      "gone-missing": "INSUFFICIENT_DATA",
      "gone-notBreaching": "OK",
    });
  });

  it("deletes alarms, and refuses unknown ones and what it lacks by name", async () => {
    await client.send(new PutMetricAlarmCommand(alarm("short")));
    await client.send(new DeleteAlarmsCommand({ AlarmNames: ["short"] }));
    expect(await stateOf("short")).toBeUndefined();
    await expect(client.send(new DeleteAlarmsCommand({ AlarmNames: ["short"] }))).rejects.toBeInstanceOf(
      ResourceNotFound,
    );
    const AlarmActions = ["arn:aws:sns:eu-north-1:000000000000:told"];
    await expect(client.send(new PutMetricAlarmCommand(alarm("acting", { AlarmActions })))).rejects.toMatchObject({
      name: "NotImplemented",
      message: expect.stringContaining("AlarmActions"),
    });
    await expect(
      client.send(new PutMetricDataCommand({ Namespace: "AWS/ECS", MetricData: [{ MetricName: "x", Value: 1 }] })),
    ).rejects.toMatchObject({ name: "InvalidParameterValueException" });
  });

  it("keeps old values coarser and the oldest not at all, without losing a count", async () => {
    const startMs = nowMs;
    for (let i = 0; i < 120; i++) put("aging", 1, i * 1000);
    for (const [ageMs, periodS] of [
      [4 * HOUR_MS, 60],
      [16 * DAY_MS, 300],
      [64 * DAY_MS, 3600],
    ] as const) {
      nowMs = startMs + ageMs;
      cloudWatch.sweep();
      const values = await read("aging", "SampleCount", periodS, ageMs + DAY_MS);
      expect(values?.reduce((sum, value) => sum + value, 0)).toBe(120);
    }
    nowMs = startMs + 456 * DAY_MS;
    cloudWatch.sweep();
    expect(await read("aging", "SampleCount", 3600, 457 * DAY_MS)).toEqual([]);
    expect((await client.send(new ListMetricsCommand({ Namespace: "Test" }))).Metrics).toEqual([]);
  });
});

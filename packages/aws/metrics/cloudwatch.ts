import {
  ApplicationAutoScalingClient,
  DescribeScalingActivitiesCommand,
} from "@aws-sdk/client-application-auto-scaling";
import { CloudWatchClient, DescribeAlarmsCommand, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import type { AgentMetricsPort } from "@samla/core/kernel";
import { clientConfig } from "../client-config.ts";
import { type FailureRow, translateBy } from "../service-failures.ts";

const failures: FailureRow[] = [
  {
    name: "LimitExceededException",
    code: "unavailable",
    text: "CloudWatch is asked too much at the moment.",
    nextStep: "Try again in a moment.",
  },
];

/** AWS takes no more in one call. */
const queriesMax = 500;
const actsMax = 50;

/** Figures of agents from CloudWatch, and what scaling did from Application Auto Scaling. */
export const createCloudWatchMetrics = (): AgentMetricsPort => {
  const client = new CloudWatchClient(clientConfig);
  const scaling = new ApplicationAutoScalingClient(clientConfig);
  const run = <T>(call: () => Promise<T>): Promise<T> => translateBy(failures, call);
  return {
    read: (queries, { fromMs, toMs, periodSeconds }) =>
      run(async () => {
        const found = new Map<string, { atMs: number; value: number }[]>();
        for (let i = 0; i < queries.length; i += queriesMax) {
          let token: string | undefined;
          do {
            const page = await client.send(
              new GetMetricDataCommand({
                StartTime: new Date(fromMs),
                EndTime: new Date(toMs),
                ScanBy: "TimestampAscending",
                MetricDataQueries: queries.slice(i, i + queriesMax).map((query) => ({
                  Id: query.id,
                  MetricStat: {
                    Metric: {
                      Namespace: query.namespace,
                      MetricName: query.metric,
                      Dimensions: Object.entries(query.dimensions).map(([Name, Value]) => ({ Name, Value })),
                    },
                    Period: periodSeconds,
                    Stat: query.statistic,
                  },
                })),
                ...(token ? { NextToken: token } : {}),
              }),
            );
            for (const { Id = "", Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
              const points = found.get(Id) ?? [];
              for (const [k, at] of Timestamps.entries()) points.push({ atMs: at.getTime(), value: Values[k] ?? 0 });
              found.set(Id, points);
            }
            token = page.NextToken;
          } while (token);
        }
        for (const points of found.values()) points.sort((a, b) => a.atMs - b.atMs);
        return found;
      }),
    alarms: (names) =>
      run(async () => {
        const found = new Map<string, { state: string; reason: string; threshold?: number }>();
        for (let i = 0; i < names.length; i += 100) {
          const page = await client.send(
            new DescribeAlarmsCommand({ AlarmNames: names.slice(i, i + 100), MaxRecords: 100 }),
          );
          for (const alarm of page.MetricAlarms ?? [])
            found.set(alarm.AlarmName ?? "", {
              state: alarm.StateValue ?? "INSUFFICIENT_DATA",
              reason: alarm.StateReason ?? "",
              ...(alarm.Threshold === undefined ? {} : { threshold: alarm.Threshold }),
            });
        }
        return found;
      }),
    scalingActs: (ResourceId) =>
      run(async () => {
        const page = await scaling.send(
          new DescribeScalingActivitiesCommand({
            ServiceNamespace: "ecs",
            ScalableDimension: "ecs:service:DesiredCount",
            ResourceId,
            MaxResults: actsMax,
          }),
        );
        return (page.ScalingActivities ?? []).map((act) => ({
          id: act.ActivityId ?? "",
          at: (act.StartTime ?? new Date(0)).toISOString(),
          description: act.Description ?? "",
          cause: act.Cause ?? "",
          status: act.StatusCode ?? "",
          message: act.StatusMessage,
        }));
      }),
  };
};

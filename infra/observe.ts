import { workQueues } from "./queues.ts";
import { functions } from "./resources.ts";
import { nameOf, pascalCase, region, settings } from "./stage.ts";
import { catalog } from "./storage.ts";

/** Not encrypted by a key: alarms may not write to topics under AWS's own one, and their texts hold no data of people. */
const alarms = new sst.aws.SnsTopic("Alarms", { transform: { topic: { name: nameOf("alarms") } } });
if (settings.alarmEmail)
  new aws.sns.TopicSubscription("AlarmsByMail", {
    topic: alarms.arn,
    protocol: "email",
    endpoint: settings.alarmEmail,
  });

type Metric = {
  namespace: string;
  metricName: string;
  dimensions: Record<string, $util.Input<string>>;
  statistic?: string;
  extendedStatistic?: string;
  threshold: number;
  periodSeconds: number;
  periods?: number;
  /** What to do about it, as the mail says it. */
  next: string;
};

const alarm = (name: string, metric: Metric): aws.cloudwatch.MetricAlarm =>
  new aws.cloudwatch.MetricAlarm(`${name}Alarm`, {
    name: nameOf(name),
    alarmDescription: `${metric.next} See docs/runbook.md.`,
    namespace: metric.namespace,
    metricName: metric.metricName,
    dimensions: metric.dimensions,
    ...(metric.extendedStatistic
      ? { extendedStatistic: metric.extendedStatistic }
      : { statistic: metric.statistic ?? "Sum" }),
    comparisonOperator: "GreaterThanThreshold",
    threshold: metric.threshold,
    period: metric.periodSeconds,
    evaluationPeriods: metric.periods ?? 1,
    treatMissingData: "notBreaching",
    alarmActions: [alarms.arn],
    okActions: [alarms.arn],
  });

for (const [name, { queue, dead }] of Object.entries(workQueues)) {
  alarm(`${pascalCase(name)}DeadLetters`, {
    namespace: "AWS/SQS",
    metricName: "ApproximateNumberOfMessagesVisible",
    dimensions: { QueueName: dead.nodes.queue.name },
    statistic: "Maximum",
    threshold: 0,
    periodSeconds: 60,
    next: `Work of the queue ${name} failed for good. Look at the console's activity panel, mend the cause, redrive.`,
  });
  alarm(`${pascalCase(name)}Waits`, {
    namespace: "AWS/SQS",
    metricName: "ApproximateAgeOfOldestMessage",
    dimensions: { QueueName: queue.nodes.queue.name },
    statistic: "Maximum",
    threshold: 3_600,
    periodSeconds: 300,
    periods: 3,
    next: `Work of the queue ${name} has waited for an hour. Look whether its function fails or is throttled.`,
  });
}

for (const name of Object.keys(functions) as (keyof typeof functions)[])
  for (const [metricName, threshold] of [
    ["Errors", 5],
    ["Throttles", 20],
  ] as const)
    alarm(`${pascalCase(name)}${metricName}`, {
      namespace: "AWS/Lambda",
      metricName,
      dimensions: { FunctionName: nameOf(name) },
      threshold,
      periodSeconds: 300,
      next:
        metricName === "Errors"
          ? `The function ${name} fails: read its log.`
          : `The function ${name} is throttled: raise the account's or its own concurrency.`,
    });

const api = { ApiName: nameOf("api"), Stage: "v1" };
alarm("ApiFaults", {
  namespace: "AWS/ApiGateway",
  metricName: "5XXError",
  dimensions: api,
  threshold: 10,
  periodSeconds: 300,
  next: "The API answers with faults of its own: the access log names the route.",
});
alarm("ApiSlow", {
  namespace: "AWS/ApiGateway",
  metricName: "Latency",
  dimensions: api,
  extendedStatistic: "p95",
  threshold: 3_000,
  periodSeconds: 300,
  periods: 3,
  next: "One call in twenty takes over 3 s: look for cold starts and throttles.",
});
alarm("CatalogThrottled", {
  namespace: "AWS/DynamoDB",
  metricName: "ThrottledRequests",
  dimensions: { TableName: catalog.name },
  threshold: 10,
  periodSeconds: 300,
  next: "The catalog is throttled: one partition is asked too much.",
});

/** The account's own budget for this stage, by its tag. */
if (settings.alarmEmail)
  new aws.budgets.Budget("Budget", {
    name: nameOf("monthly"),
    budgetType: "COST",
    timeUnit: "MONTHLY",
    limitAmount: String(settings.monthlyBudgetUsd),
    limitUnit: "USD",
    costFilters: [{ name: "TagKeyValue", values: [`user:stage$${$app.stage}`] }],
    notifications: [
      { type: "ACTUAL", share: 80 },
      { type: "FORECASTED", share: 100 },
    ].map(({ type, share }) => ({
      notificationType: type,
      threshold: share,
      thresholdType: "PERCENTAGE",
      comparisonOperator: "GREATER_THAN",
      subscriberEmailAddresses: [settings.alarmEmail ?? ""],
    })),
  });

type Line = (string | { stat?: string; label?: string })[];
const graph = (title: string, place: [number, number], metrics: Line[], stat = "Sum") => ({
  type: "metric",
  x: place[0] * 8,
  y: place[1] * 6,
  width: 8,
  height: 6,
  properties: { title, region: "@region", stat, period: 60, view: "timeSeries", metrics },
});

const names = Object.keys(functions);
const dashboard = $util
  .all([
    region,
    catalog.name,
    $util.all(
      Object.fromEntries(Object.entries(workQueues).map(([name, { queue }]) => [name, queue.nodes.queue.name])),
    ),
    $util.all(Object.fromEntries(Object.entries(workQueues).map(([name, { dead }]) => [name, dead.nodes.queue.name]))),
  ])
  .apply(([where, table, queueNames, deadNames]) =>
    JSON.stringify({
      widgets: [
        graph(
          "Calls of the API",
          [0, 0],
          [
            ["AWS/ApiGateway", "Count", "ApiName", api.ApiName, "Stage", api.Stage],
            [".", "4XXError", ".", ".", ".", "."],
            [".", "5XXError", ".", ".", ".", "."],
          ],
        ),
        graph(
          "How long calls take (ms)",
          [1, 0],
          [
            ["AWS/ApiGateway", "Latency", "ApiName", api.ApiName, "Stage", api.Stage, { stat: "p50" }],
            ["...", { stat: "p95" }],
            ["...", { stat: "p99" }],
          ],
        ),
        graph(
          "Faults of functions",
          [2, 0],
          names.map((name) => ["AWS/Lambda", "Errors", "FunctionName", nameOf(name), { label: name }]),
        ),
        graph(
          "Waiting work",
          [0, 1],
          Object.entries(queueNames).map(([name, queue]) => [
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            "QueueName",
            queue,
            { label: name },
          ]),
          "Maximum",
        ),
        graph(
          "Dead letters",
          [1, 1],
          Object.entries(deadNames).map(([name, queue]) => [
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            "QueueName",
            queue,
            { label: name },
          ]),
          "Maximum",
        ),
        graph(
          "How long functions take (ms, p95)",
          [2, 1],
          names.map((name) => ["AWS/Lambda", "Duration", "FunctionName", nameOf(name), { label: name }]),
          "p95",
        ),
        graph(
          "Catalog: capacity used",
          [0, 2],
          [
            ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", table],
            [".", "ConsumedWriteCapacityUnits", ".", "."],
            [".", "ThrottledRequests", ".", "."],
          ],
        ),
        graph(
          "Functions at once",
          [1, 2],
          names.map((name) => ["AWS/Lambda", "ConcurrentExecutions", "FunctionName", nameOf(name), { label: name }]),
          "Maximum",
        ),
        graph(
          "Agents: processor and memory (%)",
          [2, 2],
          [
            ["AWS/ECS", "CPUUtilization", "ClusterName", nameOf("agents")],
            [".", "MemoryUtilization", ".", "."],
          ],
          "Average",
        ),
      ],
    }).replaceAll('"@region"', JSON.stringify(where)),
  );
new aws.cloudwatch.Dashboard("Dashboard", { dashboardName: nameOf("operations"), dashboardBody: dashboard });

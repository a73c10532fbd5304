import { trustOf } from "./defaults.ts";
import { lambdas } from "./functions.ts";
import { workQueues } from "./queues.ts";
import {
  eventRules,
  type FunctionName,
  functions,
  type QueueName,
  queueConsumers,
  schedules,
  socketRoutes,
} from "./resources.ts";
import { socket } from "./socket.ts";
import { nameOf, pascalCase } from "./stage.ts";
import { catalog } from "./storage.ts";

for (const [name, consumer] of Object.entries(queueConsumers))
  new aws.lambda.EventSourceMapping(`${pascalCase(name)}QueueToFunction`, {
    eventSourceArn: workQueues[name as QueueName].queue.arn,
    functionName: lambdas[consumer.function].arn,
    batchSize: consumer.batchSize,
    functionResponseTypes: ["ReportBatchItemFailures"],
    // AWS counts at least two pollers; the laptop's one is enough there.
    scalingConfig: { maximumConcurrency: Math.max(2, consumer.maxConcurrency) },
  });

/** Events that could not be pushed are not lost: browsers ask the API for what they missed. */
new aws.lambda.EventSourceMapping("CatalogToPushEvents", {
  eventSourceArn: catalog.nodes.table.streamArn,
  functionName: lambdas["push-events"].arn,
  startingPosition: "LATEST",
  batchSize: 50,
  maximumRetryAttempts: 2,
  maximumRecordAgeInSeconds: 300,
  bisectBatchOnFunctionError: true,
  filterCriteria: { filters: [{ pattern: JSON.stringify({ eventName: ["INSERT"] }) }] },
});

for (const [route, name] of Object.entries(socketRoutes))
  socket.route(route, lambdas[name].arn, { name: route.replace("$", "") });

const scheduled = [...new Set(Object.values(schedules).map((schedule) => schedule.function))];
const schedulerRole = new aws.iam.Role("SchedulerRole", {
  name: nameOf("scheduler"),
  assumeRolePolicy: trustOf("scheduler.amazonaws.com"),
  inlinePolicies: [
    {
      name: "invoke",
      policy: $jsonStringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Action: ["lambda:InvokeFunction"], Resource: scheduled.map((name) => lambdas[name].arn) },
        ],
      }),
    },
  ],
});

for (const [name, schedule] of Object.entries(schedules))
  new aws.scheduler.Schedule(`${pascalCase(name)}Schedule`, {
    name: nameOf(name),
    scheduleExpression: schedule.expression,
    flexibleTimeWindow: { mode: "OFF" },
    target: {
      arn: lambdas[schedule.function].arn,
      roleArn: schedulerRole.arn,
      input: "{}",
      // The next round does the work of a missed one.
      retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
    },
  });

/** What AWS tells of agents; a missed event is made up for by the schedule. */
for (const [name, rule] of Object.entries(eventRules)) {
  const { arn } = new aws.cloudwatch.EventRule(`${pascalCase(name)}Rule`, {
    name: nameOf(name),
    eventPattern: JSON.stringify(rule.pattern),
  });
  new aws.cloudwatch.EventTarget(`${pascalCase(name)}Target`, {
    rule: nameOf(name),
    arn: lambdas[rule.function].arn,
    retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 300 },
  });
  new aws.lambda.Permission(`${pascalCase(name)}FromEvents`, {
    action: "lambda:InvokeFunction",
    function: lambdas[rule.function].name,
    principal: "events.amazonaws.com",
    sourceArn: arn,
  });
}

/** Asynchronous calls that failed are not repeated hours later. */
for (const name of Object.keys(functions) as FunctionName[])
  if (scheduled.some((one) => one === name))
    new aws.lambda.FunctionEventInvokeConfig(`${pascalCase(name)}Retries`, {
      functionName: lambdas[name].name,
      maximumRetryAttempts: 0,
      maximumEventAgeInSeconds: 60,
    });

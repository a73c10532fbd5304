import { createHash } from "node:crypto";
import { agentPassage, callerKinds, type Route, routes, usagePlans } from "../packages/contracts/index.ts";
import { balancer } from "./agents.ts";
import { protectApi } from "./firewall.ts";
import { cachedPaths, createGatewayBody } from "./gateway-body.ts";
import { gatewayAccess, vpc } from "./network.ts";
import { stageThrottle } from "./resources.ts";
import { router } from "./router.ts";
import { accountId, nameOf, pascalCase, region, settings } from "./stage.ts";
import { usageKeys } from "./usage-keys.ts";

const stageName = "v1";

/** Functions are named before they are made, so that they may know the API's address and the API theirs. */
const invokeArn = $util.all([region, accountId]).apply(
  ([where, account]) =>
    (name: string): string =>
      `arn:aws:apigateway:${where}:lambda:path/2015-03-31/functions/arn:aws:lambda:${where}:${account}:function:${nameOf(name)}/invocations`,
);

/** To balancers inside the network, without one of the network kind between: a VPC link V2. */
const agentsLink = new aws.apigatewayv2.VpcLink("AgentsLink", {
  name: nameOf("agents"),
  subnetIds: vpc.privateSubnets,
  securityGroupIds: [gatewayAccess.id],
});

const body = $util
  .all([invokeArn, router.url, agentsLink.id, balancer.arn, balancer.dnsName])
  .apply(([invokeArnOf, consoleOrigin, vpcLinkId, balancerArn, host]) =>
    JSON.stringify(
      createGatewayBody({
        title: nameOf("api"),
        consoleOrigin,
        invokeArnOf,
        agents: { vpcLinkId, balancerArn, host },
      }),
    ),
  );

/** One line of JSON a request; numbers without quotes, so that Logs Insights can sum them. */
const accessLogFormat = `{${Object.entries({
  requestId: '"$context.requestId"',
  time: '"$context.requestTime"',
  ip: '"$context.identity.sourceIp"',
  method: '"$context.httpMethod"',
  route: '"$context.resourcePath"',
  principal: '"$context.authorizer.principalId"',
  apiKeyId: '"$context.identity.apiKeyId"',
  error: '"$context.error.responseType"',
  status: "$context.status",
  latencyMs: "$context.responseLatency",
  sizeBytes: "$context.responseLength",
})
  .map(([name, value]) => `"${name}":${value}`)
  .join(",")}}`;

export const rest = new sst.aws.ApiGatewayV1("Api", {
  endpoint: { type: "regional" },
  // SST's CORS allows every origin; the body has preflights for the console's alone.
  cors: false,
  accessLog: { retention: settings.logRetention },
  transform: {
    api: {
      name: nameOf("api"),
      body,
      putRestApiMode: "overwrite",
      failOnWarnings: true,
      minimumCompressionSize: "1024",
    },
    deployment: (args) => {
      // SST watches routes that it made; these are in the body.
      args.triggers = { body: body.apply((text) => createHash("sha256").update(text).digest("hex")) };
    },
    stage: (args) => {
      const { destinationArn } = args.accessLogSettings as { destinationArn: $util.Input<string> };
      Object.assign(args, {
        stageName,
        accessLogSettings: { destinationArn, format: accessLogFormat },
        cacheClusterEnabled: settings.apiCache,
        ...(settings.apiCache ? { cacheClusterSize: "0.5" } : {}),
        xrayTracingEnabled: true,
      });
    },
  },
});
rest.deploy();

const stage = rest.nodes.stage;
if (!stage) throw new Error("SST made no stage of the API.");

export const restApiArn = rest.nodes.api.executionArn;
export const apiUrl = $interpolate`https://${rest.nodes.api.id}.execute-api.${region}.amazonaws.com/${stageName}`;

const settingsOf = (
  name: string,
  methodPath: string,
  more: Partial<aws.types.input.apigateway.MethodSettingsSettings>,
) =>
  new aws.apigateway.MethodSettings(name, {
    restApi: rest.nodes.api.id,
    stageName: stage.stageName,
    methodPath,
    settings: {
      metricsEnabled: true,
      loggingLevel: "ERROR",
      dataTraceEnabled: false,
      throttlingRateLimit: stageThrottle.ratePerSecond,
      throttlingBurstLimit: stageThrottle.burst,
      cachingEnabled: false,
      ...more,
    },
  });

settingsOf("ApiEveryMethod", "*/*", {});
settingsOf("ApiAgents", `${agentPassage.path.slice(1)}/ANY`, {
  throttlingRateLimit: agentPassage.throttle.ratePerSecond,
  throttlingBurstLimit: agentPassage.throttle.burst,
});
for (const [id, route] of Object.entries(routes) as [string, Route][]) {
  const ttlSeconds = settings.apiCache ? cachedPaths[route.path] : undefined;
  if (!route.throttle && !ttlSeconds) continue;
  settingsOf(
    `Api${id.replace(/\W(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    `${route.path.slice(1)}/${route.method}`,
    {
      ...(route.throttle
        ? { throttlingRateLimit: route.throttle.ratePerSecond, throttlingBurstLimit: route.throttle.burst }
        : {}),
      ...(ttlSeconds
        ? {
            cachingEnabled: true,
            cacheTtlInSeconds: ttlSeconds,
            cacheDataEncrypted: true,
            // Who may not flush gets the cached answer and a warning header.
            requireAuthorizationForCacheControl: true,
            unauthorizedCacheControlHeaderStrategy: "SUCCEED_WITH_RESPONSE_HEADER",
          }
        : {}),
    },
  );
}

for (const kind of callerKinds) {
  const { ratePerSecond, burst, quota } = usagePlans[kind];
  const plan = new aws.apigateway.UsagePlan(`${pascalCase(kind)}Plan`, {
    name: nameOf(kind),
    description: `SAMLA ${$app.stage}: calls of each ${kind}, as their authorizer tells`,
    apiStages: [{ apiId: rest.nodes.api.id, stage: stage.stageName }],
    throttleSettings: { rateLimit: ratePerSecond, burstLimit: burst },
    ...(quota ? { quotaSettings: { limit: quota.limit, period: quota.period } } : {}),
  });
  new aws.apigateway.UsagePlanKey(`${pascalCase(kind)}PlanKey`, {
    usagePlanId: plan.id,
    keyId: usageKeys[kind].id,
    keyType: "API_KEY",
  });
}

/** May flush the stage's cache; an operator's role takes this policy. */
export const flushCachePolicy = new aws.iam.Policy("FlushApiCache", {
  name: nameOf("flush-api-cache"),
  policy: $jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["apigateway:DELETE"],
        Resource: $interpolate`arn:aws:apigateway:${region}::/restapis/${rest.nodes.api.id}/stages/${stageName}/cache/data`,
      },
      {
        Effect: "Allow",
        Action: ["execute-api:InvalidateCache"],
        Resource: $interpolate`${rest.nodes.api.executionArn}/${stageName}/GET/openapi.json`,
      },
    ],
  }),
});

protectApi(stage.arn);

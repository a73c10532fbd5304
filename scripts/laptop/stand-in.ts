import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import {
  authorizerCacheSeconds,
  eventRules,
  functionOfGroup,
  functions,
  type QueueName,
  queueConsumers,
  queues,
  schedules,
  socketRoutes,
  stageThrottle,
  tables,
} from "../../infra/resources.ts";
import { agentPassage, callerKinds, type Route, routes, usagePlans } from "../../packages/contracts/index.ts";
import { bodySchemaOf } from "../../packages/contracts/openapi.ts";
import type { EmbedderSettings } from "../../packages/engine/embedders/open-embedders.ts";
import type { LocalAwsConfig, RestRouteConfig } from "../../packages/local-aws/config.ts";
import { root } from "../build.ts";
import { accounts, type Settings } from "./settings.ts";

const queueName = (name: string, fifo: boolean, dead = false): string =>
  `samla-${name}${dead ? "-dead" : ""}${fifo ? ".fifo" : ""}`;

const queueUrl = (settings: Settings, name: string): string => `${settings.awsUrl}/${settings.accountId}/${name}`;

/** Every folder of `agents/` with an `agent.json` is an agent, as on AWS. */
export const agentNames = (): string[] =>
  readdirSync(join(root, "agents"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, "agents", entry.name, "agent.json")))
    .map((entry) => entry.name)
    .sort();

/** The environment of every function; on AWS the same names come from the deployment. */
export const functionEnvironment = (settings: Settings, embedders: EmbedderSettings): Record<string, string> => ({
  SAMLA_STAGE: settings.stage,
  SAMLA_CATALOG_TABLE: settings.catalogTable,
  SAMLA_AGENTS_TABLE: settings.agentsTable,
  SAMLA_AGENT_PLATFORM: JSON.stringify({
    stage: settings.stage,
    names: agentNames(),
    parameters: { ClusterName: settings.agentsCluster },
  }),
  SAMLA_BUCKET: settings.bucket,
  SAMLA_QUEUES: JSON.stringify(
    Object.fromEntries(
      Object.entries(queues).map(([name, { fifo }]) => [
        name,
        {
          url: queueUrl(settings, queueName(name, fifo)),
          deadLetterUrl: queueUrl(settings, queueName(name, fifo, true)),
        },
      ]),
    ),
  ),
  SAMLA_ENGINE_URI: settings.engineDir,
  SAMLA_EMBEDDER: JSON.stringify(embedders.SAMLA_EMBEDDER),
  SAMLA_EMBEDDERS: JSON.stringify(embedders.SAMLA_EMBEDDERS),
  SAMLA_UPLOAD_LIMITS: process.env.SAMLA_UPLOAD_LIMITS ?? "{}",
  SAMLA_API_URL: settings.apiUrl,
  SAMLA_SOCKET_URL: settings.socketUrl,
  SAMLA_SOCKET_MANAGEMENT_URL: settings.socketManagementUrl,
  SAMLA_ISSUER_URL: settings.issuerUrl,
  SAMLA_AUDIENCE: settings.audience,
  SAMLA_CACHE_DIR: settings.cacheDir,
  // Compiled once for all processes and starts.
  NODE_COMPILE_CACHE: join(settings.cacheDir, "compiled"),
});

const routeOf = (route: Route): RestRouteConfig => {
  const body = bodySchemaOf(route);
  return {
    method: route.method,
    path: route.path,
    function: functionOfGroup(route.group),
    ...(route.permission === "open" ? {} : { authorizer: "token", apiKeyRequired: true }),
    ...(route.throttle ? { throttle: route.throttle } : {}),
    ...(body ? { validate: { body } } : {}),
    ...(route.path === "/openapi.json" ? { cache: { ttlSeconds: 300, keyQuery: [], keyHeaders: [] } } : {}),
  };
};

/** What is below an agent's name goes to the agents' balancer. */
const agentsRoute = (settings: Settings): RestRouteConfig => ({
  method: "ANY",
  path: agentPassage.path,
  http: { path: `/_elb/${settings.agentsBalancer}/agents/{agent}/{proxy}` },
  authorizer: "token",
  apiKeyRequired: true,
  throttle: agentPassage.throttle,
});

/** Everything the stand-in holds, from the resources and the route table. */
export const createStandInConfig = (
  settings: Settings,
  functionsDir: string,
  embedders: EmbedderSettings,
  options: { warm: boolean },
): LocalAwsConfig => ({
  dir: settings.dataDir,
  port: settings.ports.aws,
  region: settings.region,
  accountId: settings.accountId,
  credentials: [settings.credentials],
  buckets: [
    {
      name: settings.bucket,
      versioned: true,
      cors: [
        {
          allowedOrigins: [settings.publicUrl],
          allowedMethods: ["GET", "PUT", "HEAD"],
          allowedHeaders: ["*"],
          exposeHeaders: ["etag", "content-length", "content-range", "accept-ranges"],
          maxAgeSeconds: 600,
        },
      ],
      notifications: [
        {
          events: ["s3:ObjectCreated:*"],
          prefix: "documents/",
          suffix: "/source",
          queue: queueName("stored", queues.stored.fifo),
        },
      ],
      abortMultipartAfterDays: 2,
    },
  ],
  queues: (Object.keys(queues) as QueueName[]).flatMap((name) => {
    const { fifo, visibilityTimeoutSeconds, maxReceiveCount } = queues[name];
    const dead = queueName(name, fifo, true);
    return [
      { name: dead, fifo, visibilityTimeoutSeconds, retentionSeconds: 14 * 86_400 },
      { name: queueName(name, fifo), fifo, visibilityTimeoutSeconds, deadLetter: { queue: dead, maxReceiveCount } },
    ];
  }),
  tables: [
    {
      name: settings.catalogTable,
      ...tables.catalog,
      attributes: { ...tables.catalog.attributes },
      indexes: tables.catalog.indexes.map(({ projection, ...index }) => ({
        ...index,
        projection: projection === "ALL" ? projection : { include: [...projection.include] },
      })),
    },
    {
      name: settings.agentsTable,
      ...tables.agents,
      attributes: { ...tables.agents.attributes },
      indexes: tables.agents.indexes.map(({ projection, ...index }) => ({
        ...index,
        projection: { include: [...projection.include] },
      })),
    },
    {
      name: settings.sessionsTable,
      ...tables.sessions,
      attributes: { ...tables.sessions.attributes },
      indexes: [...tables.sessions.indexes],
    },
  ],
  functions: Object.entries(functions).map(([name, resource]) => ({
    name,
    codeDir: join(functionsDir, name),
    handler: "index.handler",
    timeoutSeconds: resource.timeoutSeconds,
    memoryMb: resource.memoryMb,
    environment: {
      ...functionEnvironment(settings, embedders),
      ...(name === "authorizer" ? { SAMLA_USAGE_KEYS: JSON.stringify(settings.usageKeys) } : {}),
    },
    maxEnvironments: resource.laptopProcessesMax,
    ...("reservedConcurrency" in resource ? { concurrency: resource.reservedConcurrency } : {}),
    // People wait for these; the others start when there is work.
    warm: options.warm && ["http-search", "http-documents", "http-platform", "authorizer"].includes(name) ? 1 : 0,
    // These hold the engine and come by themselves each minute or two: nobody waits for them to start.
    idleTimeoutSeconds: ["maintain", "audit"].includes(name) ? 10 : 120,
  })),
  eventSources: [
    ...(Object.keys(queueConsumers) as QueueName[]).map((name) => ({
      ...queueConsumers[name],
      queue: queueName(name, queues[name].fifo),
      reportBatchItemFailures: true,
    })),
    { function: "push-events", tableStream: settings.catalogTable, batchSize: 50, maxRetries: 2 },
  ],
  // Seconds instead of the times AWS asks for at least: releases are watched, and tried out, on a laptop.
  containers: { healthCheckTimeScale: 0.2, scalingPeriodSeconds: 30 },
  restApis: [
    {
      name: "samla",
      stage: "v1",
      routes: [...Object.values(routes as Record<string, Route>).map(routeOf), agentsRoute(settings)],
      authorizers: [
        { name: "token", function: "authorizer", ttlSeconds: authorizerCacheSeconds, identityHeader: "Authorization" },
      ],
      cors: {
        origins: [settings.publicUrl],
        headers: ["authorization", "content-type", "idempotency-key", "if-match"],
        methods: ["GET", "POST", "PATCH", "DELETE"],
        exposeHeaders: ["etag", "retry-after", "x-request-id"],
        maxAgeSeconds: 600,
      },
      throttle: stageThrottle,
      cacheSizeBytes: 16 * 1024 * 1024,
      apiKeySource: "AUTHORIZER",
      usagePlans: callerKinds.map((kind) => {
        const { quota, ...throttle } = usagePlans[kind];
        const id = `samla-${settings.stage}-${kind}`;
        return {
          name: id,
          throttle,
          ...(quota ? { quota } : {}),
          apiKeys: [{ id, name: id, value: settings.usageKeys[kind] }],
        };
      }),
    },
  ],
  webSocketApis: [
    {
      name: "samla-events",
      stage: "v1",
      routes: socketRoutes,
      routeKey: "action",
    },
  ],
  rules: Object.entries(eventRules).map(([name, rule]) => ({
    name,
    eventPattern: rule.pattern,
    targets: [{ function: rule.function }],
  })),
  schedules: Object.entries(schedules).map(([name, schedule]) => ({
    name,
    expression: schedule.expression,
    target: { function: schedule.function },
  })),
  issuer: {
    users: accounts.map((account) => ({
      sub: account.username,
      username: account.username,
      password: account.password,
      email: `${account.username}@samla.example`,
      name: account.name,
      groups: [...account.groups],
    })),
    clients: [
      {
        clientId: settings.consoleClientId,
        redirectUris: [`${settings.publicUrl}/auth/callback`],
        postLogoutRedirectUris: [`${settings.publicUrl}/`, `${settings.publicUrl}/sign-in`],
        grantTypes: ["authorization_code", "refresh_token"],
        scopes: ["openid", "profile", "email"],
      },
      {
        clientId: settings.machineClientId,
        clientSecret: settings.machineClientSecret,
        redirectUris: [],
        postLogoutRedirectUris: [],
        grantTypes: ["client_credentials"],
        scopes: [],
        groups: ["editor", "admin"],
      },
      {
        clientId: settings.syncClientId,
        clientSecret: settings.syncClientSecret,
        redirectUris: [],
        postLogoutRedirectUris: [],
        grantTypes: ["client_credentials"],
        scopes: [],
        groups: ["editor"],
      },
    ],
    audience: settings.audience,
    groupScopes: {},
    accessTokenTtlSeconds: 900,
    refreshTokenTtlSeconds: 30 * 86_400,
  },
});

/** What AWS clients of this laptop need in their environment. */
export const awsEnvironment = (settings: Settings): Record<string, string> => ({
  AWS_ENDPOINT_URL: settings.awsUrl,
  AWS_REGION: settings.region,
  AWS_ACCESS_KEY_ID: settings.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: settings.credentials.secretAccessKey,
});

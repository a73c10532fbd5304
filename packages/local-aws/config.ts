/** What a stand-in holds when it has started: plain data, made by the caller, which knows what is to run. */
export type LocalAwsConfig = {
  /** Folder that keeps all state. */
  dir: string;
  /** 0 picks a free port. */
  port: number;
  region: string;
  accountId: string;
  /** The key pairs whose signatures are accepted. */
  credentials: { accessKeyId: string; secretAccessKey: string }[];
  buckets: BucketConfig[];
  queues: QueueConfig[];
  tables: TableConfig[];
  functions: FunctionConfig[];
  eventSources: EventSourceConfig[];
  restApis: RestApiConfig[];
  webSocketApis: WebSocketApiConfig[];
  rules: RuleConfig[];
  schedules: ScheduleConfig[];
  issuer?: IssuerConfig;
  containers?: ContainersConfig;
};

/** Times of AWS that would make releases on a laptop slow; absent, they are as in AWS. */
export type ContainersConfig = {
  /** Shortens the interval between health checks of balancers and containers, and grace periods: 0.1 makes 10 s one. */
  healthCheckTimeScale?: number;
  /** Periods of scaling policies' alarms, 60 in AWS (1, 5, 10, 30 or 60); cooldowns shrink in the same measure. */
  scalingPeriodSeconds?: number;
};

export type BucketConfig = {
  name: string;
  versioned: boolean;
  cors: {
    allowedOrigins: string[];
    allowedMethods: string[];
    allowedHeaders: string[];
    exposeHeaders: string[];
    maxAgeSeconds: number;
  }[];
  /** Object events to a queue, delivered through a durable outbox. */
  notifications: { events: string[]; prefix?: string; suffix?: string; queue: string }[];
  /** Abandoned multipart uploads are removed after this many days. */
  abortMultipartAfterDays?: number;
};

export type QueueConfig = {
  name: string;
  fifo: boolean;
  visibilityTimeoutSeconds: number;
  retentionSeconds?: number;
  contentBasedDeduplication?: boolean;
  deadLetter?: { queue: string; maxReceiveCount: number };
};

/** The fields of DynamoDB's CreateTable that the product uses, plus TTL and stream. */
export type TableConfig = {
  name: string;
  attributes: Record<string, "S" | "N" | "B">;
  partitionKey: string;
  sortKey?: string;
  indexes: {
    name: string;
    partitionKey: string;
    sortKey?: string;
    projection: "ALL" | "KEYS_ONLY" | { include: string[] };
  }[];
  ttlAttribute?: string;
  stream?: "NEW_IMAGE" | "OLD_IMAGE" | "NEW_AND_OLD_IMAGES" | "KEYS_ONLY";
};

export type FunctionConfig = {
  name: string;
  /** Folder put at LAMBDA_TASK_ROOT and the handler in it, as in AWS: `index.handler`. */
  codeDir: string;
  handler: string;
  timeoutSeconds: number;
  memoryMb: number;
  environment: Record<string, string>;
  /** Reserved concurrency; also the cap of its processes. Default 10. */
  concurrency?: number;
  /** Cap of its processes where no concurrency is reserved; more calls wait for one of them. Default 10. */
  maxEnvironments?: number;
  /** Environments started before the first call, so that the first person does not wait. Default 0. */
  warm?: number;
  /** An idle environment ends after this long. Default 5 minutes; warm ones stay. */
  idleTimeoutSeconds?: number;
  asyncRetries?: number;
  deadLetterQueue?: string;
};

export type EventSourceConfig =
  | {
      function: string;
      queue: string;
      batchSize: number;
      batchWindowMs?: number;
      maxConcurrency?: number;
      reportBatchItemFailures: boolean;
    }
  | { function: string; tableStream: string; batchSize: number; maxRetries?: number; deadLetterQueue?: string };

export type RestRouteConfig = {
  /** `ANY` for every method. */
  method: string;
  /** Such as `/documents/{documentId}` or `/agents/{proxy+}`. */
  path: string;
  /** Function of a Lambda proxy integration; absent with `http`. */
  function?: string;
  /** HTTP proxy integration that streams answers: a path of the stand-in itself, such as `/_elb/agents/agents/{agent}/{proxy}`. */
  http?: { path: string };
  /** Name of an authorizer; absent means open. */
  authorizer?: string;
  apiKeyRequired?: boolean;
  throttle?: { ratePerSecond: number; burst: number };
  /** Response cache; the key is the path, the listed query names and headers. */
  cache?: { ttlSeconds: number; keyQuery: string[]; keyHeaders: string[] };
  /** JSON Schema of the body, and names of required query parameters and headers. */
  validate?: { body?: object; requiredQuery?: string[]; requiredHeaders?: string[] };
  /** Timeout of the integration. Default and most 29 s, as in AWS. */
  timeoutMs?: number;
  /** A mapped (non-proxy) integration: answers from a template without a function when `mock`. */
  mock?: { statusCode: number; headers: Record<string, string>; body: string };
};

export type RestApiConfig = {
  name: string;
  stage: string;
  routes: RestRouteConfig[];
  authorizers: { name: string; function: string; ttlSeconds: number; identityHeader: string }[];
  cors?: { origins: string[]; headers: string[]; methods: string[]; exposeHeaders: string[]; maxAgeSeconds: number };
  /** Throttle of the whole stage. */
  throttle: { ratePerSecond: number; burst: number };
  cacheSizeBytes: number;
  /** Where a call's API key is read: its header x-api-key (default), or the authorizer's `usageIdentifierKey`. */
  apiKeySource?: "HEADER" | "AUTHORIZER";
  usagePlans: {
    name: string;
    throttle?: { ratePerSecond: number; burst: number };
    quota?: { limit: number; period: "DAY" | "WEEK" | "MONTH" };
    apiKeys: { id: string; name: string; value: string }[];
  }[];
  /** Largest body accepted, 10 MiB in AWS. */
  maxBodyBytes?: number;
};

export type WebSocketApiConfig = {
  name: string;
  stage: string;
  /** `$connect`, `$disconnect`, `$default` and named routes, to function names. */
  routes: Record<string, string>;
  /** Function that authorises `$connect`, as a REQUEST authorizer. */
  authorizer?: string;
  /** JSON field that selects the route. */
  routeKey: string;
  idleTimeoutSeconds?: number;
};

export type TargetConfig = { function: string } | { queue: string };

export type RuleConfig = { name: string; busName?: string; eventPattern: object; targets: TargetConfig[] };

export type ScheduleConfig = {
  name: string /** `rate(5 minutes)` or `cron(...)`. */;
  expression: string;
  target: TargetConfig;
  input?: object;
};

export type IssuerConfig = {
  users: { sub: string; username: string; password: string; email: string; name: string; groups: string[] }[];
  clients: {
    clientId: string;
    clientSecret?: string;
    redirectUris: string[];
    postLogoutRedirectUris: string[];
    grantTypes: string[];
    scopes: string[];
    groups?: string[];
  }[];
  /** `aud` of access tokens. */
  audience: string;
  /** Which scopes each group gets. */
  groupScopes: Record<string, string[]>;
  accessTokenTtlSeconds: number;
  refreshTokenTtlSeconds: number;
};

import { type RouteGroup, routeGroups } from "../packages/contracts/index.ts";

/** What SAMLA is made of, as plain data: the laptop's stand-in and the AWS deployment are both made from it. */

export type TableResource = {
  attributes: Record<string, "S" | "N">;
  partitionKey: string;
  sortKey?: string;
  indexes: { name: string; partitionKey: string; sortKey?: string; projection: "ALL" | { include: string[] } }[];
  ttlAttribute: string;
  stream?: "NEW_IMAGE";
};

const all = "ALL" as const;

export const tables = {
  catalog: {
    attributes: {
      pk: "S",
      sk: "S",
      g1pk: "S",
      g1sk: "S",
      g2pk: "S",
      g2sk: "S",
      g3pk: "S",
      g3sk: "S",
      g4pk: "S",
      g4sk: "S",
    },
    partitionKey: "pk",
    sortKey: "sk",
    indexes: [
      { name: "by_updated", partitionKey: "g1pk", sortKey: "g1sk", projection: all },
      // Narrow, because a search by name reads it whole.
      {
        name: "by_name",
        partitionKey: "g2pk",
        sortKey: "g2sk",
        projection: { include: ["needle", "kind", "status", "tags", "readers", "updated", "size"] },
      },
      { name: "by_status", partitionKey: "g3pk", sortKey: "g3sk", projection: all },
      { name: "by_size", partitionKey: "g4pk", sortKey: "g4sk", projection: all },
    ],
    ttlAttribute: "expires_at",
    stream: "NEW_IMAGE",
  },
  // Apart from the catalog, because the console may write here and must hold no right over documents.
  agents: {
    attributes: { pk: "S", sk: "S", g1pk: "S", g1sk: "S" },
    partitionKey: "pk",
    sortKey: "sk",
    // Stopped tasks by time; their lines are long and read one task at a time.
    indexes: [
      {
        name: "by_time",
        partitionKey: "g1pk",
        sortKey: "g1sk",
        projection: { include: ["it", "cause", "release"] },
      },
    ],
    ttlAttribute: "expires_at",
  },
  sessions: {
    attributes: { id: "S", user_id: "S" },
    partitionKey: "id",
    indexes: [{ name: "byUser", partitionKey: "user_id", projection: all }],
    ttlAttribute: "expires_at",
  },
} as const satisfies Record<string, TableResource>;

export type QueueResource = { fifo: boolean; visibilityTimeoutSeconds: number; maxReceiveCount: number };

/**
 * Each has a dead-letter queue of its own. AWS refuses a visibility timeout below that of the function which reads the
 * queue. A message that failed comes again sooner, and the sweeper asks again for versions whose reader died.
 */
export const queues = {
  stored: { fifo: false, visibilityTimeoutSeconds: 30, maxReceiveCount: 5 },
  process: { fifo: false, visibilityTimeoutSeconds: 600, maxReceiveCount: 5 },
  index: { fifo: true, visibilityTimeoutSeconds: 60, maxReceiveCount: 5 },
  embed: { fifo: false, visibilityTimeoutSeconds: 600, maxReceiveCount: 5 },
  fill: { fifo: false, visibilityTimeoutSeconds: 600, maxReceiveCount: 4 },
  evaluate: { fifo: false, visibilityTimeoutSeconds: 180, maxReceiveCount: 5 },
} as const satisfies Record<string, QueueResource>;

export type QueueName = keyof typeof queues;

export type FunctionResource = {
  /** Handler file below `functions/`. */
  entry: string;
  timeoutSeconds: number;
  memoryMb: number;
  /** Reserved concurrency: for writers and background work, so that they never take the place of people's calls. */
  reservedConcurrency?: number;
  /** Processes on the laptop at most; more calls wait for one of them. */
  laptopProcessesMax: number;
  /** Needs the search engine's native library. */
  engine?: boolean;
  /** Needs the readers and their child process. */
  extract?: boolean;
};

const http = (group: RouteGroup): FunctionResource => ({
  entry: `http/${group}.ts`,
  timeoutSeconds: 29,
  memoryMb: 512,
  laptopProcessesMax: 4,
});

export const functions = {
  "http-uploads": http("uploads"),
  "http-documents": http("documents"),
  "http-search": { ...http("search"), memoryMb: 1024, engine: true },
  "http-indexes": { ...http("indexes"), memoryMb: 1024, laptopProcessesMax: 2, engine: true },
  "http-evaluations": { ...http("evaluations"), memoryMb: 1024, laptopProcessesMax: 2 },
  "http-queries": { ...http("queries"), memoryMb: 1024, laptopProcessesMax: 2, engine: true },
  "http-builds": { ...http("builds"), memoryMb: 1024, laptopProcessesMax: 2, engine: true },
  "http-care": { ...http("care"), memoryMb: 1024, laptopProcessesMax: 2, engine: true },
  "http-platform": { ...http("platform") },
  authorizer: { entry: "http/authorizer.ts", timeoutSeconds: 10, memoryMb: 256, laptopProcessesMax: 4 },
  socket: { entry: "events/socket.ts", timeoutSeconds: 10, memoryMb: 256, laptopProcessesMax: 2 },
  accept: { entry: "events/accept.ts", timeoutSeconds: 30, memoryMb: 256, laptopProcessesMax: 2 },
  process: { entry: "events/process.ts", timeoutSeconds: 600, memoryMb: 2048, laptopProcessesMax: 2, extract: true },
  "write-index": {
    entry: "events/write-index.ts",
    timeoutSeconds: 60,
    memoryMb: 1024,
    laptopProcessesMax: 2,
    engine: true,
  },
  embed: { entry: "events/embed.ts", timeoutSeconds: 600, memoryMb: 1024, laptopProcessesMax: 1, engine: true },
  evaluate: { entry: "events/evaluate.ts", timeoutSeconds: 180, memoryMb: 1024, laptopProcessesMax: 1, engine: true },
  fill: {
    entry: "events/fill.ts",
    timeoutSeconds: 600,
    memoryMb: 2048,
    laptopProcessesMax: 2,
    engine: true,
    extract: true,
  },
  "push-events": { entry: "events/push-events.ts", timeoutSeconds: 30, memoryMb: 256, laptopProcessesMax: 1 },
  // One run for each log that somebody follows: bounded, as each asks CloudWatch Logs every second.
  "tail-logs": {
    entry: "events/tail-logs.ts",
    timeoutSeconds: 29,
    memoryMb: 256,
    reservedConcurrency: 10,
    laptopProcessesMax: 6,
  },
  audit: {
    entry: "tasks/audit.ts",
    timeoutSeconds: 300,
    memoryMb: 1024,
    reservedConcurrency: 1,
    laptopProcessesMax: 1,
    engine: true,
  },
  "record-agents": {
    entry: "events/record-agents.ts",
    timeoutSeconds: 60,
    memoryMb: 512,
    reservedConcurrency: 2,
    laptopProcessesMax: 1,
  },
  "watch-agents": {
    entry: "tasks/watch-agents.ts",
    timeoutSeconds: 120,
    memoryMb: 512,
    reservedConcurrency: 1,
    laptopProcessesMax: 1,
  },
  sweep: { entry: "tasks/sweep.ts", timeoutSeconds: 300, memoryMb: 512, reservedConcurrency: 1, laptopProcessesMax: 1 },
  maintain: {
    entry: "tasks/maintain.ts",
    timeoutSeconds: 600,
    memoryMb: 1024,
    reservedConcurrency: 1,
    laptopProcessesMax: 1,
    engine: true,
  },
} as const satisfies Record<string, FunctionResource>;

export type FunctionName = keyof typeof functions;

/** The function that serves a route group. */
export const functionOfGroup = (group: RouteGroup): FunctionName => `http-${group}`;

/** Queue to function, with how many messages at once. */
export const queueConsumers = {
  stored: { function: "accept", batchSize: 10, maxConcurrency: 2 },
  process: { function: "process", batchSize: 1, maxConcurrency: 2 },
  index: { function: "write-index", batchSize: 10, maxConcurrency: 2 },
  embed: { function: "embed", batchSize: 1, maxConcurrency: 1 },
  fill: { function: "fill", batchSize: 5, maxConcurrency: 2 },
  evaluate: { function: "evaluate", batchSize: 1, maxConcurrency: 2 },
} as const satisfies Record<QueueName, { function: FunctionName; batchSize: number; maxConcurrency: number }>;

export const schedules = {
  sweep: { expression: "rate(1 minute)", function: "sweep" },
  maintain: { expression: "rate(1 minute)", function: "maintain" },
  audit: { expression: "rate(2 minutes)", function: "audit" },
  "watch-agents": { expression: "rate(1 minute)", function: "watch-agents" },
} as const satisfies Record<string, { expression: string; function: FunctionName }>;

/** What browsers send over the WebSocket, by the member `action`, and the function that answers. */
export const socketRoutes = {
  $connect: "socket",
  $disconnect: "socket",
  $default: "socket",
  ping: "socket",
  "tail.start": "tail-logs",
  "tail.stop": "socket",
} as const satisfies Record<string, FunctionName>;

/** Events of AWS that functions hear, by the patterns of EventBridge. What an agent is called says the handler. */
export const eventRules = {
  "stopped-tasks": {
    function: "record-agents",
    pattern: { source: ["aws.ecs"], "detail-type": ["ECS Task State Change"], detail: { lastStatus: ["STOPPED"] } },
  },
  "agent-changes": {
    function: "record-agents",
    pattern: {
      source: ["aws.ecs", "aws.cloudformation"],
      "detail-type": ["ECS Deployment State Change", "ECS Service Action", "CloudFormation Stack Status Change"],
    },
  },
} as const satisfies Record<string, { function: FunctionName; pattern: object }>;

export const stageThrottle = { ratePerSecond: 500, burst: 1000 };
export const authorizerCacheSeconds = 60;

/** Groups that no function serves would be a mistake of this file. */
export const servedGroups: readonly RouteGroup[] = routeGroups;

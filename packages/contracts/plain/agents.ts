/** Name of an agent: also that of its repository, and part of its stack, service and log group. */
export const agentNamePattern = /^[a-z][a-z0-9-]{1,30}$/;
export const agentNameRule = "use 2 to 31 small letters, digits and hyphens, a letter first";
export const digestPattern = /^sha256:[0-9a-f]{64}$/;
/** Id of a task as ECS makes it. */
export const taskIdPattern = /^[0-9a-f]{32}$/;

/** Life of a release. A live one becomes superseded when the next is live. */
export const releaseStatuses = [
  "proposed",
  "rolling",
  "live",
  "superseded",
  "rolled-back",
  "failed",
  "stopped",
  "withdrawn",
] as const;
export type ReleaseStatus = (typeof releaseStatuses)[number];

/** Nothing more happens to it by itself. */
export const isReleaseOver = (status: ReleaseStatus): boolean => status !== "proposed" && status !== "rolling";
/** The agent ran well as this release said, so it may be gone back to. */
export const canRollBackToRelease = (status: ReleaseStatus): boolean => status === "superseded" || status === "live";

/** What a release changes. `scale`, `pause` and `resume` leave running tasks as they are; the others replace them. */
export const releaseKinds = ["release", "roll-back", "restart", "scale", "pause", "resume"] as const;
export type ReleaseKind = (typeof releaseKinds)[number];
export const replacesTasks = (kind: ReleaseKind): boolean =>
  kind === "release" || kind === "roll-back" || kind === "restart";

/** Why a release or a task ended as it did. `none`: as it should. */
export const verdictCauses = [
  "none",
  "missing_variable",
  "wrong_port",
  "out_of_memory",
  "missing_image",
  "access_denied",
  "wrong_health_path",
  "slow_start",
  "crash_loop",
  "bad_configuration",
  "index_unreachable",
  "embedder_missing",
  "api_unreachable",
  "alarm",
  "stopped_by_person",
  "stack_refused",
  "stack_stuck",
  "secret_unreadable",
  "killed",
  "unknown",
] as const;
export type VerdictCause = (typeof verdictCauses)[number];

/** A cause in two or three words, for badges and filters. */
export const causeLabels: Record<VerdictCause, string> = {
  none: "As planned",
  missing_variable: "Missing variable",
  wrong_port: "Wrong port",
  out_of_memory: "Out of memory",
  missing_image: "Missing image",
  access_denied: "Access denied",
  wrong_health_path: "Wrong health path",
  slow_start: "Slow start",
  crash_loop: "Crash loop",
  bad_configuration: "Bad configuration",
  index_unreachable: "Index unreachable",
  embedder_missing: "Embedder missing",
  api_unreachable: "API unreachable",
  alarm: "Alarm",
  stopped_by_person: "Stopped by a person",
  stack_refused: "Change refused",
  stack_stuck: "Stack is stuck",
  secret_unreadable: "Secret unreadable",
  killed: "Killed",
  unknown: "Unknown cause",
};

export const evidenceKinds = ["stack", "deployment", "task", "log", "target", "alarm", "change"] as const;

export const agentHealths = ["healthy", "degraded", "down", "rolling", "paused", "unreleased", "unknown"] as const;
export type AgentHealth = (typeof agentHealths)[number];

export const taskStates = ["starting", "running", "stopping", "stopped"] as const;
export type TaskState = (typeof taskStates)[number];
export const taskHealths = ["healthy", "unhealthy", "unknown"] as const;
export const targetStates = ["initial", "healthy", "unhealthy", "draining", "unused", "unavailable"] as const;

export const logLevels = ["debug", "info", "warn", "error", "fatal"] as const;
export type LogLevel = (typeof logLevels)[number];

export const metricRanges = ["1h", "6h", "24h", "7d", "30d"] as const;
export type MetricRange = (typeof metricRanges)[number];
export const agentMetrics = [
  "cpu",
  "memory",
  "requests",
  "faults",
  "latencyP50",
  "latencyP95",
  "running",
  "desired",
] as const;
export type AgentMetric = (typeof agentMetrics)[number];

/** What Fargate sells: CPU units with the memory in MiB that goes with them. */
export const taskSizes: Record<string, readonly number[]> = {
  "256": [512, 1024, 2048],
  "512": [1024, 2048, 3072, 4096],
  "1024": [2048, 3072, 4096, 8192],
  "2048": [4096, 8192, 16384],
  "4096": [8192, 16384],
};

export const agentLimits = {
  taskDays: 400,
  lastLogLines: 200,
  logLineCharactersMax: 16_384,
  logPageSizeMax: 1_000,
  logDownloadLinesMax: 200_000,
  settingsSizeBytesMax: 3_500,
  tasksMax: 100,
  proposalHours: 24,
} as const;

const agent = "/agents/{agent}";
const release = `${agent}/releases/{releaseId}`;

/** The console's own calls below `/api`, served by its BFF: method and path. */
export const agentEndpoints = {
  "agents.list": "GET /agents",
  "agents.get": `GET ${agent}`,
  "agents.releases": `GET ${agent}/releases`,
  "agents.propose": `POST ${agent}/releases`,
  "agents.release": `GET ${release}`,
  "agents.differences": `GET ${release}/differences`,
  "agents.execute": `POST ${release}/execute`,
  "agents.withdraw": `POST ${release}/withdraw`,
  "agents.stop": `POST ${release}/stop`,
  "agents.rollBack": `POST ${agent}/roll-back`,
  "agents.unpin": `POST ${agent}/unpin`,
  "agents.restart": `POST ${agent}/restart`,
  "agents.scale": `POST ${agent}/scale`,
  "agents.pause": `POST ${agent}/pause`,
  "agents.resume": `POST ${agent}/resume`,
  "agents.protect": `POST ${agent}/protection`,
  "agents.tasks": `GET ${agent}/tasks`,
  "agents.task": `GET ${agent}/tasks/{taskId}`,
  "agents.stopTask": `POST ${agent}/tasks/{taskId}/stop`,
  "agents.logs": `GET ${agent}/logs`,
  "agents.metrics": `GET ${agent}/metrics`,
  "agents.scaling": `GET ${agent}/scaling`,
  "agents.chain": `GET ${agent}/chain`,
} as const;
export type AgentEndpointId = keyof typeof agentEndpoints;

/** The answer that is no JSON: the log as text. */
export const agentStreams = { download: `GET ${agent}/logs/download` } as const;

/** Method and path of one of the console's own calls. */
export const agentEndpointOf = (id: AgentEndpointId): [method: "GET" | "POST", path: string] => {
  const [method, path] = agentEndpoints[id].split(" ");
  return [method as "GET" | "POST", path ?? "/"];
};

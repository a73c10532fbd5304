import { z } from "zod";
import { AgentName } from "./agent-manifest.ts";
import { EventActor } from "./events.ts";
import { BuildId, IndexSlug, ReleaseId } from "./ids.ts";
import { cursorQuery, pageOf, Timestamp } from "./pagination.ts";
import {
  agentHealths,
  agentLimits,
  agentMetrics,
  logLevels,
  metricRanges,
  targetStates,
  taskHealths,
  taskStates,
} from "./plain/agents.ts";
import {
  ImageDigest,
  ImageRef,
  Release,
  ReleaseChange,
  ReleaseConfig,
  ReleaseKind,
  ReleaseStatus,
  TaskId,
  VerdictCause,
} from "./releases.ts";

export * from "./plain/agents.ts";
export type { ReleaseKind, ReleaseStatus, VerdictCause } from "./releases.ts";
export * from "./releases.ts";

const Count = z.int().nonnegative();
const Percent = z.number().nonnegative();

export const ReleaseLine = z.object({
  id: ReleaseId,
  n: z.int().positive(),
  kind: ReleaseKind,
  status: ReleaseStatus,
  at: Timestamp,
  by: z.string(),
  ok: z.boolean().optional(),
  cause: VerdictCause.optional(),
  sentence: z.string(),
});
export type ReleaseLine = z.infer<typeof ReleaseLine>;

/** Set by a roll back until somebody takes it off: no other release goes out meanwhile. */
export const Pin = z.object({ releaseId: ReleaseId, n: z.int(), by: EventActor, at: Timestamp, reason: z.string() });
export type Pin = z.infer<typeof Pin>;

/** Who holds the agent while a release rolls. */
export const Busy = z.object({ releaseId: ReleaseId, n: z.int(), by: EventActor, at: Timestamp });
export type Busy = z.infer<typeof Busy>;

export const AgentItem = z.object({
  name: AgentName,
  title: z.string(),
  description: z.string(),
  health: z.enum(agentHealths),
  /** Why, in a sentence. */
  healthReason: z.string(),
  image: ImageRef.optional(),
  tasks: z.object({ desired: Count, running: Count, pending: Count }),
  /** Over the last five minutes; absent without data. */
  figures: z.object({
    cpuPercent: Percent.optional(),
    memoryPercent: Percent.optional(),
    requestsPerMinute: z.number().optional(),
    faultsPerMinute: z.number().optional(),
    latencyP95Ms: z.number().optional(),
  }),
  liveReleaseId: ReleaseId.optional(),
  lastRelease: ReleaseLine.optional(),
  busy: Busy.optional(),
  pin: Pin.optional(),
  paused: z.boolean(),
  protected: z.boolean(),
  index: IndexSlug.optional(),
  buildId: BuildId.optional(),
  embedder: z.string().optional(),
});
export type AgentItem = z.infer<typeof AgentItem>;
/** `problems`: parts of AWS that did not answer; what they know is missing from the items. */
export const AgentList = z.object({ items: z.array(AgentItem), problems: z.array(z.string()) });
export type AgentList = z.infer<typeof AgentList>;

export const EnvironmentVariable = z.object({
  name: z.string(),
  /** Absent for a secret. */
  value: z.string().optional(),
  /** Where the secret lies; its value is never read. */
  secret: z.string().optional(),
});

export const AgentTarget = z.object({
  taskId: TaskId.optional(),
  address: z.string(),
  state: z.enum(targetStates),
  reason: z.string().optional(),
});

export const AgentDetail = AgentItem.extend({
  live: Release.optional(),
  proposed: z.array(ReleaseLine),
  /** Of its image's manifest, as JSON; `null` for a foreign image. */
  manifest: z.json().optional(),
  endpoint: z.object({
    /** Through API Gateway: the way in for everyone. */
    url: z.string(),
    discoveryName: z.string().optional(),
    targets: z.array(AgentTarget),
  }),
  environment: z.array(EnvironmentVariable),
  stack: z.object({ name: z.string(), status: z.string().optional(), statusReason: z.string().optional() }),
  logGroup: z.string(),
  taskDefinition: z.string().optional(),
  alarms: z.array(z.object({ name: z.string(), state: z.enum(["ok", "firing", "no-data"]), reason: z.string() })),
  /** What ECS said of the service lately, newest first. */
  serviceEvents: z.array(z.object({ at: Timestamp, message: z.string() })),
  problems: z.array(z.string()),
});
export type AgentDetail = z.infer<typeof AgentDetail>;

export const Point = z.object({ at: Timestamp, value: z.number() });

export const AgentTask = z.object({
  id: TaskId,
  agent: AgentName,
  releaseId: ReleaseId.optional(),
  image: ImageRef.optional(),
  /** Revision of its task definition. */
  definition: z.string(),
  state: z.enum(taskStates),
  health: z.enum(taskHealths),
  target: z.object({ state: z.enum(targetStates), reason: z.string().optional() }).optional(),
  placement: z.object({
    zone: z.string().optional(),
    address: z.string().optional(),
    platform: z.string().optional(),
    cpu: z.int().optional(),
    memory: z.int().optional(),
  }),
  createdAt: Timestamp.optional(),
  startedAt: Timestamp.optional(),
  stoppingAt: Timestamp.optional(),
  stoppedAt: Timestamp.optional(),
  exitCode: z.int().optional(),
  /** As ECS says it: `stopCode` such as EssentialContainerExited. */
  stopCode: z.string().optional(),
  stopReason: z.string().optional(),
  containerReason: z.string().optional(),
  /** Of a stopped task: why, judged as a release is. */
  cause: VerdictCause.optional(),
  sentence: z.string().optional(),
  cpuPercent: Percent.optional(),
  memoryPercent: Percent.optional(),
});
export type AgentTask = z.infer<typeof AgentTask>;

export const LogLine = z.object({
  /** Unique in its agent; opaque. */
  id: z.string(),
  at: Timestamp,
  taskId: z.string().optional(),
  text: z.string(),
  level: z.enum(logLevels).optional(),
  /** Of a line of JSON. */
  fields: z.record(z.string(), z.json()).optional(),
});
export type LogLine = z.infer<typeof LogLine>;

export const AgentTaskDetail = AgentTask.extend({
  /** The last 200 of a stopped task, oldest first; of a running one, as they are now. */
  lines: z.array(LogLine),
  memory: z.array(Point),
  cpu: z.array(Point),
});
export type AgentTaskDetail = z.infer<typeof AgentTaskDetail>;

export const ListTasksQuery = z.object({
  state: z.enum(["running", "stopped"]).default("running"),
  releaseId: ReleaseId.optional(),
  cause: VerdictCause.optional(),
  ...cursorQuery,
});
export const AgentTaskPage = pageOf(AgentTask);
export type AgentTaskPage = z.infer<typeof AgentTaskPage>;

export const ListReleasesQuery = z.object({ kind: ReleaseKind.optional(), ...cursorQuery });
export const ReleasePage = pageOf(Release);
export type ReleasePage = z.infer<typeof ReleasePage>;

export const DifferencesQuery = z.object({ to: ReleaseId });
/** What the release `to` would change, seen from this one. */
export const Differences = z.object({ from: Release, to: Release, changes: z.array(ReleaseChange) });
export type Differences = z.infer<typeof Differences>;

const Reason = z.string().trim().min(3, "say why in a few words").max(500);
/** Of a protected agent: its name, typed by hand. */
const confirm = { confirmName: z.string().max(40).optional() };

export const ProposeReleaseBody = z.strictObject({
  digest: ImageDigest,
  config: ReleaseConfig,
  reason: Reason,
});
export const ExecuteReleaseBody = z.strictObject({ reason: Reason.optional(), ...confirm });
export const StopReleaseBody = z.strictObject({ reason: Reason, ...confirm });
export const RollBackAgentBody = z.strictObject({ toReleaseId: ReleaseId, reason: Reason, ...confirm });
export const AgentActBody = z.strictObject({ reason: Reason, ...confirm });
export const ScaleAgentBody = z.strictObject({
  minTasks: z.int().min(0).max(agentLimits.tasksMax),
  maxTasks: z.int().min(1).max(agentLimits.tasksMax),
  cpuTarget: z.int().min(10).max(90),
  reason: Reason,
  ...confirm,
});
export const ProtectAgentBody = z.strictObject({ protected: z.boolean(), reason: Reason });

export const ReadLogsQuery = z.object({
  taskId: TaskId.optional(),
  /** Words that must all be in the line; `"a phrase"` in quotes. */
  q: z.string().max(200).optional(),
  level: z.enum(logLevels).optional(),
  from: Timestamp.optional(),
  to: Timestamp.optional(),
  /** `newest`: ends at `to` or now and goes back; `oldest`: starts at `from`. Lines within a page are always oldest first. */
  order: z.enum(["newest", "oldest"]).default("newest"),
  cursor: z.string().max(2048).optional(),
  limit: z.coerce.number().int().min(1).max(agentLimits.logPageSizeMax).default(200),
});
export const LogPage = pageOf(LogLine).extend({
  /** How far back the search came, when it stopped before the end of the range; go on with `nextCursor`. */
  searchedFrom: Timestamp.optional(),
});
export type LogPage = z.infer<typeof LogPage>;
export const DownloadLogsQuery = ReadLogsQuery.pick({ taskId: true, q: true, from: true, to: true });

export const ReadMetricsQuery = z.object({ range: z.enum(metricRanges).default("1h") });
export const AgentMetricsResult = z.object({
  from: Timestamp,
  to: Timestamp,
  periodSeconds: Count,
  series: z.array(z.object({ name: z.enum(agentMetrics), unit: z.string(), points: z.array(Point) })),
  /** Releases of the time, to draw as lines. */
  marks: z.array(ReleaseLine),
});
export type AgentMetricsResult = z.infer<typeof AgentMetricsResult>;

export const AgentScaling = z.object({
  minTasks: Count,
  maxTasks: Count,
  cpuTarget: z.number(),
  desired: Count,
  running: Count,
  paused: z.boolean(),
  /** What scaling did, newest first. */
  acts: z.array(
    z.object({
      id: z.string(),
      at: Timestamp,
      description: z.string(),
      cause: z.string(),
      status: z.string(),
      failed: z.boolean(),
    }),
  ),
});
export type AgentScaling = z.infer<typeof AgentScaling>;

export const chainKinds = [
  "answer",
  "passage",
  "version",
  "build",
  "task",
  "release",
  "image",
  "finding",
  "commit",
] as const;
/** Starts at one of these; without any, at the live release. */
export const ChainQuery = z.object({
  answerId: z.string().max(64).optional(),
  taskId: TaskId.optional(),
  releaseId: ReleaseId.optional(),
  digest: ImageDigest.optional(),
});
export const ChainNode = z.object({
  kind: z.enum(chainKinds),
  id: z.string(),
  title: z.string(),
  detail: z.string().optional(),
  at: Timestamp.optional(),
  /** Its page in the console. */
  href: z.string().optional(),
});
export type ChainNode = z.infer<typeof ChainNode>;
export const Chain = z.object({ nodes: z.array(ChainNode), problems: z.array(z.string()) });
export type Chain = z.infer<typeof Chain>;

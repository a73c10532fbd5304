import { z } from "zod";
import { AgentName } from "./agent-manifest.ts";
import { EventActor } from "./events.ts";
import { GateResult } from "./gate.ts";
import { ReleaseId } from "./ids.ts";
import { Timestamp } from "./pagination.ts";
import {
  agentLimits,
  digestPattern,
  evidenceKinds,
  releaseKinds,
  releaseStatuses,
  taskIdPattern,
  taskSizes,
  verdictCauses,
} from "./plain/agents.ts";

export { AgentName };

export const ImageDigest = z.string().regex(digestPattern, "must be sha256: and 64 hexadecimal digits");
export const TaskId = z.string().regex(taskIdPattern, "must be the 32 hexadecimal digits of a task");
export const ReleaseStatus = z.enum(releaseStatuses);
export type ReleaseStatus = z.infer<typeof ReleaseStatus>;
export const ReleaseKind = z.enum(releaseKinds);
export type ReleaseKind = z.infer<typeof ReleaseKind>;
export const VerdictCause = z.enum(verdictCauses);
export type VerdictCause = z.infer<typeof VerdictCause>;

const Count = z.int().nonnegative();

/** An image as people know it: tags move, the digest does not. */
export const ImageRef = z.object({
  digest: ImageDigest,
  tag: z.string().optional(),
  commit: z.string().optional(),
  /** Where the source lies, as the image's label says. */
  source: z.string().optional(),
  builtAt: Timestamp.optional(),
});
export type ImageRef = z.infer<typeof ImageRef>;

/** Settings of an agent: plain JSON that its manifest describes; secrets are named, never held. */
export const AgentSettings = z
  .record(z.string().max(100), z.json())
  .refine((settings) => JSON.stringify(settings).length <= agentLimits.settingsSizeBytesMax, {
    error: `settings may have ${agentLimits.settingsSizeBytesMax} characters as JSON`,
  });
export type AgentSettings = z.infer<typeof AgentSettings>;

/** How an agent runs, whatever its image. */
export const ReleaseConfig = z
  .strictObject({
    settings: AgentSettings.default({}),
    port: z.int().min(1024).max(65_535).default(8080),
    healthPath: z
      .string()
      .regex(/^\/[A-Za-z0-9/_.-]{0,100}$/, "a path such as /health")
      .default("/health"),
    /** CPU units: 1024 are one processor. */
    cpu: z.int().default(512),
    /** MiB. */
    memory: z.int().default(1024),
    minTasks: z.int().min(0).max(agentLimits.tasksMax).default(1),
    maxTasks: z.int().min(1).max(agentLimits.tasksMax).default(4),
    /** Average CPU in percent that scaling aims at. */
    cpuTarget: z.int().min(10).max(90).default(60),
    /** ARN of the secret that the task gets as SAMLA_CLIENT_SECRET. */
    secretArn: z
      .string()
      .regex(/^arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@-]+$/, "the ARN of a secret")
      .optional(),
  })
  .check(
    z.refine((config) => config.minTasks <= config.maxTasks, {
      path: ["maxTasks"],
      error: "must be at least the smallest number of tasks",
    }),
    z.refine((config) => taskSizes[config.cpu]?.includes(config.memory) === true, {
      path: ["memory"],
      error: "this memory does not go with this processor share; see the offered sizes",
    }),
  );
export type ReleaseConfig = z.infer<typeof ReleaseConfig>;

/** One difference; `path` such as `image.digest`, `settings.index` or `maxTasks`. */
export const ReleaseChange = z.object({
  path: z.string(),
  before: z.json().optional(),
  after: z.json().optional(),
});
export type ReleaseChange = z.infer<typeof ReleaseChange>;

/** What CloudFormation will do to one resource. */
export const StackChange = z.object({
  resource: z.string(),
  type: z.string(),
  action: z.enum(["add", "modify", "remove", "replace"]),
  /** `maybe`: CloudFormation knows only while it does it. */
  replaces: z.enum(["yes", "maybe", "no"]),
  /** For people, such as "Service: its tasks are replaced one after the other". */
  sentence: z.string(),
  properties: z.array(
    z.object({ name: z.string(), before: z.string().optional(), after: z.string().optional(), replaces: z.boolean() }),
  ),
});
export type StackChange = z.infer<typeof StackChange>;

/** A change set in plain words. */
export const ChangeSummary = z.object({
  changeSetId: z.string(),
  stackName: z.string(),
  kind: z.enum(["create", "update"]),
  /** One sentence of all of it. */
  sentence: z.string(),
  /** A resource other than the task definition is made anew: shown in red. */
  replaces: z.boolean(),
  changes: z.array(StackChange),
});
export type ChangeSummary = z.infer<typeof ChangeSummary>;

/** Whether what the agent needs is there. */
export const ContractCheck = z.object({
  passed: z.boolean(),
  items: z.array(
    z.object({
      need: z.enum(["manifest", "setting", "index", "embedder", "secret"]),
      /** The exact field, such as `settings.index`. */
      field: z.string(),
      name: z.string(),
      passed: z.boolean(),
      /** It could not be asked; the release is not held back by it. */
      unknown: z.boolean().default(false),
      message: z.string(),
      nextStep: z.string().optional(),
    }),
  ),
});
export type ContractCheck = z.infer<typeof ContractCheck>;

export const Evidence = z.object({
  kind: z.enum(evidenceKinds),
  text: z.string(),
  at: Timestamp.optional(),
  taskId: TaskId.optional(),
  /** A page of the console that shows it. */
  href: z.string().optional(),
});
export type Evidence = z.infer<typeof Evidence>;

/** What became of a release: one sentence, the proof, and what to do. Rolled back is never `ok`. */
export const Verdict = z.object({
  ok: z.boolean(),
  cause: VerdictCause,
  sentence: z.string(),
  evidence: z.array(Evidence),
  nextStep: z.string(),
  at: Timestamp,
});
export type Verdict = z.infer<typeof Verdict>;

/** One change of an agent, kept for ever. */
export const Release = z.object({
  id: ReleaseId,
  agent: AgentName,
  /** 1, 2, 3 … of this agent. */
  n: z.int().positive(),
  kind: ReleaseKind,
  status: ReleaseStatus,
  image: ImageRef,
  config: ReleaseConfig,
  reason: z.string(),
  createdAt: Timestamp,
  createdBy: EventActor,
  executedAt: Timestamp.optional(),
  executedBy: EventActor.optional(),
  endedAt: Timestamp.optional(),
  stoppedBy: EventActor.optional(),
  stopReason: z.string().optional(),
  /** The release it replaces. */
  baseId: ReleaseId.optional(),
  /** Of a roll back: the release whose image and settings these are. */
  ofId: ReleaseId.optional(),
  /** The release that its tasks name: itself, or an earlier one when tasks were left running. */
  runsAs: ReleaseId,
  /** Against `baseId`. */
  changes: z.array(ReleaseChange),
  changeSet: ChangeSummary.optional(),
  gate: GateResult.optional(),
  contract: ContractCheck.optional(),
  verdict: Verdict.optional(),
  revision: z.int().positive(),
});
export type Release = z.infer<typeof Release>;

const TaskCounts = z.object({ desired: Count, running: Count, pending: Count, healthy: Count });

/** How far a rolling release is. */
export const ReleaseProgress = z.object({
  phase: z.enum(["preparing", "starting", "checking", "draining", "rolling-back", "finished"]),
  /** For people, such as "1 of 2 new tasks is healthy". */
  sentence: z.string(),
  old: TaskCounts,
  new: TaskCounts,
  failedTasks: Count,
  breaker: z.object({
    state: z.enum(["off", "watching", "triggered", "reset"]),
    failures: Count,
    /** Absent until ECS says it. */
    threshold: Count.optional(),
  }),
  alarms: z.array(z.object({ name: z.string(), firing: z.boolean() })),
  /** What CloudFormation and ECS said, oldest first. */
  steps: z.array(
    z.object({
      at: Timestamp,
      from: z.enum(["stack", "service"]),
      subject: z.string(),
      status: z.string(),
      reason: z.string().optional(),
      failed: z.boolean(),
    }),
  ),
  elapsedSeconds: Count,
});
export type ReleaseProgress = z.infer<typeof ReleaseProgress>;

export const ReleaseDetail = Release.extend({
  /** While it rolls. */
  progress: ReleaseProgress.optional(),
  /** What this person may do with it now. */
  can: z.object({ execute: z.boolean(), withdraw: z.boolean(), stop: z.boolean(), rollBackTo: z.boolean() }),
});
export type ReleaseDetail = z.infer<typeof ReleaseDetail>;

import type { GateResult, ImageRef } from "@samla/contracts";

/** What a deployed stage offers to agents' stacks; the values are parameters of the agents' template. */
export type AgentPlatform = {
  stage: string;
  apiUrl: string;
  /** Agents that the stage has repositories for. */
  names: readonly string[];
  /** CloudFormation takes it for the stacks; absent on the laptop. */
  stackRoleArn?: string | undefined;
  parameters: Readonly<Record<string, string>>;
};

export type StackState = {
  id: string;
  name: string;
  /** As CloudFormation has it, such as UPDATE_ROLLBACK_COMPLETE. */
  status: string;
  reason?: string | undefined;
  parameters: Readonly<Record<string, string>>;
};

export type StackEvent = {
  id: string;
  at: string;
  /** Logical id; the stack's own name for the stack. */
  resource: string;
  type: string;
  physicalId?: string | undefined;
  status: string;
  reason?: string | undefined;
  /** Of one run of a change: the token given to `execute`. */
  token?: string | undefined;
};

export type RawPropertyChange = {
  name: string;
  before?: string | undefined;
  after?: string | undefined;
  recreation: "Always" | "Conditionally" | "Never";
};
export type RawStackChange = {
  resource: string;
  type: string;
  action: string;
  replacement?: string | undefined;
  properties: RawPropertyChange[];
};
export type ChangeSetState = {
  id: string;
  stackId: string;
  status: "making" | "ready" | "empty" | "failed";
  reason?: string | undefined;
  executable: boolean;
  changes: RawStackChange[];
};

/** Stacks of agents, changed by change sets alone. */
export interface StackPort {
  /** By name or id; a deleted one only by its id. */
  describe(stack: string): Promise<StackState | undefined>;
  createChangeSet(input: {
    stack: string;
    name: string;
    kind: "create" | "update";
    template: string;
    parameters: Record<string, string>;
    roleArn?: string | undefined;
    description: string;
    tags: Record<string, string>;
  }): Promise<{ id: string; stackId: string }>;
  describeChangeSet(id: string, stack: string): Promise<ChangeSetState | undefined>;
  execute(changeSetId: string, stack: string, token: string): Promise<void>;
  deleteChangeSet(id: string, stack: string): Promise<void>;
  /** Newest first, back to `since`; at most 500. */
  listEvents(stack: string, since: string): Promise<StackEvent[]>;
  cancelUpdate(stack: string, token: string): Promise<void>;
  deleteStack(stack: string, roleArn: string | undefined): Promise<void>;
}

export type ServiceDeploymentState = {
  arn: string;
  /** Such as IN_PROGRESS, SUCCESSFUL, STOPPED, ROLLBACK_SUCCESSFUL. */
  status: string;
  reason?: string | undefined;
  createdAt: string;
  finishedAt?: string | undefined;
  failedTasks: number;
  breaker: { status: string; failures: number; threshold?: number | undefined };
  alarms: { status: string; names: string[]; triggered: string[] };
  rollback?: { reason?: string | undefined; startedAt?: string | undefined } | undefined;
  target: { revisionArn: string; requested: number; running: number; pending: number } | undefined;
  sources: { revisionArn: string; requested: number; running: number; pending: number }[];
};

export type ServiceState = {
  arn: string;
  name: string;
  status: string;
  desired: number;
  running: number;
  pending: number;
  taskDefinition: string;
  targetGroupArn?: string | undefined;
  deployments: {
    id: string;
    status: string;
    rollout: string;
    rolloutReason?: string | undefined;
    taskDefinition: string;
    desired: number;
    running: number;
    pending: number;
    failed: number;
    createdAt: string;
  }[];
  events: { id: string; at: string; message: string }[];
};

export type TaskDefinitionState = {
  arn: string;
  image: string;
  environment: Record<string, string>;
  secrets: Record<string, string>;
  cpu?: number | undefined;
  memory?: number | undefined;
};

export type TaskStateOfEcs = {
  id: string;
  arn: string;
  group: string;
  definition: string;
  lastStatus: string;
  desiredStatus: string;
  health: string;
  createdAt?: string | undefined;
  startedAt?: string | undefined;
  stoppingAt?: string | undefined;
  stoppedAt?: string | undefined;
  stopCode?: string | undefined;
  stopReason?: string | undefined;
  startedBy?: string | undefined;
  zone?: string | undefined;
  address?: string | undefined;
  platform?: string | undefined;
  cpu?: number | undefined;
  memory?: number | undefined;
  tags: Record<string, string>;
  exitCode?: number | undefined;
  containerReason?: string | undefined;
  imageDigest?: string | undefined;
};

/** What ECS runs. */
export interface ContainerPort {
  /** Those that exist, by name. */
  describeServices(names: readonly string[]): Promise<Map<string, ServiceState>>;
  listDeployments(service: string, since: string): Promise<ServiceDeploymentState[]>;
  listTasks(service: string, state: "RUNNING" | "STOPPED"): Promise<TaskStateOfEcs[]>;
  getTask(taskId: string): Promise<TaskStateOfEcs | undefined>;
  getDefinition(arn: string): Promise<TaskDefinitionState | undefined>;
  stopTask(taskId: string, reason: string): Promise<void>;
  /** Health of the targets of a group, by their address `ip:port`. */
  targetHealth(targetGroupArn: string): Promise<{ host: string; port: number; state: string; reason?: string }[]>;
}

export type RawLogLine = { id: string; atMs: number; stream: string; text: string };

/** Agents' logs: one group an agent, one stream a task. */
export interface AgentLogs {
  /** Lines of the group that fit, oldest first; `nextCursor` goes on. */
  filter(query: {
    group: string;
    streams?: readonly string[] | undefined;
    pattern?: string | undefined;
    fromMs: number;
    toMs: number;
    cursor?: string | undefined;
    limit: number;
  }): Promise<{ lines: RawLogLine[]; nextCursor?: string | undefined }>;
  /** The last lines of one stream, oldest first; none when there is no such stream. */
  last(group: string, stream: string, limit: number): Promise<RawLogLine[]>;
}

export type MetricQuery = {
  id: string;
  namespace: string;
  metric: string;
  dimensions: Record<string, string>;
  /** Average, Sum, Maximum or a percentile such as p95. */
  statistic: string;
};

export interface AgentMetricsPort {
  read(
    queries: readonly MetricQuery[],
    range: { fromMs: number; toMs: number; periodSeconds: number },
  ): Promise<Map<string, { atMs: number; value: number }[]>>;
  alarms(names: readonly string[]): Promise<Map<string, { state: string; reason: string; threshold?: number }>>;
  /** What scaling did to a service, newest first; at most 50. */
  scalingActs(resourceId: string): Promise<
    {
      id: string;
      at: string;
      description: string;
      cause: string;
      status: string;
      message?: string | undefined;
    }[]
  >;
}

/** Images as releases need them. */
export interface AgentImages {
  /** Undefined when the repository has no such image. `manifest`: the JSON of its label, if it has one. */
  find(agent: string, digest: string): Promise<{ image: ImageRef; manifest?: unknown } | undefined>;
  gate(agent: string, digest: string): Promise<GateResult>;
  /** Shields the image from lifecycle rules, as it is released. */
  protect?(agent: string, digest: string): Promise<void>;
}

/** What agents need of the rest of SAMLA, asked with the rights of who releases. */
export interface AgentNeeds {
  /** Undefined: no such index, or the asker may not read it. */
  findIndex(slug: string): Promise<{ slug: string; buildId: string; embedder: string } | undefined>;
  listEmbedders(): Promise<string[]>;
}

/** What the stand-in's ECS keeps. Views are in the API's own shapes, times in epoch seconds, as the wire has them. */

export type Tags = Record<string, string>;
export type NameValue = { name: string; value: string };

export type ClusterRecord = {
  name: string;
  status: "ACTIVE" | "INACTIVE";
  settings: NameValue[];
  tags: Tags;
};

export type PortMapping = {
  name?: string;
  containerPort: number;
  hostPort?: number;
  protocol?: "tcp" | "udp";
  appProtocol?: string;
};

export type HealthCheck = {
  command: string[];
  interval: number;
  timeout: number;
  retries: number;
  startPeriod?: number;
};

export type ContainerDefinition = {
  name: string;
  image: string;
  essential: boolean;
  cpu: number;
  memory?: number;
  memoryReservation?: number;
  portMappings: PortMapping[];
  entryPoint?: string[];
  command?: string[];
  environment: NameValue[];
  secrets?: { name: string; valueFrom: string }[];
  workingDirectory?: string;
  user?: string;
  stopTimeout?: number;
  healthCheck?: HealthCheck;
  logConfiguration?: { logDriver: string; options?: Record<string, string> };
  [other: string]: unknown;
};

export type DefinitionRecord = {
  family: string;
  revision: number;
  status: "ACTIVE" | "INACTIVE" | "DELETE_IN_PROGRESS";
  registeredAt: number;
  deregisteredAt?: number;
  /** CPU units and memory of the whole task. */
  cpuUnits: number;
  memoryMb: number;
  containers: ContainerDefinition[];
  /** Everything else as it was registered. */
  rest: Record<string, unknown>;
  tags: Tags;
};

export type LoadBalancer = { targetGroupArn: string; containerName: string; containerPort: number };
export type ServiceRegistry = {
  registryArn: string;
  port?: number;
  containerName?: string;
  containerPort?: number;
};

export type DeploymentConfiguration = {
  maximumPercent: number;
  minimumHealthyPercent: number;
  deploymentCircuitBreaker?: {
    enable: boolean;
    rollback: boolean;
    resetOnHealthyTask?: boolean;
    thresholdConfiguration?: { type: "COUNT" | "BOUNDED_PERCENT" | "UNBOUNDED_PERCENT"; value: number };
  };
  alarms?: { alarmNames: string[]; enable: boolean; rollback: boolean };
  strategy?: string;
};

/** What a service runs: kept with each revision, so that a rollback brings all of it back. */
export type RevisionConfig = {
  taskDefinition: string;
  launchType: string;
  platformVersion: string;
  loadBalancers: LoadBalancer[];
  serviceRegistries: ServiceRegistry[];
  networkConfiguration?: unknown;
};

export type RevisionRecord = RevisionConfig & {
  arn: string;
  serviceArn: string;
  clusterArn: string;
  createdAt: number;
  /** By container name, as the first task pulled them. */
  imageDigests: Record<string, string>;
};

export type DeploymentRecord = {
  id: string;
  status: "PRIMARY" | "ACTIVE" | "INACTIVE";
  revisionArn: string;
  serviceDeploymentArn: string;
  taskDefinition: string;
  failedTasks: number;
  createdAt: number;
  updatedAt: number;
  rolloutState: "IN_PROGRESS" | "COMPLETED" | "FAILED";
  rolloutStateReason: string;
  isRollback: boolean;
  /** Alarms that were already on when it began say nothing about it. */
  ignoredAlarms: string[];
  /** When all of its tasks were healthy and the older gone: alarms are watched a while longer. */
  bakingSinceMs?: number;
};

export type ServiceDeploymentStatus =
  | "PENDING"
  | "IN_PROGRESS"
  | "SUCCESSFUL"
  | "STOPPED"
  | "STOP_REQUESTED"
  | "ROLLBACK_REQUESTED"
  | "ROLLBACK_IN_PROGRESS"
  | "ROLLBACK_SUCCESSFUL"
  | "ROLLBACK_FAILED";

/** The history of one deployment, kept 90 days, as AWS keeps it. */
export type ServiceDeploymentRecord = {
  arn: string;
  serviceArn: string;
  clusterArn: string;
  createdAt: number;
  startedAt?: number;
  finishedAt?: number;
  stoppedAt?: number;
  updatedAt: number;
  sourceRevisionArns: string[];
  targetRevisionArn: string;
  status: ServiceDeploymentStatus;
  statusReason?: string;
  deploymentConfiguration: DeploymentConfiguration;
  rollback?: { reason: string; startedAt: number; serviceRevisionArn: string };
  breaker: {
    status: "DISABLED" | "MONITORING" | "MONITORING_COMPLETE" | "TRIGGERED";
    failureCount: number;
    threshold: number;
  };
  alarms: {
    status: "DISABLED" | "MONITORING" | "MONITORING_COMPLETE" | "TRIGGERED";
    alarmNames: string[];
    triggeredAlarmNames: string[];
  };
};

export type ServiceEvent = { id: string; createdAt: number; message: string };

export type ServiceRecord = {
  arn: string;
  name: string;
  cluster: string;
  status: "ACTIVE" | "DRAINING" | "INACTIVE";
  createdAt: number;
  desiredCount: number;
  config: RevisionConfig;
  deploymentConfiguration: DeploymentConfiguration;
  healthCheckGracePeriodSeconds: number;
  propagateTags: "NONE" | "SERVICE" | "TASK_DEFINITION";
  enableECSManagedTags: boolean;
  enableExecuteCommand: boolean;
  availabilityZoneRebalancing: string;
  tags: Tags;
  events: ServiceEvent[];
  /** Newest first; the first is the primary one. */
  deployments: DeploymentRecord[];
  /** The revision a rollback goes to. */
  lastCompletedRevisionArn?: string;
  isSteady: boolean;
  /** Starts are spaced out while tasks keep failing. */
  failuresInRow: number;
  nextStartMs: number;
  isImpairedTold: boolean;
};

export type ContainerView = {
  containerArn: string;
  taskArn: string;
  name: string;
  image: string;
  imageDigest?: string;
  runtimeId?: string;
  lastStatus: string;
  exitCode?: number;
  reason?: string;
  networkBindings: { bindIP: string; containerPort: number; hostPort: number; protocol: string }[];
  networkInterfaces: { attachmentId: string; privateIpv4Address: string }[];
  healthStatus: "HEALTHY" | "UNHEALTHY" | "UNKNOWN";
  cpu: string;
  memory?: string;
};

export type TaskStatus =
  | "PROVISIONING"
  | "PENDING"
  | "ACTIVATING"
  | "RUNNING"
  | "DEACTIVATING"
  | "STOPPING"
  | "DEPROVISIONING"
  | "STOPPED";

export type StopCode =
  | "TaskFailedToStart"
  | "EssentialContainerExited"
  | "UserInitiated"
  | "ServiceSchedulerInitiated"
  | "TerminationNotice";

export type TaskOverride = {
  containerOverrides?: { name: string; command?: string[]; environment?: NameValue[]; cpu?: number; memory?: number }[];
  cpu?: string;
  memory?: string;
  [other: string]: unknown;
};

export type TaskView = {
  taskArn: string;
  clusterArn: string;
  taskDefinitionArn: string;
  containers: ContainerView[];
  lastStatus: TaskStatus;
  desiredStatus: "RUNNING" | "STOPPED";
  healthStatus: "HEALTHY" | "UNHEALTHY" | "UNKNOWN";
  cpu: string;
  memory: string;
  createdAt: number;
  pullStartedAt?: number;
  pullStoppedAt?: number;
  connectivity?: "CONNECTED" | "DISCONNECTED";
  connectivityAt?: number;
  startedAt?: number;
  stoppingAt?: number;
  executionStoppedAt?: number;
  stoppedAt?: number;
  stopCode?: StopCode;
  stoppedReason?: string;
  group: string;
  startedBy?: string;
  launchType: string;
  platformVersion: string;
  platformFamily: string;
  availabilityZone: string;
  enableExecuteCommand: boolean;
  attachments: { id: string; type: string; status: string; details: NameValue[] }[];
  overrides: TaskOverride;
  ephemeralStorage: { sizeInGiB: number };
  version: number;
};

export type TaskRecord = {
  id: string;
  cluster: string;
  /** Name of the service that keeps it, and which of its deployments. */
  service?: string;
  deploymentId?: string;
  view: TaskView;
  tags: Tags;
  /** Host port of each container port. */
  hostPorts: Record<number, number>;
  /** What serves it, as it was registered: taken back also after a restart. */
  registered: { targets: { targetGroupArn: string; port: number }[]; registries: string[] };
  /** Leaders of its process groups, so that what outlived the stand-in is found. */
  pids: number[];
  /** Passed all of its checks at least once. */
  wasHealthy: boolean;
  /** The scheduler has taken its end into account. */
  isSettled: boolean;
};

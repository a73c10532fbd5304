import type { MetricPort } from "../kernel/container-ports.ts";
import { AwsError } from "../kernel/errors.ts";
import { type EcsNames, makeDigitId } from "./names.ts";
import type { DeploymentRecord, RevisionRecord, ServiceDeploymentRecord, ServiceRecord } from "./records.ts";
import { breakerThreshold } from "./rollout.ts";
import type { ServiceLog } from "./service-log.ts";
import type { EcsStore } from "./store.ts";

export type FailureCause = "breaker" | "alarm" | "stopped";

type Wording = { failed: string; rollback: string; status: string };
/** As ECS words them in rolloutStateReason and statusReason. */
const wordings: Record<FailureCause, Wording> = {
  breaker: {
    failed: "ECS deployment circuit breaker: tasks failed to start.",
    rollback: "ECS deployment circuit breaker: rolling back to deploymentId",
    status: "because the circuit breaker threshold was exceeded.",
  },
  alarm: {
    failed: "ECS deployment failed: alarm detected.",
    rollback: "ECS deployment alarm: rolling back to deploymentId",
    status: "because a CloudWatch alarm was triggered.",
  },
  stopped: {
    failed: "ECS deployment stopped: the service deployment was stopped by a user.",
    rollback: "ECS deployment stopped: rolling back to deploymentId",
    status: "because StopServiceDeployment was called.",
  },
};

const isOpen = ({ status }: ServiceDeploymentRecord): boolean =>
  ["PENDING", "IN_PROGRESS", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"].includes(status);

/** Deployments of services: begun, completed, failed, rolled back. The caller saves the service. */
export type Deployments = ReturnType<typeof createDeployments>;
export const createDeployments = (deps: {
  store: EcsStore;
  names: EcsNames;
  log: ServiceLog;
  metrics: MetricPort;
  now(): number;
}) => {
  const { store, names, log, metrics, now } = deps;
  const seconds = (): number => now() / 1000;

  const change = (arn: string, work: (record: ServiceDeploymentRecord) => void): void => {
    const record = store.serviceDeployments.get(arn);
    if (!record) return;
    work(record);
    record.updatedAt = seconds();
    store.serviceDeployments.save(arn, record);
  };

  const push = (
    service: ServiceRecord,
    revision: RevisionRecord,
    serviceDeploymentArn: string,
    isRollback: boolean,
  ): DeploymentRecord => {
    const alarmNames = service.deploymentConfiguration.alarms?.alarmNames ?? [];
    const id = `ecs-svc/${makeDigitId()}`;
    const deployment: DeploymentRecord = {
      id,
      status: "PRIMARY",
      revisionArn: revision.arn,
      serviceDeploymentArn,
      taskDefinition: revision.taskDefinition,
      failedTasks: 0,
      createdAt: seconds(),
      updatedAt: seconds(),
      rolloutState: "IN_PROGRESS",
      rolloutStateReason: `ECS deployment ${id} in progress.`,
      isRollback,
      ignoredAlarms: alarmNames.filter((name) => metrics.alarmState(name) === "ALARM"),
    };
    for (const one of service.deployments) if (one.status === "PRIMARY") one.status = "ACTIVE";
    service.deployments.unshift(deployment);
    service.isSteady = false;
    service.failuresInRow = 0;
    service.nextStartMs = 0;
    service.isImpairedTold = false;
    return deployment;
  };

  /** Begins to roll out the service's configuration as a new revision; what was under way is given up. */
  const begin = (service: ServiceRecord): DeploymentRecord => {
    const at = seconds();
    const clusterArn = names.cluster(service.cluster);
    const source = service.deployments.filter(({ status }) => status !== "INACTIVE").map((one) => one.revisionArn);
    for (const { serviceDeploymentArn } of service.deployments)
      change(serviceDeploymentArn, (one) => {
        if (!isOpen(one)) return;
        one.status = "STOPPED";
        one.statusReason = "Service deployment stopped because a newer one was started.";
        one.stoppedAt = at;
        one.finishedAt = at;
      });
    for (const one of service.deployments)
      if (one.rolloutState === "IN_PROGRESS") {
        one.rolloutState = "FAILED";
        one.rolloutStateReason = "ECS deployment superseded by a newer one.";
      }
    const revision: RevisionRecord = {
      ...service.config,
      arn: names.revision(service.cluster, service.name),
      serviceArn: service.arn,
      clusterArn,
      createdAt: at,
      imageDigests: {},
    };
    store.revisions.save(revision.arn, revision);
    const configuration = service.deploymentConfiguration;
    const hasAlarms = configuration.alarms?.enable === true;
    const record: ServiceDeploymentRecord = {
      arn: names.serviceDeployment(service.cluster, service.name),
      serviceArn: service.arn,
      clusterArn,
      createdAt: at,
      startedAt: at,
      updatedAt: at,
      sourceRevisionArns: [...new Set(source)],
      targetRevisionArn: revision.arn,
      status: "IN_PROGRESS",
      deploymentConfiguration: configuration,
      breaker: {
        status: configuration.deploymentCircuitBreaker?.enable ? "MONITORING" : "DISABLED",
        failureCount: 0,
        threshold: breakerThreshold(configuration, service.desiredCount),
      },
      alarms: {
        status: hasAlarms ? "MONITORING" : "DISABLED",
        alarmNames: configuration.alarms?.alarmNames ?? [],
        triggeredAlarmNames: [],
      },
    };
    store.serviceDeployments.save(record.arn, record);
    const deployment = push(service, revision, record.arn, false);
    log.deployment(service, deployment, "SERVICE_DEPLOYMENT_IN_PROGRESS");
    return deployment;
  };

  const complete = (service: ServiceRecord, deployment: DeploymentRecord): void => {
    deployment.rolloutState = "COMPLETED";
    deployment.rolloutStateReason = `ECS deployment ${deployment.id} completed.`;
    deployment.updatedAt = seconds();
    deployment.failedTasks = 0;
    service.lastCompletedRevisionArn = deployment.revisionArn;
    service.deployments = service.deployments.filter((one) => one === deployment);
    change(deployment.serviceDeploymentArn, (record) => {
      record.status = deployment.isRollback ? "ROLLBACK_SUCCESSFUL" : "SUCCESSFUL";
      record.finishedAt = seconds();
      if (record.breaker.status === "MONITORING") record.breaker.status = "MONITORING_COMPLETE";
      if (record.alarms.status === "MONITORING") record.alarms.status = "MONITORING_COMPLETE";
    });
    log.note(service, `(deployment ${deployment.id}) deployment completed.`);
    log.deployment(service, deployment, "SERVICE_DEPLOYMENT_COMPLETED");
  };

  /** Gives a deployment up; with `isRollback`, the last completed revision comes back whole. */
  const fail = (
    service: ServiceRecord,
    deployment: DeploymentRecord,
    cause: FailureCause,
    isRollback: boolean,
    triggeredAlarms: string[] = [],
  ): void => {
    const words = wordings[cause];
    const at = seconds();
    const target = service.lastCompletedRevisionArn ? store.revisions.get(service.lastCompletedRevisionArn) : undefined;
    deployment.rolloutState = "FAILED";
    deployment.rolloutStateReason = words.failed;
    deployment.updatedAt = at;
    log.note(service, `(deployment ${deployment.id}) deployment failed: ${words.failed.replace(/^.*?: /, "")}`);
    log.deployment(service, deployment, "SERVICE_DEPLOYMENT_FAILED");
    change(deployment.serviceDeploymentArn, (record) => {
      record.breaker.failureCount = deployment.failedTasks;
      if (cause === "breaker") record.breaker.status = "TRIGGERED";
      if (cause === "alarm")
        record.alarms = { ...record.alarms, status: "TRIGGERED", triggeredAlarmNames: triggeredAlarms };
      if (!isRollback) {
        record.status = "STOPPED";
        record.statusReason = `Service deployment stopped ${words.status}`;
        record.stoppedAt = at;
        record.finishedAt = at;
      } else if (!target) {
        record.status = "ROLLBACK_FAILED";
        record.statusReason = `Service deployment could not be rolled back ${words.status} No rollback candidate was found to run the rollback.`;
        record.finishedAt = at;
      } else {
        record.status = "ROLLBACK_IN_PROGRESS";
        record.statusReason = `Service deployment rolled back ${words.status}`;
        record.rollback = { reason: record.statusReason, startedAt: at, serviceRevisionArn: target.arn };
      }
    });
    if (!isRollback || !target) return;
    const before = service.deployments.find(
      (one) => one !== deployment && one.revisionArn === target.arn && one.rolloutState === "COMPLETED",
    );
    const { arn: _, serviceArn: __, clusterArn: ___, createdAt: ____, imageDigests: _____, ...config } = target;
    service.config = config;
    const rollback = push(service, target, deployment.serviceDeploymentArn, true);
    rollback.rolloutStateReason = `${words.rollback} ${before?.id ?? deployment.id}.`;
    log.note(service, `rolling back to deployment ${before?.id ?? rollback.id}.`);
    log.deployment(service, rollback, "SERVICE_DEPLOYMENT_IN_PROGRESS");
    // Tasks of that very revision still run: they are the rollback's now, and nobody waits for new ones.
    for (const task of store.tasksOf(service))
      if (before && task.deploymentId === before.id && task.view.desiredStatus === "RUNNING") {
        task.deploymentId = rollback.id;
        task.view.startedBy = rollback.id;
        store.tasks.save(task.id, task);
      }
    if (before) service.deployments = service.deployments.filter((one) => one !== before);
  };

  /** What the breaker counts, in both views of the deployment. */
  const countFailure = (service: ServiceRecord, deployment: DeploymentRecord): void => {
    deployment.failedTasks += 1;
    deployment.updatedAt = seconds();
    change(deployment.serviceDeploymentArn, (record) => {
      record.breaker.failureCount = deployment.failedTasks;
      record.breaker.threshold = breakerThreshold(service.deploymentConfiguration, service.desiredCount);
    });
  };

  const resetFailures = (deployment: DeploymentRecord): void => {
    if (deployment.failedTasks === 0) return;
    deployment.failedTasks = 0;
    change(deployment.serviceDeploymentArn, (record) => {
      record.breaker.failureCount = 0;
    });
  };

  /** @throws AwsError `ServiceDeploymentNotFoundException`, `ConflictException` when it is over */
  const stop = (arn: string, isRollback: boolean): void => {
    const record = store.serviceDeployments.get(arn);
    if (!record) throw new AwsError("ServiceDeploymentNotFoundException", "The service deployment was not found.");
    const service = store.listServices().find((one) => one.arn === record.serviceArn);
    const [primary] = service?.deployments ?? [];
    if (!service || !isOpen(record) || primary?.serviceDeploymentArn !== arn || primary.rolloutState !== "IN_PROGRESS")
      throw new AwsError("ConflictException", "The service deployment is not in a state in which it can be stopped.");
    if (primary.isRollback)
      throw new AwsError("ConflictException", "The service deployment is already being rolled back.");
    fail(service, primary, "stopped", isRollback);
    store.saveService(service);
  };

  return { begin, complete, fail, countFailure, resetFailures, stop };
};

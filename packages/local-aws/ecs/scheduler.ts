import type { MetricPort, TargetPort } from "../kernel/container-ports.ts";
import type { Deployments } from "./deployments.ts";
import type { DefinitionRecord, DeploymentRecord, ServiceRecord, Tags, TaskRecord } from "./records.ts";
import { breakerThreshold, planRollout, startPauseSeconds } from "./rollout.ts";
import type { ServiceLog } from "./service-log.ts";
import type { EcsStore } from "./store.ts";
import { findDefinition } from "./task-definition-operations.ts";
import type { TaskManager } from "./task-manager.ts";

const TICK_MS = 500;
const SWEEP_MS = 60_000;
/** A task without any check counts as healthy once it has run this long. */
const SETTLE_SECONDS = 3;
/** Failures in a row are forgotten once a task has run this long. */
const STABLE_SECONDS = 60;
const IMPAIRED_FAILURES = 3;

export type SchedulerDeps = {
  store: EcsStore;
  tasks: TaskManager;
  deployments: Deployments;
  log: ServiceLog;
  targets: TargetPort;
  metrics: MetricPort;
  /** Length of a second of grace periods and pauses. */
  secondMs: number;
  /** How long alarms are watched after the last older task is gone; AWS derives it from the alarms' periods. */
  alarmBakeMs: number;
  now(): number;
};

type Unhealthy = { reason: string; note: string };

const ids = (tasks: readonly TaskRecord[]): string => tasks.map(({ id }) => `(task ${id})`).join(" ");

/** Keeps every service at its desired count, rolls deployments, and decides when one has failed. */
export class Scheduler {
  readonly #deps: SchedulerDeps;
  readonly #timer: NodeJS.Timeout;
  readonly #sweeper: NodeJS.Timeout;
  readonly #due = new Set<string>();
  #isClosed = false;
  #immediate: NodeJS.Immediate | undefined;

  constructor(deps: SchedulerDeps) {
    this.#deps = deps;
    this.#timer = setInterval(() => this.#runAll(), TICK_MS);
    this.#timer.unref();
    this.#sweeper = setInterval(() => deps.tasks.sweep(), SWEEP_MS);
    this.#sweeper.unref();
  }

  /** Looks at a service soon, after what runs now. */
  wake(): void {
    if (this.#isClosed) return;
    this.#immediate ??= setImmediate(() => {
      this.#immediate = undefined;
      this.#runAll();
    });
  }

  #runAll(): void {
    for (const service of this.#deps.store.listServices()) {
      if (this.#isClosed || service.status === "INACTIVE" || this.#due.has(service.arn)) continue;
      this.#due.add(service.arn);
      try {
        this.#reconcile(service);
      } catch (error) {
        console.error(`Service ${service.name} could not be reconciled:`, error);
      } finally {
        this.#due.delete(service.arn);
      }
    }
  }

  #reconcile(service: ServiceRecord): void {
    const { store, deployments, log } = this.#deps;
    const before = JSON.stringify(service);
    const all = store.tasksOf(service);
    const [primary] = service.deployments;
    if (!primary) return;
    for (const task of all) if (task.view.lastStatus === "STOPPED" && !task.isSettled) this.#settle(service, task);
    const wanted = all.filter(({ view }) => view.desiredStatus === "RUNNING" && view.lastStatus !== "STOPPED");
    const live = wanted.filter((task) => !this.#stopUnhealthy(service, task));
    for (const task of live) this.#noticeHealthy(service, task);
    if (this.#mayFail(service, primary)) this.#checkFailure(service, primary);
    const [current] = service.deployments;
    if (current) this.#roll(service, current, live, all);
    if (service.status === "DRAINING" && all.every(({ view }) => view.lastStatus === "STOPPED")) {
      service.status = "INACTIVE";
      service.deployments = [];
    }
    if (current?.rolloutState === "COMPLETED" && !service.isSteady && this.#isSteady(service, live, all)) {
      service.isSteady = true;
      log.note(service, "has reached a steady state.");
      log.action(service, "SERVICE_STEADY_STATE");
    }
    if (current?.rolloutState === "IN_PROGRESS" && this.#isRolled(service, current, live, all)) {
      deployments.complete(service, current);
      this.wake();
    }
    if (JSON.stringify(service) !== before) store.saveService(service);
  }

  #definitionOf(task: TaskRecord): DefinitionRecord {
    return findDefinition(this.#deps.store, task.view.taskDefinitionArn);
  }

  isHealthy(task: TaskRecord): boolean {
    const { view, registered } = task;
    if (view.lastStatus !== "RUNNING" || view.desiredStatus !== "RUNNING") return false;
    const isChecked = this.#definitionOf(task).containers.some((one) => one.essential && one.healthCheck);
    if (isChecked && view.healthStatus !== "HEALTHY") return false;
    for (const { targetGroupArn, port } of registered.targets)
      if (this.#deps.targets.health(targetGroupArn, { host: "127.0.0.1", port }).state !== "healthy") return false;
    if (isChecked || registered.targets.length > 0) return true;
    return this.#runsForSeconds(task) >= SETTLE_SECONDS;
  }

  /** In seconds of the configuration. */
  #runsForSeconds({ view }: TaskRecord): number {
    return view.startedAt === undefined ? 0 : (this.#deps.now() - view.startedAt * 1000) / this.#deps.secondMs;
  }

  #findUnhealthy(service: ServiceRecord, task: TaskRecord): Unhealthy | undefined {
    const { view, registered, id } = task;
    if (view.lastStatus !== "RUNNING" || this.#runsForSeconds(task) < service.healthCheckGracePeriodSeconds)
      return undefined;
    if (view.healthStatus === "UNHEALTHY")
      return { reason: "Task failed container health checks", note: `(task ${id}) failed container health checks.` };
    for (const { targetGroupArn, port } of registered.targets) {
      const { state, reason, description } = this.#deps.targets.health(targetGroupArn, { host: "127.0.0.1", port });
      if (state !== "unhealthy") continue;
      const [container] = Object.entries(task.hostPorts).find(([, hostPort]) => hostPort === port) ?? [];
      return {
        reason: `Task failed ELB health checks in (target-group ${targetGroupArn})`,
        note: `(task ${id}) (port ${container ?? port}) is unhealthy in (target-group ${targetGroupArn}) due to (reason ${description ?? reason ?? "Health checks failed"}).`,
      };
    }
    return undefined;
  }

  #stopUnhealthy(service: ServiceRecord, task: TaskRecord): boolean {
    const { log, tasks } = this.#deps;
    const unhealthy = this.#findUnhealthy(service, task);
    if (!unhealthy) return false;
    log.note(service, unhealthy.note);
    this.#countFailure(service, task);
    // Counted here: its end is no second failure.
    task.isSettled = true;
    tasks.stop(task, "ServiceSchedulerInitiated", unhealthy.reason);
    this.#noteStopped(service, [task]);
    return true;
  }

  #noteStopped(service: ServiceRecord, stopped: TaskRecord[]): void {
    service.isSteady = false;
    this.#deps.log.note(service, `has stopped ${stopped.length} running tasks: ${ids(stopped)}.`);
  }

  #countFailure(service: ServiceRecord, task: TaskRecord): void {
    const { deployments, log, secondMs, now } = this.#deps;
    const [primary] = service.deployments;
    service.failuresInRow += 1;
    service.nextStartMs = now() + startPauseSeconds(service.failuresInRow) * secondMs;
    if (primary?.rolloutState === "IN_PROGRESS" && task.deploymentId === primary.id)
      deployments.countFailure(service, primary);
    if (service.failuresInRow < IMPAIRED_FAILURES || service.isImpairedTold) return;
    service.isImpairedTold = true;
    log.note(
      service,
      "is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
    );
    log.action(service, "SERVICE_TASK_START_IMPAIRED");
  }

  /** Takes the end of a task into account, once. */
  #settle(service: ServiceRecord, task: TaskRecord): void {
    task.isSettled = true;
    service.isSteady = false;
    this.#deps.store.tasks.save(task.id, task);
    const { stopCode } = task.view;
    if (stopCode === "TaskFailedToStart" || stopCode === "EssentialContainerExited") this.#countFailure(service, task);
  }

  #noticeHealthy(service: ServiceRecord, task: TaskRecord): void {
    if (!this.isHealthy(task)) return;
    const { store, deployments } = this.#deps;
    if (!task.wasHealthy) {
      task.wasHealthy = true;
      store.tasks.save(task.id, task);
      const [primary] = service.deployments;
      const isReset = service.deploymentConfiguration.deploymentCircuitBreaker?.resetOnHealthyTask !== false;
      if (primary && task.deploymentId === primary.id && isReset) deployments.resetFailures(primary);
    }
    if (service.failuresInRow > 0 && this.#runsForSeconds(task) >= STABLE_SECONDS) {
      service.failuresInRow = 0;
      service.nextStartMs = 0;
      service.isImpairedTold = false;
    }
  }

  #mayFail(service: ServiceRecord, primary: DeploymentRecord): boolean {
    return service.status === "ACTIVE" && primary.rolloutState === "IN_PROGRESS" && !primary.isRollback;
  }

  #checkFailure(service: ServiceRecord, primary: DeploymentRecord): void {
    const { deployments, metrics } = this.#deps;
    const { deploymentCircuitBreaker: breaker, alarms } = service.deploymentConfiguration;
    const threshold = breakerThreshold(service.deploymentConfiguration, service.desiredCount);
    if (breaker?.enable && primary.failedTasks >= threshold) {
      deployments.fail(service, primary, "breaker", breaker.rollback);
      return;
    }
    if (!alarms?.enable) return;
    const on = alarms.alarmNames.filter(
      (name) => !primary.ignoredAlarms.includes(name) && metrics.alarmState(name) === "ALARM",
    );
    if (on.length > 0) deployments.fail(service, primary, "alarm", alarms.rollback, on);
  }

  #roll(service: ServiceRecord, primary: DeploymentRecord, live: TaskRecord[], all: TaskRecord[]): void {
    const { tasks, now } = this.#deps;
    const plan = planRollout({
      desiredCount: service.desiredCount,
      ...service.deploymentConfiguration,
      tasks: live.map((task) => ({
        id: task.id,
        isPrimary: task.deploymentId === primary.id,
        isHealthy: this.isHealthy(task),
        createdAt: task.view.createdAt,
      })),
      mayStart: primary.rolloutState !== "FAILED" && service.status === "ACTIVE",
    });
    const leaving = service.status === "DRAINING" ? live : live.filter(({ id }) => plan.stop.includes(id));
    for (const task of leaving)
      tasks.stop(task, "ServiceSchedulerInitiated", `Scaling activity initiated by (deployment ${primary.id})`);
    if (leaving.length > 0) this.#noteStopped(service, leaving);
    if (plan.start > 0 && now() >= service.nextStartMs) this.#start(service, primary, plan.start);
    if (primary.rolloutState === "FAILED") return;
    // Older deployments are listed as long as tasks of theirs run.
    const busy = new Set(all.filter(({ view }) => view.lastStatus !== "STOPPED").map((task) => task.deploymentId));
    if (primary.rolloutState === "COMPLETED")
      service.deployments = service.deployments.filter((one) => one === primary || busy.has(one.id));
  }

  #start(service: ServiceRecord, primary: DeploymentRecord, count: number): void {
    const { store, tasks, log } = this.#deps;
    const cluster = store.clusters.get(service.cluster);
    const definition = findDefinition(store, service.config.taskDefinition);
    if (!cluster) return;
    const propagated =
      service.propagateTags === "SERVICE"
        ? service.tags
        : service.propagateTags === "TASK_DEFINITION"
          ? definition.tags
          : {};
    const managed: Tags = service.enableECSManagedTags
      ? { "aws:ecs:clusterName": service.cluster, "aws:ecs:serviceName": service.name }
      : {};
    const started = Array.from({ length: count }, () =>
      tasks.create({
        ...service.config,
        cluster,
        definition,
        group: `service:${service.name}`,
        startedBy: primary.id,
        service: service.name,
        deploymentId: primary.id,
        tags: { ...propagated, ...managed },
        enableExecuteCommand: service.enableExecuteCommand,
      }),
    );
    service.isSteady = false;
    log.note(service, `has started ${started.length} tasks: ${ids(started)}.`);
  }

  #isSteady(service: ServiceRecord, live: TaskRecord[], all: TaskRecord[]): boolean {
    return (
      service.status === "ACTIVE" &&
      live.length === service.desiredCount &&
      live.every((task) => this.isHealthy(task)) &&
      all.every(({ view }) => view.desiredStatus === "RUNNING" || view.lastStatus === "STOPPED")
    );
  }

  /** All new tasks are healthy, all older ones gone, and the alarms have been watched long enough. */
  #isRolled(service: ServiceRecord, primary: DeploymentRecord, live: TaskRecord[], all: TaskRecord[]): boolean {
    const mine = live.filter((task) => task.deploymentId === primary.id);
    if (mine.filter((task) => this.isHealthy(task)).length < service.desiredCount) return false;
    if (all.some((task) => task.deploymentId !== primary.id && task.view.lastStatus !== "STOPPED")) return false;
    const { now, alarmBakeMs } = this.#deps;
    if (!service.deploymentConfiguration.alarms?.enable || alarmBakeMs === 0 || primary.isRollback) return true;
    primary.bakingSinceMs ??= now();
    return now() - primary.bakingSinceMs >= alarmBakeMs;
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    clearInterval(this.#sweeper);
    if (this.#immediate) clearImmediate(this.#immediate);
  }
}

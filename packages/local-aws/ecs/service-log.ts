import { randomUUID } from "node:crypto";
import type { EmitEvent } from "../kernel/container-ports.ts";
import type { DeploymentRecord, ServiceRecord, TaskRecord } from "./records.ts";

const EVENTS_KEPT = 100;

const toIso = (seconds: number | undefined): string | undefined =>
  seconds === undefined ? undefined : new Date(seconds * 1000).toISOString();

const timeMembers = [
  ..."createdAt connectivityAt pullStartedAt pullStoppedAt startedAt stoppingAt".split(" "),
  ..."executionStoppedAt stoppedAt".split(" "),
];

/**
 * What ECS tells of itself: the events of a service, and EventBridge's
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html
 */
export type ServiceLog = ReturnType<typeof createServiceLog>;
export const createServiceLog = (emit: EmitEvent, clusterArn: (name: string) => string, now: () => number) => {
  const tell = (event: Parameters<EmitEvent>[0]): void => {
    try {
      emit(event);
    } catch (error) {
      console.error(`The event ${event.detailType} could not be sent:`, error);
    }
  };
  const lastTold = new Map<string, string>();

  return {
    /** A line in the service's events; the newest 100 are kept. Save the service afterwards. */
    note(service: ServiceRecord, message: string): void {
      service.events.unshift({
        id: randomUUID(),
        createdAt: now() / 1000,
        message: `(service ${service.name}) ${message}`,
      });
      service.events.length = Math.min(service.events.length, EVENTS_KEPT);
    },
    deployment(
      service: ServiceRecord,
      deployment: DeploymentRecord,
      eventName: "SERVICE_DEPLOYMENT_IN_PROGRESS" | "SERVICE_DEPLOYMENT_COMPLETED" | "SERVICE_DEPLOYMENT_FAILED",
    ): void {
      tell({
        source: "aws.ecs",
        detailType: "ECS Deployment State Change",
        resources: [service.arn],
        detail: {
          eventType: eventName === "SERVICE_DEPLOYMENT_FAILED" ? "ERROR" : "INFO",
          eventName,
          clusterArn: clusterArn(service.cluster),
          deploymentId: deployment.id,
          updatedAt: toIso(deployment.updatedAt),
          reason: deployment.rolloutStateReason,
        },
      });
    },
    action(
      service: ServiceRecord,
      eventName: "SERVICE_STEADY_STATE" | "SERVICE_TASK_START_IMPAIRED",
      extra: object = {},
    ): void {
      tell({
        source: "aws.ecs",
        detailType: "ECS Service Action",
        resources: [service.arn],
        detail: {
          eventType: eventName === "SERVICE_STEADY_STATE" ? "INFO" : "WARN",
          eventName,
          clusterArn: clusterArn(service.cluster),
          createdAt: new Date(now()).toISOString(),
          ...extra,
        },
      });
    },
    /** Told once for each change of a status, not for changes of health, as AWS does. */
    task(task: TaskRecord): void {
      const { view } = task;
      const states = [
        view.lastStatus,
        view.desiredStatus,
        ...view.containers.map(({ lastStatus }) => lastStatus),
      ].join();
      if (lastTold.get(task.id) === states) return;
      lastTold.set(task.id, states);
      if (view.lastStatus === "STOPPED") lastTold.delete(task.id);
      const { healthStatus: _, ...detail } = view;
      const times = Object.fromEntries(
        timeMembers.map((name) => [name, toIso(view[name as "createdAt"])]).filter(([, at]) => at !== undefined),
      );
      tell({
        source: "aws.ecs",
        detailType: "ECS Task State Change",
        resources: [view.taskArn],
        detail: {
          ...detail,
          containers: view.containers.map(({ healthStatus: __, networkBindings: ___, ...container }) => container),
          ...times,
          updatedAt: new Date(now()).toISOString(),
        },
      });
    },
  };
};

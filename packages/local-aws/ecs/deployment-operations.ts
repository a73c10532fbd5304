import type { JsonOperation } from "../kernel/json-protocol.ts";
import type { Deployments } from "./deployments.ts";
import { asObject, pageOf, readOptionalText, readText, readTexts, refuse } from "./input.ts";
import type { DeploymentRecord, RevisionRecord, ServiceDeploymentRecord } from "./records.ts";
import { findService } from "./service-operations.ts";
import type { EcsStore } from "./store.ts";
import { HISTORY_KEEP_SECONDS } from "./task-manager.ts";

/** What was deployed when, how it ended, and what exactly each revision was. */
export const createDeploymentOperations = (
  store: EcsStore,
  deployments: Deployments,
  wake: () => void,
  now: () => number,
): Record<string, JsonOperation> => {
  const summarise = (record: ServiceDeploymentRecord, arn: string) => {
    const service = store.listServices().find((one) => one.arn === record.serviceArn);
    const mine: DeploymentRecord[] = (service?.deployments ?? []).filter((one) => one.revisionArn === arn);
    const tasks = (service ? store.tasksOf(service) : []).filter((task) =>
      mine.some(({ id }) => id === task.deploymentId),
    );
    return {
      arn,
      requestedTaskCount: mine.some(({ status }) => status === "PRIMARY") ? (service?.desiredCount ?? 0) : 0,
      runningTaskCount: tasks.filter(({ view }) => view.lastStatus === "RUNNING").length,
      pendingTaskCount: tasks.filter(({ view }) => ["PROVISIONING", "PENDING"].includes(view.lastStatus)).length,
    };
  };
  const showBrief = (one: ServiceDeploymentRecord) => ({
    serviceDeploymentArn: one.arn,
    serviceArn: one.serviceArn,
    clusterArn: one.clusterArn,
    createdAt: one.createdAt,
    startedAt: one.startedAt,
    finishedAt: one.finishedAt,
    targetServiceRevisionArn: one.targetRevisionArn,
    status: one.status,
    statusReason: one.statusReason,
  });
  const show = (one: ServiceDeploymentRecord) => ({
    ...showBrief(one),
    targetServiceRevisionArn: undefined,
    stoppedAt: one.stoppedAt,
    updatedAt: one.updatedAt,
    sourceServiceRevisions: one.sourceRevisionArns.map((arn) => summarise(one, arn)),
    targetServiceRevision: summarise(one, one.targetRevisionArn),
    deploymentConfiguration: one.deploymentConfiguration,
    rollback: one.rollback,
    deploymentCircuitBreaker: one.breaker,
    alarms: one.alarms,
  });
  const showRevision = (one: RevisionRecord) => {
    const { arn, imageDigests, ...rest } = one;
    const [family = "", revision = ""] = (one.taskDefinition.split("/").at(-1) ?? "").split(":");
    const containers = store.definitions.get(`${family}:${revision}`)?.containers ?? [];
    return {
      ...rest,
      serviceRevisionArn: arn,
      platformVersion: "1.4.0",
      platformFamily: "Linux",
      guardDutyEnabled: false,
      containerImages: containers.map(({ name, image }) => ({
        containerName: name,
        image,
        ...(imageDigests[name] === undefined ? {} : { imageDigest: imageDigests[name] }),
      })),
    };
  };
  const toArns = (input: Parameters<JsonOperation>[0], member: string): string[] => {
    const arns = readTexts(input, member);
    return arns.length < 1 || arns.length > 20 ? refuse(`${member} must name 1 to 20.`) : arns;
  };

  return {
    ListServiceDeployments: (input) => {
      const service = findService(store, input.cluster, readText(input, "service"));
      const statuses = readTexts(input, "status");
      const range = input.createdAt ? asObject(input.createdAt, "createdAt") : {};
      const after = typeof range.after === "number" ? range.after : 0;
      const before = typeof range.before === "number" ? range.before : Number.POSITIVE_INFINITY;
      const oldest = now() / 1000 - HISTORY_KEEP_SECONDS;
      const found = store.serviceDeployments
        .all()
        .filter((one) => one.serviceArn === service.arn && one.createdAt > Math.max(after, oldest))
        .filter((one) => one.createdAt < before && (statuses.length === 0 || statuses.includes(one.status)))
        .sort((a, b) => b.createdAt - a.createdAt);
      const { page, nextToken } = pageOf(found, input, 100, 20);
      return { serviceDeployments: page.map(showBrief), nextToken };
    },
    DescribeServiceDeployments: (input) => {
      const arns = toArns(input, "serviceDeploymentArns");
      const found = arns.map((arn) => store.serviceDeployments.get(arn));
      return {
        serviceDeployments: found.flatMap((one) => (one ? [show(one)] : [])),
        failures: arns.flatMap((arn, index) => (found[index] ? [] : [{ arn, reason: "MISSING" }])),
      };
    },
    DescribeServiceRevisions: (input) => {
      const arns = toArns(input, "serviceRevisionArns");
      const found = arns.map((arn) => store.revisions.get(arn));
      return {
        serviceRevisions: found.flatMap((one) => (one ? [showRevision(one)] : [])),
        failures: arns.flatMap((arn, index) => (found[index] ? [] : [{ arn, reason: "MISSING" }])),
      };
    },
    StopServiceDeployment: (input) => {
      const arn = readText(input, "serviceDeploymentArn");
      const stopType = readOptionalText(input, "stopType") ?? "ROLLBACK";
      if (stopType !== "ROLLBACK" && stopType !== "ABORT") return refuse("stopType must be ROLLBACK or ABORT.");
      deployments.stop(arn, stopType === "ROLLBACK");
      wake();
      return { serviceDeploymentArn: arn };
    },
  };
};

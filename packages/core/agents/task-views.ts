import type { AgentTask, ImageRef, Release } from "@samla/contracts";
import type { ServiceState, TaskStateOfEcs } from "../kernel/index.ts";
import type { AgentContext } from "./context.ts";
import { requireRelease } from "./context.ts";

const states: Record<string, AgentTask["state"]> = {
  PROVISIONING: "starting",
  PENDING: "starting",
  ACTIVATING: "starting",
  RUNNING: "running",
  DEACTIVATING: "stopping",
  STOPPING: "stopping",
  DEPROVISIONING: "stopping",
  STOPPED: "stopped",
};
const healths: Record<string, AgentTask["health"]> = { HEALTHY: "healthy", UNHEALTHY: "unhealthy" };
const targetStates = ["initial", "healthy", "unhealthy", "draining", "unused", "unavailable"] as const;

/** `initial`, `healthy` … as the balancer says; what it has no word for is unavailable. */
export const targetStateOf = (state: string): NonNullable<AgentTask["target"]>["state"] =>
  targetStates.find((one) => state.startsWith(one)) ?? "unavailable";

/** Which release's tasks a task definition makes: the template gives it to the container as a variable. */
export const createReleaseFinder = (ctx: Pick<AgentContext, "containers">) => {
  const known = new Map<string, Promise<string | undefined>>();
  return (definitionArn: string): Promise<string | undefined> => {
    const found =
      known.get(definitionArn) ??
      ctx.containers.getDefinition(definitionArn).then((one) => one?.environment.SAMLA_RELEASE_ID);
    known.set(definitionArn, found);
    return found;
  };
};

/** Images of releases, read once each. */
export const createImageFinder = (ctx: AgentContext, agent: string) => {
  const known = new Map<string, Promise<ImageRef | undefined>>();
  return (releaseId: string | undefined): Promise<ImageRef | undefined> => {
    if (!releaseId) return Promise.resolve(undefined);
    const found =
      known.get(releaseId) ??
      requireRelease(ctx, agent, releaseId).then(
        ({ image }) => image,
        () => undefined,
      );
    known.set(releaseId, found);
    return found;
  };
};

/** Why the balancer found a task unhealthy, from the events of the service: the task itself does not say it. */
export const targetReasonOf = (service: ServiceState | undefined, taskId: string): string | undefined => {
  const event = service?.events.find(({ message }) => message.includes(taskId) && /unhealthy/.test(message));
  return event && (/due to \(reason (.+?)\)\.?$/.exec(event.message)?.[1] ?? event.message);
};

/** A task of ECS as people see it. */
export const taskView = (
  agent: string,
  task: TaskStateOfEcs,
  more: { releaseId: string | undefined; image: ImageRef | undefined; target?: AgentTask["target"] },
): AgentTask => ({
  id: task.id,
  agent,
  ...(more.releaseId ? { releaseId: more.releaseId as Release["id"] } : {}),
  ...(more.image ? { image: more.image } : task.imageDigest ? { image: { digest: task.imageDigest } } : {}),
  definition: task.definition.split("/").at(-1) ?? task.definition,
  state: states[task.lastStatus] ?? "starting",
  health: healths[task.health] ?? "unknown",
  ...(more.target ? { target: more.target } : {}),
  placement: {
    ...(task.zone ? { zone: task.zone } : {}),
    ...(task.address ? { address: task.address } : {}),
    ...(task.platform ? { platform: task.platform } : {}),
    ...(task.cpu ? { cpu: task.cpu } : {}),
    ...(task.memory ? { memory: task.memory } : {}),
  },
  ...(task.createdAt ? { createdAt: task.createdAt } : {}),
  ...(task.startedAt ? { startedAt: task.startedAt } : {}),
  ...(task.stoppingAt ? { stoppingAt: task.stoppingAt } : {}),
  ...(task.stoppedAt ? { stoppedAt: task.stoppedAt } : {}),
  ...(task.exitCode === undefined ? {} : { exitCode: task.exitCode }),
  ...(task.stopCode ? { stopCode: task.stopCode } : {}),
  ...(task.stopReason ? { stopReason: task.stopReason } : {}),
  ...(task.containerReason ? { containerReason: task.containerReason } : {}),
});

import type { DeploymentConfiguration } from "./records.ts";

/** A task of a service that is to run, as the scheduler sees it. */
export type RolloutTask = { id: string; isPrimary: boolean; isHealthy: boolean; createdAt: number };

export type RolloutPlan = {
  /** Tasks of the primary deployment to start now. */
  start: number;
  /** Tasks to stop now. */
  stop: string[];
};

/**
 * One step of a rolling deployment: starts up to the maximum percent, stops older tasks down to the minimum healthy
 * percent: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html. Older tasks go when
 * newer healthy ones stand in for them, or when there is no room to start any.
 */
export const planRollout = (input: {
  desiredCount: number;
  minimumHealthyPercent: number;
  maximumPercent: number;
  tasks: readonly RolloutTask[];
  /** Whether the primary deployment may start tasks: not after it failed. */
  mayStart: boolean;
}): RolloutPlan => {
  const { desiredCount, tasks, mayStart } = input;
  // The minimum is rounded up, the maximum down, as the documentation says.
  const minimum = Math.ceil((desiredCount * input.minimumHealthyPercent) / 100);
  const maximum = Math.floor((desiredCount * input.maximumPercent) / 100);
  const primary = tasks.filter(({ isPrimary }) => isPrimary);
  const older = tasks.filter(({ isPrimary }) => !isPrimary);
  const missing = Math.max(0, desiredCount - primary.length);
  const room = Math.max(0, maximum - tasks.length);
  const start = mayStart ? Math.min(missing, room) : 0;

  const stop: string[] = [];
  // Too many of the newest: first those that do nobody any good, then the youngest.
  const surplus = [...primary].sort((a, b) => Number(a.isHealthy) - Number(b.isHealthy) || b.createdAt - a.createdAt);
  for (const task of surplus.slice(0, Math.max(0, primary.length - desiredCount))) stop.push(task.id);
  if (!mayStart) return { start, stop };

  const stoppedPrimary = new Set(stop);
  const healthyPrimary = primary.filter((one) => one.isHealthy && !stoppedPrimary.has(one.id)).length;
  const healthyOlder = older.filter(({ isHealthy }) => isHealthy).sort((a, b) => a.createdAt - b.createdAt);
  for (const task of older) if (!task.isHealthy) stop.push(task.id);
  const spare = healthyPrimary + healthyOlder.length - minimum;
  const replaced = healthyPrimary + healthyOlder.length - desiredCount;
  const forRoom = missing > room ? missing - room : 0;
  const going = Math.max(0, Math.min(spare, Math.max(replaced, forRoom)));
  for (const task of healthyOlder.slice(0, going)) stop.push(task.id);
  return { start, stop };
};

/** Failed tasks at which the breaker trips: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html */
export const breakerThreshold = (configuration: DeploymentConfiguration, desiredCount: number): number => {
  const { type, value } = configuration.deploymentCircuitBreaker?.thresholdConfiguration ?? {
    type: "BOUNDED_PERCENT" as const,
    value: 50,
  };
  if (type === "COUNT") return Math.max(1, value);
  const share = Math.ceil((desiredCount * value) / 100);
  return type === "UNBOUNDED_PERCENT" ? Math.max(1, share) : Math.min(200, Math.max(3, share));
};

/** Pause before the next start after so many failures in a row, in seconds: longer each time, at most a minute. */
export const startPauseSeconds = (failuresInRow: number): number =>
  failuresInRow === 0 ? 0 : Math.min(60, 2 ** Math.min(6, failuresInRow - 1));

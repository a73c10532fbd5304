import { randomUUID } from "node:crypto";
import type { MetricPort, ServicePort } from "../kernel/container-ports.ts";
import type { ScalableTarget, ScalingActivity, ScalingPolicy, ScalingStore } from "./store.ts";

export type ScalerDeps = {
  store: ScalingStore;
  metrics: MetricPort;
  services: ServicePort;
  now: () => number;
  /** Length of the periods the alarms look at; cooldowns shrink with it. AWS: 60. */
  periodS: number;
};

export const splitResourceId = (resourceId: string): { cluster: string; service: string } => {
  const [, cluster = "", service = ""] = resourceId.split("/");
  return { cluster, service };
};

const AWS_PERIOD_S = 60;

/** Keeps desired counts within their bounds, and metrics at their targets. */
export class Scaler {
  readonly #deps: ScalerDeps;

  constructor(deps: ScalerDeps) {
    this.#deps = deps;
  }

  desiredCount(resourceId: string): number | undefined {
    const { cluster, service } = splitResourceId(resourceId);
    return this.#deps.services.desiredCount(cluster, service);
  }

  /** Brings a count outside its new bounds back into them, unless that direction is suspended. */
  enforceBounds(target: ScalableTarget): void {
    const desired = this.desiredCount(target.resourceId);
    if (desired === undefined) return;
    if (desired < target.minCapacity && !target.suspended.DynamicScalingOutSuspended)
      this.#scale(target, "out", target.minCapacity, `minimum capacity was set to ${target.minCapacity}`);
    if (desired > target.maxCapacity && !target.suspended.DynamicScalingInSuspended)
      this.#scale(target, "in", target.maxCapacity, `maximum capacity was set to ${target.maxCapacity}`);
  }

  /** Looks at the alarms of all policies and scales what is due. */
  evaluate(): void {
    for (const target of this.#deps.store.listTargets()) {
      try {
        this.#evaluateTarget(target);
      } catch (error) {
        console.error(`Scaling of ${target.resourceId} failed:`, error);
      }
    }
  }

  #evaluateTarget(target: ScalableTarget): void {
    const { store, metrics } = this.#deps;
    const desired = this.desiredCount(target.resourceId);
    const policies = store.listPolicies(target.resourceId);
    if (desired === undefined || policies.length === 0) return;
    const wishes = policies.map((policy) => ({
      policy,
      count: this.#countFor(policy, desired),
      isHigh: metrics.alarmState(policy.alarms.high) === "ALARM",
      isLow: metrics.alarmState(policy.alarms.low) === "ALARM",
    }));
    // The policy that wants most wins; scaling in needs all of them to agree.
    const [most] = wishes.filter(({ isHigh }) => isHigh).sort((a, b) => b.count - a.count);
    if (most) {
      const count = Math.min(target.maxCapacity, Math.max(target.minCapacity, most.count));
      if (count <= desired || target.suspended.DynamicScalingOutSuspended) return;
      if (this.#isCooling(target, "out", most.policy.scaleOutCooldownS)) return;
      this.#scale(target, "out", count, this.#causeOf(most.policy, most.policy.alarms.high));
      return;
    }
    const shrinking = wishes.filter(({ policy }) => !policy.isScaleInDisabled);
    const [least] = shrinking.sort((a, b) => b.count - a.count);
    if (!least || shrinking.some(({ isLow }) => !isLow) || target.suspended.DynamicScalingInSuspended) return;
    const count = Math.max(target.minCapacity, Math.min(target.maxCapacity, least.count));
    if (count >= desired) return;
    const { scaleInCooldownS } = least.policy;
    if (this.#isCooling(target, "in", scaleInCooldownS) || this.#isCooling(target, "out", scaleInCooldownS)) return;
    this.#scale(target, "in", count, this.#causeOf(least.policy, least.policy.alarms.low));
  }

  /** As many tasks as would bring the metric to its target, were the load shared among them. */
  #countFor({ metric, targetValue }: ScalingPolicy, desired: number): number {
    const { namespace, name, dimensions, statistic } = metric;
    const value = this.#deps.metrics.latest({
      namespace,
      name,
      dimensions,
      statistic,
      periodSeconds: this.#deps.periodS,
    });
    return value === undefined ? desired : Math.ceil((desired * value) / targetValue);
  }

  #causeOf(policy: ScalingPolicy, alarm: string): string {
    return `monitor alarm ${alarm} in state ALARM triggered policy ${policy.name}`;
  }

  #isCooling(target: ScalableTarget, direction: ScalingActivity["direction"], cooldownS: number): boolean {
    const { store, now, periodS } = this.#deps;
    const last = store.listActivities(target.resourceId).find((one) => one.direction === direction);
    return last !== undefined && now() - last.endedMs < (cooldownS * 1000 * periodS) / AWS_PERIOD_S;
  }

  #scale(target: ScalableTarget, direction: ScalingActivity["direction"], count: number, cause: string): void {
    const { cluster, service } = splitResourceId(target.resourceId);
    const startedMs = this.#deps.now();
    const note = (statusCode: ScalingActivity["statusCode"], statusMessage: string) =>
      this.#deps.store.noteActivity({
        id: randomUUID(),
        resourceId: target.resourceId,
        description: `Setting desired count to ${count}.`,
        cause,
        startedMs,
        endedMs: this.#deps.now(),
        statusCode,
        statusMessage,
        direction,
      });
    try {
      this.#deps.services.setDesiredCount(cluster, service, count);
      note("Successful", `Successfully set desired count to ${count}. Change successfully fulfilled by ecs.`);
    } catch (error) {
      note("Failed", `Failed to set desired count to ${count}: ${error instanceof Error ? error.message : error}`);
    }
  }
}

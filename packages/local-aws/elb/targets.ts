import { setTimeout as wait } from "node:timers/promises";
import type { MetricPort, TargetHealth, TargetPort } from "../kernel/container-ports.ts";
import { checkHealth } from "./health-check.ts";
import { type ElbState, fullNameOf, type TargetGroup } from "./state.ts";

export type Address = { host: string; port: number };

/** One target of one group, with what is known of it. */
export type Target = Address & {
  groupArn: string;
  state: TargetHealth;
  reason: string | undefined;
  description: string | undefined;
  /** Requests under way. */
  active: number;
  /** Passed (positive) or failed (negative) checks in a row. */
  streak: number;
  /** Kept over a restart: registered by API, not by a container service of this process. */
  isKept: boolean;
  ending: AbortController;
  /** Set while draining: resolves when it is gone. */
  drained: Promise<void> | undefined;
  onIdle: (() => void) | undefined;
};

export type HealthDescription = { state: TargetHealth; reason?: string; description?: string };

const INITIAL = ["Elb.InitialHealthChecking", "Initial health checks in progress"] as const;
const UNUSED_POLL_MS = 200;
const HOST_COUNT_MS = 15_000;

/** Registers, checks and drains targets; the balancers ask it who may get a request. */
export class Targets implements TargetPort {
  readonly #groups = new Map<string, Map<string, Target>>();
  readonly #state: ElbState;
  readonly #metrics: MetricPort;
  readonly #timeScale: number;
  readonly #hostTimer: NodeJS.Timeout;
  #isClosed = false;

  /** `timeScale` shortens the interval between health checks: 0.1 makes 10 s one. */
  constructor(deps: { state: ElbState; metrics: MetricPort; timeScale: number }) {
    this.#state = deps.state;
    this.#metrics = deps.metrics;
    this.#timeScale = deps.timeScale;
    for (const { groupArn, ...address } of deps.state.listTargets())
      if (deps.state.find("group", groupArn)) this.#add(groupArn, address, true);
    this.#hostTimer = setInterval(() => {
      for (const group of deps.state.list("group")) this.#countHosts(group.arn);
    }, HOST_COUNT_MS);
    this.#hostTimer.unref();
  }

  list(groupArn: string): Target[] {
    return [...(this.#groups.get(groupArn)?.values() ?? [])];
  }

  find(groupArn: string, { host, port }: Address): Target | undefined {
    return this.#groups.get(groupArn)?.get(`${host}:${port}`);
  }

  register(groupArn: string, address: Address): void {
    this.#state.get("group", groupArn);
    this.#add(groupArn, address, false);
  }

  /** As `register`, and again after a restart. */
  registerKept(groupArn: string, address: Address): void {
    this.#state.get("group", groupArn);
    this.#state.saveTarget({ groupArn, ...address });
    this.#add(groupArn, address, true);
  }

  #add(groupArn: string, { host, port }: Address, isKept: boolean): void {
    const known = this.find(groupArn, { host, port });
    if (known && known.state !== "draining") return;
    const target: Target = {
      groupArn,
      host,
      port,
      state: "initial",
      reason: INITIAL[0],
      description: INITIAL[1],
      active: 0,
      streak: 0,
      isKept,
      ending: new AbortController(),
      drained: undefined,
      onIdle: undefined,
    };
    const group = this.#groups.get(groupArn) ?? new Map<string, Target>();
    this.#groups.set(groupArn, group.set(`${host}:${port}`, target));
    this.#watch(target).catch((error: unknown) => console.error(`Health checks of ${host}:${port} ended:`, error));
  }

  deregister(groupArn: string, address: Address): Promise<void> {
    const target = this.find(groupArn, address);
    if (!target) return Promise.resolve();
    if (target.isKept) this.#state.deleteTarget({ groupArn, host: target.host, port: target.port });
    target.drained ??= this.#drain(target);
    return target.drained;
  }

  async #drain(target: Target): Promise<void> {
    target.state = "draining";
    target.reason = "Target.DeregistrationInProgress";
    target.description = "Target deregistration is in progress";
    target.ending.abort();
    this.#countHosts(target.groupArn);
    const group = this.#state.find("group", target.groupArn);
    const delayMs = Number(group?.attributes["deregistration_delay.timeout_seconds"] ?? 300) * 1000;
    if (target.active > 0 && !this.#isClosed) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        target.onIdle = resolve;
        timer = setTimeout(resolve, delayMs);
        timer.unref();
      });
      clearTimeout(timer);
    }
    const targets = this.#groups.get(target.groupArn);
    const key = `${target.host}:${target.port}`;
    // The same address may have been registered anew meanwhile.
    if (targets?.get(key) === target) targets.delete(key);
  }

  health(groupArn: string, address: Address): HealthDescription {
    const target = this.find(groupArn, address);
    if (!target)
      return {
        state: "unused",
        reason: "Target.NotRegistered",
        description: "Target is not registered to the target group",
      };
    const { state, reason, description } = target;
    if (state !== "draining" && !this.#isUsed(groupArn))
      return {
        state: "unused",
        reason: "Target.NotInUse",
        description: "Target group is not configured to receive traffic from the load balancer",
      };
    return { state, ...(reason !== undefined && { reason }), ...(description !== undefined && { description }) };
  }

  #isUsed(groupArn: string): boolean {
    return this.#state.balancersOf(groupArn).length > 0;
  }

  /** Targets that may get a request, in the order in which they should be tried. */
  pick(group: TargetGroup): Target[] {
    const healthy = this.list(group.arn).filter(({ state }) => state === "healthy");
    const turn = this.#nextTurn(group.arn, healthy.length);
    const inTurn = [...healthy.slice(turn), ...healthy.slice(0, turn)];
    if (group.attributes["load_balancing.algorithm.type"] !== "least_outstanding_requests") return inTurn;
    return inTurn.sort((a, b) => a.active - b.active);
  }

  readonly #turns = new Map<string, number>();
  #nextTurn(groupArn: string, count: number): number {
    const turn = (this.#turns.get(groupArn) ?? -1) + 1;
    this.#turns.set(groupArn, turn);
    return count === 0 ? 0 : turn % count;
  }

  /** A request goes to the target; call what is returned once it has ended. */
  begin(target: Target): () => void {
    target.active += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      target.active -= 1;
      if (target.active === 0) target.onIdle?.();
    };
  }

  async #watch(target: Target): Promise<void> {
    const { signal } = target.ending;
    while (!signal.aborted) {
      const group = this.#state.find("group", target.groupArn);
      if (!group) return;
      if (!this.#isUsed(group.arn)) {
        await this.#pause(UNUSED_POLL_MS, signal);
        continue;
      }
      const finding = await checkHealth(target, group, signal);
      if (signal.aborted) return;
      this.#judge(target, group, finding);
      await this.#pause(group.healthCheck.intervalS * 1000 * this.#timeScale, signal);
    }
  }

  #judge(target: Target, group: TargetGroup, finding: Awaited<ReturnType<typeof checkHealth>>): void {
    target.streak = finding.isHealthy ? Math.max(0, target.streak) + 1 : Math.min(0, target.streak) - 1;
    const before = target.state;
    if (finding.isHealthy) {
      // A new target needs to pass once only.
      const needed = before === "initial" ? 1 : group.healthCheck.healthyThreshold;
      if (before !== "healthy" && target.streak >= needed) {
        target.state = "healthy";
        target.reason = undefined;
        target.description = undefined;
      }
    } else if (before === "unhealthy" || -target.streak >= group.healthCheck.unhealthyThreshold) {
      target.state = "unhealthy";
      target.reason = finding.reason;
      target.description = finding.description;
    }
    if (target.state !== before) this.#countHosts(group.arn);
  }

  #pause(ms: number, signal: AbortSignal): Promise<void> {
    return wait(ms, undefined, { signal, ref: false }).catch(() => undefined);
  }

  #countHosts(groupArn: string): void {
    if (this.#isClosed) return;
    const targets = this.list(groupArn).filter(({ state }) => state !== "draining");
    const healthy = targets.filter(({ state }) => state === "healthy").length;
    const common = { namespace: "AWS/ApplicationELB", unit: "Count", atMs: Date.now() };
    for (const balancer of this.#state.balancersOf(groupArn)) {
      const dimensions = { LoadBalancer: fullNameOf(balancer.arn), TargetGroup: fullNameOf(groupArn) };
      this.#metrics.put({ ...common, name: "HealthyHostCount", dimensions, value: healthy });
      this.#metrics.put({ ...common, name: "UnHealthyHostCount", dimensions, value: targets.length - healthy });
    }
  }

  /** All targets of a group, when the group is deleted. */
  forget(groupArn: string): void {
    for (const target of this.list(groupArn)) {
      target.ending.abort();
      if (target.isKept) this.#state.deleteTarget({ groupArn, host: target.host, port: target.port });
    }
    this.#groups.delete(groupArn);
    this.#turns.delete(groupArn);
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#hostTimer);
    for (const group of this.#groups.values())
      for (const target of group.values()) {
        target.ending.abort();
        target.onIdle?.();
      }
  }
}

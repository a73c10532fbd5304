import http from "node:http";
import type {
  DiscoveryPort,
  MetricDatum,
  MetricPort,
  SecretPort,
  TargetHealth,
  TargetPort,
} from "../kernel/container-ports.ts";

type Target = { port: number; state: TargetHealth; reason?: string; open: number; timer?: NodeJS.Timeout };

/** A load balancer in memory: checks `/health` every 100 ms, forwards to healthy targets, drains those that leave. */
export function createTestTargets(options: { path?: string } = {}): TargetPort & {
  groups: Map<string, Map<number, Target>>;
  request(group: string, path: string): Promise<{ status: number; body: string }>;
  close(): void;
} {
  const groups = new Map<string, Map<number, Target>>();
  const groupOf = (arn: string): Map<number, Target> => {
    const known = groups.get(arn) ?? new Map<number, Target>();
    groups.set(arn, known);
    return known;
  };
  const get = (port: number, path: string): Promise<{ status: number; body: string }> =>
    new Promise((resolve, reject) => {
      const req = http.get({ host: "127.0.0.1", port, path, agent: false, timeout: 5000 }, (res) => {
        let body = "";
        res.on("data", (chunk: Buffer) => {
          body += chunk.toString();
        });
        res.on("end", () => resolve({ status: res.statusCode ?? 0, body }));
      });
      req.on("timeout", () => req.destroy(new Error("timeout")));
      req.on("error", reject);
    });
  let turn = 0;
  return {
    groups,
    register(arn, { port }) {
      const target: Target = { port, state: "initial", open: 0 };
      const check = async () => {
        const status = await get(port, options.path ?? "/health").then(
          ({ status: code }) => code,
          () => 0,
        );
        if (target.state === "draining") return;
        if (status === 200) target.state = "healthy";
        else if (status !== 0 || target.state === "healthy") {
          target.state = "unhealthy";
          target.reason = status === 0 ? "Request timed out" : `Health checks failed with these codes: [${status}]`;
        }
        target.timer = setTimeout(check, 100);
      };
      target.timer = setTimeout(check, 50);
      groupOf(arn).set(port, target);
    },
    async deregister(arn, { port }) {
      const target = groupOf(arn).get(port);
      if (!target) return;
      target.state = "draining";
      clearTimeout(target.timer);
      while (target.open > 0) await new Promise((resolve) => setTimeout(resolve, 10));
      groupOf(arn).delete(port);
    },
    health(arn, { port }) {
      const target = groupOf(arn).get(port);
      return { state: target?.state ?? "unused", ...(target?.reason ? { reason: target.reason } : {}) };
    },
    async request(arn, path) {
      const healthy = [...groupOf(arn).values()].filter(({ state }) => state === "healthy");
      turn += 1;
      const target = healthy[turn % healthy.length];
      if (!target) return { status: 503, body: "" };
      target.open += 1;
      try {
        return await get(target.port, path);
      } catch {
        return { status: 502, body: "" };
      } finally {
        target.open -= 1;
      }
    },
    close() {
      for (const group of groups.values()) for (const { timer } of group.values()) clearTimeout(timer);
    },
  };
}

export function createTestDiscovery(): DiscoveryPort & { instances: Map<string, { isHealthy: boolean }> } {
  const instances = new Map<string, { isHealthy: boolean }>();
  return {
    instances,
    register: (_arn, id, { AWS_INIT_HEALTH_STATUS }) =>
      void instances.set(id, { isHealthy: AWS_INIT_HEALTH_STATUS === "HEALTHY" }),
    deregister: (_arn, id) => void instances.delete(id),
    setHealth: (_arn, id, isHealthy) => void instances.set(id, { isHealthy }),
  };
}

export function createTestMetrics(): MetricPort & { data: MetricDatum[]; alarms: Map<string, "OK" | "ALARM"> } {
  const data: MetricDatum[] = [];
  const alarms = new Map<string, "OK" | "ALARM">();
  return {
    data,
    alarms,
    put: (datum) => void data.push(datum),
    latest: () => undefined,
    alarmState: (name) => alarms.get(name),
  };
}

export const createTestSecrets = (values: Record<string, string>): SecretPort => ({
  read(valueFrom) {
    const value = values[valueFrom];
    if (value === undefined)
      throw new Error("ResourceNotFoundException: Secrets Manager can't find the specified secret.");
    return value;
  },
});

import { mkdirSync } from "node:fs";
import path from "node:path";
import type { MetricPort, ServicePort } from "../kernel/container-ports.ts";
import type { Identity, Service } from "../kernel/types.ts";
import { createScalingService } from "./operations.ts";
import { Scaler } from "./scaler.ts";
import { ScalingStore } from "./store.ts";

const EVALUATION_MS = 5000;

export type AutoScaling = {
  service: Service;
  /** Looks at all policies now; otherwise each few seconds. */
  evaluate(): void;
};

/**
 * Application Auto Scaling (`AnyScaleFrontendService`, AWS JSON 1.1, scope `application-autoscaling`) for desired counts
 * of ECS services: bounds, target tracking with its two alarms in CloudWatch, cooldowns, suspension, activities.
 * @param periodSeconds length of the alarms' periods, 60 in AWS; cooldowns shrink in the same measure
 */
export function createAutoScaling(options: {
  dir: string;
  identity: Identity;
  metrics: MetricPort;
  services: ServicePort;
  /** CloudWatch, which keeps the policies' alarms. */
  cloudWatch: Service;
  periodSeconds?: number;
  now?: () => number;
}): AutoScaling {
  const { identity, metrics, services, cloudWatch, now = Date.now, periodSeconds: periodS = 60 } = options;
  const dir = path.join(options.dir, "autoscaling");
  mkdirSync(dir, { recursive: true });
  const store = new ScalingStore(path.join(dir, "autoscaling.sqlite"));
  const scaler = new Scaler({ store, metrics, services, now, periodS });
  const timer = setInterval(() => scaler.evaluate(), EVALUATION_MS);
  timer.unref();
  return {
    service: createScalingService({
      store,
      scaler,
      identity,
      periodS,
      cloudWatch,
      close: async () => {
        clearInterval(timer);
        store.close();
      },
    }),
    evaluate: () => scaler.evaluate(),
  };
}

import { mkdirSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import type { EmitEvent, MetricPort } from "../kernel/container-ports.ts";
import { AwsError } from "../kernel/errors.ts";
import { createJsonService } from "../kernel/json-protocol.ts";
import type { Identity, Service } from "../kernel/types.ts";
import { createAlarmOperations } from "./alarm-operations.ts";
import { ALARM_SCHEMA, Alarms } from "./alarms.ts";
import { createMetricOperations } from "./metric-operations.ts";
import { readStatistic } from "./statistics.ts";
import { MetricStore } from "./store.ts";

const EVALUATION_MS = 5000;

/** Largest body once it is unpacked; the SDK packs those over 10 KiB. */
const BODY_LIMIT_BYTES = 8 * 1024 * 1024;

function unzip(body: Buffer): Buffer {
  try {
    return gunzipSync(body, { maxOutputLength: BODY_LIMIT_BYTES });
  } catch {
    throw new AwsError("SerializationException", "The request body is not gzip, or too large.");
  }
}

export type CloudWatch = {
  service: Service;
  metrics: MetricPort;
  /** Looks at all alarms now; otherwise each few seconds. */
  evaluateAlarms(): void;
  /** Makes old values coarser and removes the oldest now; otherwise each minute. */
  sweep(): void;
};

/**
 * CloudWatch metrics and alarms (`GraniteServiceVersion20100801`, AWS JSON 1.0, scope `monitoring`). Values are kept in
 * slots of a second for 3 hours, then coarser, 455 days at most; alarms look at the last whole periods.
 */
export function createCloudWatch(options: {
  dir: string;
  identity: Identity;
  emit: EmitEvent;
  now?: () => number;
}): CloudWatch {
  const { identity, emit, now = Date.now } = options;
  const dir = path.join(options.dir, "cloudwatch");
  mkdirSync(dir, { recursive: true });
  const store = new MetricStore(path.join(dir, "metrics.sqlite"), { schema: ALARM_SCHEMA, now });
  const alarms = new Alarms({ store, identity, emit, now });
  const evaluateAlarms = () => {
    try {
      alarms.evaluateAll();
    } catch (error) {
      console.error("Alarms could not be evaluated:", error);
    }
  };
  const timer = setInterval(evaluateAlarms, EVALUATION_MS);
  timer.unref();
  const service = createJsonService({
    name: "CloudWatch",
    scopes: ["monitoring"],
    protocol: "1.0",
    namespace: "com.amazonaws.cloudwatch",
    operations: { ...createMetricOperations(store, now), ...createAlarmOperations(alarms, now) },
    async close() {
      clearInterval(timer);
      store.close();
    },
  });
  return {
    service: {
      ...service,
      async handle(call) {
        if (call.req.headers["content-encoding"] === "gzip") call.body = unzip(call.body);
        return service.handle(call);
      },
    },
    metrics: {
      put: (datum) => store.put(datum),
      latest({ namespace, name, dimensions, periodSeconds, statistic }) {
        const toMs = Math.floor(now() / 1000 / periodSeconds) * periodSeconds * 1000;
        const fromMs = toMs - periodSeconds * 1000;
        const [slot] = store.read({ namespace, name, dimensions }, { fromMs, toMs, periodS: periodSeconds });
        return slot && readStatistic(slot.summary, statistic);
      },
      alarmState: (alarmName) => alarms.find(alarmName)?.state,
    },
    evaluateAlarms,
    sweep: () => store.sweep(),
  };
}

import { createInvalidValueError, createSqsError } from "./errors.ts";
import { createQueueArn, findQueue, isFifo, type QueueRow, readQueueName, type SqsContext } from "./store.ts";

const DEFAULTS: Record<string, string> = {
  VisibilityTimeout: "30",
  DelaySeconds: "0",
  MaximumMessageSize: "1048576",
  MessageRetentionPeriod: "345600",
  ReceiveMessageWaitTimeSeconds: "0",
};

/** Bounds of the numeric attributes (SQS API reference, SetQueueAttributes). */
const BOUNDS: Record<string, [min: number, max: number]> = {
  VisibilityTimeout: [0, 43_200],
  DelaySeconds: [0, 900],
  MaximumMessageSize: [1024, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 20],
};
const FIFO_ONLY = ["FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit"];
/** Kept and answered back, without effect on a laptop: access and encryption are AWS's. */
const STORED_ONLY = [
  "Policy",
  "KmsMasterKeyId",
  "KmsDataKeyReusePeriodSeconds",
  "SqsManagedSseEnabled",
  "RedriveAllowPolicy",
];

function assertRedrivePolicy(ctx: SqsContext, queueName: string, value: string): void {
  let policy: { deadLetterTargetArn?: unknown; maxReceiveCount?: unknown };
  try {
    policy = JSON.parse(value);
  } catch {
    throw createInvalidValueError("Value for parameter RedrivePolicy is invalid. Reason: It is not JSON.");
  }
  const reject = (reason: string): never => {
    throw createInvalidValueError(`Value ${value} for parameter RedrivePolicy is invalid. Reason: ${reason}`);
  };
  const count = Number(policy.maxReceiveCount);
  if (!Number.isInteger(count) || count < 1 || count > 1000) reject("maxReceiveCount must be between 1 and 1000.");
  const target = typeof policy.deadLetterTargetArn === "string" ? readQueueName(policy.deadLetterTargetArn) : "";
  if (!findQueue(ctx.db, target)) reject(`Dead letter target does not exist: ${target || "(none)"}.`);
  if (target === queueName) reject("Dead letter target must be another queue.");
  if (isFifo(target) !== isFifo(queueName)) reject("Dead-letter target must be of the same type (FIFO or standard).");
}

/**
 * Checks attributes given to CreateQueue or SetQueueAttributes. An empty value of a policy removes it.
 * @throws AwsError `InvalidAttributeName`, `InvalidAttributeValue`, `InvalidParameterValue`
 */
export function assertAttributes(ctx: SqsContext, queueName: string, attributes: Record<string, string>): void {
  for (const [name, value] of Object.entries(attributes)) {
    const bounds = BOUNDS[name];
    if (bounds) {
      const number = Number(value);
      if (!Number.isInteger(number) || number < bounds[0] || number > bounds[1])
        throw createSqsError("InvalidAttributeValue", `Invalid value for the parameter ${name}: ${value}.`);
    } else if (name === "RedrivePolicy") {
      if (value) assertRedrivePolicy(ctx, queueName, value);
    } else if (FIFO_ONLY.includes(name)) {
      if (!isFifo(queueName)) throw createSqsError("InvalidAttributeName", `Unknown Attribute ${name}.`);
    } else if (!STORED_ONLY.includes(name)) {
      throw createSqsError("InvalidAttributeName", `Unknown Attribute ${name}.`);
    }
  }
}

export function createInitialAttributes(queueName: string, given: Record<string, string>): Record<string, string> {
  const fifo: Record<string, string> = isFifo(queueName)
    ? {
        FifoQueue: "true",
        ContentBasedDeduplication: "false",
        DeduplicationScope: "queue",
        FifoThroughputLimit: "perQueue",
      }
    : {};
  return mergeAttributes({ ...DEFAULTS, ...fifo }, given);
}

export function mergeAttributes(
  current: Record<string, string>,
  given: Record<string, string>,
): Record<string, string> {
  const merged = { ...current, ...given };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== ""));
}

/** Names that GetQueueAttributes knows; a known one without a value is left out of the answer. */
export const readableAttributes: ReadonlySet<string> = new Set([
  "All",
  ...Object.keys(DEFAULTS),
  ...FIFO_ONLY,
  ...STORED_ONLY,
  "RedrivePolicy",
  "QueueArn",
  "CreatedTimestamp",
  "LastModifiedTimestamp",
  "ApproximateNumberOfMessages",
  "ApproximateNumberOfMessagesNotVisible",
  "ApproximateNumberOfMessagesDelayed",
]);

/** All attributes of a queue, stored and counted. */
export function describeQueue(ctx: SqsContext, queue: QueueRow): Record<string, string> {
  const nowMs = Date.now();
  const counts = ctx.db.get<{ visible: number; inFlight: number; delayed: number }>(
    `SELECT coalesce(sum(visibleAt<=?2),0) AS visible, coalesce(sum(visibleAt>?2 AND receipt IS NOT NULL),0) AS inFlight,
       coalesce(sum(visibleAt>?2 AND receipt IS NULL),0) AS delayed FROM message WHERE queue=?1`,
    queue.name,
    nowMs,
  );
  const createdSeconds = String(Math.floor(queue.createdAt / 1000));
  return {
    ...queue.attributes,
    QueueArn: createQueueArn(ctx, queue.name),
    CreatedTimestamp: createdSeconds,
    LastModifiedTimestamp: createdSeconds,
    ApproximateNumberOfMessages: String(counts?.visible ?? 0),
    ApproximateNumberOfMessagesNotVisible: String(counts?.inFlight ?? 0),
    ApproximateNumberOfMessagesDelayed: String(counts?.delayed ?? 0),
  };
}

import type { TargetConfig } from "../config.ts";
import { AwsError } from "../kernel/errors.ts";
import type { InvokePort, QueuePort } from "../kernel/types.ts";

/** Hands a payload to a target; both ways end on disk. FIFO queues get `groupId` as their group. */
export async function deliver(
  target: TargetConfig,
  payload: string,
  ports: { invoke: InvokePort; queues: QueuePort },
  ids: { groupId: string; deduplicationId: string },
): Promise<void> {
  if ("function" in target) await ports.invoke.invoke(target.function, Buffer.from(payload), "event");
  else await ports.queues.send(target.queue, payload, target.queue.endsWith(".fifo") ? ids : {});
}

export function parseTargetArn(arn: string): TargetConfig {
  const functionName = /^arn:aws:lambda:[^:]*:[^:]*:function:([^:]+)/.exec(arn)?.[1];
  if (functionName !== undefined) return { function: functionName };
  const queue = /^arn:aws:sqs:[^:]*:[^:]*:([^:]+)$/.exec(arn)?.[1];
  if (queue !== undefined) return { queue };
  throw new AwsError("NotImplemented", `The local stand-in delivers events to Lambda and SQS only, not to ${arn}.`, {
    statusCode: 501,
  });
}

export function formatTargetArn(target: TargetConfig, identity: { region: string; accountId: string }): string {
  const place = `${identity.region}:${identity.accountId}`;
  return "function" in target
    ? `arn:aws:lambda:${place}:function:${target.function}`
    : `arn:aws:sqs:${place}:${target.queue}`;
}

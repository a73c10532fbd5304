import path from "node:path";
import type { QueueConfig } from "../config.ts";
import { createJsonService } from "../kernel/json-protocol.ts";
import type { Identity, QueuePort, Service } from "../kernel/types.ts";
import { changeVisibility, deleteMessage } from "./acknowledge.ts";
import { createMessageOperations } from "./messages.ts";
import { createMoveTasks } from "./move-tasks.ts";
import { createQueue, createQueueOperations, setQueueAttributes } from "./queues.ts";
import { receiveMessages } from "./receive.ts";
import { sendMessage } from "./send.ts";
import { createQueueArn, findQueue, getQueue, openSqsDatabase, readNumberAttribute, type SqsContext } from "./store.ts";
import { createWaiters } from "./waiters.ts";

const SWEEP_INTERVAL_MS = 60_000;
const DEFAULT_RETENTION_SECONDS = 4 * 24 * 3600;

/** The configuration's attributes of a queue, in the API's words. */
function describeConfig(ctx: SqsContext, queue: QueueConfig): Record<string, string> {
  const { deadLetter } = queue;
  return {
    VisibilityTimeout: String(queue.visibilityTimeoutSeconds),
    MessageRetentionPeriod: String(queue.retentionSeconds ?? DEFAULT_RETENTION_SECONDS),
    ...(queue.fifo && {
      FifoQueue: "true",
      ContentBasedDeduplication: String(queue.contentBasedDeduplication ?? false),
    }),
    // An empty policy removes one of an earlier configuration.
    RedrivePolicy: deadLetter
      ? JSON.stringify({
          deadLetterTargetArn: createQueueArn(ctx, deadLetter.queue),
          maxReceiveCount: deadLetter.maxReceiveCount,
        })
      : "",
  };
}

/** Makes the configured queues, or brings them to their configuration; messages stay. */
function applyConfig(ctx: SqsContext, queues: readonly QueueConfig[]): void {
  ctx.db.transaction(() => {
    for (const queue of queues)
      if (!findQueue(ctx.db, queue.name)) createQueue(ctx, queue.name, queue.fifo ? { FifoQueue: "true" } : {}, {});
    // Second round: by now every dead-letter queue exists, whatever the order of the list.
    for (const queue of queues) setQueueAttributes(ctx, getQueue(ctx.db, queue.name), describeConfig(ctx, queue));
  });
}

/** Removes what nobody receives: messages past their retention and deduplication ids past their window. */
function sweep(ctx: SqsContext): void {
  const nowMs = Date.now();
  for (const { name } of ctx.db.all<{ name: string }>("SELECT name FROM queue")) {
    const retentionMs = readNumberAttribute(getQueue(ctx.db, name), "MessageRetentionPeriod") * 1000;
    ctx.db.run("DELETE FROM message WHERE queue=? AND sentAt<?", name, nowMs - retentionMs);
  }
  ctx.db.run("DELETE FROM deduplication WHERE untilAt<?", nowMs);
}

/** Queues as other services of the process use them. */
function createQueuePort(ctx: SqsContext): QueuePort {
  return {
    async send(queueName, body, options = {}) {
      sendMessage(ctx, getQueue(ctx.db, queueName), {
        MessageBody: body,
        MessageGroupId: options.groupId,
        MessageDeduplicationId: options.deduplicationId,
        MessageAttributes: options.messageAttributes,
      });
    },
    async receive(queueName, options) {
      const messages = await receiveMessages(ctx, queueName, options);
      return messages.map(({ systemAttributes, ...message }) => ({ ...message, attributes: systemAttributes }));
    },
    async delete(queueName, receiptHandle) {
      deleteMessage(ctx, queueName, receiptHandle);
    },
    async changeVisibility(queueName, receiptHandle, timeoutSeconds) {
      changeVisibility(ctx, queueName, receiptHandle, timeoutSeconds);
    },
    visibilityTimeoutSeconds: (queueName) => readNumberAttribute(getQueue(ctx.db, queueName), "VisibilityTimeout"),
  };
}

/**
 * SQS on one SQLite file: standard and FIFO queues, long polling, visibility, dead-letter queues and their redrive.
 * What an answer acknowledged survives kill -9. `queues` is the same store for callers inside the process; its
 * `messageAttributes` have the API's shape (`DataType`, `StringValue`, `BinaryValue` as base64).
 * @throws AwsError when the configuration names a dead-letter queue that does not exist
 */
export async function createSqs(deps: {
  dir: string;
  identity: Identity;
  publicUrl: string;
  queues: readonly QueueConfig[];
}): Promise<{ service: Service; queues: QueuePort }> {
  const waiters = createWaiters();
  const db = openSqsDatabase(path.join(deps.dir, "sqs.db"));
  const ctx: SqsContext = {
    db,
    identity: deps.identity,
    publicUrl: deps.publicUrl,
    closed: waiters.closed,
    wake: waiters.wake,
    waitForMessages: waiters.wait,
  };
  applyConfig(ctx, deps.queues);
  const tasks = createMoveTasks(ctx);
  tasks.resume();
  sweep(ctx);
  const sweeper = setInterval(() => sweep(ctx), SWEEP_INTERVAL_MS);
  sweeper.unref();
  const service = createJsonService({
    name: "SQS",
    scopes: ["sqs"],
    protocol: "1.0",
    namespace: "com.amazonaws.sqs",
    operations: { ...createQueueOperations(ctx), ...createMessageOperations(ctx), ...tasks.operations },
    async close() {
      clearInterval(sweeper);
      tasks.close();
      waiters.close();
      db.close();
    },
  });
  return { service, queues: createQueuePort(ctx) };
}

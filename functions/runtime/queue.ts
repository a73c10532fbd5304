import type { QueueName, StorageContext } from "@samla/core/kernel";
import { systemActor } from "@samla/core/kernel";
import type { Context as LambdaContext, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { createContext } from "./compose.ts";

const retryAfterSecondsMax = 300;

/** Logs why a message failed and has it come again soon, later each time. */
export const reportFailure = async (
  ctx: StorageContext,
  queue: QueueName,
  record: SQSRecord,
  error: unknown,
): Promise<{ itemIdentifier: string }> => {
  const attempt = Number(record.attributes.ApproximateReceiveCount);
  ctx.log("error", "a message failed", {
    queue,
    messageId: record.messageId,
    attempt,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
  await ctx.queues
    .retryLater(queue, record.receiptHandle, Math.min(2.5 * 2 ** attempt, retryAfterSecondsMax))
    // It comes again anyway, when the queue's own time is over.
    .catch((problem: unknown) => ctx.log("warn", "a message was not put back", { error: String(problem) }));
  return { itemIdentifier: record.messageId };
};

/** Handles a batch one by one; a message that fails goes back alone. */
export const createQueueHandler =
  (queue: QueueName, work: (ctx: StorageContext, record: SQSRecord) => Promise<void>) =>
  async (event: SQSEvent, lambda: LambdaContext): Promise<SQSBatchResponse> => {
    const ctx = createContext(systemActor, lambda.awsRequestId);
    const batchItemFailures: SQSBatchResponse["batchItemFailures"] = [];
    for (const record of event.Records) {
      try {
        await work(ctx, record);
      } catch (error) {
        batchItemFailures.push(await reportFailure(ctx, queue, record, error));
      }
    }
    return { batchItemFailures };
  };

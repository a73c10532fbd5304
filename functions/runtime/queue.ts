import type { StorageContext } from "@samla/core/kernel";
import { systemActor } from "@samla/core/kernel";
import type { Context as LambdaContext, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { createContext } from "./compose.ts";

/** Handles a batch one by one; a message that fails goes back alone. */
export const createQueueHandler =
  (work: (ctx: StorageContext, record: SQSRecord) => Promise<void>) =>
  async (event: SQSEvent, lambda: LambdaContext): Promise<SQSBatchResponse> => {
    const ctx = createContext(systemActor, lambda.awsRequestId);
    const batchItemFailures: SQSBatchResponse["batchItemFailures"] = [];
    for (const record of event.Records) {
      try {
        await work(ctx, record);
      } catch (error) {
        ctx.log("error", "a message failed", {
          messageId: record.messageId,
          attempt: record.attributes.ApproximateReceiveCount,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
        batchItemFailures.push({ itemIdentifier: record.messageId });
      }
    }
    return { batchItemFailures };
  };

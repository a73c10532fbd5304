import { writeIndex } from "@samla/core/documents";
import { IndexMessage } from "@samla/core/kernel";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { createSystemContext } from "../runtime/compose.ts";
import { withEngine } from "../runtime/engine.ts";

/** The `index` queue: a FIFO batch of one or more builds, each written in one commit. */
export const handler = async (event: SQSEvent, lambda: Context): Promise<SQSBatchResponse> => {
  const ctx = await withEngine(createSystemContext(lambda.awsRequestId));
  const groups = Map.groupBy(event.Records, (record) => record.attributes.MessageGroupId ?? "");
  const batchItemFailures: SQSBatchResponse["batchItemFailures"] = [];
  for (const records of groups.values()) {
    try {
      await writeIndex(
        ctx,
        records.map((record) => IndexMessage.parse(JSON.parse(record.body))),
      );
    } catch (error) {
      ctx.log("error", "a batch was not written", {
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        messages: records.length,
      });
      batchItemFailures.push(...records.map((record) => ({ itemIdentifier: record.messageId })));
    }
  }
  return { batchItemFailures };
};

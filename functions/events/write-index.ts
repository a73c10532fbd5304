import { writeIndex } from "@samla/core/documents";
import { IndexMessage } from "@samla/core/kernel";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { createSystemContext } from "../runtime/compose.ts";
import { withEngineByWords } from "../runtime/engine.ts";
import { reportFailure } from "../runtime/queue.ts";

/** The `index` queue: a FIFO batch of one or more builds, each written in one commit. */
export const handler = async (event: SQSEvent, lambda: Context): Promise<SQSBatchResponse> => {
  const ctx = await withEngineByWords(createSystemContext(lambda.awsRequestId));
  const groups = Map.groupBy(event.Records, (record) => record.attributes.MessageGroupId ?? "");
  const batchItemFailures: SQSBatchResponse["batchItemFailures"] = [];
  const write = (records: SQSEvent["Records"]): Promise<void> =>
    writeIndex(
      ctx,
      records.map((record) => IndexMessage.parse(JSON.parse(record.body))),
    );
  for (const records of groups.values()) {
    try {
      await write(records);
    } catch (error) {
      ctx.log("warn", "a batch was not written; its messages are tried one by one", {
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        messages: records.length,
      });
      // A message only names a document, so the rest may be written without the one that fails.
      for (const record of records)
        try {
          await write([record]);
        } catch (failure) {
          batchItemFailures.push(await reportFailure(ctx, "index", record, failure));
        }
    }
  }
  return { batchItemFailures };
};

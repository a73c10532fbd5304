import { toAwsError } from "../kernel/errors.ts";
import type { JsonObject, JsonOperation } from "../kernel/json-protocol.ts";
import { changeVisibility, deleteMessage } from "./acknowledge.ts";
import { createSqsError, readInteger, readStrings, requireString } from "./errors.ts";
import { getQueueByUrl } from "./queues.ts";
import { formatReceived, receiveMessages } from "./receive.ts";
import { sendMessage } from "./send.ts";
import type { SqsContext } from "./store.ts";

const MAX_BATCH_BYTES = 1024 * 1024;
const VISIBILITY = { min: 0, max: 43_200 };

function readEntries(input: JsonObject): (JsonObject & { Id: string })[] {
  const entries = (Array.isArray(input.Entries) ? input.Entries : []) as JsonObject[];
  if (entries.length === 0)
    throw createSqsError("EmptyBatchRequest", "There should be at least one entry in the request.");
  if (entries.length > 10)
    throw createSqsError("TooManyEntriesInBatchRequest", "Maximum number of entries per request are 10.");
  const ids = entries.map((entry) => requireString(entry, "Id"));
  const invalid = ids.find((id) => !/^[\w-]{1,80}$/.test(id));
  if (invalid !== undefined)
    throw createSqsError(
      "InvalidBatchEntryId",
      "A batch entry id can only contain alphanumeric characters, hyphens and underscores.",
    );
  if (new Set(ids).size !== ids.length) throw createSqsError("BatchEntryIdsNotDistinct", "Ids of a batch must differ.");
  const bodyBytes = entries.reduce((sum, entry) => sum + Buffer.byteLength(String(entry.MessageBody ?? "")), 0);
  if (bodyBytes > MAX_BATCH_BYTES)
    throw createSqsError("BatchRequestTooLong", `Batch requests cannot be longer than ${MAX_BATCH_BYTES} bytes.`);
  return entries as (JsonObject & { Id: string })[];
}

/** Runs each entry in one transaction; an entry that fails is reported, the others stand. */
function runBatch(ctx: SqsContext, input: JsonObject, work: (entry: JsonObject) => JsonObject): JsonObject {
  const entries = readEntries(input);
  const successful: JsonObject[] = [];
  const failed: JsonObject[] = [];
  ctx.db.transaction(() => {
    for (const entry of entries) {
      try {
        successful.push({ Id: entry.Id, ...work(entry) });
      } catch (error) {
        const { code, message, statusCode } = toAwsError(error);
        failed.push({ Id: entry.Id, SenderFault: statusCode < 500, Code: code, Message: message });
      }
    }
  });
  return { Successful: successful, Failed: failed };
}

/** Operations on messages. */
export function createMessageOperations(ctx: SqsContext): Record<string, JsonOperation> {
  const removeOne = (queueName: string, entry: JsonObject): JsonObject => {
    deleteMessage(ctx, queueName, requireString(entry, "ReceiptHandle"));
    return {};
  };
  const hideOne = (queueName: string, entry: JsonObject): JsonObject => {
    if (entry.VisibilityTimeout === undefined)
      throw createSqsError("MissingParameter", "The request must contain the parameter VisibilityTimeout.");
    const seconds = readInteger(entry, "VisibilityTimeout", { ...VISIBILITY, fallback: 0 });
    changeVisibility(ctx, queueName, requireString(entry, "ReceiptHandle"), seconds);
    return {};
  };
  return {
    SendMessage: (input) => sendMessage(ctx, getQueueByUrl(ctx, input), input),
    SendMessageBatch(input) {
      const queue = getQueueByUrl(ctx, input);
      return runBatch(ctx, input, (entry) => sendMessage(ctx, queue, entry));
    },
    async ReceiveMessage(input, call) {
      const queue = getQueueByUrl(ctx, input);
      const abort = new AbortController();
      call.res.on("close", () => abort.abort());
      const isGiven = (name: string) => input[name] !== undefined && input[name] !== null;
      const messages = await receiveMessages(ctx, queue.name, {
        maxMessages: readInteger(input, "MaxNumberOfMessages", { min: 1, max: 10, fallback: 1 }),
        visibilityTimeoutSeconds: isGiven("VisibilityTimeout")
          ? readInteger(input, "VisibilityTimeout", { ...VISIBILITY, fallback: 30 })
          : undefined,
        waitMs: isGiven("WaitTimeSeconds")
          ? readInteger(input, "WaitTimeSeconds", { min: 0, max: 20, fallback: 0 }) * 1000
          : undefined,
        signal: abort.signal,
      });
      const systemNames = [
        ...readStrings(input, "MessageSystemAttributeNames"),
        ...readStrings(input, "AttributeNames"),
      ];
      const attributeNames = readStrings(input, "MessageAttributeNames");
      if (messages.length === 0) return {};
      return { Messages: messages.map((message) => formatReceived(message, systemNames, attributeNames)) };
    },
    DeleteMessage: (input) => removeOne(getQueueByUrl(ctx, input).name, input),
    DeleteMessageBatch(input) {
      const { name } = getQueueByUrl(ctx, input);
      return runBatch(ctx, input, (entry) => removeOne(name, entry));
    },
    ChangeMessageVisibility: (input) => hideOne(getQueueByUrl(ctx, input).name, input),
    ChangeMessageVisibilityBatch(input) {
      const { name } = getQueueByUrl(ctx, input);
      return runBatch(ctx, input, (entry) => hideOne(name, entry));
    },
  };
}

import { createInvalidValueError, createSqsError } from "./errors.ts";
import { parseReceiptHandle } from "./receive.ts";
import { isFifo, type MessageRow, type SqsContext } from "./store.ts";

function requireHandle(handle: string): { id: number; receipt: string } {
  const parsed = parseReceiptHandle(handle);
  if (!parsed) throw createSqsError("ReceiptHandleIsInvalid", `The input receipt handle "${handle}" is not valid.`);
  return parsed;
}

/**
 * Deletes a received message. A handle of an earlier receive deletes nothing and succeeds, as in AWS.
 * @throws AwsError `ReceiptHandleIsInvalid`; for FIFO `InvalidParameterValue` when the handle has expired
 */
export function deleteMessage(ctx: SqsContext, queueName: string, receiptHandle: string): void {
  const { id, receipt } = requireHandle(receiptHandle);
  const row = ctx.db.get<MessageRow>("SELECT * FROM message WHERE id=? AND queue=?", id, queueName);
  if (!row || row.receipt !== receipt) return;
  if (isFifo(queueName) && row.visibleAt <= Date.now())
    throw createInvalidValueError(
      `Value ${receiptHandle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
    );
  ctx.db.run("DELETE FROM message WHERE id=?", id);
  // The end of a message in flight unlocks its group.
  if (isFifo(queueName)) setImmediate(() => ctx.wake(queueName));
}

/**
 * Hides a message in flight for `timeoutSeconds` from now; 0 gives it back at once.
 * @throws AwsError `MessageNotInflight`, `ReceiptHandleIsInvalid`, `InvalidParameterValue` (deleted meanwhile)
 */
export function changeVisibility(
  ctx: SqsContext,
  queueName: string,
  receiptHandle: string,
  timeoutSeconds: number,
): void {
  const { id, receipt } = requireHandle(receiptHandle);
  const nowMs = Date.now();
  const row = ctx.db.get<MessageRow>("SELECT * FROM message WHERE id=? AND queue=?", id, queueName);
  if (!row)
    throw createInvalidValueError(
      `Value ${receiptHandle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
    );
  if (row.receipt !== receipt || row.visibleAt <= nowMs)
    throw createSqsError("MessageNotInflight", "The message referred to is not in flight.");
  ctx.db.run("UPDATE message SET visibleAt=? WHERE id=?", nowMs + timeoutSeconds * 1000, id);
  setImmediate(() => ctx.wake(queueName));
}

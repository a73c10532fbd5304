import { randomUUID } from "node:crypto";
import {
  digestMessageAttributes,
  type MessageAttributes,
  md5Hex,
  selectMessageAttributes,
} from "./message-attributes.ts";
import {
  createQueueArn,
  findQueue,
  formatSequence,
  getQueue,
  isFifo,
  type MessageRow,
  type QueueRow,
  readNumberAttribute,
  readRedrivePolicy,
  type SqsContext,
} from "./store.ts";

/** A received message with everything known of it; the API answers the part that was asked for. */
export type Received = {
  messageId: string;
  receiptHandle: string;
  body: string;
  md5OfBody: string;
  systemAttributes: Record<string, string>;
  messageAttributes: MessageAttributes;
};

export type ReceiveOptions = {
  maxMessages: number;
  /** Undefined: the queue's own. */
  visibilityTimeoutSeconds?: number;
  /** Undefined: the queue's `ReceiveMessageWaitTimeSeconds`. */
  waitMs?: number;
  signal: AbortSignal;
};

export const formatReceiptHandle = (id: number, receipt: string): string =>
  Buffer.from(`${id}.${receipt}`).toString("base64url");

/** Row id and nonce of a receipt handle; undefined when it is not one. */
export function parseReceiptHandle(handle: string): { id: number; receipt: string } | undefined {
  const match = /^(\d{1,15})\.([0-9a-f-]{36})$/.exec(Buffer.from(handle, "base64url").toString("latin1"));
  return match?.[1] && match[2] ? { id: Number(match[1]), receipt: match[2] } : undefined;
}

function selectAvailable(ctx: SqsContext, queue: QueueRow, nowMs: number, limit: number): MessageRow[] {
  if (!isFifo(queue.name))
    return ctx.db.all<MessageRow>(
      "SELECT * FROM message WHERE queue=? AND visibleAt<=? ORDER BY visibleAt, id LIMIT ?",
      queue.name,
      nowMs,
      limit,
    );
  // A group with any message in flight is locked, so that order within it holds.
  return ctx.db.all<MessageRow>(
    `SELECT * FROM message WHERE queue=?1 AND visibleAt<=?2 AND groupId NOT IN
       (SELECT groupId FROM message WHERE queue=?1 AND visibleAt>?2 AND receipt IS NOT NULL)
     ORDER BY id LIMIT ?3`,
    queue.name,
    nowMs,
    limit,
  );
}

/** Moves a message that was received too often. Standard queues keep its enqueue time, FIFO queues start anew. */
function moveToDeadLetterQueue(ctx: SqsContext, row: MessageRow, target: string, nowMs: number): void {
  ctx.db.run("DELETE FROM message WHERE id=?", row.id);
  ctx.db.run(
    `INSERT INTO message(queue,messageId,body,attributes,traceHeader,sentAt,visibleAt,firstReceivedAt,receiveCount,groupId,deduplicationId,sourceQueue)
     VALUES(?,?,?,?,?,?,?,?,?,?,?,?)`,
    target,
    row.messageId,
    row.body,
    row.attributes,
    row.traceHeader,
    isFifo(target) ? nowMs : row.sentAt,
    nowMs,
    row.firstReceivedAt,
    row.receiveCount,
    row.groupId,
    row.deduplicationId,
    row.queue,
  );
  setImmediate(() => ctx.wake(target));
}

function describeReceived(ctx: SqsContext, row: MessageRow, receipt: string, nowMs: number): Received {
  return {
    messageId: row.messageId,
    receiptHandle: formatReceiptHandle(row.id, receipt),
    body: row.body,
    md5OfBody: md5Hex(row.body),
    messageAttributes: JSON.parse(row.attributes),
    systemAttributes: {
      SenderId: ctx.identity.accountId,
      SentTimestamp: String(row.sentAt),
      ApproximateReceiveCount: String(row.receiveCount + 1),
      ApproximateFirstReceiveTimestamp: String(row.firstReceivedAt ?? nowMs),
      ...(row.groupId && { MessageGroupId: row.groupId }),
      ...(row.deduplicationId && {
        MessageDeduplicationId: row.deduplicationId,
        SequenceNumber: formatSequence(row.id),
      }),
      ...(row.traceHeader && { AWSTraceHeader: row.traceHeader }),
      ...(row.sourceQueue && { DeadLetterQueueSourceArn: createQueueArn(ctx, row.sourceQueue) }),
    },
  };
}

/** Takes what is available now: expires the old, moves the poisonous, hides the rest for the visibility timeout. */
export function takeMessages(
  ctx: SqsContext,
  queueName: string,
  options: { maxMessages: number; visibilityTimeoutSeconds?: number },
): Received[] {
  const { db } = ctx;
  return db.transaction(() => {
    const queue = getQueue(db, queueName);
    const nowMs = Date.now();
    const redrive = readRedrivePolicy(queue);
    const deadLetterQueue = redrive && findQueue(db, redrive.deadLetterQueue)?.name;
    const timeoutMs = (options.visibilityTimeoutSeconds ?? readNumberAttribute(queue, "VisibilityTimeout")) * 1000;
    db.run(
      "DELETE FROM message WHERE queue=? AND sentAt<?",
      queue.name,
      nowMs - readNumberAttribute(queue, "MessageRetentionPeriod") * 1000,
    );
    const taken: { row: MessageRow; receipt: string }[] = [];
    let isDone = false;
    while (!isDone) {
      const wanted = options.maxMessages - taken.length;
      const rows = selectAvailable(ctx, queue, nowMs, wanted);
      const poisonous = rows.filter((row) => redrive && deadLetterQueue && row.receiveCount >= redrive.maxReceiveCount);
      for (const row of poisonous) moveToDeadLetterQueue(ctx, row, deadLetterQueue ?? "", nowMs);
      if (poisonous.length > 0) continue;
      for (const row of rows) taken.push({ row, receipt: randomUUID() });
      isDone = true;
    }
    for (const { row, receipt } of taken)
      db.run(
        "UPDATE message SET visibleAt=?, receiveCount=receiveCount+1, receipt=?, firstReceivedAt=coalesce(firstReceivedAt,?) WHERE id=?",
        nowMs + timeoutMs,
        receipt,
        nowMs,
        row.id,
      );
    return taken.map(({ row, receipt }) => describeReceived(ctx, row, receipt, nowMs));
  });
}

/** Long poll: the first messages there are, or [] after the wait, on abort. */
export async function receiveMessages(
  ctx: SqsContext,
  queueName: string,
  options: ReceiveOptions,
): Promise<Received[]> {
  const queue = getQueue(ctx.db, queueName);
  const waitMs = options.waitMs ?? readNumberAttribute(queue, "ReceiveMessageWaitTimeSeconds") * 1000;
  const endMs = Date.now() + waitMs;
  for (;;) {
    if (options.signal.aborted || ctx.closed.aborted) return [];
    // Read before taking: a message that becomes visible in between is then the next to wait for, not missed.
    const nowMs = Date.now();
    const messages = takeMessages(ctx, queueName, options);
    if (messages.length > 0 || nowMs >= endMs) return messages;
    const next = ctx.db.get<{ at: number | null }>(
      "SELECT min(visibleAt) AS at FROM message WHERE queue=? AND visibleAt>?",
      queueName,
      nowMs,
    );
    const untilMs = Math.min(endMs, next?.at ?? endMs);
    await ctx.waitForMessages(queueName, Math.max(1, untilMs - nowMs), options.signal);
  }
}

/** The members of a Message in the API's answer, for the attribute names the caller asked for. */
export function formatReceived(message: Received, systemNames: readonly string[], attributeNames: readonly string[]) {
  const isAll = systemNames.includes("All");
  const system = Object.entries(message.systemAttributes).filter(([name]) => isAll || systemNames.includes(name));
  const attributes = selectMessageAttributes(message.messageAttributes, attributeNames);
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: message.md5OfBody,
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
    ...(Object.keys(attributes).length > 0 && {
      MessageAttributes: attributes,
      MD5OfMessageAttributes: digestMessageAttributes(attributes),
    }),
  };
}

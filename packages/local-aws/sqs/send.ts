import { createHash, randomUUID } from "node:crypto";
import type { JsonObject } from "../kernel/json-protocol.ts";
import { createInvalidValueError, createSqsError, readInteger, requireString } from "./errors.ts";
import {
  digestMessageAttributes,
  md5Hex,
  measureMessageAttributes,
  readMessageAttributes,
} from "./message-attributes.ts";
import { formatSequence, isFifo, type QueueRow, readNumberAttribute, type SqsContext } from "./store.ts";

const DEDUPLICATION_WINDOW_MS = 5 * 60 * 1000;
/** The characters SQS refuses: controls but tab, newline, carriage return; surrogates; U+FFFE and U+FFFF. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these control characters are what is looked for
const FORBIDDEN_CHARACTERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u;

function readBody(queue: QueueRow, input: JsonObject, attributesBytes: number): string {
  const body = requireString(input, "MessageBody");
  const maxBytes = readNumberAttribute(queue, "MaximumMessageSize");
  if (Buffer.byteLength(body) + attributesBytes > maxBytes)
    throw createInvalidValueError(
      `One or more parameters are invalid. Reason: Message must be shorter than ${maxBytes} bytes.`,
    );
  if (FORBIDDEN_CHARACTERS.test(body))
    throw createSqsError("InvalidMessageContents", "The message contains characters outside the allowed set.");
  return body;
}

/** Group and deduplication id of a FIFO message; the key also holds the group when the queue scopes by group. */
function readFifo(queue: QueueRow, input: JsonObject, body: string): { groupId: string; id: string; key: string } {
  const groupId = requireString(input, "MessageGroupId");
  const given = input.MessageDeduplicationId;
  const isContentBased = queue.attributes.ContentBasedDeduplication === "true";
  const id =
    typeof given === "string" && given
      ? given
      : isContentBased
        ? createHash("sha256").update(body).digest("hex")
        : undefined;
  if (!id)
    throw createInvalidValueError(
      "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    );
  return { groupId, id, key: queue.attributes.DeduplicationScope === "messageGroup" ? `${groupId}\n${id}` : id };
}

/** Stores one message (input members of SendMessage) and wakes receivers. Callers batch it in a transaction. */
export function sendMessage(ctx: SqsContext, queue: QueueRow, input: JsonObject): JsonObject {
  const { db } = ctx;
  const attributes = readMessageAttributes(input.MessageAttributes);
  const system = readMessageAttributes(input.MessageSystemAttributes);
  const body = readBody(queue, input, measureMessageAttributes(attributes));
  const attributesMd5 = digestMessageAttributes(attributes);
  const systemMd5 = digestMessageAttributes(system);
  const output: JsonObject = {
    MD5OfMessageBody: md5Hex(body),
    ...(attributesMd5 && { MD5OfMessageAttributes: attributesMd5 }),
    ...(systemMd5 && { MD5OfMessageSystemAttributes: systemMd5 }),
  };
  const nowMs = Date.now();
  const fifo = isFifo(queue.name) ? readFifo(queue, input, body) : undefined;
  if (fifo && input.DelaySeconds !== undefined && Number(input.DelaySeconds) !== 0)
    throw createInvalidValueError(
      "Value for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.",
    );
  const groupId = fifo?.groupId ?? (typeof input.MessageGroupId === "string" ? input.MessageGroupId : null);
  const delaySeconds = readInteger(input, "DelaySeconds", {
    min: 0,
    max: 900,
    fallback: readNumberAttribute(queue, "DelaySeconds"),
  });
  return db.transaction(() => {
    if (fifo) {
      const known = db.get<{ messageId: string; sequence: number }>(
        "SELECT messageId, sequence FROM deduplication WHERE queue=? AND key=? AND untilAt>?",
        queue.name,
        fifo.key,
        nowMs,
      );
      if (known) return { ...output, MessageId: known.messageId, SequenceNumber: formatSequence(known.sequence) };
    }
    const messageId = randomUUID();
    const { lastInsertRowid } = db.run(
      "INSERT INTO message(queue,messageId,body,attributes,traceHeader,sentAt,visibleAt,groupId,deduplicationId) VALUES(?,?,?,?,?,?,?,?,?)",
      queue.name,
      messageId,
      body,
      JSON.stringify(attributes),
      system.AWSTraceHeader?.StringValue ?? null,
      nowMs,
      nowMs + delaySeconds * 1000,
      groupId,
      fifo?.id ?? null,
    );
    if (fifo)
      db.run(
        "INSERT OR REPLACE INTO deduplication(queue,key,messageId,sequence,untilAt) VALUES(?,?,?,?,?)",
        queue.name,
        fifo.key,
        messageId,
        lastInsertRowid,
        nowMs + DEDUPLICATION_WINDOW_MS,
      );
    // Also for delayed messages: a waiting receiver then learns the new earliest moment.
    setImmediate(() => ctx.wake(queue.name));
    return { ...output, MessageId: messageId, ...(fifo && { SequenceNumber: formatSequence(lastInsertRowid) }) };
  });
}

import { setTimeout as wait } from "node:timers/promises";
import type { EventSourceConfig } from "../config.ts";
import { AwsError } from "../kernel/errors.ts";
import type { Identity, QueueMessage, QueuePort } from "../kernel/types.ts";
import type { FunctionPool } from "./pool.ts";

export type QueueSourceConfig = Extract<EventSourceConfig, { queue: string }>;

const RECEIVE_LIMIT = 10;
const LONG_POLL_MS = 20_000;
const AFTER_FAILURE_MS = 1000;
const DEFAULT_POLLERS = 5;

/**
 * Polls a queue for a function: batches by size and window, deletes what succeeded, leaves what failed to the queue's
 * visibility timeout and redrive policy, as AWS does. Per-group order of FIFO queues is the queue's own: it gives out
 * no message of a group that has others in flight, so no two batches ever hold the same group.
 */
export class QueueSource {
  readonly #config: QueueSourceConfig;
  readonly #pool: FunctionPool;
  readonly #queues: QueuePort;
  readonly #identity: Identity;
  readonly #abort = new AbortController();
  readonly #pollers: Promise<void>[];

  constructor(options: { config: QueueSourceConfig; pool: FunctionPool; queues: QueuePort; identity: Identity }) {
    this.#config = options.config;
    this.#pool = options.pool;
    this.#queues = options.queues;
    this.#identity = options.identity;
    const wanted = this.#config.maxConcurrency ?? Math.min(DEFAULT_POLLERS, this.#pool.limit);
    const count = Math.max(1, Math.min(wanted, this.#pool.limit));
    this.#pollers = Array.from({ length: count }, () => this.#poll());
  }

  async #poll(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      try {
        const messages = await this.#gather();
        if (messages.length > 0) await this.#deliver(messages);
      } catch (error) {
        if (signal.aborted) return;
        console.error(`Queue ${this.#config.queue} for function ${this.#config.function}:`, error);
        await wait(AFTER_FAILURE_MS, undefined, { signal, ref: false }).catch(() => undefined);
      }
    }
  }

  async #gather(): Promise<QueueMessage[]> {
    const { queue, batchSize, batchWindowMs = 0 } = this.#config;
    const { signal } = this.#abort;
    const take = (waitMs: number, room: number) =>
      this.#queues.receive(queue, { maxMessages: Math.min(RECEIVE_LIMIT, room), waitMs, signal });
    const messages = await take(LONG_POLL_MS, batchSize);
    if (messages.length === 0) return messages;
    const endMs = Date.now() + batchWindowMs;
    while (messages.length < batchSize && !signal.aborted) {
      const more = await take(Math.max(0, endMs - Date.now()), batchSize - messages.length);
      messages.push(...more);
      if (more.length === 0 && Date.now() >= endMs) break;
    }
    return messages;
  }

  #encode(messages: QueueMessage[]): Buffer {
    const { region, accountId } = this.#identity;
    return Buffer.from(
      JSON.stringify({
        Records: messages.map((message) => ({
          messageId: message.messageId,
          receiptHandle: message.receiptHandle,
          body: message.body,
          attributes: message.attributes,
          messageAttributes: encodeMessageAttributes(message.messageAttributes),
          md5OfBody: message.md5OfBody,
          eventSource: "aws:sqs",
          eventSourceARN: `arn:aws:sqs:${region}:${accountId}:${this.#config.queue}`,
          awsRegion: region,
        })),
      }),
    );
  }

  async #deliver(messages: QueueMessage[]): Promise<void> {
    const outcome = await this.#runUntilVisible(messages);
    if (!outcome || outcome.functionError || this.#abort.signal.aborted) return;
    const failed = this.#config.reportBatchItemFailures
      ? readFailedItems(outcome.payload, new Set(messages.map((message) => message.messageId)))
      : new Set<string>();
    if (failed === "all") return;
    for (const message of messages)
      if (!failed.has(message.messageId)) await this.#queues.delete(this.#config.queue, message.receiptHandle);
  }

  /** Throttled batches are offered again until their messages are about to become visible for others. */
  async #runUntilVisible(messages: QueueMessage[]) {
    const payload = this.#encode(messages);
    const giveUpMs = Date.now() + this.#queues.visibilityTimeoutSeconds(this.#config.queue) * 500;
    for (let delayMs = 50; ; delayMs = Math.min(1000, delayMs * 2)) {
      try {
        return await this.#pool.run(payload);
      } catch (error) {
        const isThrottled = error instanceof AwsError && error.code === "TooManyRequestsException";
        if (!isThrottled) throw error;
        if (Date.now() + delayMs > giveUpMs || this.#abort.signal.aborted) return undefined;
        await wait(delayMs, undefined, { ref: false });
      }
    }
  }

  /** Stops receiving; a batch in flight is left to the queue, which gives it out again. */
  async close(): Promise<void> {
    this.#abort.abort();
    await Promise.race([Promise.allSettled(this.#pollers), wait(1000, undefined, { ref: false })]);
  }
}

/** SQS's attribute shape (`DataType`, `StringValue`, `BinaryValue`) as Lambda's event has it: lower camel case. */
export function encodeMessageAttributes(attributes: Record<string, unknown>): Record<string, unknown> {
  const encoded: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(attributes)) {
    const { DataType, StringValue, BinaryValue } = value as Record<string, unknown>;
    const binary = BinaryValue instanceof Uint8Array ? Buffer.from(BinaryValue).toString("base64") : BinaryValue;
    encoded[name] = {
      ...(StringValue !== undefined && { stringValue: StringValue }),
      ...(binary !== undefined && { binaryValue: binary }),
      stringListValues: [],
      binaryListValues: [],
      dataType: DataType,
    };
  }
  return encoded;
}

/**
 * Which messages a handler reported as failed. As in AWS, an answer that is no such report is a success, and one that
 * names an unknown or empty id fails the whole batch
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html).
 */
export function readFailedItems(payload: Buffer, known: ReadonlySet<string>): Set<string> | "all" {
  let report: unknown;
  try {
    report = JSON.parse(payload.toString("utf8"));
  } catch {
    return "all";
  }
  const failures = (report as { batchItemFailures?: unknown } | null)?.batchItemFailures;
  if (failures === undefined || failures === null) return new Set();
  if (!Array.isArray(failures)) return "all";
  const failed = new Set<string>();
  for (const item of failures) {
    const id = (item as { itemIdentifier?: unknown } | null)?.itemIdentifier;
    if (typeof id !== "string" || !known.has(id)) return "all";
    failed.add(id);
  }
  return failed;
}

import type { JsonObject, JsonOperation } from "../kernel/json-protocol.ts";
import {
  assertAttributes,
  createInitialAttributes,
  describeQueue,
  mergeAttributes,
  readableAttributes,
} from "./attributes.ts";
import { createInvalidValueError, createSqsError, readInteger, readStrings, requireString } from "./errors.ts";
import {
  createQueueUrl,
  findQueue,
  getQueue,
  listQueueRows,
  type QueueRow,
  readQueueName,
  readRedrivePolicy,
  type SqsContext,
} from "./store.ts";

/** The queue a call names by its QueueUrl. @throws AwsError `QueueDoesNotExist` */
export const getQueueByUrl = (ctx: SqsContext, input: JsonObject): QueueRow =>
  getQueue(ctx.db, readQueueName(requireString(input, "QueueUrl")));

const readMap = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries((value ?? {}) as Record<string, unknown>).map(([key, text]) => [key, String(text)]),
  );

/** Makes a queue; the same name with the same attributes is no error. */
export function createQueue(
  ctx: SqsContext,
  name: string,
  attributes: Record<string, string>,
  tags: Record<string, string>,
): void {
  const isNamedFifo = name.endsWith(".fifo");
  if (!/^[\w-]{1,80}$/.test(isNamedFifo ? name.slice(0, -5) : name) || name.length > 80)
    throw createInvalidValueError(
      "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
    );
  if (isNamedFifo !== (attributes.FifoQueue === "true"))
    throw createInvalidValueError(
      "The name of a FIFO queue ends with .fifo and its attribute FifoQueue is true: one of the two is missing.",
    );
  assertAttributes(ctx, name, attributes);
  const existing = findQueue(ctx.db, name);
  if (existing) {
    const changed = Object.entries(attributes).find(([key, value]) => existing.attributes[key] !== value);
    if (changed)
      throw createSqsError(
        "QueueNameExists",
        `A queue already exists with the same name and a different value for attribute ${changed[0]}`,
      );
    return;
  }
  ctx.db.run(
    "INSERT INTO queue(name,attributes,createdAt,tags) VALUES(?,?,?,?)",
    name,
    JSON.stringify(createInitialAttributes(name, attributes)),
    Date.now(),
    JSON.stringify(tags),
  );
}

export function setQueueAttributes(ctx: SqsContext, queue: QueueRow, attributes: Record<string, string>): void {
  if (attributes.FifoQueue !== undefined && attributes.FifoQueue !== queue.attributes.FifoQueue)
    throw createSqsError("InvalidAttributeName", "FifoQueue can not be changed after the queue is made.");
  assertAttributes(ctx, queue.name, attributes);
  const merged = mergeAttributes(queue.attributes, attributes);
  ctx.db.run("UPDATE queue SET attributes=? WHERE name=?", JSON.stringify(merged), queue.name);
}

/** One page of names after a token; tokens are names in base64url. */
function readPage(names: string[], input: JsonObject): { page: string[]; NextToken?: string } {
  const max = readInteger(input, "MaxResults", { min: 1, max: 1000, fallback: 1000 });
  const token = typeof input.NextToken === "string" ? Buffer.from(input.NextToken, "base64url").toString() : "";
  const rest = names.filter((name) => name > token);
  const page = rest.slice(0, max);
  const last = page.at(-1);
  const isMore = rest.length > page.length && input.MaxResults !== undefined && last !== undefined;
  return { page, ...(isMore && { NextToken: Buffer.from(last).toString("base64url") }) };
}

function setTags(ctx: SqsContext, queue: QueueRow, tags: Record<string, string>): void {
  if (Object.keys(tags).length > 50) throw createInvalidValueError("A queue can have at most 50 tags.");
  ctx.db.run("UPDATE queue SET tags=? WHERE name=?", JSON.stringify(tags), queue.name);
}

/** Operations on queues as such. */
export function createQueueOperations(ctx: SqsContext): Record<string, JsonOperation> {
  const { db } = ctx;
  return {
    CreateQueue(input) {
      const name = requireString(input, "QueueName");
      createQueue(ctx, name, readMap(input.Attributes), readMap(input.tags ?? input.Tags));
      return { QueueUrl: createQueueUrl(ctx, name) };
    },
    GetQueueUrl: (input) => ({ QueueUrl: createQueueUrl(ctx, getQueue(db, requireString(input, "QueueName")).name) }),
    ListQueues(input) {
      const prefix = typeof input.QueueNamePrefix === "string" ? input.QueueNamePrefix : "";
      const names = listQueueRows(db).map((queue) => queue.name);
      const { page, NextToken } = readPage(
        names.filter((name) => name.startsWith(prefix)),
        input,
      );
      return { QueueUrls: page.map((name) => createQueueUrl(ctx, name)), NextToken };
    },
    DeleteQueue(input) {
      const { name } = getQueueByUrl(ctx, input);
      db.transaction(() => {
        for (const table of ["message", "deduplication"]) db.run(`DELETE FROM ${table} WHERE queue=?`, name);
        db.run("DELETE FROM moveTask WHERE sourceQueue=?", name);
        db.run("DELETE FROM queue WHERE name=?", name);
      });
      ctx.wake(name);
      return {};
    },
    PurgeQueue(input) {
      db.run("DELETE FROM message WHERE queue=?", getQueueByUrl(ctx, input).name);
      return {};
    },
    GetQueueAttributes(input) {
      const all = describeQueue(ctx, getQueueByUrl(ctx, input));
      const names = readStrings(input, "AttributeNames");
      const unknown = names.find((name) => !readableAttributes.has(name));
      if (unknown !== undefined) throw createSqsError("InvalidAttributeName", `Unknown Attribute ${unknown}.`);
      const isAll = names.includes("All");
      return { Attributes: Object.fromEntries(Object.entries(all).filter(([name]) => isAll || names.includes(name))) };
    },
    SetQueueAttributes(input) {
      setQueueAttributes(ctx, getQueueByUrl(ctx, input), readMap(input.Attributes));
      return {};
    },
    ListDeadLetterSourceQueues(input) {
      const { name } = getQueueByUrl(ctx, input);
      const sources = listQueueRows(db).filter((queue) => readRedrivePolicy(queue)?.deadLetterQueue === name);
      const { page, NextToken } = readPage(
        sources.map((queue) => queue.name),
        input,
      );
      return { queueUrls: page.map((source) => createQueueUrl(ctx, source)), NextToken };
    },
    TagQueue(input) {
      const queue = getQueueByUrl(ctx, input);
      setTags(ctx, queue, { ...queue.tags, ...readMap(input.Tags) });
      return {};
    },
    UntagQueue(input) {
      const queue = getQueueByUrl(ctx, input);
      const gone = readStrings(input, "TagKeys");
      setTags(ctx, queue, Object.fromEntries(Object.entries(queue.tags).filter(([key]) => !gone.includes(key))));
      return {};
    },
    ListQueueTags: (input) => ({ Tags: getQueueByUrl(ctx, input).tags }),
  };
}

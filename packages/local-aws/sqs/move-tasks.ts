import { randomUUID } from "node:crypto";
import type { JsonObject, JsonOperation } from "../kernel/json-protocol.ts";
import { createInvalidValueError, createSqsError, readInteger, requireString } from "./errors.ts";
import {
  createQueueArn,
  findQueue,
  getQueue,
  listQueueRows,
  type MessageRow,
  readQueueName,
  readRedrivePolicy,
  type SqsContext,
} from "./store.ts";

type TaskRow = {
  id: number;
  handle: string;
  sourceQueue: string;
  destinationQueue: string | null;
  perSecond: number | null;
  status: "RUNNING" | "COMPLETED" | "CANCELLED" | "FAILED";
  moved: number;
  toMove: number;
  startedAt: number;
  failureReason: string | null;
};

const BATCH_SIZE = 100;
/** At most this many messages per second may be asked for, as in AWS. */
const MAX_PER_SECOND = 500;

/** Redrive of dead-letter queues. Tasks live in the database: a restart goes on where a task was. */
export type MoveTasks = { operations: Record<string, JsonOperation>; resume(): void; close(): void };

export function createMoveTasks(ctx: SqsContext): MoveTasks {
  const { db } = ctx;
  const timers = new Map<number, NodeJS.Timeout>();

  const finish = (id: number, status: TaskRow["status"], failureReason: string | null = null): void => {
    db.run("UPDATE moveTask SET status=?, failureReason=? WHERE id=?", status, failureReason, id);
  };

  /** Moves one message; a redriven message is a new message, with its own id and retention. */
  function moveOne(row: MessageRow, target: string): void {
    db.run("DELETE FROM message WHERE id=?", row.id);
    const nowMs = Date.now();
    db.run(
      "INSERT INTO message(queue,messageId,body,attributes,traceHeader,sentAt,visibleAt,groupId,deduplicationId) VALUES(?,?,?,?,?,?,?,?,?)",
      target,
      randomUUID(),
      row.body,
      row.attributes,
      row.traceHeader,
      nowMs,
      nowMs,
      row.groupId,
      row.deduplicationId,
    );
  }

  /** One step of a task. True while there is more to move. */
  function moveStep(id: number): boolean {
    return db.transaction(() => {
      const task = db.get<TaskRow>("SELECT * FROM moveTask WHERE id=?", id);
      if (task?.status !== "RUNNING") return false;
      const rows = db.all<MessageRow>(
        "SELECT * FROM message WHERE queue=? AND visibleAt<=? AND sentAt<=? ORDER BY id LIMIT ?",
        task.sourceQueue,
        Date.now(),
        // Messages that arrive during the task are not its own: without this a poisonous one would circle for ever.
        task.startedAt,
        task.perSecond ?? BATCH_SIZE,
      );
      let moved = task.moved;
      for (const row of rows) {
        const target = task.destinationQueue ?? row.sourceQueue;
        if (!target || !findQueue(db, target)) {
          db.run("UPDATE moveTask SET moved=? WHERE id=?", moved, id);
          finish(id, "FAILED", target ? "AWS.SimpleQueueService.NonExistentQueue" : "CouldNotDetermineMessageSource");
          return false;
        }
        moveOne(row, target);
        moved += 1;
        setImmediate(() => ctx.wake(target));
      }
      db.run("UPDATE moveTask SET moved=? WHERE id=?", moved, id);
      if (rows.length > 0) return true;
      finish(id, "COMPLETED");
      return false;
    });
  }

  function schedule(task: Pick<TaskRow, "id" | "perSecond">): void {
    const run = () => {
      timers.delete(task.id);
      if (moveStep(task.id)) timers.set(task.id, setTimeout(run, task.perSecond ? 1000 : 0));
    };
    timers.set(task.id, setTimeout(run, 0));
  }

  function startTask(input: JsonObject): JsonObject {
    const source = getQueue(db, readQueueName(requireString(input, "SourceArn"))).name;
    const isDeadLetterQueue = listQueueRows(db).some((queue) => readRedrivePolicy(queue)?.deadLetterQueue === source);
    if (!isDeadLetterQueue) throw createInvalidValueError("Source queue must be configured as a Dead Letter Queue.");
    if (db.get("SELECT 1 FROM moveTask WHERE sourceQueue=? AND status='RUNNING'", source))
      throw createSqsError("UnsupportedOperation", "There is already a task running for this source queue.");
    const destination =
      typeof input.DestinationArn === "string" ? getQueue(db, readQueueName(input.DestinationArn)).name : null;
    if (destination === source) throw createInvalidValueError("Source and destination must be different queues.");
    const isLimited = input.MaxNumberOfMessagesPerSecond !== undefined && input.MaxNumberOfMessagesPerSecond !== null;
    const perSecond = isLimited
      ? readInteger(input, "MaxNumberOfMessagesPerSecond", { min: 1, max: MAX_PER_SECOND, fallback: MAX_PER_SECOND })
      : null;
    const nowMs = Date.now();
    const toMove = db.get<{ n: number }>(
      "SELECT count(*) AS n FROM message WHERE queue=? AND visibleAt<=?",
      source,
      nowMs,
    );
    const handle = Buffer.from(
      JSON.stringify({ taskId: randomUUID(), sourceArn: createQueueArn(ctx, source) }),
    ).toString("base64");
    const { lastInsertRowid } = db.run(
      "INSERT INTO moveTask(handle,sourceQueue,destinationQueue,perSecond,status,toMove,startedAt) VALUES(?,?,?,?,'RUNNING',?,?)",
      handle,
      source,
      destination,
      perSecond,
      toMove?.n ?? 0,
      nowMs,
    );
    schedule({ id: lastInsertRowid, perSecond });
    return { TaskHandle: handle };
  }

  return {
    operations: {
      StartMessageMoveTask: startTask,
      ListMessageMoveTasks(input) {
        const source = getQueue(db, readQueueName(requireString(input, "SourceArn"))).name;
        const max = readInteger(input, "MaxResults", { min: 1, max: 10, fallback: 1 });
        const rows = db.all<TaskRow>(
          "SELECT * FROM moveTask WHERE sourceQueue=? ORDER BY id DESC LIMIT ?",
          source,
          max,
        );
        return {
          Results: rows.map((row) => ({
            ...(row.status === "RUNNING" && { TaskHandle: row.handle }),
            Status: row.status,
            SourceArn: createQueueArn(ctx, row.sourceQueue),
            ...(row.destinationQueue && { DestinationArn: createQueueArn(ctx, row.destinationQueue) }),
            ...(row.perSecond && { MaxNumberOfMessagesPerSecond: row.perSecond }),
            ApproximateNumberOfMessagesMoved: row.moved,
            ApproximateNumberOfMessagesToMove: row.toMove,
            ...(row.failureReason && { FailureReason: row.failureReason }),
            StartedTimestamp: row.startedAt,
          })),
        };
      },
      CancelMessageMoveTask(input) {
        const handle = requireString(input, "TaskHandle");
        const task = db.get<TaskRow>("SELECT * FROM moveTask WHERE handle=?", handle);
        if (!task) throw createSqsError("ResourceNotFoundException", "Task does not exist.");
        if (task.status !== "RUNNING")
          throw createSqsError("UnsupportedOperation", "Only active tasks can be cancelled.");
        finish(task.id, "CANCELLED");
        return { ApproximateNumberOfMessagesMoved: task.moved };
      },
    },
    resume() {
      for (const task of db.all<TaskRow>("SELECT * FROM moveTask WHERE status='RUNNING'")) schedule(task);
    },
    close() {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}

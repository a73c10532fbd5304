import { runEvaluation } from "@samla/core/evaluations";
import { EvaluateMessage } from "@samla/core/kernel";
import { queues } from "../../infra/resources.ts";
import { withEngine } from "../runtime/engine.ts";
import { createQueueHandler } from "../runtime/queue.ts";

/** The `evaluate` queue: one part of an evaluation at a time. */
export const handler = createQueueHandler("evaluate", async (ctx, record) =>
  runEvaluation(await withEngine(ctx), EvaluateMessage.parse(JSON.parse(record.body)), {
    lastAttempt: Number(record.attributes.ApproximateReceiveCount) >= queues.evaluate.maxReceiveCount,
  }),
);

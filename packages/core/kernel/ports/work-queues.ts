import { z } from "zod";

/** A message is an id; the row in the catalog is the truth. */
export const ProcessMessage = z.object({ documentId: z.string(), versionId: z.string() });
export type ProcessMessage = z.infer<typeof ProcessMessage>;
export const IndexMessage = z.object({ index: z.string(), buildId: z.string(), documentId: z.string() });
export type IndexMessage = z.infer<typeof IndexMessage>;
export const EmbedMessage = z.object({
  index: z.string(),
  buildId: z.string(),
  documentId: z.string(),
  versionId: z.string(),
});
export type EmbedMessage = z.infer<typeof EmbedMessage>;

/** The next part of an evaluation: its questions are laid out first (no `slice`), then asked slice by slice. */
export const EvaluateMessage = z.object({
  index: z.string(),
  evaluationId: z.string(),
  slice: z.int().nonnegative().optional(),
});
export type EvaluateMessage = z.infer<typeof EvaluateMessage>;

/** `walk`: looks through an index for documents that a build lacks. `prepare`: makes what one document needs there. */
export const FillMessage = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("walk"),
    index: z.string(),
    buildId: z.string(),
    /** Of the build's fill; another one by now means that another walk has taken its place. */
    run: z.number(),
    cursor: z.string().optional(),
    /** In this pass: documents that belong into the build, those that were lacking, and how many had ended at its start. */
    seen: z.number().default(0),
    sent: z.number().default(0),
    settledBefore: z.number().optional(),
  }),
  z.object({ kind: z.literal("prepare"), index: z.string(), buildId: z.string(), documentId: z.string() }),
  /** After a promotion: documents show what the live build holds of them. */
  z.object({ kind: z.literal("mirror"), index: z.string(), buildId: z.string(), cursor: z.string().optional() }),
]);
export type FillMessage = z.infer<typeof FillMessage>;
export type WalkMessage = Extract<FillMessage, { kind: "walk" }>;

export type QueueState = { name: string; purpose: string; waiting: number; inFlight: number; deadLetters: number };

export type QueueName = "stored" | "process" | "index" | "embed" | "fill" | "evaluate";

export interface WorkQueues {
  sendProcess(message: ProcessMessage): Promise<void>;
  /** One writer a build: the build is the message group. */
  sendIndex(messages: IndexMessage[]): Promise<void>;
  sendEmbed(message: EmbedMessage): Promise<void>;
  /** `delaySeconds`: 0 to 900, before they are given out. */
  sendFill(messages: FillMessage[], delaySeconds?: number): Promise<void>;
  sendEvaluate(message: EvaluateMessage): Promise<void>;
  /** Makes a message that failed come again after this long, instead of after the queue's whole visibility timeout. */
  retryLater(queue: QueueName, receiptHandle: string, seconds: number): Promise<void>;
  states(): Promise<QueueState[]>;
  /** Moves dead letters back; returns how many there were. Throws `not_found` for an unknown queue. */
  redrive(queue: string): Promise<number>;
}

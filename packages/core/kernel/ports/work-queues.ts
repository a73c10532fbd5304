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

export type QueueState = { name: string; purpose: string; waiting: number; inFlight: number; deadLetters: number };

export type QueueName = "stored" | "process" | "index" | "embed" | "evaluate";

export interface WorkQueues {
  sendProcess(message: ProcessMessage): Promise<void>;
  /** One writer a build: the build is the message group. */
  sendIndex(messages: IndexMessage[]): Promise<void>;
  sendEmbed(message: EmbedMessage): Promise<void>;
  sendEvaluate(message: EvaluateMessage): Promise<void>;
  /** Makes a message that failed come again after this long, instead of after the queue's whole visibility timeout. */
  retryLater(queue: QueueName, receiptHandle: string, seconds: number): Promise<void>;
  states(): Promise<QueueState[]>;
  /** Moves dead letters back; returns how many there were. Throws `not_found` for an unknown queue. */
  redrive(queue: string): Promise<number>;
}

import { z } from "zod";
import { AgentName } from "./agent-manifest.ts";
import { LogLine } from "./agents.ts";
import { logLevels } from "./plain/agents.ts";
import { TaskId } from "./releases.ts";

export * from "./plain/log-tail.ts";

/** Names a tail of one connection; the browser chooses it. */
const TailId = z.string().regex(/^[a-z0-9]{1,12}$/);
/** Counts the starts of a tail, so that what a former turn still sends is told apart. */
const Turn = z.int().positive();

/** The browser asks for a tail, or for its next turn. */
export const StartTailMessage = z.strictObject({
  action: z.literal("tail.start"),
  id: TailId,
  turn: Turn,
  agent: AgentName,
  taskId: TaskId.optional(),
  q: z.string().max(200).optional(),
  level: z.enum(logLevels).optional(),
  /** Where it goes on, as `writeTailPosition` writes it; absent: now. */
  after: z.string().max(300).optional(),
});
export type StartTailMessage = z.infer<typeof StartTailMessage>;

export const StopTailMessage = z.strictObject({ action: z.literal("tail.stop"), id: TailId });

const one = { id: TailId, turn: Turn };
/** What a tail sends. `after` is where its next turn goes on. */
export const TailMessage = z.discriminatedUnion("type", [
  z.object({ type: z.literal("tail.live"), ...one, after: z.string() }),
  z.object({
    type: z.literal("tail.lines"),
    ...one,
    lines: z.array(LogLine),
    /** Lines before these that are left out, because more is written than can be shown; `isAtLeast`: not all were counted. */
    skipped: z.int().nonnegative(),
    isAtLeast: z.boolean(),
    after: z.string(),
  }),
  /** `turn`: ask for the next one; `failed`: the same, later; `refused`: it would be refused again. */
  z.object({
    type: z.literal("tail.end"),
    ...one,
    reason: z.enum(["turn", "failed", "refused"]),
    text: z.string().optional(),
  }),
]);
export type TailMessage = z.infer<typeof TailMessage>;

import type { AnswerFeedbackBody } from "@samla/contracts";
import type { z } from "zod";
import { type Context, notFound, requirePermission, timestamp } from "../kernel/index.ts";

/**
 * Notes whether an answer was good, or takes that back. Where a log is anonymous, the id of the answer, which only the
 * person who asked was given, is the proof. Throws `not_found` for an answer of somebody else.
 */
export const rateAnswer = async (
  ctx: Context,
  input: { answerId: string } & z.output<typeof AnswerFeedbackBody>,
): Promise<void> => {
  requirePermission(ctx, "search");
  const { value, comment } = input;
  const at = timestamp(ctx);
  const found = await ctx.catalog.getAnswer(input.answerId);
  if (!found || (found.actor && found.actor.id !== ctx.actor.id)) throw notFound("answer", input.answerId);
  await ctx.catalog.changeAnswer(input.answerId, ({ thumb: _, ...answer }) =>
    value === "none" ? answer : { ...answer, thumb: { value, at, ...(comment ? { comment } : {}) } },
  );
};

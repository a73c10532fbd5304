import type {
  CreateQuestionBody,
  JudgeBody,
  ListQuestionsQuery,
  PatchQuestionBody,
  Question,
  QuestionPage,
} from "@samla/contracts";
import type { z } from "zod";
import { requireIndex } from "../documents/access.ts";
import {
  type Context,
  Failure,
  type NewEvent,
  notFound,
  type QuestionRecord,
  questionKeyOf,
  timestamp,
} from "../kernel/index.ts";
import { mergeJudgments, replaceSeen, requireFewEnough, requireJudgedDocuments, showQuestions } from "./judgments.ts";

/** Judgments whose documents one answer looks up at most; a page ends early beyond. */
const judgmentsPerPageMax = 5_000;
const questionsPerRead = 20;

const requireQuestion = async (ctx: Context, slug: string, questionId: string): Promise<QuestionRecord> => {
  const question = await ctx.catalog.getQuestion(slug, questionId);
  if (!question) throw notFound("question", questionId);
  return question;
};

const show = async (ctx: Context, question: QuestionRecord): Promise<Question> => {
  const [shown] = await showQuestions(ctx, question.index, [question]);
  if (!shown) throw notFound("question", question.id);
  return shown;
};

const eventOf = (action: "question.changed" | "question.deleted", summary: string, slug: string): NewEvent => ({
  action,
  outcome: "ok",
  summary,
  index: slug as Question["index"],
});

/** One page of an index's questions, newest first. Throws `not_found`, `forbidden`, `invalid_cursor`. */
export const listQuestions = async (
  ctx: Context,
  input: { index: string } & z.output<typeof ListQuestionsQuery>,
): Promise<z.input<typeof QuestionPage>> => {
  await requireIndex(ctx, input.index, "questions.read");
  const found: QuestionRecord[] = [];
  let cursor = input.cursor;
  let judgments = 0;
  do {
    const page = await ctx.catalog.listQuestions({
      ...input,
      order: "newest",
      cursor,
      limit: Math.min(questionsPerRead, input.limit - found.length),
    });
    found.push(...page.items);
    judgments += page.items.reduce((sum, one) => sum + one.judgments.length, 0);
    cursor = page.nextCursor;
  } while (cursor && found.length < input.limit && judgments < judgmentsPerPageMax);
  const [items, total] = await Promise.all([
    showQuestions(ctx, input.index, found),
    ctx.catalog.countQuestions(input.index),
  ]);
  return { items, total, ...(cursor ? { nextCursor: cursor } : {}) };
};

export const getQuestion = async (ctx: Context, input: { index: string; questionId: string }): Promise<Question> => {
  await requireIndex(ctx, input.index, "questions.read");
  return show(ctx, await requireQuestion(ctx, input.index, input.questionId));
};

/** Adds a question. Throws `already_exists`, `too_large`, `invalid_request` for a document that is not there. */
export const createQuestion = async (
  ctx: Context,
  input: { index: string } & z.output<typeof CreateQuestionBody>,
): Promise<Question> => {
  const index = await requireIndex(ctx, input.index, "questions.write");
  await requireJudgedDocuments(ctx, index.slug, input.judgments);
  const at = timestamp(ctx);
  const question: QuestionRecord = {
    id: ctx.newId("qst") as Question["id"],
    index: index.slug,
    text: input.text,
    note: input.note,
    judgments: mergeJudgments([], input.judgments),
    source: input.source,
    ...(input.queryId ? { queryId: input.queryId } : {}),
    createdAt: at,
    createdBy: ctx.actor.name,
    updatedAt: at,
    revision: 1,
  };
  await ctx.catalog.createQuestion(
    question,
    eventOf("question.changed", `added the question "${question.text}"`, index.slug),
    ctx.actor,
  );
  return show(ctx, question);
};

/** Changes text, note or judgments. `ifMatch` is the revision the caller saw. Throws `precondition_failed`, `already_exists`. */
export const patchQuestion = async (
  ctx: Context,
  input: { index: string; questionId: string; ifMatch?: number | undefined } & z.output<typeof PatchQuestionBody>,
): Promise<Question> => {
  const index = await requireIndex(ctx, input.index, "questions.write");
  const before = await requireQuestion(ctx, index.slug, input.questionId);
  if (input.ifMatch !== undefined && input.ifMatch !== before.revision)
    throw new Failure("precondition_failed", "Somebody changed this question in the meantime.", {
      nextStep: "Load it again, look at what changed and repeat your change.",
    });
  if (input.judgments) await requireNewDocuments(ctx, before, input.judgments);
  const after: QuestionRecord = {
    ...before,
    text: input.text ?? before.text,
    note: input.note ?? before.note,
    judgments: input.judgments ? await replaceSeen(ctx, before, input.judgments) : before.judgments,
    updatedAt: timestamp(ctx),
    revision: before.revision + 1,
  };
  requireFewEnough(after.judgments);
  await ctx.catalog.changeQuestion(
    { before, after },
    eventOf("question.changed", `changed the question "${after.text}"`, index.slug),
    ctx.actor,
  );
  return show(ctx, after);
};

/** A judgment that was there may stay although its document is deleted; a new one needs a document that is there. */
const requireNewDocuments = async (
  ctx: Context,
  before: QuestionRecord,
  judgments: QuestionRecord["judgments"],
): Promise<void> => {
  const [shown] = await showQuestions(ctx, before.index, [before]);
  const known = new Set(shown?.judgments.map((one) => one.documentId));
  await requireJudgedDocuments(
    ctx,
    before.index,
    judgments.filter((one) => !known.has(one.documentId)),
  );
};

export const deleteQuestion = async (ctx: Context, input: { index: string; questionId: string }): Promise<void> => {
  const index = await requireIndex(ctx, input.index, "questions.write");
  const question = await requireQuestion(ctx, index.slug, input.questionId);
  await ctx.catalog.deleteQuestion(
    question,
    eventOf("question.deleted", `deleted the question "${question.text}"`, index.slug),
    ctx.actor,
  );
};

const judgeAttemptsMax = 5;

/** Sets one judgment of the question with this text, which is made when there is none. */
export const judge = async (ctx: Context, input: { index: string } & z.output<typeof JudgeBody>): Promise<Question> => {
  const index = await requireIndex(ctx, input.index, "questions.write");
  await requireJudgedDocuments(ctx, index.slug, [input.judgment]);
  for (let attempt = 1; ; attempt += 1) {
    const before = await ctx.catalog.findQuestion(index.slug, questionKeyOf(input.text));
    try {
      if (!before)
        return await createQuestion(ctx, {
          index: index.slug,
          text: input.text,
          note: "",
          judgments: [input.judgment],
          source: input.queryId ? "log" : "search",
          ...(input.queryId ? { queryId: input.queryId } : {}),
        });
      const after: QuestionRecord = {
        ...before,
        judgments: mergeJudgments(before.judgments, [input.judgment]),
        updatedAt: timestamp(ctx),
        revision: before.revision + 1,
      };
      requireFewEnough(after.judgments);
      await ctx.catalog.changeQuestion(
        { before, after },
        eventOf("question.changed", `judged a document for "${after.text}"`, index.slug),
        ctx.actor,
      );
      return await show(ctx, after);
    } catch (error) {
      // Two people judge at once: the later one adds to what the earlier one wrote.
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if ((code !== "precondition_failed" && code !== "already_exists") || attempt >= judgeAttemptsMax) throw error;
    }
  }
};

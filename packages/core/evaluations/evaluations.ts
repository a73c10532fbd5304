import {
  type Evaluation,
  followsChanges,
  isEvaluationOver,
  type ListEvaluationsQuery,
  type StartEvaluationBody,
} from "@samla/contracts";
import type { z } from "zod";
import { requireIndex } from "../documents/access.ts";
import {
  type Context,
  type EvaluationRecord,
  Failure,
  notFound,
  type Page,
  readingAs,
  type StorageContext,
  timestamp,
} from "../kernel/index.ts";

/** Evaluations of one index that may be under way at once. */
const openMax = 5;
const changeAttemptsMax = 8;

/** What the API shows of a stored evaluation. */
export const toEvaluation = (record: EvaluationRecord): Evaluation => {
  const { rev: _r, slices: _s, sliceSize: _z, nextSlice: _n, principals: _p, movedAt: _m, ...evaluation } = record;
  return evaluation;
};

export const requireEvaluation = async (
  ctx: Context,
  slug: string,
  evaluationId: string,
): Promise<EvaluationRecord> => {
  const found = await ctx.catalog.getEvaluation(slug, evaluationId);
  if (!found) throw notFound("evaluation", evaluationId);
  return found;
};

/**
 * Starts to ask a build all questions of its index, in the background and with the caller's own rights.
 * Throws `not_found`, `conflict` for a build that cannot be searched whole, an index without questions, or too many at once.
 */
export const startEvaluation = async (
  ctx: StorageContext,
  input: { index: string } & z.output<typeof StartEvaluationBody>,
): Promise<Evaluation> => {
  const index = await requireIndex(ctx, input.index, "questions.write");
  const build = await ctx.catalog.getBuild(index.slug, input.buildId);
  if (!build) throw notFound("build", input.buildId);
  if (build.status === "building" || !followsChanges(build.status))
    throw new Failure("conflict", `A build that is ${build.status} cannot be evaluated.`, {
      nextStep: build.status === "building" ? "Wait until it is filled." : "Choose a build that is ready or live.",
    });
  if (input.mode === "vector" && build.config.dimensions === 0)
    throw new Failure("invalid_request", "This build has no vectors to search by.", {
      errors: [{ field: "mode", message: "must be lexical or hybrid for a build without vectors" }],
    });
  const questions = await ctx.catalog.countQuestions(index.slug);
  if (questions === 0)
    throw new Failure("conflict", `The index ${index.slug} has no questions yet.`, {
      nextStep: "Add questions and say which documents are right, or import them.",
    });
  const open = (await ctx.catalog.listEvaluations({ index: index.slug, limit: 50 })).items.filter(
    (one) => !isEvaluationOver(one.status),
  );
  if (open.length >= openMax)
    throw new Failure("conflict", `${open.length} evaluations of ${index.slug} are under way already.`, {
      nextStep: "Wait until one is done, or cancel one.",
    });
  const at = timestamp(ctx);
  const principals = readingAs(ctx.actor);
  const evaluation: EvaluationRecord = {
    id: ctx.newId("evl") as Evaluation["id"],
    index: index.slug,
    buildId: build.id,
    mode: input.mode,
    status: "queued",
    note: input.note,
    questions,
    done: 0,
    questionSet: "",
    createdAt: at,
    createdBy: ctx.actor.name,
    rev: 1,
    slices: 0,
    sliceSize: 0,
    nextSlice: 0,
    movedAt: at,
    ...(principals ? { principals } : {}),
  };
  await ctx.catalog.createEvaluation(
    evaluation,
    {
      action: "evaluation.started",
      outcome: "ok",
      summary: `started to evaluate a build with ${questions} ${questions === 1 ? "question" : "questions"}`,
      index: index.slug,
      buildId: build.id,
      data: { evaluationId: evaluation.id, mode: evaluation.mode },
    },
    ctx.actor,
  );
  await ctx.queues.sendEvaluate({ index: index.slug, evaluationId: evaluation.id });
  return toEvaluation(evaluation);
};

export const getEvaluation = async (
  ctx: Context,
  input: { index: string; evaluationId: string },
): Promise<Evaluation> => {
  await requireIndex(ctx, input.index, "questions.read");
  return toEvaluation(await requireEvaluation(ctx, input.index, input.evaluationId));
};

/** One page of an index's evaluations, newest first. Throws `invalid_cursor`. */
export const listEvaluations = async (
  ctx: Context,
  input: { index: string } & z.output<typeof ListEvaluationsQuery>,
): Promise<Page<Evaluation>> => {
  await requireIndex(ctx, input.index, "questions.read");
  const page = await ctx.catalog.listEvaluations(input);
  return { ...page, items: page.items.map(toEvaluation) };
};

/** Stops an evaluation; what it has asked so far stays to be seen. Throws `conflict` when it is over already. */
export const cancelEvaluation = async (
  ctx: Context,
  input: { index: string; evaluationId: string },
): Promise<Evaluation> => {
  const index = await requireIndex(ctx, input.index, "questions.write");
  for (let attempt = 0; attempt < changeAttemptsMax; attempt += 1) {
    const before = await requireEvaluation(ctx, index.slug, input.evaluationId);
    if (isEvaluationOver(before.status))
      throw new Failure("conflict", `This evaluation is ${before.status} already.`, {
        nextStep: "Start another one.",
      });
    const at = timestamp(ctx);
    const after: EvaluationRecord = { ...before, status: "cancelled", endedAt: at, movedAt: at, rev: before.rev + 1 };
    const changed = await ctx.catalog.changeEvaluation(
      after,
      {
        action: "evaluation.cancelled",
        outcome: "ok",
        summary: `stopped an evaluation after ${before.done} of ${before.questions} questions`,
        index: index.slug,
        buildId: before.buildId,
        data: { evaluationId: before.id },
      },
      ctx.actor,
    );
    if (changed) return toEvaluation(after);
  }
  throw new Failure("unavailable", "This evaluation is being changed by too many at once.", {
    nextStep: "Try again in a moment.",
  });
};

/** The newest finished evaluation of a build; undefined when there is none among its newest. */
export const newestEvaluation = async (
  ctx: Context,
  slug: string,
  buildId: string,
): Promise<Evaluation | undefined> => {
  const { items } = await ctx.catalog.listEvaluations({ index: slug, buildId, limit: 50 });
  const found = items.find((one) => one.status === "done");
  return found && toEvaluation(found);
};

/**
 * The newest finished evaluations of two builds that were asked the same questions in the same way, with the same
 * judgments; undefined when there are none.
 */
export const comparableEvaluations = async (
  ctx: Context,
  slug: string,
  liveBuildId: string,
  candidateBuildId: string,
): Promise<{ live: Evaluation; candidate: Evaluation } | undefined> => {
  const [live, candidates] = await Promise.all(
    [liveBuildId, candidateBuildId].map(async (buildId) =>
      (await ctx.catalog.listEvaluations({ index: slug, buildId, limit: 50 })).items.filter(
        (one) => one.status === "done",
      ),
    ),
  );
  for (const candidate of candidates ?? []) {
    const match = live?.find((one) => one.questionSet === candidate.questionSet && one.mode === candidate.mode);
    if (match) return { live: toEvaluation(match), candidate: toEvaluation(candidate) };
  }
  return undefined;
};

import { type Build, isEvaluationOver, type QuestionResult } from "@samla/contracts";
import {
  type EngineContext,
  type EvaluateMessage,
  type EvaluationRecord,
  Failure,
  isFailure,
  type NewEvent,
  type StorageContext,
  timestamp,
} from "../kernel/index.ts";
import { askQuestion } from "./ask-question.ts";
import { readAsked, readResults, writeResults } from "./evaluation-files.ts";
import { figuresOf } from "./figures.ts";
import { layOutQuestions } from "./lay-out-questions.ts";

export type EvaluateContext = StorageContext & EngineContext;

/** How often a worker shows life and looks whether somebody has cancelled. */
const beatMs = 1_000;
const standStillMs = 4_000;
/** Share of a slice's questions whose search may fail. */
const failedShareMax = 0.1;

/**
 * Does the next part of an evaluation and asks for the one after it. A repeated message of a part that is done asks again
 * for what follows; two workers at one part write the same, and one of them goes on. Throws when a part of SAMLA is away,
 * unless this was the last attempt: then the evaluation has failed and says why.
 */
export const runEvaluation = async (
  ctx: EvaluateContext,
  message: EvaluateMessage,
  options: { lastAttempt: boolean },
): Promise<void> => {
  const evaluation = await ctx.catalog.getEvaluation(message.index, message.evaluationId);
  if (!evaluation || isEvaluationOver(evaluation.status)) return;
  try {
    if (evaluation.status === "queued") return await begin(ctx, evaluation);
    const slice = message.slice ?? 0;
    if (slice === evaluation.nextSlice) return await askSlice(ctx, evaluation);
    if (slice === evaluation.nextSlice - 1 && standsStill(ctx, evaluation)) await askFor(ctx, evaluation);
  } catch (error) {
    const final = isFailure(error) && error.code !== "unavailable" && error.code !== "timeout";
    if (!final && !options.lastAttempt) throw error;
    ctx.log("error", "an evaluation failed", { evaluationId: evaluation.id, error: String(error) });
    await fail(ctx, evaluation, error);
  }
};

/** A repeated message asks for the next part only where its own worker seems to have died before it did. */
const standsStill = (ctx: EvaluateContext, evaluation: EvaluationRecord): boolean =>
  ctx.now() - Date.parse(evaluation.movedAt) > standStillMs;

const askFor = (ctx: EvaluateContext, evaluation: EvaluationRecord): Promise<void> =>
  ctx.queues.sendEvaluate({ index: evaluation.index, evaluationId: evaluation.id, slice: evaluation.nextSlice });

const requireBuild = async (ctx: EvaluateContext, evaluation: EvaluationRecord): Promise<Build> => {
  const build = await ctx.catalog.getBuild(evaluation.index, evaluation.buildId);
  if (build) return build;
  throw new Failure("gone", "The build was deleted while it was evaluated.", { nextStep: "Evaluate another build." });
};

const begin = async (ctx: EvaluateContext, evaluation: EvaluationRecord): Promise<void> => {
  await requireBuild(ctx, evaluation);
  const { relevant, ...laidOut } = await layOutQuestions(ctx, evaluation);
  if (relevant === 0)
    throw new Failure("conflict", "No question has a document that was judged right.", {
      nextStep: "Say for some questions which documents are right, then start again.",
    });
  const next: EvaluationRecord = {
    ...evaluation,
    ...laidOut,
    status: "running",
    movedAt: timestamp(ctx),
    rev: evaluation.rev + 1,
  };
  if (await ctx.catalog.changeEvaluation(next, undefined, ctx.actor)) await askFor(ctx, next);
};

const askSlice = async (ctx: EvaluateContext, evaluation: EvaluationRecord): Promise<void> => {
  const build = await requireBuild(ctx, evaluation);
  const slice = evaluation.nextSlice;
  const asked = await readAsked(ctx.objects, evaluation.id, slice);
  if (!asked) throw new Error(`the questions of slice ${slice} of ${evaluation.id} are missing`);
  const results: QuestionResult[] = [];
  let beatAt = ctx.now();
  for (const question of asked) {
    if (ctx.now() - beatAt >= beatMs) {
      beatAt = ctx.now();
      if (!(await ctx.catalog.beatEvaluation(evaluation, timestamp(ctx)))) return;
    }
    results.push(await askQuestion(ctx, evaluation, build, question));
    requireAnswers(asked.length, results);
  }
  await writeResults(ctx.objects, evaluation.id, slice, results);
  const at = timestamp(ctx);
  const next: EvaluationRecord = {
    ...evaluation,
    done: evaluation.done + results.length,
    nextSlice: slice + 1,
    movedAt: at,
    rev: evaluation.rev + 1,
  };
  if (next.nextSlice < next.slices) {
    if (await ctx.catalog.changeEvaluation(next, undefined, ctx.actor)) await askFor(ctx, next);
    return;
  }
  const figures = figuresOf(await readResults(ctx.objects, evaluation.id, next.slices));
  await ctx.catalog.changeEvaluation(
    { ...next, status: "done", figures, endedAt: at },
    eventOf(evaluation, "evaluation.done", `evaluated a build: nDCG@10 ${figures.ndcg10.toFixed(3)}`, { figures }),
    ctx.actor,
  );
};

/** Figures of a build that hardly answers would be taken for its quality. Throws `unavailable`. */
const requireAnswers = (asked: number, results: readonly QuestionResult[]): void => {
  const failed = results.filter((one) => one.error);
  if (failed.length > asked * failedShareMax)
    throw new Failure("unavailable", failed[0]?.error ?? "The searches failed.", {
      nextStep: "Look at the embedder's settings and the log, then evaluate again.",
    });
};

const eventOf = (
  evaluation: EvaluationRecord,
  action: "evaluation.done" | "evaluation.failed",
  summary: string,
  data: Record<string, unknown>,
): NewEvent => ({
  action,
  outcome: action === "evaluation.done" ? "ok" : "failed",
  summary,
  index: evaluation.index,
  buildId: evaluation.buildId,
  data: { evaluationId: evaluation.id, ...data },
});

const fail = async (ctx: EvaluateContext, evaluation: EvaluationRecord, error: unknown): Promise<void> => {
  // The record may have moved since it was read; what it says now decides.
  const current = await ctx.catalog.getEvaluation(evaluation.index, evaluation.id);
  if (!current || isEvaluationOver(current.status)) return;
  const known = isFailure(error) ? error : undefined;
  const at = timestamp(ctx);
  const failure = {
    cause: known?.message ?? "Something went wrong on our side.",
    nextStep: known?.nextStep ?? "Start the evaluation again. If it fails again, tell your administrator.",
  };
  await ctx.catalog.changeEvaluation(
    { ...current, status: "failed", failure, endedAt: at, movedAt: at, rev: current.rev + 1 },
    {
      ...eventOf(current, "evaluation.failed", "could not evaluate a build", {}),
      reason: failure.cause,
    },
    ctx.actor,
  );
};

const staleMs = 30_000;
const staleMax = 20;

/** Asks again for evaluations that nobody has worked on for a while, as after a crash. Returns how many. */
export const wakeEvaluations = async (ctx: StorageContext): Promise<number> => {
  const before = new Date(ctx.now() - staleMs).toISOString();
  const stale = await ctx.catalog.listStaleEvaluations(before, staleMax);
  for (const one of stale)
    await ctx.queues.sendEvaluate({
      index: one.index,
      evaluationId: one.id,
      ...(one.status === "running" ? { slice: one.nextSlice } : {}),
    });
  return stale.length;
};

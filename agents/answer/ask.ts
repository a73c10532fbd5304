import { type Log, RequestError } from "@samla/agent-kit";
import {
  type AnswerEvents,
  type AnswerMaker,
  type AnswerOutcome,
  type AnswerSentence,
  ApiError,
  type AskBody,
  answerLimits,
  type Client,
  type RecordAnswerBody,
} from "@samla/contracts";
import { findSources } from "./find-sources.ts";
import { searchTextOf } from "./follow-up.ts";
import { type Model, ModelFailure } from "./models/model.ts";
import { createPrompt } from "./prompt.ts";
import { quoteAnswer } from "./quote-answer.ts";
import type { Settings } from "./settings.ts";
import { wordAnswer } from "./word-answer.ts";

const recordTimeoutMs = 5_000;
/** Quotations beyond these seldom add to the answer. */
const quotationsMax = 4;

export type AskContext = {
  settings: Settings;
  /** Undefined: quotations. */
  model: Model | undefined;
  /** SAMLA with the rights of the person who asks. */
  client: Client;
  maker: AnswerMaker;
  requestId: string;
  log: Log;
  /** Aborts when the caller stops. */
  signal: AbortSignal;
  send: <E extends keyof AnswerEvents>(event: E, data: AnswerEvents[E]) => Promise<void>;
};

type Progress = { mode: "extractive" | "model"; outcome: AnswerOutcome; sentences: AnswerSentence[]; dropped: number };

/** The API takes an answer only as it was shown; a sentence over a limit would make it lose the whole record. */
const fit = (sentence: AnswerSentence): AnswerSentence => ({
  ...sentence,
  text: sentence.text.slice(0, answerLimits.sentenceLengthMax),
});

/**
 * Answers a question as a stream of events. The search runs before anything is sent, so that a refusal of the API
 * reaches the caller as one. A model that fails before its first sentence gives way to quotations, and says so.
 */
export const ask = async (ctx: AskContext, input: AskBody): Promise<void> => {
  const startedMs = performance.now();
  const { settings, model, log } = ctx;
  const searchedFor = searchTextOf(input.question, input.conversation);
  const index = input.index.length > 0 ? input.index : settings.indexes;
  const found = await findSources(ctx.client, {
    text: searchedFor,
    index,
    limit: settings.passages,
    signal: ctx.signal,
  });
  const searchMs = performance.now() - startedMs;
  const { sources } = found;
  const named = model ? { model: model.label } : {};
  const progress: Progress = {
    mode: model ? "model" : "extractive",
    outcome: "not-in-documents",
    sentences: [],
    dropped: 0,
  };

  const give = async (sentence: AnswerSentence): Promise<void> => {
    if (progress.sentences.length >= answerLimits.sentencesMax) return;
    const one = fit(sentence);
    progress.sentences.push(one);
    progress.outcome = "answered";
    await ctx.send("sentence", one);
  };
  const toldBefore = input.conversation.map(({ answer }) => answer).join("\n");
  const quote = async (): Promise<void> => {
    progress.mode = "extractive";
    const { sentences, covered } = quoteAnswer(searchedFor, sources, Math.min(settings.sentences, quotationsMax), {
      told: toldBefore,
      asked: input.question,
    });
    log("debug", "quotations chosen", { covered: Number(covered.toFixed(3)), sentences: sentences.length });
    for (const sentence of sentences) await give(sentence);
  };
  const word = async (by: Model): Promise<void> => {
    const prompt = createPrompt(input.question, sources, input.conversation, settings.sentences);
    const signal = AbortSignal.any([ctx.signal, AbortSignal.timeout(settings.modelTimeoutSeconds * 1000)]);
    for await (const part of wordAnswer(by, prompt, sources, settings.sentences, signal)) {
      if ("sentence" in part) await give(part.sentence);
      if ("dropped" in part) {
        progress.dropped += 1;
        log("warn", "a sentence of the model was dropped", { reason: part.dropped, model: by.label });
      }
    }
  };

  let failure: unknown;
  try {
    await ctx.send("start", { question: input.question, searchedFor, mode: progress.mode, ...named });
    await ctx.send("sources", { sources });
    if (!model) await quote();
    else if (sources.length > 0)
      try {
        await word(model);
      } catch (error) {
        const timedOut = error instanceof Error && error.name === "TimeoutError" && !ctx.signal.aborted;
        if (!(error instanceof ModelFailure) && !timedOut) throw error;
        log("error", "the model failed", {
          model: model.label,
          error: error instanceof Error ? error.message : String(error),
        });
        if (progress.sentences.length > 0)
          throw new RequestError(
            timedOut ? "timeout" : "unavailable",
            "The model broke off in the middle of its answer.",
            {
              nextStep: "Ask again in a moment.",
            },
          );
        await ctx.send("notice", {
          text: `${timedOut ? "The model did not answer in time" : "The model does not answer"}; these are quotations.`,
        });
        await quote();
      }
  } catch (error) {
    failure = error;
    progress.outcome = ctx.signal.aborted ? "stopped" : "failed";
  }

  const used = new Set(progress.sentences.flatMap(({ citations }) => citations));
  const told = {
    queryId: found.queryId,
    indexes: found.indexes,
    mode: progress.mode,
    ...(progress.mode === "model" ? named : {}),
    outcome: progress.outcome,
    dropped: progress.dropped,
    timings: { searchMs: Math.round(searchMs), totalMs: Math.round(performance.now() - startedMs) },
    maker: ctx.maker,
  };
  const record: RecordAnswerBody = {
    ...told,
    question: input.question,
    searchedFor,
    sentences: progress.sentences,
    // What was read and not used is known from the search's own record.
    sources: sources.filter(({ n }) => used.has(n)),
  };
  const recorded =
    found.indexes.length > 0 ? await recordSafely(ctx, record) : { recordProblem: "No index was searched." };
  log("info", "answer", {
    ...recorded,
    ...told,
    passages: sources.map(({ passageId }) => passageId),
    cited: [...used],
  });
  if (ctx.signal.aborted) return;
  if (failure) throw failure;
  await ctx.send("done", { ...recorded, ...told });
};

/** A record that cannot be written costs the answer its record, not the reader the answer. */
const recordSafely = async (
  ctx: AskContext,
  body: RecordAnswerBody,
): Promise<{ answerId?: string; recordProblem?: string }> => {
  try {
    const { id } = await ctx.client.call("answers.record", {
      body,
      idempotencyKey: `answer-${body.queryId}`,
      signal: AbortSignal.timeout(recordTimeoutMs),
    });
    return { answerId: id };
  } catch (error) {
    const recordProblem = error instanceof ApiError ? error.problem.detail : "The record could not be written.";
    ctx.log("warn", "an answer was not recorded", { error: error instanceof Error ? error.message : String(error) });
    return { recordProblem };
  }
};

import { z } from "zod";
import { AgentName } from "./agent-manifest.ts";
import { EventActor } from "./events.ts";
import { AnswerId, BuildId, DocumentId, IndexSlug, PassageId, QueryId, ReleaseId, VersionId } from "./ids.ts";
import { cursorQuery, pageOf, Timestamp } from "./pagination.ts";
import { answerLimits, answerModes, answerOutcomes, answerThumbs } from "./plain/answers.ts";
import { ImageDigest, TaskId } from "./releases.ts";

export * from "./plain/answers.ts";

const Milliseconds = z.number().nonnegative();

/** A passage that an answer rests on: the chain from a sentence to the bytes of a document. */
export const AnswerSource = z.object({
  /** 1, 2, 3 …: how sentences name it. */
  n: z.int().positive().max(answerLimits.sourcesMax),
  index: IndexSlug,
  buildId: BuildId,
  documentId: DocumentId,
  versionId: VersionId,
  passageId: PassageId,
  name: z.string().max(300),
  headingPath: z.array(z.string().max(1000)).max(20),
  page: z.int().positive().optional(),
  /** The passage's text as it was given to the agent, cut at a limit. */
  text: z.string().max(answerLimits.quoteLengthMax),
});
export type AnswerSource = z.infer<typeof AnswerSource>;

/** One sentence with the sources that bear it out; never none. */
export const AnswerSentence = z.object({
  text: z.string().min(1).max(answerLimits.sentenceLengthMax),
  citations: z.array(z.int().positive().max(answerLimits.sourcesMax)).min(1).max(answerLimits.sourcesMax),
});
export type AnswerSentence = z.infer<typeof AnswerSentence>;

/** An earlier question of the same conversation with its answer. */
export const AnswerTurn = z.strictObject({
  question: z.string().trim().min(1).max(answerLimits.questionLengthMax),
  answer: z.string().max(answerLimits.turnLengthMax),
});
export type AnswerTurn = z.infer<typeof AnswerTurn>;

/** `POST /agents/answer/answers`: the conversation is the caller's to keep. */
export const AskBody = z.strictObject({
  question: z
    .string()
    .trim()
    .min(1, "ask something")
    .max(answerLimits.questionLengthMax, `use at most ${answerLimits.questionLengthMax} characters`),
  /** Indexes to look in; none means those of the agent's settings, or all that you may read. */
  index: z.array(IndexSlug).max(answerLimits.indexesMax).default([]),
  conversation: z.array(AnswerTurn).max(answerLimits.turnsMax).default([]),
});
export type AskBody = z.infer<typeof AskBody>;

/** Who made an answer: the agent's own word, as ECS and its release told it. Absent parts were not known to it. */
export const AnswerMaker = z.object({
  agent: AgentName,
  version: z.string().max(40),
  releaseId: ReleaseId,
  taskId: TaskId.optional(),
  taskDefinition: z.string().max(200).optional(),
  imageDigest: ImageDigest.optional(),
});
export type AnswerMaker = z.infer<typeof AnswerMaker>;

const told = {
  question: z.string().min(1).max(answerLimits.questionLengthMax),
  /** What was searched for: of a follow-up, with words of the question before. */
  searchedFor: z.string().max(answerLimits.questionLengthMax),
  queryId: QueryId,
  indexes: z
    .array(z.object({ slug: IndexSlug, buildId: BuildId }))
    .min(1)
    .max(answerLimits.indexesMax),
  mode: z.enum(answerModes),
  model: z.string().max(200).optional(),
  outcome: z.enum(answerOutcomes),
  sentences: z.array(AnswerSentence).max(answerLimits.sentencesMax),
  sources: z.array(AnswerSource).max(answerLimits.sourcesMax),
  /** Sentences of the model whose citations did not hold and that nobody was shown. */
  dropped: z.int().nonnegative(),
  timings: z.object({ searchMs: Milliseconds, totalMs: Milliseconds }),
  maker: AnswerMaker,
};

/** What an agent notes of an answer, with the rights of the person who asked. */
export const RecordAnswerBody = z.strictObject(told);
export type RecordAnswerBody = z.infer<typeof RecordAnswerBody>;
export const RecordAnswerResult = z.object({ id: AnswerId });

/** An answer as it was given, and what stands behind it. */
export const Answer = z.object({
  id: AnswerId,
  at: Timestamp,
  /** Absent where a log is anonymous, or for those who may not see who asked. */
  actor: EventActor.optional(),
  ...told,
  /** Absent, with `sentences` and `sources` empty, for those who may follow the chain but not read what was asked. */
  question: told.question.optional(),
  searchedFor: told.searchedFor.optional(),
  /** Sentences left out because the caller may not read a document they rest on. */
  withheld: z.int().nonnegative(),
  thumb: z.object({ value: z.enum(["up", "down"]), comment: z.string().optional(), at: Timestamp }).optional(),
  /** True for the person who asked. */
  mine: z.boolean(),
});
export type Answer = z.infer<typeof Answer>;

/** At most one node; none: the caller's own answers. */
export const ListAnswersQuery = z.object({
  release: ReleaseId.optional(),
  image: ImageDigest.optional(),
  task: TaskId.optional(),
  build: BuildId.optional(),
  document: DocumentId.optional(),
  index: IndexSlug.optional(),
  ...cursorQuery,
});
export type ListAnswersQuery = z.infer<typeof ListAnswersQuery>;
export const AnswerPage = pageOf(Answer);
export type AnswerPage = z.infer<typeof AnswerPage>;

export const AnswerFeedbackBody = z.strictObject({
  value: z.enum(answerThumbs),
  comment: z.string().trim().max(answerLimits.commentLengthMax).optional(),
});

/** The events of an answer's stream, in this order; `error` may take the place of whatever would follow. */
export type AnswerEvents = {
  start: { question: string; searchedFor: string; mode: (typeof answerModes)[number]; model?: string };
  sources: { sources: AnswerSource[] };
  /** Why an answer is made otherwise than the settings say, such as a model that does not answer. */
  notice: { text: string };
  sentence: AnswerSentence;
  done: {
    /** Absent when the answer could not be recorded; `recordProblem` says why. */
    answerId?: string;
    recordProblem?: string;
    outcome: (typeof answerOutcomes)[number];
    queryId: string;
    indexes: { slug: string; buildId: string }[];
    mode: (typeof answerModes)[number];
    model?: string;
    dropped: number;
    timings: { searchMs: number; totalMs: number };
    maker: AnswerMaker;
  };
  error: { code: string; detail: string; nextStep?: string; requestId: string };
};

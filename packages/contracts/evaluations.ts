import { z } from "zod";
import { Figures } from "./figures.ts";
import { BuildId, DocumentId, EvaluationId, IndexSlug, PassageId, QueryId, QuestionId } from "./ids.ts";
import { limits } from "./limits.ts";
import { cursorQuery, pageOf, Timestamp } from "./pagination.ts";
import { comparisonViews, evaluationOrders, gradeLabels, importFormats, questionSources } from "./plain/choices.ts";
import { EvaluationStatus } from "./statuses.ts";

export { evaluationOrders, gradeLabels, importFormats, questionSources };

const Count = z.int().nonnegative();
const QuestionText = z.string().trim().min(1, "write the question").max(limits.queryLengthMax);

/** How right a document is: 0 wrong, 1 related, 2 right, 3 just what was asked. */
export const Grade = z.int().min(0).max(3);

export const Judgment = z.object({
  documentId: DocumentId,
  /** Narrows the judgment to one passage; metrics count documents. */
  passageId: PassageId.optional(),
  grade: Grade,
});
export type Judgment = z.infer<typeof Judgment>;

/** A judgment as it is shown, with the document's name. */
export const NamedJudgment = Judgment.extend({
  /** Absent: the document is deleted, and the judgment does not count. */
  name: z.string().optional(),
});

export const Question = z.object({
  id: QuestionId,
  index: IndexSlug,
  text: z.string(),
  note: z.string(),
  /** Without those of documents that the caller may not read. */
  judgments: z.array(NamedJudgment),
  source: z.enum(questionSources),
  /** The search it was made from. */
  queryId: QueryId.optional(),
  /** The id it had where it was imported from. */
  externalId: z.string().optional(),
  createdAt: Timestamp,
  createdBy: z.string(),
  updatedAt: Timestamp,
  revision: z.int().positive(),
});
export type Question = z.infer<typeof Question>;

const Judgments = z.array(Judgment).max(limits.judgmentsPerQuestionMax);
export const CreateQuestionBody = z.strictObject({
  text: QuestionText,
  note: z.string().trim().max(500).default(""),
  judgments: Judgments.default([]),
  source: z.enum(["hand", "search", "log"]).default("hand"),
  queryId: QueryId.optional(),
});
export const PatchQuestionBody = z.strictObject({
  text: QuestionText.optional(),
  note: z.string().trim().max(500).optional(),
  judgments: Judgments.optional(),
});
/** "This is right" or "this is wrong" from a search result: finds or makes the question of this text and sets one judgment. */
export const JudgeBody = z.strictObject({
  text: QuestionText,
  judgment: Judgment,
  queryId: QueryId.optional(),
});
export const ListQuestionsQuery = z.object({
  q: z.string().trim().max(200).optional(),
  judged: z.stringbool().optional(),
  ...cursorQuery,
});
export const QuestionPage = pageOf(Question).extend({ total: Count });

/**
 * CSV: columns question, document, grade (and id). JSONL: {"id","question","judgments":[{"document","grade"}]}.
 * TREC qrels need their topics beside them, one "id<tab>text" a line. Documents by id, path or name.
 */
export const ImportQuestionsBody = z.strictObject({
  format: z.enum(importFormats),
  content: z.string().min(1).max(limits.importCharactersMax),
  topics: z.string().max(limits.importCharactersMax).optional(),
  /** Only says what would happen. */
  dryRun: z.boolean().default(false),
});
export const ImportResult = z.object({
  created: Count,
  changed: Count,
  unchanged: Count,
  judgments: Count,
  /** Lines that were left out, the first hundred of them, with the reason. */
  problems: z.array(z.object({ line: z.int().positive(), message: z.string() })),
  problemCount: Count,
});
export type ImportResult = z.infer<typeof ImportResult>;

export const StartEvaluationBody = z.strictObject({
  buildId: BuildId,
  mode: z.enum(["hybrid", "lexical", "vector"]).default("hybrid"),
  note: z.string().trim().max(200).default(""),
});

export const Evaluation = z.object({
  id: EvaluationId,
  index: IndexSlug,
  buildId: BuildId,
  mode: z.enum(["hybrid", "lexical", "vector"]),
  status: EvaluationStatus,
  note: z.string(),
  questions: Count,
  done: Count,
  /** Fingerprint of questions and judgments: two evaluations compare when it is the same. Empty until it has begun. */
  questionSet: z.string(),
  figures: Figures.optional(),
  createdAt: Timestamp,
  createdBy: z.string(),
  endedAt: Timestamp.optional(),
  failure: z.object({ cause: z.string(), nextStep: z.string() }).optional(),
});
export type Evaluation = z.infer<typeof Evaluation>;
export const ListEvaluationsQuery = z.object({ buildId: BuildId.optional(), ...cursorQuery });
export const EvaluationPage = pageOf(Evaluation);

export const EvaluationHit = z.object({
  documentId: DocumentId,
  passageId: PassageId,
  name: z.string(),
  grade: Grade.nullable(),
  score: z.number(),
});
export const QuestionResult = z.object({
  questionId: QuestionId,
  text: z.string(),
  ndcg10: z.number(),
  recall10: z.number(),
  recall100: z.number(),
  reciprocalRank: z.number(),
  judged: Count,
  /** Documents judged related or better; without any the question has no part in the means of nDCG, recall and MRR. */
  relevant: Count,
  /** Documents found, at most a hundred. */
  results: Count,
  tookMs: z.number(),
  error: z.string().optional(),
  /** The first ten documents. */
  hits: z.array(EvaluationHit),
  /** Judged right and not among the first ten. */
  missed: z.array(z.object({ documentId: DocumentId, name: z.string(), grade: Grade })),
});
export type QuestionResult = z.infer<typeof QuestionResult>;
export const ListResultsQuery = z.object({ order: z.enum(evaluationOrders).default("worst"), ...cursorQuery });
export const QuestionResultPage = pageOf(QuestionResult);

export const CompareEvaluationsQuery = z.object({
  before: EvaluationId,
  after: EvaluationId,
  /** Most changed first, only those that fell, or only those that rose. */
  show: z.enum(comparisonViews).default("changed"),
  ...cursorQuery,
});
export const ComparedQuestion = z.object({
  questionId: QuestionId,
  text: z.string(),
  before: QuestionResult.optional(),
  after: QuestionResult.optional(),
  ndcg10Change: z.number(),
  /** Documents of either top ten with their places; null: not among the ten. */
  moves: z.array(
    z.object({
      documentId: DocumentId,
      name: z.string(),
      grade: Grade.nullable(),
      before: z.int().nullable(),
      after: z.int().nullable(),
    }),
  ),
});
export type ComparedQuestion = z.infer<typeof ComparedQuestion>;
export const EvaluationComparison = z.object({
  before: Evaluation,
  after: Evaluation,
  sameQuestions: z.boolean(),
  better: Count,
  worse: Count,
  same: Count,
  items: z.array(ComparedQuestion),
  nextCursor: z.string().optional(),
});
export type EvaluationComparison = z.infer<typeof EvaluationComparison>;

import type { Evaluation, EventActor, Judgment, Question } from "@samla/contracts";
import type { NewEvent, Page } from "./records.ts";

/** A question as stored, with all its judgments. */
export type QuestionRecord = Omit<Question, "judgments"> & { judgments: Judgment[] };

/** What a question becomes by an import. */
export type QuestionChange = { before: QuestionRecord; after: QuestionRecord };

/** An evaluation as stored: what the API shows, and what its worker needs. */
export type EvaluationRecord = Evaluation & {
  /** Grows with each change; writes are compare-and-set on it. */
  rev: number;
  /** The questions lie in so many objects of at most `sliceSize`; `nextSlice` is the first not asked yet. */
  slices: number;
  sliceSize: number;
  nextSlice: number;
  /** With whose rights it searches; undefined: those of an administrator. */
  principals?: string[];
  /** When its worker last showed life; ISO 8601. */
  movedAt: string;
};

/** Questions of an index and evaluations by them. */
export interface EvaluationCatalog {
  getQuestion(slug: string, questionId: string): Promise<QuestionRecord | undefined>;
  /** By `questionKeyOf` of its text. */
  findQuestion(slug: string, key: string): Promise<QuestionRecord | undefined>;
  countQuestions(slug: string): Promise<number>;
  /** Newest first, or in the order of making. Reads a bounded amount. Throws `invalid_cursor`. */
  listQuestions(query: {
    index: string;
    q?: string | undefined;
    judged?: boolean | undefined;
    order: "newest" | "oldest";
    cursor?: string | undefined;
    limit: number;
  }): Promise<Page<QuestionRecord>>;
  /** Throws `already_exists` for a text that is there already, `too_large` when the index holds its most. */
  createQuestion(question: QuestionRecord, event: NewEvent, actor: EventActor): Promise<void>;
  /** Throws `precondition_failed` when it was changed since, `already_exists` for a text that is there already. */
  changeQuestion(change: QuestionChange, event: NewEvent, actor: EventActor): Promise<void>;
  deleteQuestion(question: QuestionRecord, event: NewEvent, actor: EventActor): Promise<void>;
  /** Writes an import in bounded transactions; one that ends half way is completed by repeating it. Throws as the single ones. */
  saveQuestions(slug: string, created: QuestionRecord[], changed: QuestionChange[]): Promise<void>;

  /** Living documents that the principals (undefined: all) may read, each with its folder and name in small letters. */
  listDocumentNames(query: {
    index: string;
    principals: readonly string[] | undefined;
    cursor?: string | undefined;
  }): Promise<Page<{ documentId: string; path: string }>>;

  createEvaluation(evaluation: EvaluationRecord, event: NewEvent, actor: EventActor): Promise<void>;
  getEvaluation(slug: string, evaluationId: string): Promise<EvaluationRecord | undefined>;
  /** Replaces the record of revision `rev - 1`; false when that is no longer the stored one. */
  changeEvaluation(evaluation: EvaluationRecord, event: NewEvent | undefined, actor: EventActor): Promise<boolean>;
  /** Notes a sign of life of the worker; false when the evaluation is over or another worker has got further. */
  beatEvaluation(evaluation: EvaluationRecord, at: string): Promise<boolean>;
  /** Newest first. Throws `invalid_cursor`. */
  listEvaluations(query: {
    index: string;
    buildId?: string | undefined;
    cursor?: string | undefined;
    limit: number;
  }): Promise<Page<EvaluationRecord>>;
  /** Evaluations of all indexes that are not over and have not moved since, the one that stands longest first. */
  listStaleEvaluations(before: string, limit: number): Promise<EvaluationRecord[]>;
  /** Removes some of a removed index's evaluations, newest first, then of its questions; says whether any may be left. */
  forgetEvaluations(slug: string): Promise<{ left: boolean }>;
}

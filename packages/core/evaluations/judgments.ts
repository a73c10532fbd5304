import { type Document, type Judgment, limits, type Question } from "@samla/contracts";
import {
  type Context,
  Failure,
  isReadableBy,
  type Judgments,
  type QuestionRecord,
  readingAs,
} from "../kernel/index.ts";
import { readableDocuments } from "./readable-documents.ts";

const keyOf = (judgment: Judgment): string => `${judgment.documentId} ${judgment.passageId ?? ""}`;

/** The judgments with others added; of the same document and passage the later one holds. */
export const mergeJudgments = (before: readonly Judgment[], added: readonly Judgment[]): Judgment[] => {
  const merged = new Map<string, Judgment>();
  for (const one of [...before, ...added]) merged.set(keyOf(one), one);
  return [...merged.values()];
};

/** The grade of each document: the best that it or one of its passages was given. */
export const gradesOf = (judgments: readonly Judgment[]): Judgments => {
  const grades = new Map<string, number>();
  for (const { documentId, grade } of judgments) grades.set(documentId, Math.max(grade, grades.get(documentId) ?? 0));
  return grades;
};

/** Throws `invalid_request` for documents that are not in the index or that the actor may not read. */
export const requireJudgedDocuments = async (
  ctx: Context,
  slug: string,
  judgments: readonly Judgment[],
): Promise<void> => {
  const documents = await readableDocuments(
    ctx,
    slug,
    judgments.map((one) => one.documentId),
  );
  const unknown = judgments.findIndex((one) => !documents.has(one.documentId));
  if (unknown >= 0)
    throw new Failure(
      "invalid_request",
      `There is no document ${judgments[unknown]?.documentId} in ${slug}, or you may not see it.`,
      {
        nextStep: "Choose a document of this index.",
        errors: [{ field: `judgments.${unknown}.documentId`, message: "is no document of this index" }],
      },
    );
};

/** Throws `too_large` when a question would hold more judgments than it may. */
export const requireFewEnough = (judgments: readonly Judgment[]): void => {
  if (judgments.length > limits.judgmentsPerQuestionMax)
    throw new Failure("too_large", `A question holds at most ${limits.judgmentsPerQuestionMax} judgments.`, {
      nextStep: "Keep those of the documents that matter most.",
    });
};

/** Questions as their caller may see them: documents named, and none that it may not read. */
export const showQuestions = async (
  ctx: Context,
  slug: string,
  questions: readonly QuestionRecord[],
): Promise<Question[]> => {
  const principals = readingAs(ctx.actor);
  const documents = await ctx.catalog.getDocuments([
    ...new Set(questions.flatMap((question) => question.judgments.map((one) => one.documentId as string))),
  ]);
  return questions.map((question) => ({
    ...question,
    judgments: question.judgments.flatMap((judgment) => {
      const document = documents.get(judgment.documentId);
      if (!mayKnow(document, slug, principals)) return [];
      return [{ ...judgment, ...(document && !document.deletedAt ? { name: document.name } : {}) }];
    }),
  }));
};

/** Of a document removed for good nobody can say who might read it: only those who read everything see its id. */
const mayKnow = (document: Document | undefined, slug: string, principals: string[] | undefined): boolean =>
  principals === undefined || (document?.index === slug && isReadableBy(principals, document.readers));

/** What a caller's list of judgments makes of the stored ones: those that it could not see stay. */
export const replaceSeen = async (
  ctx: Context,
  question: QuestionRecord,
  judgments: readonly Judgment[],
): Promise<Judgment[]> => {
  const [shown] = await showQuestions(ctx, question.index, [question]);
  const seen = new Set(shown?.judgments.map(keyOf));
  return mergeJudgments(
    question.judgments.filter((one) => !seen.has(keyOf(one))),
    judgments.map(({ documentId, passageId, grade }) => ({ documentId, grade, ...(passageId ? { passageId } : {}) })),
  );
};

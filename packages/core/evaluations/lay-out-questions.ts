import { createHash } from "node:crypto";
import type { Document, Judgment } from "@samla/contracts";
import type { EvaluationRecord, QuestionRecord, StorageContext } from "../kernel/index.ts";
import { type AskedQuestion, writeAsked } from "./evaluation-files.ts";
import { gradesOf } from "./judgments.ts";
import { readableBy } from "./readable-documents.ts";

const pageSize = 200;

/** Questions a message asks: enough to be worth it, few enough to end in time and to cancel at once. */
const sliceSizeMin = 20;
const sliceSizeMax = 100;
const slicesWished = 50;

export const sliceSizeOf = (questions: number): number =>
  Math.min(sliceSizeMax, Math.max(sliceSizeMin, Math.ceil(questions / slicesWished)));

export type LaidOut = Pick<EvaluationRecord, "questions" | "questionSet" | "slices" | "sliceSize"> & {
  /** Questions with a relevant document. */
  relevant: number;
};

/**
 * Writes the questions as they are now, in slices, with the judgments of documents that are there and that the evaluation
 * may see, and takes their fingerprint. Repeating it writes the same objects.
 */
export const layOutQuestions = async (ctx: StorageContext, evaluation: EvaluationRecord): Promise<LaidOut> => {
  const sliceSize = sliceSizeOf(await ctx.catalog.countQuestions(evaluation.index));
  const fingerprint = createHash("sha256");
  const waiting: AskedQuestion[] = [];
  let questions = 0;
  let relevant = 0;
  let slices = 0;
  let cursor: string | undefined;
  const writeSlice = async (): Promise<void> => {
    await writeAsked(ctx.objects, evaluation.id, slices, waiting.splice(0, sliceSize));
    slices += 1;
  };
  do {
    const page = await ctx.catalog.listQuestions({
      index: evaluation.index,
      order: "oldest",
      limit: pageSize,
      ...(cursor ? { cursor } : {}),
    });
    for (const asked of await askedOf(ctx, evaluation, page.items)) {
      fingerprint.update(
        `${JSON.stringify([asked.id, asked.text, asked.judged.map((one) => [one.documentId, one.grade])])}\n`,
      );
      questions += 1;
      if (asked.judged.some((one) => one.grade > 0)) relevant += 1;
      waiting.push(asked);
    }
    while (waiting.length >= sliceSize) await writeSlice();
    cursor = page.nextCursor;
  } while (cursor);
  if (waiting.length > 0) await writeSlice();
  return { questions, relevant, slices, sliceSize, questionSet: fingerprint.digest("hex").slice(0, 32) };
};

const askedOf = async (
  ctx: StorageContext,
  evaluation: EvaluationRecord,
  questions: readonly QuestionRecord[],
): Promise<AskedQuestion[]> => {
  const documents = await readableBy(
    ctx,
    evaluation.index,
    questions.flatMap((question) => question.judgments.map((one) => one.documentId)),
    evaluation.principals,
  );
  return questions.map((question) => ({
    id: question.id,
    text: question.text,
    judged: judgedOf(question, documents),
  }));
};

const judgedOf = (question: QuestionRecord, documents: Map<string, Document>): AskedQuestion["judged"] =>
  [...gradesOf(question.judgments)]
    .flatMap(([id, grade]) => {
      const document = documents.get(id);
      return document ? [{ documentId: document.id, name: document.name, grade: grade as Judgment["grade"] }] : [];
    })
    .sort((a, b) => (a.documentId < b.documentId ? -1 : 1));
